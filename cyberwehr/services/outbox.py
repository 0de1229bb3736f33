"""The outbox: who delivers what, when again, and what became of it. Delivery happens outside of transactions."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from cyberwehr.domain.contacts import readable
from cyberwehr.domain.delivery import Delivery, Failed, HandedOver, Message, Retry
from cyberwehr.domain.terms import LIVE_ALARM, AlarmStatus
from cyberwehr.instance import Instance
from cyberwehr.services import post
from cyberwehr.services.actors import ENGINE
from cyberwehr.services.journalling import record
from cyberwehr.storage import Alarm, Incident, OutboxMessage, OutboxState, lock_row, now

LEASE = timedelta(seconds=30)
"""How long an engine has for one message; twice what a channel may take. Then another engine may try."""

BACK_OFF = (5, 15, 60, 180, 600, 1800)
"""Seconds before the second, third, … attempt; after the last the message has failed (about 44 minutes)."""

URGENT = ("alarm", "commander")
"""Kinds that overtake all others: in a surge, confirmations can wait."""

UNANSWERED = LIVE_ALARM | {AlarmStatus.EXPIRED}


@dataclass(frozen=True, slots=True)
class Job:
    """One message to deliver now, leased to one engine."""

    row_id: int
    message: Message


def claim_next(instance: Instance, engine: str) -> Job | None:
    """The message due longest, leased to this engine; None if there is none. What is of no use is settled here."""
    with instance.begin() as tx:
        row = tx.scalar(
            select(OutboxMessage)
            .where(OutboxMessage.state == OutboxState.QUEUED, OutboxMessage.due_at <= now(tx))
            .order_by(case((OutboxMessage.kind.in_(URGENT), 0), else_=1), OutboxMessage.due_at, OutboxMessage.id)
            .limit(1)
            .with_for_update(skip_locked=True, of=OutboxMessage)
        )
        if row is None:
            return None
        if is_superseded(tx, row):
            done(tx, row, OutboxState.SUPERSEDED)
            return None
        row.leased_by, row.due_at, row.attempts = engine, now(tx) + LEASE, row.attempts + 1
        useless = why_useless(tx, row)
        job = None if useless else Job(row.id, as_message(row))
        row_id = row.id
    if useless:
        settle_row(instance, row_id, engine, Failed(useless))
    return job


def why_useless(tx: Session, row: OutboxMessage) -> str | None:
    """Why a message should not leave any more, None if it should."""
    if row.useless_after is not None and row.useless_after <= now(tx):
        return "too late to be of use"
    if row.attempts > len(BACK_OFF) + 1:
        return "no engine survived its delivery"
    return None


def is_superseded(tx: Session, row: OutboxMessage) -> bool:
    """Events were faster: the alarm it tells of is already answered or withdrawn."""
    alarm = tx.get(Alarm, row.alarm_id) if row.kind == "alarm" and row.alarm_id else None
    return alarm is not None and alarm.status not in UNANSWERED


def has_due(instance: Instance) -> bool:
    """A cheap look, so that an idle engine does not write."""
    with instance.reading() as tx:
        due = select(OutboxMessage.id).where(OutboxMessage.state == OutboxState.QUEUED, OutboxMessage.due_at <= now(tx))
        return tx.scalar(due.limit(1)) is not None


def as_message(row: OutboxMessage) -> Message:
    letter = row.letter
    plain = row.channel == "mail"
    return Message(
        id=row.message_id,
        channel=row.channel,
        to=letter["to"],
        language=letter["language"],
        subject=letter["subject"],
        text=letter["text"] if plain else letter["short"],
        html=letter["html"] if plain else None,
        created_at=row.created_at,
    )


def settle(instance: Instance, job: Job, engine: str, outcome: Delivery) -> None:
    """Write down what became of a delivery, unless another engine took the message over meanwhile."""
    settle_row(instance, job.row_id, engine, outcome)


def settle_row(instance: Instance, row_id: int, engine: str, outcome: Delivery) -> None:
    with instance.begin() as tx:
        row = tx.get(OutboxMessage, row_id)
        incident_id = row.incident_id if row else None
        if incident_id is not None:
            lock_row(tx, Incident, incident_id)
        row = lock_row(tx, OutboxMessage, row_id)
        if row is None or row.state is not OutboxState.QUEUED or row.leased_by != engine:
            return
        match outcome:
            case HandedOver(receipt_id):
                done(tx, row, OutboxState.HANDED_OVER)
                row.receipt_id = readable(receipt_id)[:200] if receipt_id else None
            case Retry(reason, after):
                try_again(instance, tx, row, readable(reason), after)
            case Failed(reason):
                fail(instance, tx, row, readable(reason))


def done(tx: Session, row: OutboxMessage, state: OutboxState) -> None:
    """A final state: the text is blanked, only the fact stays."""
    row.state, row.settled_at, row.letter, row.leased_by = state, now(tx), None, None


def try_again(instance: Instance, tx: Session, row: OutboxMessage, reason: str, after: timedelta) -> None:
    row.last_error, row.leased_by = reason[:300], None
    if row.attempts > len(BACK_OFF):
        fail(instance, tx, row, reason)
        return
    row.due_at = now(tx) + max(after, timedelta(seconds=BACK_OFF[row.attempts - 1]))
    next_rung(instance, tx, row)


def fail(instance: Instance, tx: Session, row: OutboxMessage, reason: str) -> None:
    """Undeliverable: the provider's next contact is tried; the commander hears of alarms that reached nobody."""
    done(tx, row, OutboxState.FAILED)
    row.last_error = reason[:300]
    incident = tx.get(Incident, row.incident_id) if row.incident_id else None
    record(tx, ENGINE, "message_failed", incident=incident, kind=row.kind, channel=row.channel, message=row.id)
    alarm = next((a for a in incident.alarms if a.id == row.alarm_id), None) if incident else None
    if alarm is None or row.kind != "alarm" or next_rung(instance, tx, row):
        return
    if alarm.status in UNANSWERED and not may_have_reached(tx, alarm):
        post.tell_undeliverable(instance, tx, alarm)


def may_have_reached(tx: Session, alarm: Alarm) -> bool:
    """Has any letter of this alarm left the building, or may one still?"""
    tx.flush()
    others = select(OutboxMessage.id).where(
        OutboxMessage.alarm_id == alarm.id, OutboxMessage.kind == "alarm", OutboxMessage.state != OutboxState.FAILED
    )
    return tx.scalar(others.limit(1)) is not None


def next_rung(instance: Instance, tx: Session, row: OutboxMessage) -> bool:
    """Offer a live alarm by the provider's next contact, too; False if there is none left or it makes no sense."""
    incident = tx.get(Incident, row.incident_id) if row.incident_id else None
    alarm = next((a for a in incident.alarms if a.id == row.alarm_id), None) if incident else None
    if row.kind != "alarm" or alarm is None or alarm.status not in LIVE_ALARM or alarm.expires_at <= now(tx):
        return False
    return post.tell_alarm(instance, tx, alarm, rung=row.rung + 1)


def overview(instance: Instance) -> dict[str, int]:
    """How many messages are in which state."""
    with instance.reading() as tx:
        rows = tx.execute(select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)).all()
    return {state.value: count for state, count in rows}
