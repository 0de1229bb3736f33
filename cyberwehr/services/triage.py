"""A person judges a call. Only `emergency` opens an incident."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from cyberwehr.domain.protocol import Suggestion
from cyberwehr.domain.references import new_code_word
from cyberwehr.domain.terms import CallStatus, CallType, IncidentStatus, Urgency, Verdict
from cyberwehr.instance import Instance
from cyberwehr.services import alarming, post
from cyberwehr.services.actors import Actor
from cyberwehr.services.assessing import check_answers, keep_answers, suggestion_of, write_suggestion
from cyberwehr.services.calls import claim
from cyberwehr.services.errors import Conflict, Invalid
from cyberwehr.services.finding import fresh_reference, locked_call
from cyberwehr.services.journalling import record
from cyberwehr.services.states import ENDED
from cyberwehr.storage import Call, Incident, now

PERSONS_OWN = frozenset({Verdict.SOLVED_BY_PHONE, Verdict.DUPLICATE, Verdict.NUISANCE})
"""Verdicts the protocol never suggests."""
BY_HASTE = (Urgency.CRITICAL, Urgency.HIGH, Urgency.NORMAL)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the person decided. urgency: emergencies only; None: as before, else as suggested."""

    verdict: Verdict
    call_type: CallType
    urgency: Urgency | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    override_reason: str | None = None


def judge_call(instance: Instance, reference: str, judgement: Judgement, actor: Actor) -> Call:
    """Decide about a call; it is claimed along the way. May be said again while nothing contradicts it.

    The answers are added to those given before. Raises Invalid for an impossible answer, and where the decision
    differs from the suggestion without a reason (see `needs_reason`).
    """
    check_answers(judgement.answers)
    with instance.begin() as tx:
        call = locked_call(tx, reference)
        if call.status is CallStatus.WITHDRAWN:
            raise Conflict("call_ended")
        claim_or_keep(tx, call, actor)
        if call.incident is not None:
            judge_again(call, call.incident, judgement)
        suggestion = renewed_suggestion(instance, call, judgement)
        write_judgement(tx, call, judgement, suggestion)
        if judgement.verdict is Verdict.EMERGENCY and call.incident is None:
            open_incident(tx, call, actor)
        record(
            tx,
            actor,
            "call_judged",
            call=call,
            incident=call.incident,
            verdict=call.verdict,
            call_type=call.call_type,
            urgency=call.urgency,
            suggested_verdict=suggestion.verdict,
            suggested_urgency=suggestion.urgency,
            protocol=suggestion.version,
            note=judgement.override_reason,
        )
        post.tell_ended(instance, tx, call)
        if call.incident is not None:
            alarming.alarm_unasked(instance, tx, call.incident, actor)
        return call


def claim_or_keep(tx: Session, call: Call, actor: Actor) -> None:
    """A closed call without incident may be judged anew by whoever takes the second look."""
    if call.status is CallStatus.CLOSED and call.incident_id is None:
        call.claimed_by, call.claimed_at = actor.id, now(tx)
        return
    claim(tx, call, actor)


def judge_again(call: Call, incident: Incident, judgement: Judgement) -> None:
    """An incident may become more or less urgent; it cannot be judged away (withdraw or end it instead)."""
    if judgement.verdict is not Verdict.EMERGENCY or call.verdict is Verdict.DUPLICATE:
        raise Conflict("has_incident")
    if incident.status in ENDED:
        raise Conflict("incident_ended")
    incident.call_type = judgement.call_type
    incident.urgency = judgement.urgency or incident.urgency


def renewed_suggestion(instance: Instance, call: Call, judgement: Judgement) -> Suggestion:
    """What the protocol makes of the call with the new answers; refuses to differ from it without a reason."""
    keep_answers(call, judgement.answers, judgement.call_type)
    suggestion = suggestion_of(instance, call, judgement.call_type)
    if needs_reason(judgement, suggestion) and not judgement.override_reason:
        raise Invalid("override_reason_missing")
    write_suggestion(call, suggestion)
    return suggestion


def needs_reason(judgement: Judgement, suggestion: Suggestion) -> bool:
    """Another verdict than suggested, or less urgent than suggested; erring towards haste is free.

    Solved by phone, duplicate and nuisance are a person's word: only against an emergency they need a reason.
    """
    if judgement.verdict in PERSONS_OWN:
        return suggestion.verdict is Verdict.EMERGENCY
    if judgement.verdict is not suggestion.verdict:
        return True
    if judgement.urgency is None or suggestion.urgency is None:
        return False
    return BY_HASTE.index(judgement.urgency) > BY_HASTE.index(suggestion.urgency)


def write_judgement(tx: Session, call: Call, judgement: Judgement, suggestion: Suggestion) -> None:
    emergency = judgement.verdict is Verdict.EMERGENCY
    call.verdict, call.call_type, call.judged_at = judgement.verdict, judgement.call_type, now(tx)
    call.urgency = (judgement.urgency or call.urgency or suggestion.urgency or Urgency.HIGH) if emergency else None
    call.status = CallStatus.TRIAGED if emergency else CallStatus.CLOSED
    call.ended_at = None if emergency else now(tx)
    call.judgement = {**(call.judgement or {}), "override_reason": judgement.override_reason}


def open_incident(tx: Session, call: Call, actor: Actor) -> None:
    incident = Incident(
        case=call.case,
        reference=fresh_reference(tx),
        region=call.region,
        status=IncidentStatus.OPEN,
        call_type=call.call_type,
        urgency=call.urgency,
        opened_at=now(tx),
        code_word=new_code_word(),
    )
    tx.add(incident)
    call.incident = incident
    record(tx, actor, "incident_opened", call=call, incident=incident, region=incident.region, urgency=incident.urgency)
