"""What falls due by itself: alarms expire, providers are reminded, arrivals are overdue, reports are missing.

The engine asks what is due and runs it, one incident at a time. Several engines may: every row is looked at again
under its incident's lock.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from cyberwehr.domain.terms import LIVE_ALARM, AlarmStatus, CalloutStatus
from cyberwehr.instance import Instance
from cyberwehr.services import post
from cyberwehr.services.actors import ENGINE
from cyberwehr.services.alarming import next_wave_or_unserved
from cyberwehr.services.journalling import record
from cyberwehr.services.states import SEEKING
from cyberwehr.storage import Alarm, Callout, Incident, lock_row, now

Handler = Callable[[Instance, Session, Incident], None]
BATCH = 200


@dataclass(frozen=True, slots=True)
class Task:
    """Something that is due for one incident. `run` does it in a transaction of its own."""

    incident_id: int
    run: Callable[[], None]


def run_due(instance: Instance) -> int:
    """Do everything that is due now; returns how many tasks there were."""
    tasks = list(due_now(instance))
    for task in tasks:
        task.run()
    return len(tasks)


def due_now(instance: Instance) -> Iterator[Task]:
    """What is due, most urgent first; one task per incident, so that one cannot hold up the others."""
    for query, handler in (
        (expired_alarms, expire),
        (unanswered_alarms, remind),
        (overdue_callouts, report_overdue),
        (missing_reports, remind_of_report),
    ):
        with instance.reading() as tx:
            ids = list(dict.fromkeys(tx.scalars(query(instance)(tx).limit(BATCH))))
        yield from (Task(incident_id, partial(handle, instance, incident_id, handler)) for incident_id in ids)


def handle(instance: Instance, incident_id: int, handler: Handler) -> None:
    """Look again under the incident's lock: another engine may have been faster."""
    with instance.begin() as tx:
        handler(instance, tx, lock_row(tx, Incident, incident_id))


def report_stuck(instance: Instance, incident_id: int, fault: str) -> None:
    """A task fails again and again through a fault of the program: a person must look after this incident."""
    with instance.begin() as tx:
        incident = lock_row(tx, Incident, incident_id)
        record(tx, ENGINE, "timer_failed", incident=incident, fault=fault)
        post.tell_commander(instance, tx, incident, "timer_failed", key=fault)


def expired_alarms(_instance: Instance) -> Callable[[Session], Select[int]]:
    return lambda tx: (
        select(Alarm.incident_id)
        .where(Alarm.status.in_(LIVE_ALARM), Alarm.expires_at <= now(tx))
        .order_by(Alarm.expires_at)
    )


def expire(instance: Instance, tx: Session, incident: Incident) -> None:
    """Nobody answered in time: the next wave goes out in the same transaction."""
    moment = now(tx)
    lapsed = [a for a in incident.alarms if a.status in LIVE_ALARM and a.expires_at <= moment]
    for alarm in lapsed:
        alarm.status, alarm.ended_at, alarm.remind_at = AlarmStatus.EXPIRED, moment, None
        record(tx, ENGINE, "alarm_expired", incident=incident, alarm=alarm, provider=alarm.provider)
    if lapsed and incident.status in SEEKING:
        next_wave_or_unserved(instance, tx, incident, ENGINE)


def unanswered_alarms(_instance: Instance) -> Callable[[Session], Select[int]]:
    return lambda tx: select(Alarm.incident_id).where(
        Alarm.status.in_(LIVE_ALARM), Alarm.remind_at <= now(tx), Alarm.expires_at > now(tx)
    )


def remind(instance: Instance, tx: Session, incident: Incident) -> None:
    """Half the time is over: ask again, by the provider's second contact if it has one."""
    for alarm in incident.alarms:
        if alarm.status in LIVE_ALARM and alarm.remind_at and alarm.remind_at <= now(tx):
            alarm.remind_at = None
            if not post.tell_alarm(instance, tx, alarm, rung=1, reminder=True):
                post.tell_alarm(instance, tx, alarm, rung=0, reminder=True)
            record(tx, ENGINE, "alarm_reminded", incident=incident, alarm=alarm, provider=alarm.provider)


def overdue_callouts(instance: Instance) -> Callable[[Session], Select[int]]:
    grace = instance.config.alarm.arrival_grace
    return lambda tx: select(Callout.incident_id).where(
        Callout.status.in_((CalloutStatus.ASSIGNED, CalloutStatus.EN_ROUTE)),
        Callout.overdue_told_at.is_(None),
        Callout.eta_at <= now(tx) - grace,
    )


def report_overdue(instance: Instance, tx: Session, incident: Incident) -> None:
    """The technician should have been on site by now: a person must ring."""
    late = now(tx) - instance.config.alarm.arrival_grace
    for callout in incident.callouts:
        waiting = callout.status in (CalloutStatus.ASSIGNED, CalloutStatus.EN_ROUTE)
        if waiting and callout.overdue_told_at is None and callout.eta_at <= late:
            callout.overdue_told_at = now(tx)
            record(tx, ENGINE, "arrival_overdue", incident=incident, alarm=callout.alarm, provider=callout.provider)
            post.tell_commander(instance, tx, incident, "overdue", key=str(callout.id), provider=callout.provider)


def missing_reports(instance: Instance) -> Callable[[Session], Select[int]]:
    patience = instance.config.alarm.report_reminder
    return lambda tx: select(Callout.incident_id).where(
        Callout.status == CalloutStatus.DONE,
        Callout.reported_at.is_(None),
        Callout.report_reminded_at.is_(None),
        Callout.ended_at <= now(tx) - patience,
    )


def remind_of_report(instance: Instance, tx: Session, incident: Incident) -> None:
    long_ago = now(tx) - instance.config.alarm.report_reminder
    for callout in incident.callouts:
        unreported = callout.status is CalloutStatus.DONE and callout.reported_at is None
        if unreported and callout.report_reminded_at is None and callout.ended_at and callout.ended_at <= long_ago:
            callout.report_reminded_at = now(tx)
            record(tx, ENGINE, "report_reminded", incident=incident, alarm=callout.alarm, provider=callout.provider)
            post.tell_report_due(instance, tx, callout.alarm)
