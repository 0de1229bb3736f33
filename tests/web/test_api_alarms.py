"""A provider's answers through its link: no bearer, one winner, and what is shown when."""

from datetime import timedelta
from typing import Any

import pytest

from cyberwehr.services import timers
from tests.conftest import MovingClock
from tests.web.world import ACCEPT, REPORT, World, code

SECRETS = ("Muster GmbH", "Frau Muster", "0234 5550100", "info@muster.example", "Musterweg", "verschlüsselt")


def two_links(world: World) -> tuple[str, str, str]:
    """An alarmed incident and the links of two providers."""
    incident = world.alarmed()
    first, second, *_ = world.links(incident).values()
    return incident, first, second


def test_accepting(world: World) -> None:
    incident, first, second = two_links(world)
    accepted = world.post(f"/alarms/{first}/accept", ACCEPT, None)
    assert accepted.status_code == 200
    body = accepted.json
    assert body is not None
    assert (body["reference"], body["status"], body["alarm_status"]) == (incident, "assigned", "accepted")
    assert body["contact"]["company"] == "Muster GmbH"
    assert body["code_word"]
    assert code(world.post(f"/alarms/{first}/accept", ACCEPT, None)) == (409, "already_yours")
    assert code(world.post(f"/alarms/{second}/accept", ACCEPT, None)) == (410, "already_taken")
    assert code(world.post(f"/alarms/{first}/decline", {"reason": "other"}, None)) == (409, "already_yours")


def test_the_same_key_gets_the_first_answer(world: World) -> None:
    _, first, second = two_links(world)
    key = {"Idempotency-Key": "click"}
    answers = [world.post(f"/alarms/{first}/accept", ACCEPT, None, headers=key) for _ in range(3)]
    assert {a.status_code for a in answers} == {200}
    assert answers[0].json == answers[2].json
    late = world.post(f"/alarms/{second}/accept", ACCEPT, None, headers=key)
    assert code(late) == (410, "already_taken")


def test_declining(world: World) -> None:
    incident, first, _ = two_links(world)
    assert code(world.post(f"/alarms/{first}/decline", {}, None)) == (422, "invalid_body")
    declined = world.post(f"/alarms/{first}/decline", {"reason": "too_far", "note": "A40 gesperrt"}, None)
    assert (declined.status_code, declined.json["alarm_status"]) == (200, "declined")  # type: ignore[index]
    assert code(world.post(f"/alarms/{first}/decline", {"reason": "too_far"}, None)) == (409, "alarm_declined")
    assert code(world.post(f"/alarms/{first}/accept", ACCEPT, None)) == (409, "alarm_declined")
    seen = world.incident(incident)
    assert len(seen["alarms"]) == 4
    assert seen["alarms"][0]["decline_reason"] == "too_far"
    assert seen["alarms"][0]["note"] == "A40 gesperrt"


def test_looking_stops_the_reminder_and_nothing_else(world: World) -> None:
    incident, first, _ = two_links(world)
    for _ in range(2):
        seen = world.post(f"/alarms/{first}/looking", None, None)
        assert (seen.status_code, seen.json["alarm_status"]) == (200, "opened")  # type: ignore[index]
    assert world.incident(incident)["alarms"][0]["opened_at"] is not None
    assert world.post(f"/alarms/{first}/accept", ACCEPT, None).status_code == 200


def test_too_late(world: World, clock: MovingClock) -> None:
    _, first, _ = two_links(world)
    clock.forward(minutes=10)
    assert code(world.post(f"/alarms/{first}/accept", ACCEPT, None)) == (410, "alarm_expired")
    timers.run_due(world.instance)
    for action, body in (("accept", ACCEPT), ("decline", {"reason": "other"}), ("looking", {})):
        assert code(world.post(f"/alarms/{first}/{action}", body, None)) == (410, "alarm_expired")


@pytest.mark.parametrize("token", ["x", "%00", "ü" * 40, "a" * 5000, "' OR 1=1 --", "%F0%28%8C%28"])
@pytest.mark.parametrize("action", ["accept", "decline", "looking"])
def test_unknown_links(world: World, token: str, action: str) -> None:
    body: dict[str, Any] = {"accept": ACCEPT, "decline": {"reason": "other"}, "looking": {}}[action]
    assert code(world.post(f"/alarms/{token}/{action}", body, None)) == (404, "unknown_alarm")
    keyed = world.post(f"/alarms/{token}/{action}", body, None, headers={"Idempotency-Key": "k"})
    assert code(keyed) == (404, "unknown_alarm")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"eta_minutes": 30},
        {"technician": "x"},
        {"eta_minutes": -1, "technician": "x"},
        {"eta_minutes": "30", "technician": "x"},
        {"eta_minutes": True, "technician": "x"},
        {"eta_minutes": 30.5, "technician": "x"},
        {"eta_minutes": 30, "technician": "  "},
        {"eta_minutes": 30, "technician": "x", "extra": 1},
    ],
)
def test_an_acceptance_needs_an_eta_and_a_name(small_world: World, body: dict[str, Any]) -> None:
    _, first, _ = two_links(small_world)
    assert code(small_world.post(f"/alarms/{first}/accept", body, None)) == (422, "invalid_body")


