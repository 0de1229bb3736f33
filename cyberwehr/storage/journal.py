"""The journal's rows: collected during a transaction, chained at its very end, under the lock of one head row."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from cyberwehr.domain.chain import GENESIS, entry_hash, first_fault
from cyberwehr.storage.records import JournalEntry, JournalHead
from cyberwehr.storage.sealing import Keyring

PENDING = "pending journal entries"


def append(tx: Session, entry: JournalEntry) -> None:
    """Remember an entry; it gets its number and hash when the transaction commits."""
    tx.info.setdefault(PENDING, []).append(entry)


def write_pending(tx: Session) -> None:
    """Chain this transaction's entries to the journal. Locks the head last, so that it is held only for the commit."""
    entries: list[JournalEntry] = tx.info.pop(PENDING, [])
    if not entries:
        return
    tx.flush()
    keyring = cast(Keyring, tx.info["keyring"])
    head = tx.get(JournalHead, 1, with_for_update=True) or new_head(tx)
    for entry in entries:
        entry.id, entry.previous = head.length + 1, head.hash
        entry.hash = entry_hash(entry.previous, hashed_fields(entry))
        head.length, head.hash = entry.id, entry.hash
        tx.add(entry)
    head.signature = keyring.sign_head(head.length, head.hash)


def new_head(tx: Session) -> JournalHead:
    head = JournalHead(id=1, length=0, hash=GENESIS, signature="")
    tx.add(head)
    return head


def hashed_fields(entry: JournalEntry) -> Mapping[str, Any]:
    """What the hash covers: everything but the hash itself. Moments as ISO 8601 UTC, sealed notes as hex."""
    return {
        "id": entry.id,
        "at": moment(entry.at),
        "actor": entry.actor,
        "action": entry.action,
        "call": entry.call_id,
        "incident": entry.incident_id,
        "alarm": entry.alarm_id,
        "case": entry.case_id,
        "facts": entry.facts,
        "note": entry.note_sealed.hex() if entry.note_sealed else None,
    }


def moment(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


def verify(tx: Session) -> tuple[int, str | None]:
    """(number of good entries, None) or (number of the first bad entry, what is wrong with it)."""
    length, last, fault = first_fault((e.id, e.previous, e.hash, hashed_fields(e)) for e in stored_order(tx))
    if fault:
        return length + 1, fault
    return length, head_fault(tx, length, last)


def head_fault(tx: Session, length: int, last: str) -> str | None:
    """Does the end of the journal match the signed head?"""
    head = tx.get(JournalHead, 1)
    keyring = cast(Keyring, tx.info["keyring"])
    if head is None:
        return "the journal's head is gone"
    if head.signature != keyring.sign_head(head.length, head.hash):
        return "the journal's head was not written by this instance"
    if head.length != length:
        return f"the head counts {head.length} entries, the journal has {length}: its tail was cut or lengthened"
    return None if head.hash == last else "the last entry is not the one the head knows"


def stored_order(tx: Session, batch: int = 1000) -> Iterator[JournalEntry]:
    """All entries by number, in constant memory."""
    return iter(tx.execute(select(JournalEntry).order_by(JournalEntry.id).execution_options(yield_per=batch)).scalars())
