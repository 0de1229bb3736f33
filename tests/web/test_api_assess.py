"""POST …/assess: what the protocol makes of the answers so far."""

from typing import Any

import pytest

from tests.web.world import World, code

KEYS = {
    "suggested_verdict", "suggested_call_type", "suggested_urgency", "alarm_early", "protocol", "reasons",
    "first_aid", "missing",
}  # fmt: skip


def assessed(world: World, call: str, **body: Any) -> dict[str, Any]:
    answer = world.post(f"/calls/{call}/assess", {"answers": {}, **body}, "operator")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return dict(answer.json)  # type: ignore[arg-type]


def test_it_suggests_with_reasons_in_both_languages_and_decides_nothing(world: World) -> None:
    call = world.call()
    found = assessed(world, call, answers={"business": "stopped"}, call_type="ransomware")
    assert set(found) == KEYS
    assert (found["suggested_verdict"], found["suggested_urgency"]) == ("emergency", "critical")
    assert (found["suggested_call_type"], found["alarm_early"]) == ("ransomware", True)
    assert {"business_hit", "critical_standstill"} <= {reason["code"] for reason in found["reasons"]}
    assert all(set(reason) == {"code", "de", "en"} and reason["de"] != reason["en"] for reason in found["reasons"])
    assert world.get(f"/calls/{call}").json["status"] == "waiting"  # type: ignore[index]


def test_each_answer_renews_it_and_triage_uses_them_all(small_world: World) -> None:
    call = small_world.call(description="Ein schwarzes Fenster ging auf.")
    assert assessed(small_world, call)["suggested_verdict"] == "emergency"
    calm = assessed(small_world, call, answers={"attack_suspected": "no", "business": "normal"})
    assert calm["suggested_verdict"] == "advice"
    assert "business" not in calm["missing"]
    judged = small_world.post(f"/calls/{call}/triage", {"verdict": "advice", "call_type": "malware_infection"})
    assert (judged.status_code, judged.json["suggested_verdict"]) == (200, "advice")  # type: ignore[index]


def test_deciding_otherwise_without_a_reason_is_refused(small_world: World) -> None:
    call = small_world.call()
    judgement = {"verdict": "advice", "call_type": "ransomware", "answers": {"business": "stopped"}}
    assert code(small_world.post(f"/calls/{call}/triage", judgement)) == (422, "override_reason_missing")
    assert code(small_world.post(f"/calls/{call}/triage", {**judgement, "override_reason": " "}))[0] == 422
    judged = small_world.post(f"/calls/{call}/triage", {**judgement, "override_reason": "Rückruf: Probealarm"})
    assert judged.status_code == 200


def test_the_type_is_recognised_if_nobody_says_it(small_world: World) -> None:
    words = "Unser Instagram wurde übernommen, die schreiben unseren Kunden."
    found = assessed(small_world, small_world.call(description=words))
    assert (found["suggested_call_type"], found["suggested_urgency"]) == ("account_takeover", "high")
    assert any(reason["code"].startswith("said_") for reason in found["reasons"])


@pytest.mark.parametrize("value", ["halted", 5, True, "", "STOPPED", "\x00", "yes" * 500])
def test_an_impossible_answer_is_said_in_the_askers_language(small_world: World, value: Any) -> None:
    call = small_world.call()
    for language, words in (("de", "Bitte wählen Sie"), ("en", "Please choose")):
        answer = small_world.post(
            f"/calls/{call}/assess", {"answers": {"business": value}}, headers={"Accept-Language": language}
        )
        assert code(answer) == (422, "impossible_answer")
        assert words in answer.json["detail"]  # type: ignore[index]
        assert "stopped" in answer.json["detail"]  # type: ignore[index]


@pytest.mark.parametrize("answers", [{"a": []}, {"a": {}}, {"a": "x" * 3000}, {"a" * 90: "x"}, [], "x", 5, {"a": 1e16}])
def test_a_wrong_shape_is_refused(small_world: World, answers: Any) -> None:
    assert code(small_world.post(f"/calls/{small_world.call()}/assess", {"answers": answers}))[0] == 422


def test_who_may_ask(small_world: World) -> None:
    call = small_world.call()
    assert code(small_world.post("/calls/CW-0000-00/assess", {"answers": {}})) == (404, "unknown_call")
    for who, status in (("auditor", 403), ("partner", 403), (None, 401)):
        assert small_world.post(f"/calls/{call}/assess", {"answers": {}}, who).status_code == status
    small_world.post(f"/calls/{call}/withdraw", {"reason": "Erledigt"})
    assert code(small_world.post(f"/calls/{call}/assess", {"answers": {}})) == (409, "call_ended")
