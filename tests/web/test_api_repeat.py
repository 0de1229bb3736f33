"""Idempotency-Key: the same request again gets the first answer, and nothing happens twice."""

from typing import Any

from sqlalchemy import func, select

from cyberwehr.storage import Call, KeptAnswer
from tests.conftest import MovingClock
from tests.web.world import CALL, EMERGENCY, World, code

KEY = {"Idempotency-Key": "k-1"}


def count(world: World, model: Any) -> int:
    with world.instance.reading() as tx:
        return tx.scalar(select(func.count()).select_from(model)) or 0


def test_the_first_answer_again(world: World) -> None:
    first = world.post("/calls", CALL, "operator", headers=KEY)
    again = world.post("/calls", CALL, "operator", headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert count(world, Call) == 1


def test_another_body_under_the_same_key_is_refused(world: World) -> None:
    world.post("/calls", CALL, "operator", headers=KEY)
    answer = world.post("/calls", {**CALL, "company": "Andere"}, "operator", headers=KEY)
    assert code(answer) == (422, "idempotency_mismatch")
    assert count(world, Call) == 1


def test_a_key_belongs_to_one_credential_and_one_route(world: World) -> None:
    for who in ("operator", "operator 2", "partner"):
        assert world.post("/calls", CALL, who, headers=KEY).status_code == 201
    assert count(world, Call) == 3
    call = world.call()
    assert world.post(f"/calls/{call}/claim", {}, "operator", headers=KEY).status_code == 200
    assert world.post(f"/calls/{call}/triage", EMERGENCY, "operator", headers=KEY).status_code == 200


def test_a_refusal_is_not_kept(world: World) -> None:
    call = world.call()
    world.post(f"/calls/{call}/claim", who="operator 2")
    assert code(world.post(f"/calls/{call}/claim", {}, "operator", headers=KEY))[0] == 409
    assert code(world.post("/calls", {"phone": 5}, "operator", headers=KEY))[0] == 422
    assert world.post("/calls", CALL, "operator", headers=KEY).status_code == 201
    assert count(world, KeptAnswer) == 1


def test_an_alarm_is_raised_once(world: World) -> None:
    incident = world.emergency()
    answers = [world.post(f"/incidents/{incident}/alarm", {}, headers=KEY) for _ in range(3)]
    assert [a.status_code for a in answers] == [201] * 3
    assert len(world.incident(incident)["alarms"]) == 3


def test_a_key_is_kept_for_a_day(small_world: World, clock: MovingClock) -> None:
    first = small_world.post("/calls", CALL, "operator", headers=KEY)
    clock.forward(hours=24, seconds=1)
    second = small_world.post("/calls", CALL, "operator", headers=KEY)
    assert second.status_code == 201
    assert first.json["reference"] != second.json["reference"]  # type: ignore[index]


def test_keys_of_odd_length_are_refused(small_world: World) -> None:
    assert code(small_world.post("/calls", CALL, "operator", headers={"Idempotency-Key": "x" * 256}))[0] == 400
    assert code(small_world.post("/calls", CALL, "operator", headers={"Idempotency-Key": ""}))[0] == 400
    assert small_world.post("/calls", CALL, "operator", headers={"Idempotency-Key": "ü" * 255}).status_code == 201


def test_kept_answers_are_sealed(small_world: World) -> None:
    reference = small_world.post("/calls", CALL, "operator", headers=KEY).json["reference"]  # type: ignore[index]
    with small_world.instance.reading() as tx:
        kept = tx.scalars(select(KeptAnswer)).one()
        assert reference.encode() not in kept.answer_sealed
