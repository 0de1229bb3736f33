"""What an operator does with a call before and beside judging it: claim, place, call back, attach, withdraw."""

from dataclasses import asdict, dataclass, field, replace

from sqlalchemy.orm import Session

from cyberwehr.domain.call import Consent, Details
from cyberwehr.domain.terms import CallStatus, IncidentStatus, Verdict
from cyberwehr.instance import Instance
from cyberwehr.services import alarming, endings, post
from cyberwehr.services.actors import Actor
from cyberwehr.services.errors import Conflict, Invalid
from cyberwehr.services.finding import find_call, find_incident, locked_call, locked_incident
from cyberwehr.services.journalling import record
from cyberwehr.services.states import ENDED
from cyberwehr.storage import Call, now

CALL_ENDED = frozenset({CallStatus.CLOSED, CallStatus.WITHDRAWN})


def claim_call(instance: Instance, reference: str, actor: Actor) -> Call:
    """The first claimer has it; the same again is fine; anybody else is refused."""
    with instance.begin() as tx:
        call = locked_call(tx, reference)
        claim(tx, call, actor)
        return call


def claim(tx: Session, call: Call, actor: Actor) -> None:
    """Make sure that `actor` has this call, or refuse."""
    if call.claimed_by is not None:
        if call.claimed_by != actor.id:
            raise Conflict("claimed_by_other")
        return
    if call.status in CALL_ENDED:
        raise Conflict("call_ended")
    call.claimed_by, call.claimed_at, call.status = actor.id, now(tx), CallStatus.CLAIMED
    record(tx, actor, "call_claimed", call=call)


def place_call(instance: Instance, reference: str, region: str, actor: Actor) -> Call:
    """A person says which region a call belongs to; its incident moves along while nobody was alarmed."""
    if region not in instance.regions:
        raise Invalid("unknown_region", region=region)
    with instance.begin() as tx:
        call = locked_call(tx, reference)
        incident = call.incident
        if incident is not None and (incident.alarms or incident.status in ENDED):
            raise Conflict("already_alarmed_region")
        before, call.region, call.suggested_out_of_area = call.region, region, False
        call.service_open = instance.opening(region).is_open(call.received_at)
        call.judgement = {**(call.judgement or {}), "placed": True}  # outweighs what the words say about the place
        if incident is not None and call is incident.speaker:
            incident.region = region
        record(tx, actor, "call_placed", call=call, incident=incident, region=region, before=before)
        if incident is not None:
            alarming.alarm_unasked(instance, tx, incident, actor)
        return call


@dataclass(frozen=True, slots=True)
class CallBack:
    """A call-back to the number given. consent: what was answered when asked (again); None: not asked."""

    reached: bool
    spoken_with: str | None = None
    consent: Consent = field(default_factory=Consent)


def call_back(instance: Instance, reference: str, told: CallBack, actor: Actor) -> Call:
    """Somebody who was reached verifies a call that came by form; what he says of consent replaces what was known."""
    with instance.begin() as tx:
        call = locked_call(tx, reference)
        if told.reached and call.verified_at is None:
            call.verified_at = now(tx)
        answers = {name: answer for name, answer in asdict(told.consent).items() if answer is not None}
        if answers:
            details = Details.from_json(call.details)
            call.details = replace(details, consent=replace(details.consent, **answers)).as_json()
        record(
            tx,
            actor,
            "call_back",
            call=call,
            incident=call.incident,
            note=told.spoken_with,
            reached=told.reached,
            consent=answers or None,
        )
        if told.reached and call.incident is not None:
            alarming.alarm_unasked(instance, tx, call.incident, actor)
        return call


def attach_call(instance: Instance, reference: str, incident_reference: str, actor: Actor) -> Call:
    """A further call about a known incident: it keeps the incident's judgement."""
    with instance.begin() as tx:
        if find_call(tx, reference).incident_id not in (None, find_incident(tx, incident_reference).id):
            raise Conflict("has_incident")  # before a second incident is locked
        incident = locked_incident(tx, incident_reference)
        call = locked_call(tx, reference)
        if call.incident_id == incident.id:
            return call
        if call.incident_id is not None:
            raise Conflict("has_incident")
        if call.status is CallStatus.WITHDRAWN:
            raise Conflict("call_ended")
        if incident.status in ENDED:
            raise Conflict("incident_ended")
        claim(tx, call, actor)
        call.incident, call.status, call.verdict = incident, CallStatus.TRIAGED, Verdict.DUPLICATE
        call.judged_at, call.call_type = now(tx), incident.call_type
        record(tx, actor, "call_attached", call=call, incident=incident)
        post.tell_ended(instance, tx, call)
        return call


def withdraw_call(instance: Instance, reference: str, reason: str, actor: Actor) -> Call:
    """The caller no longer needs help. Its incident ends too, unless another call still stands behind it."""
    with instance.begin() as tx:
        call = locked_call(tx, reference)
        if call.status is CallStatus.WITHDRAWN:
            return call
        if call.status is CallStatus.CLOSED:
            raise Conflict("call_ended")
        call.status, call.ended_at = CallStatus.WITHDRAWN, now(tx)
        incident = call.incident
        record(tx, actor, "call_withdrawn", call=call, incident=incident, note=reason)
        post.tell_ended(instance, tx, call)
        if incident is not None and incident.status not in ENDED and not still_wanted(incident.calls):
            endings.end_incident(instance, tx, incident, IncidentStatus.WITHDRAWN, actor)
        return call


def still_wanted(calls: list[Call]) -> bool:
    return any(call.status is CallStatus.TRIAGED for call in calls)
