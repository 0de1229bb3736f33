"""A small day in the control centre, so that every page has something to show.

`play` needs a running exercise whose clock stands within opening hours; it goes the way of the API. The paths it
returns are by route (endpoint), so that a page nobody looks at is noticed.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext

from tests.e2e.conftest import Running, wait_for

PASSWORD = "ein langes Kennwort 123"
CALL: dict[str, Any] = {
    "channel": "phone",
    "language": "de",
    "company": "Muster & Söhne GmbH",
    "contact_name": "Petra Muster",
    "phone": "+49 234 5550100",
    "email": "info@muster.example",
    "safe_contact": {"kind": "phone", "value": "+49 172 5550100"},
    "postal_code": "44787",
    "town": "Bochum",
    "street": "Musterweg 1",
    "sector": "Metallbau",
    "employees": 23,
    "description": "Auf allen Bildschirmen steht eine Forderung, die Maschinen bekommen keine Daten mehr.",
    "call_type": "ransomware",
}
ANSWERS = {
    "systems": "all",
    "business": "stopped",
    "ransom_note": "yes",
    "own_it_provider": "unreachable",
    "attack_suspected": "yes",
    "already_contained": "no",
    "noticed_hours_ago": 1,
    "personal_data": "ordinary",
}
REPORT = {
    "minutes": 95,
    "findings": "Zwei Server verschlüsselt, Einfallstor ein offener Fernzugang.",
    "measures": "Netz getrennt, Zugang gesperrt, Sicherung geprüft.",
    "signed_off_by": "Petra Muster",
    "follow_up": "specialist",
}


@dataclass
class Scene:
    """paths: route -> addresses to look at. ours: those of them that need somebody signed in."""

    running: Running
    token: str
    paths: dict[str, list[str]] = field(default_factory=dict)

    def see(self, route: str, *paths: str) -> None:
        self.paths.setdefault(route, []).extend(paths)

    def post(self, path: str, body: object) -> dict[str, Any]:
        status, answer = self.running.post(f"/api/v1{path}", body, self.token)
        assert status in (200, 201), (path, answer)
        return answer

    def call(self, **fields: Any) -> tuple[str, str]:
        """A call's reference, and its status page."""
        answer = self.post("/calls", {**CALL, **fields})
        return answer["reference"], re.sub(r"^https?://[^/]+", "", answer["status_url"])

    def emergency(self, reference: str, call_type: str = "ransomware") -> str:
        judged = {
            "answers": ANSWERS,
            "verdict": "emergency",
            "call_type": call_type,
            "urgency": "critical",
            "override_reason": "Szene",
        }
        return str(self.post(f"/calls/{reference}/triage", judged)["incident"])

    def alarmed(self, incident: str) -> list[str]:
        """The alarm pages of its first wave, as they stand on the message page."""
        self.post(f"/incidents/{incident}/alarm", {})
        return self.links(incident)

    def links(self, incident: str) -> list[str]:
        """Alarm links as the providers got them: the exercise's message page tells."""
        return alarm_links(self.running, incident)


def alarm_links(running: Running, incident: str) -> list[str]:
    def found() -> list[str]:
        messages = running.page("/office/messages").split("<article")
        links = (link for text in messages if incident in text for link in re.findall(r"/alarm/[\w-]+", text))
        return list(dict.fromkeys(links))

    wait_for(lambda: len(found()) > 1, lambda: "no alarms on the message page")
    return found()


def play(running: Running) -> Scene:
    """Waiting, judged, alarmed, taken, reported, ended without a call-out."""
    scene = Scene(running, running.token("commander"))
    public(scene)
    waiting(scene)
    helped(scene)
    ended(scene)
    return scene


def public(scene: Scene) -> None:
    scene.see("public.home", "/")
    scene.see("public.report_form", "/report")
    scene.see("desk.login_form", "/desk/login")
    scene.see("office.messages", "/office/messages")
    invited = scene.running.command("user", "create", "--email", "neu@example.org", "--role", "operator")
    scene.see("office.setup_form", re.sub(r"^https?://[^/]+", "", invited.stdout.strip().splitlines()[-1]))
    scene.see("office.demand_page", "/office/demand")
    scene.see("public.first_aid", "/first-aid")
    scene.see("public.first_aid_for", "/first-aid/ransomware")
    scene.see("desk.board", "/desk/")
    scene.see("desk.new_call_form", "/desk/calls/new")


def waiting(scene: Scene) -> None:
    reference, status = scene.call(company="Wartende KG", call_type="mailbox_compromise")
    scene.see("public.status", status)
    scene.see("desk.call", f"/desk/calls/{reference}")
    scene.post(f"/calls/{scene.call(company='Halb Gefragt e. K.')[0]}/assess", {"answers": {"spreading": "yes"}})
    scene.see("public.note_form", f"{status}/note")
    scene.see("public.withdraw_form", f"{status}/withdraw")


def helped(scene: Scene) -> None:
    reference, status = scene.call()
    incident = scene.emergency(reference)
    first, *others = scene.alarmed(incident)
    scene.see("provider.alarm", *others[:1])
    accept = {"eta_minutes": 30, "technician": "Frau Beispiel"}
    token = first.rsplit("/", 1)[1]
    scene.running.post(f"/api/v1/alarms/{token}/accept", accept)
    scene.see("provider.alarm", first)
    scene.see("provider.overview", "/provider/")
    scene.see("desk.incident", f"/desk/incidents/{incident}")
    scene.see("desk.call", f"/desk/calls/{reference}")
    alarmed = scene.emergency(scene.call(company="Noch Gefragt GmbH")[0])
    scene.see("provider.alarm", scene.alarmed(alarmed)[0])
    scene.see("desk.incident", f"/desk/incidents/{alarmed}")
    scene.see("public.status", status)


def ended(scene: Scene) -> None:
    reference, status = scene.call(company="Tropfstein GmbH", call_type="defect")
    judged = {"verdict": "advice", "call_type": "defect", "override_reason": "Szene"}
    scene.post(f"/calls/{reference}/triage", judged)
    scene.see("public.status", status)
    scene.see("public.withdraw_form", f"{status}/withdraw")


def sign_in(context: BrowserContext, running: Running) -> None:
    """As a commander, who may see everything of the control room."""
    made = running.command(
        "user", "create", "--email", "leitung@example.org", "--role", "commander", "--password-stdin", stdin=PASSWORD
    )
    assert made.returncode == 0, made.stderr
    page = context.new_page()
    page.goto(f"{running.url}/desk/login")
    page.locator("[name=email]").fill("leitung@example.org")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button").first.click()
    page.close()
