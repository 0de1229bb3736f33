"""Sending, listing and handling calls over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import MONDAY_MORNING, MovingClock
from tests.web.world import CALL, EMERGENCY, World, code

RECEIPT = {
    "reference",
    "status",
    "region",
    "service_open",
    "next_opening",
    "warnings",
    "first_aid",
    "status_url",
}


def sent(world: World, who: str = "operator", **fields: Any) -> dict[str, Any]:
    answer = world.post("/calls", {**CALL, **fields}, who)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return dict(answer.json)  # type: ignore[arg-type]


def warnings(receipt: dict[str, Any]) -> set[str]:
    assert all(set(w) == {"code", "de", "en"} and w["de"] and w["en"] for w in receipt["warnings"])
    return {w["code"] for w in receipt["warnings"]}


def test_first_aid_is_for_what_was_reported(world: World) -> None:
    codes = {step["code"] for step in sent(world, call_type="payment_fraud")["first_aid"]}
    assert "bank_if_paid" in codes
    assert "bank_if_paid" not in {step["code"] for step in sent(world)["first_aid"]}


def test_a_receipt_says_what_happens_next(world: World) -> None:
    receipt = sent(world)
    assert set(receipt) == RECEIPT
    assert receipt["status"] == "waiting"
    assert receipt["region"] == "bochum"
    assert receipt["service_open"] is True
    assert receipt["next_opening"] is None
    assert receipt["warnings"] == []
    assert {"code", "de", "en"} == set(receipt["first_aid"][0])
    assert "/status/" in receipt["status_url"]


def test_everything_the_caller_said_is_kept(world: World) -> None:
    told = {
        **CALL,
        "email_safe": False,
        "safe_contact": {"kind": "phone", "value": "0171 5550100"},
        "turnover_million_eur": 2.5,
        "call_type": "ransomware",
        "consent": {"forward": True, "statistics": False, "police": None},
    }
    call = world.get(f"/calls/{world.call(**told)}").json
    assert call is not None
    told["reported_call_type"] = told.pop("call_type")
    assert {key: call[key] for key in told} == told
    assert call["verdict"] is None
    assert call["incident"] is None


def test_null_is_as_good_as_absent(small_world: World) -> None:
    nothing = dict.fromkeys(CALL)
    receipt = sent(small_world, **{**nothing, "channel": "phone", "safe_contact": None, "consent": None})
    assert receipt["region"] is None
    assert "no_way_back" in warnings(receipt)
    assert sent(small_world, safe_contact=None, employees=None)["region"] == "bochum"


@pytest.mark.parametrize("channel", ["web", "partner", "api", "mail", "instance", None])
def test_without_any_way_back_only_the_telephone_will_do(small_world: World, channel: str | None) -> None:
    answer = small_world.post("/calls", {"channel": channel, "description": "Hilfe"}, "operator")
    assert code(answer) == (422, "invalid_body")
    assert "phone" in answer.json["errors"]  # type: ignore[index]
    assert small_world.post("/calls", {"channel": channel, "email": "a@b.example"}, "operator").status_code == 201


def test_a_call_by_phone_may_be_empty(small_world: World) -> None:
    assert small_world.post("/calls", {"channel": "phone"}, "operator").status_code == 201


@pytest.mark.parametrize(
    ("fields", "warning"),
    [
        ({"phone": "12ab"}, "odd_phone"),
        ({"email": "no address"}, "odd_email"),
        ({"postal_code": None, "town": "Nirgendheim"}, "town_unknown"),
        ({"postal_code": "99999", "town": "Nirgendheim"}, "postal_code_unknown"),
        ({"postal_code": None, "town": None}, "place_missing"),
        ({"company_name": "?"}, "unknown_field"),
        ({"description": "a\x00b"}, "text_cleaned"),
        ({"company": "\ud800 GmbH"}, "text_cleaned"),
    ],
)
def test_doubtful_content_is_kept_with_a_warning(small_world: World, fields: dict[str, Any], warning: str) -> None:
    assert warning in warnings(sent(small_world, **fields))


@pytest.mark.parametrize(
    ("place", "region"),
    [
        ({"postal_code": "44793", "town": "Essen"}, "bochum"),
        ({"postal_code": "49632", "town": "Essen"}, None),
        ({"postal_code": "", "town": "Wattenscheid"}, "bochum"),
        ({"postal_code": "45127", "town": "Essn"}, "essen"),
        ({"postal_code": "80331", "town": "München"}, None),
    ],
)
def test_the_region_follows_from_the_place(small_world: World, place: dict[str, str], region: str | None) -> None:
    assert sent(small_world, **place)["region"] == region


def test_outside_of_the_hours_the_next_opening_is_promised(world: World) -> None:
    saturday = sent(world, received_at="2026-11-21T12:00:00+01:00")
    assert saturday["service_open"] is False
    assert saturday["next_opening"] == "2026-11-23T07:00:00+00:00"
    assert warnings(saturday) == set()
    unplaced = sent(world, received_at="2026-11-21T12:00:00+01:00", postal_code="80331", town="München")
    assert (unplaced["region"], unplaced["service_open"]) == (None, False)
    assert unplaced["next_opening"] == "2026-11-23T07:00:00+00:00"


@pytest.mark.parametrize(
    ("at", "is_open"), [("08:00:00", True), ("17:59:59", True), ("18:00:00", False), ("07:59:59", False)]
)
def test_the_seconds_count(small_world: World, at: str, is_open: bool) -> None:
    assert sent(small_world, received_at=f"2026-11-20T{at}+01:00")["service_open"] is is_open


@pytest.mark.parametrize(("tag", "language"), [("en-GB-oxendict", "en"), ("zh-Hans-CN", "de"), ("de-DE-1996", "de")])
def test_no_call_is_lost_for_its_language(small_world: World, tag: str, language: str) -> None:
    call = small_world.get(f"/calls/{sent(small_world, language=tag)['reference']}").json
    assert call is not None
    assert call["language"] == language


@pytest.mark.parametrize("spelt", ["2026-11-20t10:00:00z", "2026-11-20T11:00:00+0100", "2026-11-20 10:00:00Z"])
def test_a_moment_may_be_spelt_in_every_way_of_the_standards(small_world: World, spelt: str) -> None:
    """RFC 3339, section 5.6, allows small t and z."""
    call = small_world.get(f"/calls/{sent(small_world, received_at=spelt)['reference']}").json
    assert call is not None
    assert call["received_at"] == "2026-11-20T10:00:00+00:00"


def test_a_future_time_is_kept_with_a_warning(world: World) -> None:
    receipt = sent(world, received_at="2026-12-24T10:00:00-05:00")
    assert warnings(receipt) == {"future_time"}
    assert world.get(f"/calls/{receipt['reference']}").json["received_at"] == "2026-12-24T15:00:00+00:00"  # type: ignore[index]


@pytest.mark.parametrize("who", ["partner", "instance"])
def test_only_the_control_centre_says_when_it_happened(small_world: World, who: str) -> None:
    receipt = sent(small_world, who, received_at="2026-11-21T12:00:00+01:00", channel="phone")
    assert warnings(receipt) == {"received_at_ignored"}
    call = small_world.get(f"/calls/{receipt['reference']}").json
    assert call is not None
    assert datetime.fromisoformat(call["received_at"]) == MONDAY_MORNING
    assert call["channel"] == who


@pytest.mark.parametrize("channel", ["phone", "web", "partner", "api", "mail", "instance"])
def test_the_control_centre_may_note_any_channel(small_world: World, channel: str) -> None:
    reference = small_world.call(channel=channel, received_at="2026-11-20T10:00:00Z")
    assert small_world.get(f"/calls/{reference}").json["channel"] == channel  # type: ignore[index]


def test_without_a_channel_it_came_by_api(small_world: World) -> None:
    assert small_world.get(f"/calls/{small_world.call(channel=None)}").json["channel"] == "api"  # type: ignore[index]


def test_a_long_token_name_does_not_lose_the_call(world: World) -> None:
    who = "partner " + "x" * 72
    assert world.post("/calls", CALL, who).status_code == 201


def test_the_first_claimer_has_it(world: World) -> None:
    call = world.call()
    first = world.post(f"/calls/{call}/claim", who="operator")
    assert (first.status_code, first.json["status"]) == (200, "claimed")  # type: ignore[index]
    assert world.post(f"/calls/{call}/claim", {}, "operator").status_code == 200
    assert code(world.post(f"/calls/{call}/claim", who="operator 2")) == (409, "claimed_by_other")
    assert code(world.post(f"/calls/{call}/triage", EMERGENCY, "operator 2")) == (409, "claimed_by_other")
    assert world.post(f"/calls/{call}/triage", EMERGENCY, "operator").status_code == 200


def test_references_are_understood_as_they_are_spoken(small_world: World) -> None:
    call = small_world.call()
    for spelling in (call.lower(), call.replace("-", ""), call[3:], call.replace("-", "%20"), call.lower()[3:]):
        answer = small_world.get(f"/calls/{spelling}")
        assert (answer.status_code, answer.json["reference"]) == (200, call)  # type: ignore[index]
    incident = small_world.emergency(call)
    assert small_world.get(f"/incidents/{incident.lower().replace('-', '')}").status_code == 200


def test_triage_answers_with_what_was_decided(world: World) -> None:
    judged = world.post(f"/calls/{world.call()}/triage", {**EMERGENCY, "answers": {"spreading": "yes"}}, "operator")
    assert judged.status_code == 200
    body = judged.json
    assert body is not None
    assert set(body) == {"suggested_verdict", "suggested_urgency", "verdict", "urgency", "incident"}
    assert (body["suggested_verdict"], body["suggested_urgency"]) == ("emergency", "critical")
    assert (body["verdict"], body["urgency"]) == ("emergency", "critical")
    assert world.incident(body["incident"])["status"] == "open"


@pytest.mark.parametrize(
    "verdict", ["solved_by_phone", "advice", "referred", "out_of_area", "not_eligible", "duplicate", "nuisance"]
)
def test_other_verdicts_close_the_call(small_world: World, verdict: str) -> None:
    call = small_world.call()
    judgement = {"verdict": verdict, "call_type": "other", "override_reason": "Nach Rücksprache."}
    judged = small_world.post(f"/calls/{call}/triage", judgement, "operator")
    assert judged.status_code == 200
    assert judged.json["incident"] is None  # type: ignore[index]
    assert judged.json["urgency"] is None  # type: ignore[index]
    assert small_world.get(f"/calls/{call}").json["status"] == "closed"  # type: ignore[index]


def test_judging_again_keeps_the_incident(small_world: World) -> None:
    call = small_world.call()
    incident = small_world.emergency(call)
    assert small_world.emergency(call, urgency="high") == incident
    assert small_world.incident(incident)["urgency"] == "high"
    advice = {"verdict": "advice", "call_type": "other"}
    assert code(small_world.post(f"/calls/{call}/triage", advice, "operator")) == (409, "has_incident")


def test_a_person_places_a_call_whose_region_is_open(world: World) -> None:
    call = world.call(postal_code=None, town=None)
    incident = world.emergency(call)
    assert code(world.post(f"/incidents/{incident}/alarm", {})) == (409, "region_open")
    assert code(world.get(f"/incidents/{incident}/ranking")) == (409, "region_open")
    placed = world.post(f"/calls/{call}/place", {"region": "essen"}, "operator")
    assert (placed.status_code, placed.json["region"]) == (200, "essen")  # type: ignore[index]
    assert world.incident(incident)["region"] == "essen"
    world.alarmed(incident)
    assert code(world.post(f"/calls/{call}/place", {"region": "bochum"})) == (409, "already_alarmed_region")


def test_a_region_that_is_not_served_cannot_be_chosen(small_world: World) -> None:
    call = small_world.call()
    assert code(small_world.post(f"/calls/{call}/place", {"region": "atlantis"})) == (422, "unknown_region")


def test_a_form_is_verified_by_a_call_back_before_the_alarm(world: World) -> None:
    for channel in ("web", "partner"):
        call = world.call(channel=channel)
        incident = world.emergency(call)
        assert code(world.post(f"/incidents/{incident}/alarm", {})) == (409, "callback_missing")
        missed = world.post(f"/calls/{call}/callback", {"reached": False, "spoken_with": None}, "operator")
        assert (missed.status_code, missed.json["verified"]) == (200, False)  # type: ignore[index]
        assert code(world.post(f"/incidents/{incident}/alarm", {})) == (409, "callback_missing")
        reached = world.post(f"/calls/{call}/callback", {"reached": True, "spoken_with": "Frau Muster"}, "operator")
        assert reached.json["verified"] is True  # type: ignore[index]
        world.alarmed(incident)


def test_or_the_commander_says_why_not(small_world: World) -> None:
    incident = small_world.emergency(small_world.call(channel="web"))
    small_world.alarmed(incident, override_reason="Leitung tot, Nachbar bestätigt")


def test_who_objects_to_forwarding_is_not_forwarded(small_world: World) -> None:
    incident = small_world.emergency(small_world.call(consent={"forward": False}))
    answer = small_world.post(f"/incidents/{incident}/alarm", {"override_reason": "trotzdem"})
    assert code(answer) == (409, "consent_refused")


def test_a_further_call_joins_the_incident(world: World) -> None:
    incident = world.emergency()
    call = world.call()
    for _ in range(2):
        joined = world.post(f"/calls/{call}/attach", {"incident": incident.lower()}, "operator")
        assert (joined.status_code, joined.json["incident"]) == (200, incident)  # type: ignore[index]
    assert call in world.incident(incident)["calls"]
    assert code(world.post(f"/calls/{call}/attach", {"incident": world.emergency()}, "operator"))[0] == 409
    assert code(world.post(f"/calls/{world.call()}/attach", {"incident": "CW-2222-22"}))[0] == 404


def test_a_withdrawn_call_ends_its_incident_and_calls_everybody_off(world: World) -> None:
    call = world.call()
    incident = world.alarmed(world.emergency(call))
    links = world.links(incident)
    for _ in range(2):
        withdrawn = world.post(f"/calls/{call}/withdraw", {"reason": "Fehlalarm"}, "operator")
        assert (withdrawn.status_code, withdrawn.json["status"]) == (200, "withdrawn")  # type: ignore[index]
    seen = world.incident(incident)
    assert seen["status"] == "withdrawn"
    assert {alarm["status"] for alarm in seen["alarms"]} == {"withdrawn"}
    late = world.post(f"/alarms/{next(iter(links.values()))}/accept", {"eta_minutes": 5, "technician": "x"}, None)
    assert code(late) == (410, "alarm_withdrawn")
    assert code(world.post(f"/incidents/{incident}/alarm", {})) == (409, "incident_ended")
    assert code(world.post(f"/calls/{call}/triage", EMERGENCY, "operator")) == (409, "call_ended")


def test_an_incident_lives_while_another_call_stands_behind_it(small_world: World) -> None:
    first = small_world.call()
    incident = small_world.emergency(first)
    second = small_world.call()
    small_world.post(f"/calls/{second}/attach", {"incident": incident}, "operator")
    small_world.post(f"/calls/{first}/withdraw", {"reason": "erledigt"}, "operator")
    assert small_world.incident(incident)["status"] == "open"


def test_lists_are_filtered(world: World) -> None:
    essen = world.call(postal_code="45127", town="Essen", received_at="2026-11-20T10:00:00Z")
    bochum = world.call()
    world.post(f"/calls/{bochum}/claim", who="operator")

    def listed(query: str) -> list[str]:
        answer = world.get(f"/calls?{query}")
        assert answer.status_code == 200, answer.get_data(as_text=True)
        assert set(answer.json) == {"items", "next"}  # type: ignore[arg-type]
        return [item["reference"] for item in answer.json["items"]]  # type: ignore[index]

    assert listed("") == [bochum, essen]
    assert listed("status=claimed") == [bochum]
    assert listed("region=essen") == [essen]
    assert listed("since=2026-11-20T11:00:01%2B01:00") == [bochum]
    assert listed("since=2026-11-20T11:00:00%2B01:00") == [bochum, essen]
    assert listed("status=waiting&region=bochum") == []


@pytest.mark.parametrize(
    "query",
    ["status=lost", "region=atlantis", "since=yesterday", "limit=0", "limit=201", "limit=x", "cursor=%00", "cursor=!"],
)
@pytest.mark.parametrize("listing", ["calls", "incidents"])
def test_senseless_filters_are_refused(small_world: World, listing: str, query: str) -> None:
    assert code(small_world.get(f"/{listing}?{query}"))[0] == 422


def test_pages_stay_put_while_new_calls_arrive(world: World, clock: MovingClock) -> None:
    old = [world.call() for _ in range(5)]
    seen: list[str] = []
    cursor = ""
    for page in range(3):
        answer = world.get(f"/calls?limit=2&cursor={cursor}").json
        assert answer is not None
        seen += [item["reference"] for item in answer["items"]]
        cursor = answer["next"]
        assert (cursor is None) is (page == 2)
        clock.forward(seconds=1)
        world.call()
    assert seen == old[::-1]


def test_a_page_has_at_most_two_hundred_items(small_world: World) -> None:
    assert small_world.get("/calls?limit=200").status_code == 200
    assert small_world.get("/calls?limit=1").status_code == 200


def test_nothing_there_is_404(small_world: World) -> None:
    for path in ("/calls/CW-2222-22", "/calls/x", "/incidents/CW-2222-22"):
        assert code(small_world.get(path))[0] == 404
    assert code(small_world.post("/calls/CW-2222-22/claim", who="operator")) == (404, "unknown_call")


def test_moments_are_utc(small_world: World) -> None:
    reference = small_world.call(received_at="2026-11-20T23:30:00+05:30")
    given = small_world.get(f"/calls/{reference}").json["received_at"]  # type: ignore[index]
    assert datetime.fromisoformat(given) == datetime(2026, 11, 20, 18, tzinfo=UTC)
    assert datetime.fromisoformat(given).utcoffset() == timedelta(0)


@pytest.mark.parametrize("at", ["1999-12-31T23:00:00+02:00", "2150-06-01T12:00:00Z", "8999-12-31T23:59:59+12:00"])
def test_an_unlikely_time_is_kept(world: World, at: str) -> None:
    answer = world.post("/calls", {**CALL, "received_at": at}, "operator")
    assert answer.status_code == 201
    assert any(w["code"] == "future_time" for w in answer.json["warnings"]) == (at > "2027")  # type: ignore[index]
    kept = world.get(f"/calls/{answer.json['reference']}", "operator").json["received_at"]  # type: ignore[index]
    assert datetime.fromisoformat(kept) == datetime.fromisoformat(at)


def test_a_yes_given_on_the_phone_opens_what_a_no_had_closed(world: World) -> None:
    reference = world.call(consent={"forward": False, "police": True})
    incident = world.post(f"/calls/{reference}/triage", EMERGENCY, "operator").json["incident"]  # type: ignore[index]
    assert code(world.post(f"/incidents/{incident}/alarm", {}, "commander")) == (409, "consent_refused")
    told = {"reached": True, "spoken_with": "Frau Muster", "consent": {"forward": True}}
    answer = world.post(f"/calls/{reference}/callback", told, "operator")
    assert answer.json["consent"] == {"forward": True, "statistics": None, "police": True}  # type: ignore[index]
    assert world.post(f"/incidents/{incident}/alarm", {}, "commander").status_code == 201
