"""From ranking to closing over HTTP."""

from typing import Any

import pytest

from tests.conftest import MovingClock
from tests.web.world import ACCEPT, EMERGENCY, REPORT, World, code


def statuses(incident: dict[str, Any]) -> dict[str, str]:
    return {alarm["provider"]: alarm["status"] for alarm in incident["alarms"]}


def test_an_incident_shows_all_there_is(world: World) -> None:
    seen = world.incident(world.assigned())
    wanted = {"reference", "status", "region", "call_type", "urgency", "calls", "alarms", "callout", "deadlines"}
    assert wanted <= set(seen)
    assert seen["status"] == "assigned"
    assert seen["callout"]["technician"] == ACCEPT["technician"]
    assert seen["contact"]["company"] == "Muster GmbH"
    assert "gdpr_33" in [deadline["code"] for deadline in seen["deadlines"]]


def test_incidents_are_listed_and_filtered(world: World) -> None:
    first, second = world.emergency(), world.alarmed(world.emergency(urgency="normal"))
    elsewhere = world.emergency(world.call(postal_code="45127", town="Essen"))

    def listed(query: str) -> list[str]:
        return [item["reference"] for item in world.get(f"/incidents?{query}").json["items"]]  # type: ignore[index]

    assert listed("") == [elsewhere, second, first]
    assert listed("region=bochum&status=open") == [first]
    assert listed("status=alarming") == [second]
    assert listed("since=2100-01-01T00:00:00Z") == []
    page = world.get("/incidents?limit=2").json
    assert page is not None
    assert [i["reference"] for i in world.get(f"/incidents?cursor={page['next']}").json["items"]] == [first]  # type: ignore[index]


def test_a_ranking_explains_everybody(world: World) -> None:
    answer = world.get(f"/incidents/{world.emergency()}/ranking")
    assert answer.status_code == 200
    ranking = answer.json
    assert ranking is not None
    assert set(ranking) == {"computed_at", "items"}
    assert len(ranking["items"]) == 8
    ranks = [item["rank"] for item in ranking["items"] if item["eligible"]]
    assert ranks == list(range(1, len(ranks) + 1))
    for item in ranking["items"]:
        assert set(item) == {"provider", "rank", "eligible", "eta_minutes", "road_km", "reasons"}
        assert (item["rank"] is None) is not item["eligible"]
        assert item["reasons"]
        assert all(set(r) == {"code", "de", "en"} and r["de"] != r["en"] for r in item["reasons"])


def test_the_alarm_goes_to_the_first_wave_and_then_to_more(world: World) -> None:
    incident = world.emergency()
    first = world.post(f"/incidents/{incident}/alarm", {})
    assert first.status_code == 201
    body = first.json
    assert body is not None
    assert set(body) == {"wave", "alarms", "status"}
    assert (body["wave"], body["status"], len(body["alarms"])) == (1, "alarming", 3)
    assert all(set(a) == {"id", "provider", "status", "expires_at"} for a in body["alarms"])
    second = world.post(f"/incidents/{incident}/alarm").json
    assert second is not None
    assert second["wave"] == 2
    assert not {a["provider"] for a in second["alarms"]} & {a["provider"] for a in body["alarms"]}


def test_nobody_left(world: World) -> None:
    incident = world.alarmed()
    for _ in range(9):
        for provider, token in world.links(incident).items():
            if statuses(world.incident(incident))[provider] == "sent":
                world.post(f"/alarms/{token}/decline", {"reason": "no_capacity"}, None)
    assert world.incident(incident)["status"] == "unserved"
    again = world.post(f"/incidents/{incident}/alarm", {})
    assert (again.status_code, again.json) == (201, {"wave": None, "alarms": [], "status": "unserved"})


def test_an_assigned_incident_is_not_alarmed_again(world: World) -> None:
    assert code(world.post(f"/incidents/{world.assigned()}/alarm", {})) == (409, "already_assigned")


