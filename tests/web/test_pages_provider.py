"""The page behind an alarm's link: what it shows when, who wins, and what a scanner cannot do."""

import pytest
from werkzeug.test import TestResponse

from tests.conftest import MovingClock
from tests.web.world import World

SECRETS = ("Muster GmbH", "Frau Muster", "0234 5550100", "info@muster.example", "Musterweg", "Alles verschlüsselt")
ACCEPT = {"eta_minutes": "30", "eta_own": "", "technician": "Herr Beispiel"}
REPORT = {"minutes": "95", "findings": "f", "measures": "m", "signed_off_by": "Frau Muster", "follow_up": "none"}


def alarmed(world: World) -> tuple[str, list[str]]:
    """An incident and the paths of the alarms' pages."""
    incident = world.alarmed()
    return incident, [f"/alarm/{token}" for token in world.links(incident).values()]


def text(world: World, path: str) -> str:
    return world.client.get(path, query_string={"lang": "en"}).get_data(as_text=True)


def post(world: World, path: str, **fields: str) -> TestResponse:
    return world.client.post(path, query_string={"lang": "en"}, data=fields)


def test_name_and_address_only_after_acceptance(small_world: World, clock: MovingClock) -> None:
    incident, (first, second, _) = alarmed(small_world)
    before = text(small_world, first)
    code_word = small_world.incident(incident)["code_word"]
    assert not [secret for secret in (*SECRETS, code_word) if secret in before]
    for known in ("Ransomware", "critical", "Bochum", "448..", "Handwerk", "10 to 49 employees", "10:10"):
        assert known in before
    answer = post(small_world, f"{first}/accept", **ACCEPT)
    assert (answer.status_code, answer.location) == (303, f"{first}?lang=en")
    after = text(small_world, first)
    assert [s for s in (*SECRETS, code_word) if s not in after] == ["info@muster.example"]  # not called safe
    assert not [secret for secret in SECRETS if secret in text(small_world, second)]


def test_a_day_after_closing_the_data_is_gone(small_world: World, clock: MovingClock) -> None:
    incident, (first, *_) = alarmed(small_world)
    post(small_world, f"{first}/accept", **ACCEPT)
    post(small_world, f"{first}/advance", status="nobody_there")
    clock.forward(days=3)
    assert "Muster GmbH" in text(small_world, first)
    assert small_world.post(f"/incidents/{incident}/close", {}).status_code == 200
    clock.forward(hours=23)
    assert "Muster GmbH" in text(small_world, first)
    clock.forward(hours=2)
    assert not [secret for secret in SECRETS if secret in text(small_world, first)]


def test_looking_stops_nothing(small_world: World) -> None:
    incident, (first, second, _) = alarmed(small_world)
    assert small_world.client.head(first).status_code == 200
    assert {a["status"] for a in small_world.incident(incident)["alarms"]} == {"sent"}
    for _ in range(3):
        text(small_world, first)
    assert [a["status"] for a in small_world.incident(incident)["alarms"]] == ["opened", "sent", "sent"]
    for action in ("accept", "decline", "advance", "report"):
        assert small_world.client.get(f"{first}/{action}", query_string=ACCEPT).status_code == 405
    assert post(small_world, f"{second}/accept", **ACCEPT).status_code == 303


def test_the_late_click(small_world: World) -> None:
    _, (first, second, _) = alarmed(small_world)
    post(small_world, f"{first}/accept", **ACCEPT)
    late = post(small_world, f"{second}/accept", **ACCEPT)
    assert late.status_code == 410
    assert "Already taken" in late.get_data(as_text=True)
    assert post(small_world, f"{first}/accept", **ACCEPT).status_code == 409
    page = text(small_world, second)
    assert "Another provider was faster" in page
    assert "<form" not in page


def test_too_late(small_world: World, clock: MovingClock) -> None:
    _, (first, *_) = alarmed(small_world)
    clock.forward(minutes=11)
    page = text(small_world, first)
    assert "The time to answer is over" in page
    assert "0800 1191112" in page
    assert "<form" not in page
    assert post(small_world, f"{first}/accept", **ACCEPT).status_code == 410


