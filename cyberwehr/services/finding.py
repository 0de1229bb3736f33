"""Find rows by what people know of them, and lock them in one order: incident first, then call."""

from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import BindParameter, bindparam, select, union
from sqlalchemy.orm import Session

from cyberwehr.domain.references import new_reference
from cyberwehr.services.errors import Unknown
from cyberwehr.services.tokens import token_hash
from cyberwehr.storage import Alarm, Call, Incident, lock_row

DRAWN: BindParameter[Sequence[str]] = bindparam("drawn", expanding=True)
DRAWN_AT_ONCE = 16
TAKEN = union(*(select(t.c.reference).where(t.c.reference.in_(DRAWN)) for t in (Call.__table__, Incident.__table__)))
"""Which of the drawn references does something bear already?"""


def find_call(tx: Session, reference: str) -> Call:
    call = tx.scalar(select(Call).where(Call.reference == spoken(reference)))
    if call is None:
        raise Unknown("unknown_call")
    return call


def find_incident(tx: Session, reference: str) -> Incident:
    incident = tx.scalar(select(Incident).where(Incident.reference == spoken(reference)))
    if incident is None:
        raise Unknown("unknown_incident")
    return incident


def locked_call(tx: Session, reference: str) -> Call:
    """The call, locked, together with its incident if it has one (also if it got one while we waited)."""
    call = find_call(tx, reference)
    while True:
        incident_id = call.incident_id
        with suppress(Moved), tx.begin_nested():
            if incident_id is not None:
                lock_row(tx, Incident, incident_id)
            lock_row(tx, Call, call.id)
            if call.incident_id != incident_id:
                raise Moved  # frees the call again: the incident has to be locked first
            return call


class Moved(Exception):
    """A call was attached to another incident while we waited for its lock."""


def locked_incident(tx: Session, reference: str) -> Incident:
    incident = find_incident(tx, reference)
    lock_row(tx, Incident, incident.id)
    return incident


def find_alarm(tx: Session, token: str) -> Alarm:
    alarm = tx.scalar(select(Alarm).where(Alarm.token_hash == token_hash(token)))
    if alarm is None:
        raise Unknown("unknown_alarm")
    return alarm


def locked_alarm(tx: Session, token: str) -> Alarm:
    """The alarm behind a link, as it is after the lock on its incident was won."""
    alarm = find_alarm(tx, token)
    lock_row(tx, Incident, alarm.incident_id)
    tx.refresh(alarm)
    return alarm


def spoken(reference: str) -> str:
    """A reference as somebody types what he heard: lower case, with or without dashes and spaces."""
    letters = "".join(c for c in reference.upper() if c.isascii() and c.isalnum())
    letters = letters.removeprefix("CW") if len(letters) > 6 else letters
    return f"CW-{letters[:4]}-{letters[4:]}"[:16]


def fresh_reference(tx: Session) -> str:
    """A reference that neither a call nor an incident bears. Several are drawn at once: one question for many calls."""
    drawn: list[str] = tx.info.setdefault("fresh references", [])
    while not drawn:
        some = {new_reference() for _ in range(DRAWN_AT_ONCE)}
        drawn.extend(some.difference(tx.execute(TAKEN, {"drawn": list(some)}).scalars()))
    return drawn.pop()
