"""The accepted alarm: on the way, on site, done, reported, closed; or given back, and the search goes on."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from cyberwehr.domain.references import new_code_word
from cyberwehr.domain.terms import AlarmStatus, CalloutStatus, CallStatus, FollowUp, IncidentStatus
from cyberwehr.instance import Instance
from cyberwehr.services import post
from cyberwehr.services.actors import Actor
from cyberwehr.services.alarming import Raised, next_wave_or_unserved
from cyberwehr.services.endings import call_off_alarms, last_callout, running_callout
from cyberwehr.services.errors import Conflict, Invalid, Unknown
from cyberwehr.services.finding import locked_incident
from cyberwehr.services.journalling import record
from cyberwehr.services.states import CALLOUT_OVER, CALLOUT_STEPS, CLOSABLE
from cyberwehr.storage import Callout, Incident, now


@dataclass(frozen=True, slots=True)
class CalloutReport:
    """What was found and done. minutes: working time on the call-out, travel included."""

    minutes: int
    findings: str
    measures: str
    signed_off_by: str
    follow_up: FollowUp


def advance(
    instance: Instance,
    reference: str,
    status: CalloutStatus,
    actor: Actor,
    at: datetime | None = None,
    note: str | None = None,
) -> Incident:
    """The call-out's next state; forward only, the same again changes nothing. at: when it happened, up to now."""
    with instance.begin() as tx:
        incident, callout = owned_callout(tx, reference, actor)
        if callout.status is status:
            return incident
        check_step(tx, callout, status, at)
        step(incident, callout, status, at or now(tx))
        if note:
            callout.notes = [*(callout.notes or []), {"at": now(tx).isoformat(), "text": note}]
        record(tx, actor, "callout_" + status, incident=incident, alarm=callout.alarm, note=note)
        return incident


def check_step(tx: Session, callout: Callout, status: CalloutStatus, at: datetime | None) -> None:
    if status not in CALLOUT_STEPS or callout.status not in CALLOUT_STEPS:
        raise Conflict("backward_state")
    if CALLOUT_STEPS[status] <= CALLOUT_STEPS[callout.status]:
        raise Conflict("backward_state")
    if at is not None and at > now(tx):
        raise Invalid("future_time")
    if at is not None and at < max(filter(None, (callout.accepted_at, callout.en_route_at, callout.on_site_at))):
        raise Invalid("before_last_step")


def step(incident: Incident, callout: Callout, status: CalloutStatus, at: datetime) -> None:
    callout.status = status
    incident.status = IncidentStatus(status.value)
    if status is CalloutStatus.EN_ROUTE:
        callout.en_route_at = at
    elif status is CalloutStatus.ON_SITE:
        callout.on_site_at = at
    else:
        callout.ended_at = incident.ended_at = at


def report(instance: Instance, reference: str, told: CalloutReport, actor: Actor) -> Incident:
    """What was found and done, working minutes, and who signed for it. Once; corrections go to the control centre."""
    with instance.begin() as tx:
        incident, callout = owned_callout(tx, reference, actor)
        if callout.reported_at is not None:
            raise Conflict("already_reported")
        if callout.status not in CALLOUT_OVER:
            raise Conflict("not_done_yet")
        callout.reported_at, callout.minutes, callout.follow_up = now(tx), told.minutes, told.follow_up
        callout.report = asdict(told)
        if incident.status not in (IncidentStatus.CLOSED, IncidentStatus.WITHDRAWN):
            incident.status = IncidentStatus.REPORTED
        record(
            tx,
            actor,
            "callout_reported",
            incident=incident,
            alarm=callout.alarm,
            minutes=told.minutes,
            follow_up=told.follow_up,
        )
        return incident


def close(instance: Instance, reference: str, actor: Actor) -> Incident:
    """Nothing left to do. A finished call-out needs its report first."""
    with instance.begin() as tx:
        incident = locked_incident(tx, reference)
        if incident.status is IncidentStatus.CLOSED:
            return incident
        if incident.status is IncidentStatus.DONE:
            raise Conflict("report_missing")
        if incident.status not in CLOSABLE:
            raise Conflict("incident_running")
        call_off_alarms(instance, tx, incident, actor)
        incident.status, incident.closed_at = IncidentStatus.CLOSED, now(tx)
        incident.ended_at = incident.ended_at or incident.closed_at
        for call in incident.calls:
            if call.status is CallStatus.TRIAGED:
                call.status, call.ended_at = CallStatus.CLOSED, now(tx)
        record(tx, actor, "incident_closed", incident=incident)
        return incident


def release(instance: Instance, reference: str, reason: str, actor: Actor) -> Raised:
    """The accepted provider does not come after all: free the incident and alarm the next wave, at once."""
    with instance.begin() as tx:
        incident = locked_incident(tx, reference)
        callout = running_callout(incident)
        if callout is None:
            raise Conflict("not_assigned")
        callout.status, callout.ended_at = CalloutStatus.RELEASED, now(tx)
        callout.alarm.status = AlarmStatus.RELEASED
        incident.status, incident.code_word = IncidentStatus.ALARMING, new_code_word()
        record(
            tx,
            actor,
            "callout_released",
            incident=incident,
            alarm=callout.alarm,
            note=reason,
            provider=callout.provider,
        )
        tx.flush()
        post.tell_withdrawn(instance, tx, callout.alarm)
        call_off_alarms(instance, tx, incident, actor)
        return next_wave_or_unserved(instance, tx, incident, actor)


def owned_callout(tx: Session, reference: str, actor: Actor) -> tuple[Incident, Callout]:
    """The call-out that counts. A provider sees only its own; another's looks as if it did not exist."""
    incident = locked_incident(tx, reference)
    callout = last_callout(incident)
    if actor.provider is not None and (callout is None or callout.provider != actor.provider):
        raise Unknown("unknown_incident")
    if callout is None:
        raise Conflict("not_assigned")
    return incident, callout
