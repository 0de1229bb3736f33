"""What callers do on their own page: add what they forgot, take back what is settled. The link shows who they are."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cyberwehr.domain.terms import CallStatus
from cyberwehr.instance import Instance
from cyberwehr.services.actors import CALLER
from cyberwehr.services.calls import withdraw_call
from cyberwehr.services.errors import Conflict, Gone, Invalid, Unknown
from cyberwehr.services.finding import locked_call
from cyberwehr.services.journalling import record
from cyberwehr.services.progress import can_note, can_withdraw
from cyberwehr.services.tokens import token_hash
from cyberwehr.services.views import AFTER_END
from cyberwehr.storage import Call, now

LONGEST_NOTE = 2_000


def call_behind(tx: Session, token: str) -> Call:
    """The call of a status page; two weeks after the end it is gone."""
    call = tx.scalar(select(Call).where(Call.status_token_hash == token_hash(token)))
    if call is None:
        raise Unknown("unknown_call")
    if call.ended_at is not None and now(tx) - call.ended_at > AFTER_END:
        raise Gone("call_ended")
    return call


def add_note(instance: Instance, token: str, text: str) -> Call:
    """Something the caller wants to add. The same text twice in a row (a double click) is one note."""
    if not text or len(text) > LONGEST_NOTE:
        raise Invalid("note_too_long", most=str(LONGEST_NOTE))
    with instance.begin() as tx:
        call = locked_call(tx, call_behind(tx, token).reference)
        notes = call.notes or []
        if notes and (notes[-1]["by"], notes[-1]["text"]) == (CALLER.id, text):
            return call
        if not can_note(call):
            raise Conflict("call_ended" if call.ended_at else "too_many_notes")
        call.notes = [*notes, {"at": now(tx).isoformat(), "by": CALLER.id, "text": text}]
        record(tx, CALLER, "call_noted", call=call, incident=call.incident)
        return call


def withdraw(instance: Instance, token: str, reason: str) -> Call:
    """Help is no longer needed; said again it changes nothing. Refused once somebody is there or the case has ended."""
    with instance.reading() as tx:
        call = call_behind(tx, token)
        reference, possible = call.reference, can_withdraw(call) or call.status is CallStatus.WITHDRAWN
    if not possible:
        raise Conflict("too_late_to_withdraw")
    return withdraw_call(instance, reference, reason, CALLER)