def test_the_commander_may_choose_with_a_reason(world: World) -> None:
    incident = world.emergency()
    wish: dict[str, Any] = {"providers": ["gelsenkirchen/ge-1"]}
    assert code(world.post(f"/incidents/{incident}/alarm", wish)) == (422, "override_reason_missing")
    raised = world.post(f"/incidents/{incident}/alarm", {**wish, "override_reason": "kennt die Anlage"})
    assert [a["provider"] for a in raised.json["alarms"]] == ["gelsenkirchen/ge-1"]  # type: ignore[index]
    again = {**wish, "override_reason": "noch einmal"}
    assert code(world.post(f"/incidents/{incident}/alarm", again)) == (409, "already_alarmed")
    unknown = {"providers": ["bochum/nobody"], "override_reason": "?"}
    assert code(world.post(f"/incidents/{incident}/alarm", unknown)) == (422, "unknown_provider")


def test_choosing_what_is_proposed_needs_no_reason(small_world: World) -> None:
    incident = small_world.emergency()
    ranking = small_world.get(f"/incidents/{incident}/ranking").json
    assert ranking is not None
    best = [item["provider"] for item in ranking["items"][:3]]
    assert small_world.post(f"/incidents/{incident}/alarm", {"providers": best}).status_code == 201


def test_an_answer_by_phone_counts(world: World) -> None:
    incident = world.alarmed()
    alarms = {a["provider"]: a["id"] for a in world.incident(incident)["alarms"]}
    first, second, _ = alarms

    def told(provider: str, **answer: Any) -> Any:
        path = f"/incidents/{incident}/alarms/{alarms[provider]}/answer"
        return world.post(path, {"spoken_with": "Herr Y", **answer}, "operator")

    assert code(told(first, answer="accepted"))[0] == 422
    assert code(told(first, answer="declined"))[0] == 422
    assert code(told(first, answer="maybe"))[0] == 422
    declined = told(first, answer="declined", reason="too_far")
    assert (declined.status_code, statuses(declined.json)[first]) == (200, "declined")
    assert len(declined.json["alarms"]) == 4
    accepted = told(second, answer="accepted", eta_minutes=20, technician="Frau X")
    assert (accepted.status_code, accepted.json["status"]) == (200, "assigned")
    assert set(statuses(accepted.json).values()) == {"declined", "accepted", "withdrawn"}
    assert code(told(second, answer="accepted", eta_minutes=20, technician="Frau X"))[0] == 409


def test_on_the_phone_nobody_has_to_know_yet_who_comes(small_world: World) -> None:
    incident = small_world.alarmed()
    alarm = small_world.incident(incident)["alarms"][0]
    answer = {"answer": "accepted", "eta_minutes": 30, "spoken_with": "Herr Y"}
    path = f"/incidents/{incident}/alarms/{alarm['id']}/answer"
    accepted = small_world.post(path, answer, "operator").json
    assert accepted is not None
    assert (accepted["status"], accepted["callout"]["technician"]) == ("assigned", None)


def test_who_rings_after_the_deadline_may_still_come(small_world: World, clock: MovingClock) -> None:
    incident = small_world.alarmed()
    alarm = small_world.incident(incident)["alarms"][0]
    clock.forward(minutes=11)
    answer = {"answer": "accepted", **ACCEPT, "spoken_with": "Herr Y"}
    path = f"/incidents/{incident}/alarms/{alarm['id']}/answer"
    assert small_world.post(path, answer, "operator").status_code == 200


@pytest.mark.parametrize(
    "alarm_id", ["0", "99999", "2147483648", "9223372036854775807", "9223372036854775808", "x", "-1"]
)
def test_an_alarm_of_nobody_is_404(world: World, alarm_id: str) -> None:
    answer = {"answer": "accepted", **ACCEPT, "spoken_with": "Herr Y"}
    assert code(world.post(f"/incidents/{world.alarmed()}/alarms/{alarm_id}/answer", answer))[0] == 404


def test_a_release_brings_the_next_wave_at_once(world: World) -> None:
    incident = world.assigned()
    assert code(world.post(f"/incidents/{incident}/release", {}))[0] == 422
    released = world.post(f"/incidents/{incident}/release", {"reason": "Reifenpanne"})
    assert released.status_code == 201
    assert released.json["wave"] == 2  # type: ignore[index]
    seen = world.incident(incident)
    assert statuses(seen)["bochum/bo-1"] == "released"
    assert seen["status"] == "alarming"
    assert seen["callout"] is None
    assert code(world.post(f"/incidents/{incident}/release", {"reason": "noch einmal"})) == (409, "not_assigned")