def test_before_acceptance_only_where_roughly_and_what(world: World) -> None:
    _, first, second = two_links(world)
    before = world.post(f"/alarms/{first}/looking", None, None)
    text = before.get_data(as_text=True)
    assert not any(secret in text for secret in SECRETS)
    body = before.json
    assert body is not None
    assert body["site"] == {"town": "Bochum", "postal_district": "448..", "sector": "Handwerk", "size": "small"}
    assert (body["call_type"], body["urgency"]) == ("ransomware", "critical")
    assert body["contact"] is None
    assert body["code_word"] is None
    world.post(f"/alarms/{second}/accept", ACCEPT, None)
    lost = world.incident(body["reference"], "provider")
    assert lost["contact"] is None


def test_a_providers_token_sees_its_own_part_only(world: World) -> None:
    incident = world.alarmed()
    seen = world.get(f"/incidents/{incident}", "provider")
    text = seen.get_data(as_text=True)
    assert not any(secret in text for secret in SECRETS)
    body = seen.json
    assert body is not None
    assert {a["provider"] for a in body["alarms"]} == {"bochum/bo-1"}
    assert (body["contact"], body["code_word"], body["callout"], body["calls"]) == (None, None, None, [])
    hidden = world.emergency()
    assert code(world.get(f"/incidents/{hidden}", "provider")) == (404, "unknown_incident")
    assert code(world.post(f"/incidents/{hidden}/callout", {"status": "done"}, "provider")) == (404, "unknown_incident")
    listed = world.get("/incidents", "provider").json
    assert listed is not None
    assert [item["reference"] for item in listed["items"]] == [incident]
    assert not any(secret in str(listed) for secret in SECRETS)


def test_the_accepted_provider_sees_reports_and_forgets(world: World, clock: MovingClock) -> None:
    incident = world.assigned()
    body = world.incident(incident, "provider")
    assert body["contact"]["company"] == "Muster GmbH"
    assert body["contact"]["street"] == "Musterweg 1"
    assert body["contact"]["description"] == "Alles verschlüsselt"
    assert body["contact"]["email"] is None, "the mailbox may be in the attacker's hands"
    assert body["code_word"] == world.incident(incident)["code_word"]
    for status in ("en_route", "on_site", "done"):
        answer = world.post(f"/incidents/{incident}/callout", {"status": status}, "provider")
        assert answer.status_code == 200
    assert world.post(f"/incidents/{incident}/report", REPORT, "provider").status_code == 200
    assert world.post(f"/incidents/{incident}/close", {}).status_code == 200
    clock.forward(hours=23, minutes=59)
    assert world.incident(incident, "provider")["contact"] is not None
    clock.forward(minutes=2)
    later = world.incident(incident, "provider")
    assert (later["contact"], later["code_word"]) == (None, None)
    assert world.incident(incident)["contact"]["company"] == "Muster GmbH"


def test_another_provider_may_not_touch_the_callout(world: World) -> None:
    incident = world.assigned("bochum/bo-2")
    for path, body in (("callout", {"status": "done"}), ("report", REPORT)):
        assert code(world.post(f"/incidents/{incident}/{path}", body, "provider")) == (404, "unknown_incident")


def test_who_gave_it_back_sees_nothing_more(world: World) -> None:
    incident = world.assigned()
    world.post(f"/incidents/{incident}/release", {"reason": "Panne"})
    body = world.incident(incident, "provider")
    assert (body["contact"], body["code_word"], body["callout"]) == (None, None, None)
    assert code(world.post(f"/incidents/{incident}/callout", {"status": "done"}, "provider"))[0] == 404


def test_the_deadline_stands_in_the_alarm(small_world: World, clock: MovingClock) -> None:
    raised = small_world.post(f"/incidents/{small_world.emergency()}/alarm", {}).json
    assert raised is not None
    wanted = (clock.at + timedelta(minutes=10)).isoformat()
    assert {a["expires_at"] for a in raised["alarms"]} == {wanted}
