"""What must not be cannot be written, not even by raw SQL."""

from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from cyberwehr.instance import Instance
from cyberwehr.services import answers
from tests.services.stage import alarmed, call


@pytest.fixture
def assigned(instance: Instance) -> Instance:
    """One incident with an accepted alarm and its call-out, and one call nobody has looked at."""
    _, links = alarmed(instance)
    answers.accept(instance, links["bochum/bo-1"], answers.Acceptance(30, "Frau Beispiel"))
    call(instance)
    return instance


def row(connection: Connection, table: str, where: str) -> dict[str, Any]:
    return dict(connection.execute(text(f"SELECT * FROM {table} WHERE {where} LIMIT 1")).mappings().one())


def insert(connection: Connection, table: str, values: dict[str, Any]) -> None:
    names = ", ".join(values)
    binds = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({binds})"), values)


# A sound row to copy, and what a copy needs to be sound again.
ACCEPTED = ("alarms", "status = 'accepted'", {"id": 900, "token_hash": "x", "round": 9})
LOST = ("alarms", "status = 'withdrawn'", {"id": 900, "token_hash": "x", "round": 9})
CALLOUT = ("callouts", "status = 'assigned'", {"id": 900})
CALL = ("calls", "status = 'waiting'", {"id": 900, "reference": "CW-X", "status_token_hash": "x"})
INCIDENT = ("incidents", "status = 'assigned'", {"id": 900, "reference": "CW-X"})
MESSAGE = ("outbox", "state = 'queued'", {"id": 900, "key": "x", "message_id": "x"})
HEAD = ("journal_head", "id = 1", {})

ILLEGAL = [
    ("a second accepted alarm", ACCEPTED, {}),
    ("accepted without an ETA", LOST, {"incident_id": 900, "status": "accepted", "eta_minutes": None}),
    ("an ETA beyond a week", LOST, {"eta_minutes": 10_081}),
    ("a negative ETA", LOST, {"eta_minutes": -1}),
    ("declined without a reason", LOST, {"status": "declined", "decline_reason": None}),
    ("an unknown decline reason", LOST, {"status": "declined", "decline_reason": "mood"}),
    ("an unknown alarm status", LOST, {"status": "perhaps"}),
    ("no alarm status", LOST, {"status": None}),
    ("a second alarm of the same round", LOST, {"round": 1}),
    ("the same link twice", LOST, {"token_hash": "=token_hash"}),
    ("two call-outs at a time", CALLOUT, {"alarm_id": "lost"}),
    ("two call-outs of one alarm", CALLOUT, {"status": "released"}),
    ("an unknown call-out status", CALLOUT, {"alarm_id": "lost", "status": "somewhere"}),
    ("reported without minutes", CALLOUT, {"alarm_id": "lost", "status": "released", "reported_at": "=accepted_at"}),
    ("triaged without a verdict", CALL, {"status": "triaged"}),
    ("closed without a verdict", CALL, {"status": "closed"}),
    ("claimed by nobody", CALL, {"status": "claimed"}),
    ("an unknown call status", CALL, {"status": "lost"}),
    ("an unknown channel", CALL, {"channel": "pigeon"}),
    ("an unknown verdict", CALL, {"verdict": "maybe"}),
    ("an unknown urgency", CALL, {"urgency": "very"}),
    ("an unknown call type", CALL, {"call_type": "fire"}),
    ("a reference twice", CALL, {"reference": "=reference"}),
    ("a call of a case that is not there", CALL, {"case_id": "nobody"}),
    ("an incident that is alarmed nowhere", INCIDENT, {"region": None}),
    ("an unknown incident status", INCIDENT, {"status": "burning"}),
    ("an unknown urgency of an incident", INCIDENT, {"urgency": "very"}),
    ("a message to send without a text", MESSAGE, {"letter_sealed": None}),
    ("an unknown state of a message", MESSAGE, {"state": "flying"}),
    ("one message twice", MESSAGE, {"key": "=key"}),
    ("a second head of the journal", HEAD, {"id": 2}),
]


@pytest.mark.parametrize(("copied", "wrong"), [case[1:] for case in ILLEGAL], ids=[case[0] for case in ILLEGAL])
def test_the_database_refuses(assigned: Instance, copied: tuple[str, str, dict], wrong: dict[str, Any]) -> None:
    table, where, fresh = copied
    with assigned.database.engine.connect() as connection:
        if wrong.get("incident_id") == 900:
            insert(connection, "incidents", {**row(connection, "incidents", INCIDENT[1]), **INCIDENT[2]})
        good = row(connection, table, where)
        if wrong.get("alarm_id") == "lost":
            wrong = {**wrong, "alarm_id": row(connection, *LOST[:2])["id"]}
        bad = {**good, **fresh, **wrong}
        bad = {k: good[v[1:]] if isinstance(v, str) and v.startswith("=") else v for k, v in bad.items()}
        with pytest.raises(IntegrityError):
            insert(connection, table, bad)


@pytest.mark.parametrize(
    ("copied", "more"),
    [
        (LOST, {}),
        (CALL, {}),
        (INCIDENT, {}),
        (MESSAGE, {}),
        (CALLOUT, {"status": "released", "alarm_id": "lost"}),
    ],
    ids=["alarm", "call", "incident", "message", "callout"],
)
def test_the_copies_themselves_are_sound(assigned: Instance, copied: tuple[str, str, dict], more: dict) -> None:
    """Otherwise the test above would prove nothing."""
    table, where, fresh = copied
    with assigned.database.engine.connect() as connection:
        if more.get("alarm_id"):
            more = {**more, "alarm_id": row(connection, *LOST[:2])["id"]}
        insert(connection, table, {**row(connection, table, where), **fresh, **more})
        assert row(connection, table, "id = 900")["id"] == 900


def test_rows_that_are_pointed_at_cannot_be_deleted(assigned: Instance) -> None:
    for table in ("cases", "incidents", "waves", "alarms"):
        with assigned.database.engine.connect() as connection, pytest.raises(DBAPIError):
            connection.execute(text(f"DELETE FROM {table}"))
