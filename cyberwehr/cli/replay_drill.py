"""Simulated providers: some accept, some decline, many stay silent, and some click when it is too late.

They answer only some alarms, as on-call services do (17 to 47 % in comparable services); their links are read from the
demo's message page, as a provider would read his mail.
"""

import html
import random
import re
import time

from cyberwehr.cli.replay_client import ApiError, Client

ACCEPT, DECLINE = 0.35, 0.30
"""Of a hundred alarms 35 are accepted, 30 declined, 35 never answered."""

PATIENCE_SECONDS = 15.0
HURRY_SECONDS = 1.0
ENDINGS = {
    "unserved": "nobody left: unserved, the commander is told",
    "alarming": "nobody else to ask: the plan's clock runs for those who stay silent",
}
REASONS = ("no_capacity", "too_far", "lacking_skill", "other")
STEPS = ("en_route", "on_site", "done")


class Drill:
    """Plays the providers of one incident after the other."""

    def __init__(self, client: Client, seed: int) -> None:
        self.client = client
        self.luck = random.Random(seed)  # noqa: S311  (a simulation, no secret)
        self.seen: set[str] = set()

    def run(self, incident: str) -> str:
        """From the first alarm to the closed incident, or until nobody is left; the story in one line."""
        story: list[str] = []
        expected = True
        for _ in range(12):
            links = self.new_links(incident, PATIENCE_SECONDS if expected else HURRY_SECONDS)
            winner = self.answer(links, story)
            if winner:
                story.append(self.late_click(links, winner))
                self.finish(incident)
                return told(story, "done, reported, closed")
            raised = self.client.call("POST", f"/incidents/{incident}/alarm", {})
            expected = bool(raised["alarms"])
            if not links and not expected:
                return told(story, ENDINGS.get(raised["status"], raised["status"]))
        return told(story, "gave up waiting")

    def answer(self, links: list[str], story: list[str]) -> str | None:
        """Each provider answers as his luck has it; the link that won, if any."""
        for link in links:
            luck = self.luck.random()
            if luck < ACCEPT:
                minutes = self.luck.choice((15, 30, 60, 90))
                self.post(link, "accept", {"eta_minutes": minutes, "technician": "Technik Drill"}, (200,))
                story.append(f"accepted in {minutes} min")
                return link
            if luck < ACCEPT + DECLINE:
                self.post(link, "decline", {"reason": self.luck.choice(REASONS)}, (200,))
                story.append("declined")
            else:
                story.append("silent")
        return None

    def late_click(self, links: list[str], winner: str) -> str:
        """A loser clicks after the race is over and must be told so."""
        losers = [link for link in links if link != winner]
        if not losers or self.luck.random() < 0.5:
            return ""
        answer = self.post(losers[-1], "accept", {"eta_minutes": 30, "technician": "Technik Spät"}, (409, 410))
        return f"late click refused ({answer})"

    def finish(self, incident: str) -> None:
        for step in STEPS:
            self.client.call("POST", f"/incidents/{incident}/callout", {"status": step})
        told = {
            "minutes": self.luck.randint(45, 480),
            "findings": "Drill",
            "measures": "Drill",
            "signed_off_by": "Drill",
            "follow_up": "none",
        }
        self.client.call("POST", f"/incidents/{incident}/report", told)
        self.client.call("POST", f"/incidents/{incident}/close", {})

    def post(self, link: str, verb: str, body: dict[str, object], good: tuple[int, ...]) -> str:
        response = self.client.request("POST", f"/api/v1/alarms/{link}/{verb}", body)
        if response.status_code not in good:
            raise ApiError(f"{verb}: {response.status_code} {response.text[:200]}")
        return str(response.json().get("code", ""))

    def new_links(self, incident: str, patience: float) -> list[str]:
        """The links of alarms for this incident that were not played yet; waits until the engine has delivered some."""
        give_up = time.monotonic() + patience
        while time.monotonic() < give_up:
            page = html.unescape(self.client.request("GET", "/office/messages").text)
            links = [link for link in links_for(page, incident) if link not in self.seen]
            if links:
                self.seen.update(links)
                return links
            time.sleep(0.1)
        if patience == PATIENCE_SECONDS:
            raise ApiError(
                "no alarm arrived on the message page; the drill needs a demo instance with its engine running"
            )
        return []


def told(story: list[str], ending: str) -> str:
    return "; " + ", ".join([*filter(None, story), ending])


def links_for(page: str, incident: str) -> list[str]:
    """Alarm tokens in the messages about one incident, in the order of the page."""
    pieces = re.split(r"(?=<article\b)", page)
    return list(
        dict.fromkeys(
            token for piece in pieces if incident in piece for token in re.findall(r"/alarm/([\w-]{20,})", piece)
        )
    )
