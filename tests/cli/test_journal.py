"""cyberwehr journal verify|export: any edit, removal, insertion or swap is found, and garbage is survived."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from cyberwehr.domain.chain import GENESIS, entry_hash
from cyberwehr.instance import Instance
from cyberwehr.services import alarming
from tests.cli.conftest import Run
from tests.services.test_walk import COMMANDER, emergency

Tamper = Callable[..., None]

CHANGES = [
    "at = '2026-11-23 09:00:00.000001'",
    "at = '2026-11-23 09:00:00'",
    "at = replace(at, ' ', 'T')",
    "at = 'yesterday'",
    "at = '9999999-01-01'",
    "at = 5",
    "at = x'00ff'",
    "actor = 'user:9'",
    "actor = CAST(x'ff00' AS TEXT)",
    "actor = CAST(actor AS BLOB)",
    "action = ''",
    "action = x'ff'",
    "call_id = 77",
    "call_id = 'seven'",
    "call_id = 1.5",
    "incident_id = x'00'",
    "alarm_id = 1e300",
    "case_id = 'none'",
    "case_id = 3.0",
    "facts = '{\"a\": 1}'",
    "facts = '{'",
    "facts = 'null'",
    "facts = replace(facts, ': ', ':') || ' '",
    "facts = '{\"a\": 1, ' || substr(facts, 2)",
    'facts = \'{"a": "\\ud800"}\'',
    "facts = CAST(x'ff' AS TEXT)",
    "facts = x'ff'",
    "facts = replace(hex(zeroblob(50000)), '00', '[')",
    "facts = replace(hex(zeroblob(3000)), '00', '99')",
    "note_sealed = x'01'",
    "note_sealed = 'text'",
    "note_sealed = 7",
    "previous = hash",
    "previous = x'00'",
    "hash = previous",
    "hash = x'ff'",
    "hash = 12",
]


@pytest.fixture
def length(sqlite_instance: Instance) -> int:
    """The journal of an alarm, with a sealed note."""
    reference = emergency(sqlite_instance)
    alarming.raise_alarm(sqlite_instance, reference, alarming.Wish(), COMMANDER)
    with closing(connect(sqlite_instance)) as connection:
        count: int = connection.execute("SELECT count(*) FROM journal").fetchone()[0]
    assert count >= 3
    return count


@pytest.fixture
def tamper(sqlite_instance: Instance) -> Tamper:
    def statements(*sql: str, values: tuple[object, ...] = ()) -> None:
        with closing(connect(sqlite_instance)) as connection, connection:
            for statement in sql:
                connection.execute(statement, values)

    return statements


def connect(instance: Instance) -> sqlite3.Connection:
    return sqlite3.connect(instance.config.instance.data_dir / "cyberwehr.sqlite")


def test_a_good_journal_is_counted(run: Run, length: int) -> None:
    assert run("journal", "verify").stdout == f"ok {length}\n"


def test_verify_answers_in_json(run: Run, length: int, tamper: Tamper) -> None:
    good = {"ok": True, "number": length, "reason": None}
    assert json.loads(run("journal", "verify", "--json").stdout) == good
    tamper("DELETE FROM journal WHERE id = 2")
    bad = json.loads(run("journal", "verify", "--json", exit_code=1).stdout)
    assert (bad["ok"], bad["number"]) == (False, 2)


def test_a_new_instance_has_a_good_empty_journal(run: Run) -> None:
    assert run("journal", "verify").stdout == "ok 0\n"


def test_a_changed_entry_is_found_whatever_was_written_into_it(run: Run, length: int, tamper: Tamper) -> None:
    tamper("CREATE TABLE kept AS SELECT * FROM journal WHERE id = 2")
    for change in CHANGES:
        tamper(f"UPDATE journal SET {change} WHERE id = 2")
        assert run("journal", "verify", exit_code=1).stdout.startswith("bad 2 "), change
        assert len(run("journal", "export").stdout.splitlines()) == length
        tamper("DELETE FROM journal WHERE id = 2", "INSERT INTO journal SELECT * FROM kept")
    assert run("journal", "verify").stdout == f"ok {length}\n"


def test_a_removed_entry_is_found(run: Run, length: int, tamper: Tamper) -> None:
    tamper("DELETE FROM journal WHERE id = 2")
    assert run("journal", "verify", exit_code=1).stdout.startswith("bad 2 ")


def test_swapped_entries_are_found(run: Run, length: int, tamper: Tamper) -> None:
    tamper(
        "UPDATE journal SET id = 99 WHERE id = 1",
        "UPDATE journal SET id = 1 WHERE id = 2",
        "UPDATE journal SET id = 2 WHERE id = 99",
    )
    assert run("journal", "verify", exit_code=1).stdout.startswith("bad 1 ")


def test_a_cut_tail_is_found_at_the_first_entry_that_is_missing(run: Run, length: int, tamper: Tamper) -> None:
    tamper(f"DELETE FROM journal WHERE id = {length}")
    assert run("journal", "verify", exit_code=1).stdout.startswith(f"bad {length} the head counts {length} entries")


def test_an_inserted_entry_is_found_even_with_a_good_hash(run: Run, length: int, tamper: Tamper) -> None:
    last = json.loads(run("journal", "export").stdout.splitlines()[-1])
    forged = {name: last[name] for name in last if name not in ("previous", "hash")} | {"id": length + 1}
    values = (length + 1, last["hash"], entry_hash(last["hash"], forged))
    tamper(
        "INSERT INTO journal SELECT ?1, at, actor, action, call_id, incident_id, alarm_id, case_id, facts, note_sealed,"
        " ?2, ?3 FROM journal ORDER BY id DESC LIMIT 1",
        values=values,
    )
    assert run("journal", "verify", exit_code=1).stdout.startswith(f"bad {length + 1} the head counts {length} entries")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE journal_head SET signature = hash",
        "UPDATE journal_head SET hash = CAST(x'ff' AS TEXT)",
        "UPDATE journal_head SET length = 'many'",
        "DELETE FROM journal_head",
    ],
)
def test_a_head_that_this_instance_did_not_write_is_found(run: Run, length: int, tamper: Tamper, change: str) -> None:
    tamper(change)
    assert run("journal", "verify", exit_code=1).stdout.startswith(f"bad {length} the journal's head ")


def test_a_journal_that_was_emptied_is_found(run: Run, length: int, tamper: Tamper) -> None:
    tamper("DELETE FROM journal", "DELETE FROM journal_head")
    assert run("journal", "verify", exit_code=1).stdout == "bad 1 the journal's head is gone\n"


def test_the_export_can_be_verified_by_anybody(run: Run, length: int) -> None:
    result = run("journal", "export", "--json")
    previous = GENESIS
    for line in result.stdout.splitlines():
        entry = json.loads(line)
        assert entry.pop("previous") == previous
        previous = entry.pop("hash")
        assert entry_hash(json.loads(line)["previous"], entry) == previous
    assert len(result.stdout.splitlines()) == length
    assert "Muster" not in result.stdout