def test_declining_asks_the_next(small_world: World) -> None:
    incident, (first, *_) = alarmed(small_world)
    assert post(small_world, f"{first}/decline", reason="too_far", note="A40 gesperrt").status_code == 303
    alarms = small_world.incident(incident)["alarms"]
    assert (alarms[0]["decline_reason"], alarms[0]["note"], len(alarms)) == ("too_far", "A40 gesperrt", 4)
    assert "You have declined this alarm" in text(small_world, first)
    assert post(small_world, f"{first}/accept", **ACCEPT).status_code == 409


@pytest.mark.parametrize(
    ("fields", "minutes"),
    [
        ({"eta_minutes": "45"}, 45),
        ({"eta_own": "20"}, 20),
        ({"eta_minutes": "90", "eta_own": " 1.440 "}, 1440),
    ],
)
def test_an_eta_of_ones_own(small_world: World, fields: dict[str, str], minutes: int) -> None:
    incident, (first, *_) = alarmed(small_world)
    assert post(small_world, f"{first}/accept", technician="Herr Beispiel", **fields).status_code == 303
    assert small_world.incident(incident)["alarms"][0]["eta_minutes"] == minutes


@pytest.mark.parametrize(
    ("action", "fields", "field"),
    [
        ("accept", {"technician": "Kept"}, "eta_minutes"),
        ("accept", {"technician": "Kept", "eta_minutes": "0"}, "eta_minutes"),
        ("accept", {"technician": "Kept", "eta_own": "1441"}, "eta_own"),
        ("accept", {"technician": "Kept" * 51, "eta_own": "30"}, "technician"),
        ("accept", {"technician": " ", "eta_own": "30", "note": "Kept"}, "technician"),
        ("decline", {"note": "Kept"}, "reason"),
        ("decline", {"note": "Kept", "reason": "no idea"}, "reason"),
        ("decline", {"note": "Kept" * 501, "reason": "other"}, "note"),
    ],
)
def test_a_faulty_answer_changes_nothing(small_world: World, action: str, fields: dict[str, str], field: str) -> None:
    incident, (first, *_) = alarmed(small_world)
    answer = post(small_world, f"{first}/{action}", **fields)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'<a href="#{field}">' in page
    assert f'id="{field}"' in page
    assert 'value="Kept' in page
    assert 'href="' + first + '?lang=de"' in page
    assert {a["status"] for a in small_world.incident(incident)["alarms"]} == {"sent"}


def test_from_the_way_there_to_the_report(small_world: World) -> None:
    incident, (first, *_) = alarmed(small_world)
    post(small_world, f"{first}/accept", **ACCEPT)
    for step in ("en_route", "on_site"):
        assert post(small_world, f"{first}/advance", status=step, note="unterwegs").status_code == 303
    assert post(small_world, f"{first}/advance", status="en_route").status_code == 409
    assert post(small_world, f"{first}/advance", status="withdrawn").status_code == 422
    assert post(small_world, f"{first}/report", **REPORT).status_code == 409
    assert post(small_world, f"{first}/advance", status="done").status_code == 303
    faulty = post(small_world, f"{first}/report", **{**REPORT, "minutes": "an hour", "findings": "Kept"})
    assert faulty.status_code == 422
    assert "Kept</textarea>" in faulty.get_data(as_text=True)
    assert post(small_world, f"{first}/report", **REPORT).status_code == 303
    seen = small_world.incident(incident)
    assert (seen["status"], seen["callout"]["report"]["minutes"]) == ("reported", 95)
    assert "Your report has arrived" in text(small_world, first)
    assert post(small_world, f"{first}/report", **REPORT).status_code == 409


def test_only_the_winner_may_go_on(small_world: World) -> None:
    _, (first, second, _) = alarmed(small_world)
    assert post(small_world, f"{second}/advance", status="on_site").status_code == 409
    post(small_world, f"{first}/accept", **ACCEPT)
    assert post(small_world, f"{second}/advance", status="on_site").status_code == 409
    assert post(small_world, f"{second}/report", **REPORT).status_code == 409
    assert post(small_world, "/alarm/unknown/advance", status="on_site").status_code == 404


