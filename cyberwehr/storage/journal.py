"""The journal's rows: collected during a transaction, chained at its very end, under the lock of one head row."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Table, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from cyberwehr.domain.chain import GENESIS, entry_hash, first_fault
from cyberwehr.storage.records import JournalEntry, JournalHead
from cyberwehr.storage.sealing import Keyring

Row = dict[str, Any]
"""One entry, by the names of the table's columns."""
PENDING = "pending journal entries"
BATCH = 1000

RAW = (
    'id, {at} AS "at", actor, action, call_id AS "call", incident_id AS "incident", alarm_id AS "alarm",'
    ' case_id AS "case", {facts} AS "facts", note_sealed AS "note", previous, hash'
)
COVERED = ("id", "at", "actor", "action", "call", "incident", "alarm", "case", "facts", "note")
ENTRIES, HEADS = cast(Table, JournalEntry.__table__), cast(Table, JournalHead.__table__)
ADD, MOVE_HEAD = insert(ENTRIES), update(HEADS).where(HEADS.c.id == 1)
HEAD = select(HEADS.c.length, HEADS.c.hash, HEADS.c.signature).where(HEADS.c.id == 1).with_for_update()
"""Made once and without the ORM: every transaction waits for the one that holds the head."""

FORGED = "forged"
"""Instead of a signature: somebody else wrote the head. Work goes on, but no later entry may wash that clean."""

WITNESSES = ("calls", "users", "api_tokens")
"""Tables whose rows are never made without a journal entry."""


def append(tx: Session, make: Callable[[], Row]) -> None:
    """Remember an entry; it is made, numbered and hashed when the transaction commits and all rows have their ids."""
    tx.info.setdefault(PENDING, []).append(make)


def write_pending(tx: Session) -> None:
    """Chain this transaction's entries to the journal. Locks the head last, so that it is held only for the commit."""
    makers: list[Callable[[], Row]] = tx.info.pop(PENDING, [])
    if not makers:
        return
    tx.flush()
    entries = [make() for make in makers]
    keyring = cast(Keyring, tx.info["keyring"])
    length, last, signature = tx.execute(HEAD).one_or_none() or new_head(tx)
    genuine = is_signed(tx, length, last, signature) or (length, last) == (0, GENESIS)
    for entry in entries:
        length += 1
        entry |= {"id": length, "previous": last}
        last = entry["hash"] = entry_hash(last, hashed_fields(entry))
    tx.execute(ADD, entries)
    signed = keyring.sign_head(length, last) if genuine else FORGED
    tx.execute(MOVE_HEAD, {"length": length, "hash": last, "signature": signed})


def new_head(tx: Session) -> tuple[int, str, str]:
    """The head of an empty journal. Of two transactions that come here at once the second waits for the first."""
    add = sqlite.insert if tx.get_bind().dialect.name == "sqlite" else postgresql.insert
    tx.execute(add(HEADS).values(id=1, length=0, hash=GENESIS, signature="").on_conflict_do_nothing())
    length, last, signature = tx.execute(HEAD).one()
    return length, last, signature


def hashed_fields(entry: Row) -> Row:
    """What the hash covers: everything but the hash itself. Moments as ISO 8601 UTC, sealed notes as hex."""
    return {
        "id": entry["id"],
        "at": moment(entry["at"]),
        "actor": entry["actor"],
        "action": entry["action"],
        "call": entry["call_id"],
        "incident": entry["incident_id"],
        "alarm": entry["alarm_id"],
        "case": entry["case_id"],
        "facts": entry["facts"],
        "note": None if entry["note_sealed"] is None else entry["note_sealed"].hex(),
    }


def moment(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


def verify(tx: Session) -> tuple[int, str | None]:
    """(number of good entries, None) or (number of the first bad entry, what is wrong with it).

    Survives whatever somebody wrote into the table: a row this program cannot have written is a changed entry. To be
    called first in its transaction: entries and head have to be of one moment while others go on writing.
    """
    if not is_sqlite(tx):
        tx.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
    with forgiving(tx):
        rows = ((row["id"], row["previous"], row["hash"], stored_fields(row)) for row in raw_entries(tx))
        length, last, fault = first_fault(rows)
        return (length + 1, fault) if fault else head_fault(tx, length, last)


def head_fault(tx: Session, length: int, last: str) -> tuple[int, str | None]:
    """Does the end of the journal match the signed head? Answers as `verify`."""
    head = tx.execute(text("SELECT length, hash, signature FROM journal_head WHERE id = 1")).one_or_none()
    if head is None:
        gone = length > 0 or has_witness(tx)
        return (max(length, 1), "the journal's head is gone") if gone else (0, None)
    if not is_signed(tx, *head):
        return max(length, 1), "the journal's head was not written by this instance"
    if head.length != length:
        first = min(head.length, length) + 1
        return first, f"the head counts {head.length} entries, the journal has {length}: its tail was cut or lengthened"
    return length, None if head.hash == last else "the last entry is not the one the head knows"


def is_signed(tx: Session, length: object, last: object, signature: object) -> bool:
    if not isinstance(length, int) or not isinstance(last, str) or not last.isascii():
        return False
    return signature == cast(Keyring, tx.info["keyring"]).sign_head(length, last)


def has_witness(tx: Session) -> bool:
    """Is there anything that would have left an entry? A database just made has neither entries nor a head."""
    return any(tx.execute(text(f"SELECT 1 FROM {table} LIMIT 1")).first() for table in WITNESSES)  # noqa: S608


def raw_entries(tx: Session) -> Iterator[Mapping[str, Any]]:
    """All entries by number as they lie in the table, nothing interpreted, in constant memory."""
    columns = RAW.format(at="at", facts="facts") if is_sqlite(tx) else RAW.format(at="at::text", facts="facts::text")
    query = text(f"SELECT {columns} FROM journal ORDER BY id")  # noqa: S608
    with tx.execute(query, execution_options={"yield_per": BATCH}) as rows:  # closed also where reading stops early
        yield from (dict(row) for row in rows.mappings())


def stored_fields(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the hash covers, of a raw entry; for one that this program cannot have written, something no hash fits."""
    try:
        covered = {name: row[name] for name in COVERED} | {
            "at": moment(stored_moment(row["at"])),
            "facts": stored_facts(row["facts"]),
            "note": None if row["note"] is None else row["note"].hex(),
        }
        json.dumps(covered, ensure_ascii=False).encode()
    except (ValueError, TypeError, AttributeError, RecursionError):
        return {"unreadable": row["id"]}
    return covered


def stored_moment(stored: str) -> datetime:
    """A moment as SQLite or PostgreSQL shows it; ValueError for one in another spelling than this program's."""
    at = datetime.fromisoformat(stored)
    if at.tzinfo is None and f"{at:%Y-%m-%d %H:%M:%S.%f}" != stored:
        raise ValueError(stored)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def stored_facts(stored: str) -> Any:
    """Facts as they were written; ValueError for another spelling (a key given twice would hide the first)."""
    facts = json.loads(stored)
    if json.dumps(facts) != stored:
        raise ValueError(stored)
    return facts


def is_sqlite(tx: Session) -> bool:
    return tx.get_bind().dialect.name == "sqlite"


@contextmanager
def forgiving(tx: Session) -> Iterator[None]:
    """Let SQLite hand out text that is no UTF-8, with its broken bytes as lone surrogates, instead of failing."""
    if not is_sqlite(tx):
        yield
        return
    driver: Any = tx.connection().connection.driver_connection
    usual, driver.text_factory = driver.text_factory, lambda raw: raw.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = usual
