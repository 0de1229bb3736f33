"""How an incident ends before its time, and what that means for those who were asked or are on their way."""

from sqlalchemy.orm import Session

from cyberwehr.domain.terms import LIVE_ALARM, AlarmStatus, CalloutStatus, IncidentStatus
from cyberwehr.instance import Instance
from cyberwehr.services import post
from cyberwehr.services.actors import Actor
from cyberwehr.services.journalling import record
from cyberwehr.services.states import CALLOUT_RUNNING
from cyberwehr.storage import Callout, Incident, now


def end_incident(instance: Instance, tx: Session, incident: Incident, status: IncidentStatus, actor: Actor) -> None:
    """Call everybody off: live alarms are withdrawn, a running call-out ends as withdrawn; each is told."""
    call_off_alarms(instance, tx, incident, actor)
    callout = running_callout(incident)
    if callout is not None:
        callout.status, callout.ended_at = CalloutStatus.WITHDRAWN, now(tx)
        post.tell_withdrawn(instance, tx, callout.alarm)
    incident.status, incident.ended_at = status, now(tx)
    record(tx, actor, "incident_ended", incident=incident, status=status)


def call_off_alarms(instance: Instance, tx: Session, incident: Incident, actor: Actor) -> None:
    for alarm in incident.alarms:
        if alarm.status in LIVE_ALARM:
            alarm.status, alarm.ended_at = AlarmStatus.WITHDRAWN, now(tx)
            record(tx, actor, "alarm_withdrawn", incident=incident, alarm=alarm, provider=alarm.provider)
            post.tell_withdrawn(instance, tx, alarm)


def running_callout(incident: Incident) -> Callout | None:
    """The call-out somebody is on right now, if any (the database admits only one)."""
    return next((c for c in incident.callouts if c.status in CALLOUT_RUNNING), None)


def last_callout(incident: Incident) -> Callout | None:
    """The call-out that counts: the one that was not given back."""
    return next((c for c in reversed(incident.callouts) if c.status is not CalloutStatus.RELEASED), None)