def test_a_callout_goes_forward_only(world: World) -> None:
    incident = world.assigned()
    path = f"/incidents/{incident}/callout"
    for status in ("en_route", "on_site", "done"):
        for _ in range(2):
            answer = world.post(path, {"status": status, "note": "Ä"}, "operator")
            assert (answer.status_code, answer.json["status"]) == (200, status)  # type: ignore[index]
    assert len(answer.json["callout"]["notes"]) == 3  # type: ignore[index]
    for status in ("en_route", "on_site", "nobody_there", "no_emergency"):
        assert code(world.post(path, {"status": status})) == (409, "backward_state")
    for status in ("assigned", "withdrawn", "released", "flying"):
        assert code(world.post(path, {"status": status}))[0] == 422


@pytest.mark.parametrize("end", ["done", "nobody_there", "no_emergency"])
def test_steps_may_be_skipped(small_world: World, end: str) -> None:
    answer = small_world.post(f"/incidents/{small_world.assigned()}/callout", {"status": end})
    assert (answer.status_code, answer.json["status"]) == (200, end)  # type: ignore[index]


def test_a_step_happened_at_some_time_up_to_now(small_world: World) -> None:
    path = f"/incidents/{small_world.assigned()}/callout"
    later = {"status": "en_route", "at": "2026-11-23T11:00:01+01:00"}
    assert code(small_world.post(path, later)) == (422, "future_time")
    answer = small_world.post(path, {"status": "en_route", "at": "2026-11-23T10:00:00+01:00"})
    assert answer.json["callout"]["en_route_at"] == "2026-11-23T09:00:00+00:00"  # type: ignore[index]


def test_without_an_acceptance_there_is_no_callout(small_world: World) -> None:
    incident = small_world.alarmed()
    assert code(small_world.post(f"/incidents/{incident}/callout", {"status": "done"})) == (409, "not_assigned")
    assert code(small_world.post(f"/incidents/{incident}/report", REPORT)) == (409, "not_assigned")


def test_report_and_close(world: World) -> None:
    incident = world.assigned()
    assert code(world.post(f"/incidents/{incident}/report", REPORT)) == (409, "not_done_yet")
    assert code(world.post(f"/incidents/{incident}/close", {})) == (409, "incident_running")
    world.post(f"/incidents/{incident}/callout", {"status": "done"})
    assert code(world.post(f"/incidents/{incident}/close", {})) == (409, "report_missing")
    reported = world.post(f"/incidents/{incident}/report", REPORT, "operator")
    assert (reported.status_code, reported.json["status"]) == (200, "reported")  # type: ignore[index]
    assert reported.json["callout"]["report"] == REPORT  # type: ignore[index]
    assert code(world.post(f"/incidents/{incident}/report", REPORT)) == (409, "already_reported")
    for _ in range(2):
        closed = world.post(f"/incidents/{incident}/close")
        assert (closed.status_code, closed.json["status"]) == (200, "closed")  # type: ignore[index]
    call = closed.json["calls"][0]  # type: ignore[index]
    assert world.get(f"/calls/{call}").json["status"] == "closed"  # type: ignore[index]


@pytest.mark.parametrize("missing", sorted(REPORT))
def test_a_report_is_complete(small_world: World, missing: str) -> None:
    told = {key: value for key, value in REPORT.items() if key != missing}
    answer = small_world.post(f"/incidents/{small_world.done()}/report", told)
    assert code(answer) == (422, "invalid_body")
    assert list(answer.json["errors"]) == [missing]  # type: ignore[index]


def test_after_the_end_nothing_is_judged(small_world: World) -> None:
    incident = small_world.done()
    call = small_world.incident(incident)["calls"][0]
    assert code(small_world.post(f"/calls/{call}/triage", EMERGENCY, "operator")) == (409, "incident_ended")
    assert code(small_world.post(f"/calls/{small_world.call()}/attach", {"incident": incident})) == (
        409,
        "incident_ended",
    )