def test_given_back_the_page_says_so(small_world: World) -> None:
    incident, (first, *_) = alarmed(small_world)
    post(small_world, f"{first}/accept", **ACCEPT)
    assert small_world.post(f"/incidents/{incident}/release", {"reason": "Panne"}).status_code in (200, 201)
    page = text(small_world, first)
    assert "You have given this incident back" in page
    assert not [secret for secret in SECRETS if secret in page]
    assert post(small_world, f"{first}/advance", status="on_site").status_code == 409


def test_the_page_speaks_the_providers_language(small_world: World) -> None:
    _, (first, *_) = alarmed(small_world)
    answer = small_world.client.get(first, headers={"Accept-Language": "en"})
    assert '<html lang="de">' in answer.get_data(as_text=True)


AGREED = {"access": "yes", "liability": "yes", "data_protection": "yes", "signed_by": "Petra Muster"}


def test_work_begins_with_a_permission(small_world: World) -> None:
    incident = small_world.assigned()
    page = f"/alarm/{small_world.links(incident)['bochum/bo-1']}"
    refused = small_world.client.post(f"{page}/permission", data={**AGREED, "liability": ""})
    assert refused.status_code == 422
    assert small_world.incident(incident)["callout"]["permission"] is None
    assert small_world.client.post(f"{page}/permission", data=AGREED).status_code == 303
    assert "Petra Muster" in small_world.client.get(page).get_data(as_text=True)
    permission = small_world.incident(incident)["callout"]["permission"]
    assert permission["signed_by"] == "Petra Muster"
    assert permission["access"] is permission["liability"] is permission["data_protection"] is True
    again = small_world.client.post(f"{page}/permission", data={**AGREED, "signed_by": "Jemand anders"})
    assert again.status_code == 409
    assert small_world.incident(incident)["callout"]["permission"] == permission


def test_who_did_not_get_the_job_signs_nothing(small_world: World) -> None:
    incident = small_world.alarmed()
    winner, loser, *_ = small_world.links(incident).values()
    small_world.client.post(f"/alarm/{winner}/accept", data={"eta_minutes": "30", "technician": "T"})
    assert small_world.client.post(f"/alarm/{loser}/permission", data=AGREED).status_code == 409
    assert small_world.incident(incident)["callout"]["permission"] is None


def test_looking_stops_the_reminder_and_nothing_else(small_world: World) -> None:
    incident = small_world.alarmed()
    token = next(iter(small_world.links(incident).values()))
    assert "/looking" in small_world.client.get(f"/alarm/{token}").get_data(as_text=True)
    assert small_world.client.post(f"/alarm/{token}/looking").status_code == 303
    page = small_world.client.get(f"/alarm/{token}").get_data(as_text=True)
    assert f"/alarm/{token}/looking" not in page
    assert f"/alarm/{token}/accept" in page


def test_a_provider_finds_its_own_work_and_nobody_elses(small_world: World) -> None:
    taken, open_ = small_world.assigned(), small_world.alarmed(small_world.emergency(small_world.call()))
    other = small_world.assigned("bochum/bo-2")
    assert "twelve hours" in small_world.client.get("/provider/?lang=en").get_data(as_text=True)
    token = small_world.links(taken)["bochum/bo-1"]
    assert small_world.client.post("/provider/session", data={"token": token}).status_code == 303
    page = small_world.client.get("/provider/?lang=en").get_data(as_text=True)
    assert taken in page
    assert (open_ in page) == ("bochum/bo-1" in small_world.links(open_))
    assert other not in page
    assert "Muster GmbH" not in page
    small_world.client.post("/provider/leave")
    assert taken not in small_world.client.get("/provider/").get_data(as_text=True)


def test_a_link_that_is_over_opens_no_list(small_world: World) -> None:
    incident = small_world.alarmed()
    token = next(iter(small_world.links(incident).values()))
    small_world.client.post(f"/alarm/{token}/decline", data={"reason": "too_far"})
    assert small_world.client.post("/provider/session", data={"token": token}).status_code == 410
    assert small_world.client.post("/provider/session", data={"token": "nonsense"}).status_code == 404
