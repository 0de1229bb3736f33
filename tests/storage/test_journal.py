"""The journal finds whatever is done to it behind the program's back."""

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from cyberwehr.domain.chain import entry_hash
from cyberwehr.instance import Instance
from cyberwehr.services import answers
from cyberwehr.storage import JournalEntry, journal
from tests.services.stage import alarmed, call

COLUMNS = (
    "at",
    "actor",
    "action",
    "call_id",
    "incident_id",
    "alarm_id",
    "case_id",
    "facts",
    "note_sealed",
    "previous",
    "hash",
)


@pytest.fixture
def written(instance: Instance) -> Instance:
    """A journal of a dozen entries, with every column used somewhere."""
    _, links = alarmed(instance)
    answers.accept(instance, links["bochum/bo-1"], answers.Acceptance(30, "T", "Herr Sprecher"))
    call(instance)
    return instance


def length(instance: Instance) -> int:
    with instance.reading() as tx:
        return int(tx.scalar(text("SELECT count(*) FROM journal")) or 0)


def tamper(instance: Instance, *statements: str, **values: Any) -> None:
    with instance.database.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement), values)


def fault(instance: Instance) -> str | None:
    with instance.reading() as tx:
        return journal.verify(tx)[1]


def rechain(instance: Instance, start: int = 1) -> None:
    """Make all numbers and hashes right again, as somebody would who knows the rule (but not the key)."""
    with instance.database.engine.begin() as connection, instance.reading() as tx:
        previous = tx.scalar(text("SELECT hash FROM journal WHERE id = :n"), {"n": start - 1}) or "0" * 64
        entries = tx.scalars(select(JournalEntry).where(JournalEntry.id >= start).order_by(JournalEntry.id)).all()
        for number, entry in enumerate(entries, start=start):
            tx.expunge(entry)
            old, entry.id = entry.id, number
            digest = entry_hash(previous, journal.hashed_fields(vars(entry)))
            change = text("UPDATE journal SET id = :new, previous = :p, hash = :h WHERE id = :old")
            connection.execute(change, {"new": number, "p": previous, "h": digest, "old": old})
            previous = digest
        head = text("UPDATE journal_head SET length = :n, hash = :h")
        connection.execute(head, {"n": start - 1 + len(entries), "h": previous})


def test_untouched_it_is_good(written: Instance) -> None:
    with written.reading() as tx:
        assert journal.verify(tx) == (length(written), None)


@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("actor", "'user:9'"),
        ("action", "'alarm_declined'"),
        ("call_id", "77"),
        ("incident_id", "77"),
        ("alarm_id", "77"),
        ("case_id", "NULL"),
        ("previous", "hash"),
        ("hash", "previous"),
        ("facts", '\'{"provider": "bochum/bo-9"}\''),
        ("note_sealed", "NULL"),
    ],
)
def test_an_edited_column_is_found(written: Instance, column: str, change: str) -> None:
    where = "action = 'alarm_accepted'"
    tamper(written, f"UPDATE journal SET {column} = {change} WHERE {where}")
    assert fault(written) is not None


def test_a_moved_moment_is_found(written: Instance) -> None:
    later = "datetime(at, '+1 second')" if written.database.is_sqlite else "at + interval '1 microsecond'"
    tamper(written, f"UPDATE journal SET at = {later} WHERE id = 3")
    assert fault(written) is not None


REMOVALS = {
    "the first": "DELETE FROM journal WHERE id = 1",
    "one in the middle": "DELETE FROM journal WHERE id = 4",
    "the tail": "DELETE FROM journal WHERE id > 7",
    "the last": "DELETE FROM journal WHERE id = (SELECT max(id) FROM journal)",
    "all": "DELETE FROM journal",
    "the head": "DELETE FROM journal_head",
}


@pytest.mark.parametrize("statement", REMOVALS.values(), ids=REMOVALS)
def test_what_was_removed_is_found(written: Instance, statement: str) -> None:
    tamper(written, statement)
    assert fault(written) is not None


def swap(instance: Instance) -> None:
    tamper(instance, *(f"UPDATE journal SET id = {new} WHERE id = {old}" for old, new in ((3, -1), (4, 3), (-1, 4))))


def insert(instance: Instance) -> None:
    names = ", ".join(COLUMNS)
    tamper(
        instance,
        f"INSERT INTO journal (id, {names}) SELECT (SELECT max(id) + 1 FROM journal), {names} "
        "FROM journal WHERE id = 3",
    )


