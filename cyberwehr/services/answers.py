"""What a provider answers, by link or by phone. Opening a link stops nothing: mail scanners open links, too."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from cyberwehr.domain.terms import LIVE_ALARM, AlarmStatus, DeclineReason, IncidentStatus
from cyberwehr.instance import Instance
from cyberwehr.services import post
from cyberwehr.services.actors import Actor, provider_by_link
from cyberwehr.services.alarming import next_wave_or_unserved
from cyberwehr.services.errors import Conflict, Gone, Refused, Unknown
from cyberwehr.services.finding import find_alarm, locked_alarm, locked_incident
from cyberwehr.services.journalling import record
from cyberwehr.services.states import ENDED, SEEKING, TAKEN
from cyberwehr.storage import Alarm, Callout, now

STILL_BY_PHONE = LIVE_ALARM | {AlarmStatus.EXPIRED}
"""Somebody who rings after the deadline still gets the job if nobody has it."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """eta_minutes: from now until arrival. spoken_with: set if an operator heard it on the phone.

    technician: None if nobody can say yet who comes (by phone only).
    """

    eta_minutes: int
    technician: str | None
    spoken_with: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    reason: DeclineReason
    note: str | None = None
    spoken_with: str | None = None


def open_alarm(instance: Instance, token: str) -> Alarm:
    """Somebody, or something, looked at the link for the first time: worth knowing, and nothing more."""
    with instance.reading() as tx:
        alarm = find_alarm(tx, token)
    if alarm.status is not AlarmStatus.SENT:
        return alarm
    with instance.begin() as tx:
        alarm = locked_alarm(tx, token)
        if alarm.status is AlarmStatus.SENT:
            alarm.status, alarm.opened_at = AlarmStatus.OPENED, now(tx)
            record(tx, provider_by_link(alarm.provider), "alarm_opened", incident=alarm.incident, alarm=alarm)
        return alarm


def looking(instance: Instance, token: str) -> Alarm:
    """A person says he is reading it: no reminder for this one."""
    with instance.begin() as tx:
        alarm = locked_alarm(tx, token)
        check_answerable(tx, alarm, LIVE_ALARM)
        if alarm.looking_at is None:
            alarm.looking_at, alarm.remind_at, alarm.status = now(tx), None, AlarmStatus.OPENED
            alarm.opened_at = alarm.opened_at or alarm.looking_at
            record(tx, provider_by_link(alarm.provider), "alarm_looking", incident=alarm.incident, alarm=alarm)
        return alarm


def accept(instance: Instance, token: str, acceptance: Acceptance) -> Alarm:
    with instance.begin() as tx:
        alarm = locked_alarm(tx, token)
        take(instance, tx, alarm, acceptance, provider_by_link(alarm.provider), LIVE_ALARM)
        return alarm


def decline(instance: Instance, token: str, refusal: Refusal) -> Alarm:
    with instance.begin() as tx:
        alarm = locked_alarm(tx, token)
        turn_down(instance, tx, alarm, refusal, provider_by_link(alarm.provider), LIVE_ALARM)
        return alarm


def answer_by_phone(
    instance: Instance, reference: str, alarm_id: int, answer: Acceptance | Refusal, actor: Actor
) -> Alarm:
    """An operator writes down what a provider said on the phone."""
    with instance.begin() as tx:
        incident = locked_incident(tx, reference)
        alarm = tx.get(Alarm, alarm_id, populate_existing=True)
        if alarm is None or alarm.incident_id != incident.id:
            raise Unknown("unknown_alarm")
        if isinstance(answer, Acceptance):
            take(instance, tx, alarm, answer, actor, STILL_BY_PHONE)
        else:
            turn_down(instance, tx, alarm, answer, actor, STILL_BY_PHONE)
        return alarm


def take(
    instance: Instance, tx: Session, alarm: Alarm, acceptance: Acceptance, actor: Actor, from_states: Set[AlarmStatus]
) -> None:
    """One winner. The database decides (conditional update, partial unique index); everybody else is told at once."""
    check_answerable(tx, alarm, from_states)
    incident, moment = alarm.incident, now(tx)
    if incident.status in TAKEN or incident.status in ENDED:
        raise Gone("already_taken" if incident.status in TAKEN else "alarm_withdrawn")
    settle(tx, alarm, from_states, status=AlarmStatus.ACCEPTED, eta_minutes=acceptance.eta_minutes)
    alarm.answer = {"technician": acceptance.technician, "spoken_with": acceptance.spoken_with}
    incident.status = IncidentStatus.ASSIGNED
    callout = Callout(
        case=incident.case,
        alarm=alarm,
        alarm_id=alarm.id,
        provider=alarm.provider,
        accepted_at=moment,
        eta_at=moment + timedelta(minutes=acceptance.eta_minutes),
        technician=acceptance.technician,
    )
    incident.callouts.append(callout)
    record(
        tx,
        actor,
        "alarm_accepted",
        incident=incident,
        alarm=alarm,
        note=acceptance.spoken_with,
        provider=alarm.provider,
        eta_minutes=acceptance.eta_minutes,
    )
    withdraw_others(instance, tx, alarm, actor)
    post.tell_assigned(instance, tx, callout)


def withdraw_others(instance: Instance, tx: Session, winner: Alarm, actor: Actor) -> None:
    for other in winner.incident.alarms:
        if other is not winner and other.status in LIVE_ALARM:
            other.status, other.ended_at = AlarmStatus.WITHDRAWN, now(tx)
            record(tx, actor, "alarm_withdrawn", incident=other.incident, alarm=other, provider=other.provider)
            post.tell_taken(instance, tx, other)


def turn_down(
    instance: Instance, tx: Session, alarm: Alarm, refusal: Refusal, actor: Actor, from_states: Set[AlarmStatus]
) -> None:
    """A decline brings the next provider at once."""
    check_answerable(tx, alarm, from_states)
    settle(tx, alarm, from_states, status=AlarmStatus.DECLINED, decline_reason=refusal.reason)
    alarm.answer = {"note": refusal.note, "spoken_with": refusal.spoken_with}
    record(
        tx,
        actor,
        "alarm_declined",
        incident=alarm.incident,
        alarm=alarm,
        note=refusal.note,
        provider=alarm.provider,
        reason=refusal.reason,
    )
    if alarm.incident.status in SEEKING:
        next_wave_or_unserved(instance, tx, alarm.incident, actor)


def settle(tx: Session, alarm: Alarm, from_states: Set[AlarmStatus], **values: object) -> None:
    """The conditional update: whoever finds the alarm already answered has lost, whatever he read before."""
    moment = now(tx)
    tx.flush()
    won = tx.execute(
        update(Alarm)
        .where(Alarm.id == alarm.id, Alarm.status.in_(from_states))
        .values(answered_at=moment, ended_at=moment, remind_at=None, **values)
        .execution_options(synchronize_session=False)
    )
    if won.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("alarm_answered")
    tx.refresh(alarm)


def check_answerable(tx: Session, alarm: Alarm, from_states: Set[AlarmStatus]) -> None:
    """Say precisely why an answer comes too late. A deadline counts even before the engine has noticed it."""
    lapsed = alarm.status in LIVE_ALARM and alarm.expires_at <= now(tx)
    state = AlarmStatus.EXPIRED if lapsed else alarm.status
    if state not in from_states:
        raise too_late(state, alarm)


def too_late(state: AlarmStatus, alarm: Alarm) -> Refused:
    if state is AlarmStatus.WITHDRAWN:
        return Gone("already_taken" if alarm.incident.status in TAKEN else "alarm_withdrawn")
    return {
        AlarmStatus.EXPIRED: Gone("alarm_expired"),
        AlarmStatus.ACCEPTED: Conflict("already_yours"),
        AlarmStatus.DECLINED: Conflict("alarm_declined"),
        AlarmStatus.RELEASED: Conflict("alarm_released"),
    }.get(state, Conflict("alarm_answered"))
