"""Write down who decided what, when, and why."""

from typing import Any

from sqlalchemy.orm import Session

from cyberwehr.services.actors import Actor
from cyberwehr.storage import Alarm, Call, Incident, JournalEntry, journal, now


def record(
    tx: Session,
    actor: Actor,
    action: str,
    *,
    call: Call | None = None,
    incident: Incident | None = None,
    alarm: Alarm | None = None,
    note: str | None = None,
    **facts: Any,
) -> None:
    """One entry, chained at the commit. facts: ids, enumerations and numbers only; note: any text, sealed."""
    tx.flush()
    subject = incident or call
    entry = JournalEntry(
        at=now(tx),
        actor=actor.id,
        action=action,
        call_id=call.id if call else None,
        incident_id=incident.id if incident else None,
        alarm_id=alarm.id if alarm else None,
        case=subject.case if subject else None,
        case_id=subject.case_id if subject else None,
        facts={key: value for key, value in facts.items() if value is not None},
    )
    if note and subject:
        entry.note = note
    journal.append(tx, entry)
