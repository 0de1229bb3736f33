"""What is personal lies sealed: unreadable in the files, bound to its place, gone with its key."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from cyberwehr.domain.terms import CalloutStatus, FollowUp
from cyberwehr.instance import Instance
from cyberwehr.services import answers, callouts, calls
from cyberwehr.storage import Alarm, Call, Callout, CannotOpen, Case, Database, Keyring, OutboxMessage
from cyberwehr.storage.sealing import decrypt, encrypt
from tests.conftest import MovingClock
from tests.services.stage import COMMANDER, OPERATOR, PERSONAL, alarmed, call, emergency, look


@contextmanager
def raw(instance: Instance) -> Iterator[Any]:
    with instance.database.engine.begin() as connection:
        yield connection


def test_nothing_personal_lies_in_the_files_in_plain_text(sqlite_instance: Instance, tmp_path: Path) -> None:
    reference, links = alarmed(sqlite_instance, email_safe=True)
    answers.accept(sqlite_instance, links["bochum/bo-1"], answers.Acceptance(30, "Frau Technik", "Herr Telefon"))
    callouts.advance(sqlite_instance, reference, CalloutStatus.DONE, OPERATOR, note="Notiz-geheim")
    told = callouts.CalloutReport(90, "Befund-geheim", "Massnahme-geheim", "Unterschrift-geheim", FollowUp.NONE)
    callouts.report(sqlite_instance, reference, told, OPERATOR)
    other = call(sqlite_instance)
    calls.call_back(sqlite_instance, other, calls.CallBack(True, "Rueckruf-geheim"), OPERATOR)
    calls.withdraw_call(sqlite_instance, other, "Grund-geheim", OPERATOR)
    secrets = [
        *PERSONAL,
        "Frau Technik",
        "Herr Telefon",
        "geheim",
        look(sqlite_instance, reference).code_word,
        *links.values(),
    ]
    bytes_on_disk = b"".join(f.read_bytes() for f in tmp_path.iterdir() if f.name.startswith("cyberwehr.sqlite"))
    assert len(list(tmp_path.glob("cyberwehr.sqlite-wal"))) == 1
    assert b"alarm_accepted" in bytes_on_disk
    assert [word for word in secrets if word.encode() in bytes_on_disk] == []


def test_nothing_personal_lies_in_postgresql_in_plain_text(instance: Instance) -> None:
    reference, links = alarmed(instance, email_safe=True)
    answers.accept(instance, links["bochum/bo-1"], answers.Acceptance(30, "Frau Technik"))
    secrets = [*PERSONAL, "Frau Technik", look(instance, reference).code_word, *links.values()]
    with raw(instance) as connection:
        for table in ("calls", "incidents", "waves", "alarms", "callouts", "outbox", "journal", "cases"):
            stored = repr(connection.execute(text(f"SELECT * FROM {table}")).all())
            assert [word for word in secrets if word in stored] == []


MOVES = {
    "another case": "UPDATE calls SET details_sealed = (SELECT c.details_sealed FROM calls c WHERE c.id <> calls.id)",
    "another column": "UPDATE calls SET details_sealed = link_sealed",
    "another table": "UPDATE calls SET details_sealed = (SELECT letter_sealed FROM outbox LIMIT 1)",
    "an empty value": "UPDATE calls SET details_sealed = substr(details_sealed, 1, 5)",
}


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_a_value_in_another_place_does_not_open(instance: Instance, move: str) -> None:
    call(instance, email_safe=True), call(instance, email_safe=True)
    with raw(instance) as connection:
        connection.execute(text(move))
    with instance.reading() as tx, pytest.raises(CannotOpen):
        _ = tx.get_one(Call, 1).details


@pytest.mark.parametrize(("model", "column"), [(Alarm, "link"), (OutboxMessage, "letter")])
def test_a_value_of_another_row_of_the_same_case_does_not_open(instance: Instance, model: Any, column: str) -> None:
    alarmed(instance)
    sealed = f"{column}_sealed"
    with raw(instance) as connection:
        table = model.__tablename__
        other = f"SELECT {sealed} FROM {table} WHERE id = (SELECT max(id) FROM {table})"
        connection.execute(text(f"UPDATE {table} SET {sealed} = ({other}) WHERE id = (SELECT min(id) FROM {table})"))
    with instance.reading() as tx:
        first, *_, last = tx.query(model).order_by(model.id)
        assert getattr(last, column)
        with pytest.raises(CannotOpen):
            getattr(first, column)


def test_another_secret_opens_nothing(instance: Instance) -> None:
    emergency(instance)
    thief = Database(instance.config.database.url, Keyring("another secret of at least 32 letters"))
    with closing(thief), thief.reading() as tx, pytest.raises(CannotOpen):
        _ = tx.get_one(Call, 1).details


def test_with_its_key_destroyed_a_case_is_gone_and_the_others_are_not(instance: Instance) -> None:
    call(instance), call(instance, company="Andere GmbH")
    with instance.begin() as tx:
        tx.get_one(Case, tx.get_one(Call, 1).case_id).wrapped_key = None
    with instance.reading() as tx:
        with pytest.raises(CannotOpen, match="destroyed"):
            _ = tx.get_one(Call, 1).details
        assert tx.get_one(Call, 2).details["company"] == "Andere GmbH"


def test_a_callouts_values_open_after_a_second_callout_of_the_same_case(instance: Instance, clock: MovingClock) -> None:
    reference, links = alarmed(instance)
    answers.accept(instance, links["bochum/bo-1"], answers.Acceptance(30, "Eins"))
    callouts.release(instance, reference, "kommt nicht", COMMANDER)
    winner = next(a for a in look(instance, reference).alarms if a.status == "sent")
    answers.accept(instance, winner.link.rsplit("/", 1)[1], answers.Acceptance(30, "Zwei"))
    with instance.reading() as tx:
        assert [c.technician for c in tx.query(Callout).order_by(Callout.id)] == ["Eins", "Zwei"]


@pytest.mark.parametrize(
    "change",
    [
        lambda s: b"\x02" + s[1:],
        lambda s: s[:-1],
        lambda s: b"",
        lambda s: s[:13],
        lambda s: s[:5] + b"x" + s[6:],
    ],
)
def test_whatever_is_not_as_it_was_sealed_cannot_be_opened(change: Any) -> None:
    key = bytes(32)
    sealed = encrypt(key, b"word", "label")
    assert decrypt(key, sealed, "label") == b"word"
    with pytest.raises(CannotOpen):
        decrypt(key, change(sealed), "label")
