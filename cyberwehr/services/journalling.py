"""Write down who decided what, when, and why."""

from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from cyberwehr.services.actors import Actor
from cyberwehr.services.new_calls import NewCall
from cyberwehr.storage import Alarm, Call, Incident, JournalEntry, journal, now
from cyberwehr.storage.journal import Row


def record(
    tx: Session,
    actor: Actor,
    action: str,
    *,
    call: Call | NewCall | None = None,
    incident: Incident | None = None,
    alarm: Alarm | None = None,
    note: str | None = None,
    **facts: Any,
) -> None:
    """One entry, made and chained at the commit, when everything it names has its number.

    facts: ids, enumerations and numbers only; note: any text, sealed.
    """
    kept = {key: value for key, value in facts.items() if value is not None}
    stamp: Row = {"at": now(tx), "actor": actor.id, "action": action, "facts": kept}
    journal.append(tx, partial(entry, stamp, call, incident, alarm, note))


def entry(
    stamp: Row, call: Call | NewCall | None, incident: Incident | None, alarm: Alarm | None, note: str | None
) -> Row:
    subject = incident or call
    return {
        **stamp,
        "call_id": call.id if call else None,
        "incident_id": incident.id if incident else None,
        "alarm_id": alarm.id if alarm else None,
        "case_id": subject.case_id if subject else None,
        "note_sealed": JournalEntry.note.seal(subject, note) if note and subject else None,
    }