def insert_in_the_middle(instance: Instance) -> None:
    tamper(
        instance,
        "UPDATE journal SET id = -id WHERE id > 3",
        "UPDATE journal SET id = 1 - id WHERE id < 0",
        f"INSERT INTO journal (id, {', '.join(COLUMNS)}) SELECT 4, {', '.join(COLUMNS)} FROM journal WHERE id = 3",
    )


def cut(instance: Instance) -> None:
    tamper(instance, "DELETE FROM journal WHERE id > 7")


def drop(instance: Instance) -> None:
    tamper(instance, "DELETE FROM journal WHERE id = 4")


def edit(instance: Instance) -> None:
    tamper(instance, "UPDATE journal SET actor = 'user:9' WHERE id = 4")


@pytest.mark.parametrize("attack", [swap, insert, insert_in_the_middle, cut, drop, edit])
@pytest.mark.parametrize("knows_the_rule", [False, True])
def test_reordered_inserted_removed_and_edited_entries_are_found(
    written: Instance, attack: Callable[[Instance], None], knows_the_rule: bool
) -> None:
    """Also if every number and hash was made right again and the head rewritten: its signature is not."""
    attack(written)
    if knows_the_rule:
        rechain(written)
    assert fault(written) is not None


def test_a_head_signed_by_another_instance_is_found(written: Instance) -> None:
    tamper(written, "UPDATE journal_head SET signature = :s", s="0" * 64)
    assert fault(written) == "the journal's head was not written by this instance"


def test_each_of_200_random_tamperings_is_found(sqlite_instance: Instance, tmp_path: Path) -> None:
    _, links = alarmed(sqlite_instance)
    answers.accept(sqlite_instance, links["bochum/bo-1"], answers.Acceptance(30, "T", "Herr Sprecher"))
    dice = random.Random(20261123)
    with sqlite3.connect(tmp_path / "cyberwehr.sqlite", isolation_level=None) as connection:
        for _ in range(200):
            with restored(connection):
                statement = random_tampering(dice, connection)
                assert fault(sqlite_instance) is not None, statement
        assert fault(sqlite_instance) is None
    connection.close()


@contextmanager
def restored(connection: sqlite3.Connection) -> Iterator[None]:
    """Puts the journal back as it was."""
    rows = [connection.execute(f"SELECT * FROM {table}").fetchall() for table in ("journal", "journal_head")]
    yield
    for table, old in zip(("journal", "journal_head"), rows, strict=True):
        connection.execute(f"DELETE FROM {table}")
        connection.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(old[0]))})", old)


def random_tampering(dice: random.Random, connection: sqlite3.Connection) -> str:
    """One change by raw SQL that really changes something; returns what was done."""
    size = connection.execute("SELECT count(*) FROM journal").fetchone()[0]
    while True:
        one, other, column = dice.randint(1, size), dice.randint(1, size), dice.choice(COLUMNS)
        statement = dice.choice(
            [
                f"UPDATE journal SET {column} = (SELECT {column} FROM journal WHERE id = {other}) WHERE id = {one} "
                f"AND {column} IS NOT (SELECT {column} FROM journal WHERE id = {other})",
                f"UPDATE journal SET {column} = NULL WHERE id = {one} AND {column} IS NOT NULL",
                f"DELETE FROM journal WHERE id = {one}",
                f"DELETE FROM journal WHERE id >= {one}",
                f"UPDATE journal SET id = {size + one + 1} WHERE id = {other}",
                f"UPDATE journal SET actor = actor || 'x', facts = '{{}}' WHERE id = {one}",
            ]
        )
        try:
            if connection.execute(statement).rowcount:
                return statement
        except sqlite3.IntegrityError:
            continue


def test_an_ordinary_write_does_not_wash_a_forged_head_clean(written: Instance) -> None:
    tail = "(SELECT max(id) FROM journal)"
    tamper(
        written,
        f"DELETE FROM journal WHERE id = {tail}",
        f"UPDATE journal_head SET length = {tail}, hash = (SELECT hash FROM journal WHERE id = {tail})",
    )
    assert fault(written)
    call(written)
    assert fault(written)


def test_an_emptied_note_is_found(written: Instance) -> None:
    tamper(written, "UPDATE journal SET note_sealed = :nothing WHERE note_sealed IS NULL AND id = 1", nothing=b"")
    assert fault(written)
