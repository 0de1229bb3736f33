"""What the board shows, in one transaction and a handful of questions, however much is going on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from cyberwehr.domain.call import Details
from cyberwehr.domain.terms import BY_FORM, LIVE_ALARM, CalloutStatus, CallStatus, IncidentStatus, Urgency
from cyberwehr.instance import Instance
from cyberwehr.services.assessing import suggestion_of
from cyberwehr.services.endings import last_callout
from cyberwehr.services.heartbeats import FRESH
from cyberwehr.services.people import people_of
from cyberwehr.services.views import View, alarm_view, call_line, callout_view, incident_line
from cyberwehr.storage import Call, Heartbeat, Incident, JournalHead, OutboxMessage, OutboxState, now

MOST = 200
"""Of each kind; in a surge the oldest two hundred, and how many there are in all."""

RUNNING = (
    IncidentStatus.UNSERVED,
    IncidentStatus.OPEN,
    IncidentStatus.ALARMING,
    IncidentStatus.ASSIGNED,
    IncidentStatus.EN_ROUTE,
    IncidentStatus.ON_SITE,
    IncidentStatus.DONE,
    IncidentStatus.NOBODY_THERE,
    IncidentStatus.NO_EMERGENCY,
    IncidentStatus.REPORTED,
)
"""In the order of the board: what needs somebody most comes first; what is over but not closed comes last."""

ON_THE_WAY = (CalloutStatus.ASSIGNED, CalloutStatus.EN_ROUTE)

LATE = timedelta(minutes=1)
"""A message that is still here after this time is worth a look."""

REMEMBERED = timedelta(hours=24)
"""How long the board shows messages that failed; the journal keeps them for good."""


@dataclass(frozen=True, slots=True)
class Health:
    """engine: one has shown itself lately; engine_at: when. failed: of the last 24 h; late: still on their way."""

    engine: bool
    engine_at: datetime | None
    failed: Sequence[View]
    late: int


@dataclass(frozen=True, slots=True)
class Board:
    """waiting: critical suggestions first, then by age. callbacks: judged calls whose caller nobody has rung yet."""

    now: datetime
    health: Health
    waiting: Sequence[View] = ()
    waiting_in_all: int = 0
    claimed: Sequence[View] = ()
    callbacks: Sequence[View] = ()
    incidents: Sequence[View] = ()


def mark(instance: Instance) -> str:
    """Changes whenever the board does: by what was done, by an engine that stops, and each minute for its clocks."""
    with instance.reading() as tx:
        length = tx.scalar(select(JournalHead.length)) or 0
        return f"{length}-{int(engine_alive(tx)[0])}-{now(tx):%H%M}"


def show_health(instance: Instance) -> Board:
    """The board of those who look after the machines, but after nobody's case."""
    with instance.reading() as tx:
        return Board(now(tx), health(tx))


def show_board(instance: Instance) -> Board:
    with instance.reading() as tx:
        people = people_of(tx)
        waiting = [card(instance, call, people) for call in calls(tx, CallStatus.WAITING)]
        return Board(
            now=now(tx),
            health=health(tx),
            waiting=sorted(waiting, key=most_pressing),
            waiting_in_all=tx.scalar(select(func.count(Call.id)).where(Call.status == CallStatus.WAITING)) or 0,
            claimed=[card(instance, call, people) for call in calls(tx, CallStatus.CLAIMED)],
            callbacks=[card(instance, call, people) for call in unverified(tx)],
            incidents=[incident_card(incident, now(tx)) for incident in incidents(tx)],
        )


def engine_alive(tx: Session) -> tuple[bool, datetime | None]:
    newest = tx.scalar(select(func.max(Heartbeat.at)))
    return newest is not None and now(tx) - newest < FRESH, newest


def health(tx: Session) -> Health:
    alive, newest = engine_alive(tx)
    late = select(func.count(OutboxMessage.id)).where(
        OutboxMessage.state == OutboxState.QUEUED, OutboxMessage.created_at < now(tx) - LATE
    )
    return Health(alive, newest, [failure(*row) for row in tx.execute(failures(tx)).all()], tx.scalar(late) or 0)


def failures(tx: Session) -> Select[OutboxMessage, str | None]:
    return (
        select(OutboxMessage, Incident.reference)
        .outerjoin(Incident, OutboxMessage.incident_id == Incident.id)
        .where(OutboxMessage.state == OutboxState.FAILED, OutboxMessage.settled_at > now(tx) - REMEMBERED)
        .order_by(OutboxMessage.id.desc())
        .limit(20)
    )


def failure(message: OutboxMessage, incident: str | None) -> View:
    return {
        "id": message.id,
        "kind": message.kind,
        "channel": message.channel,
        "at": message.settled_at,
        "incident": incident,
        "error": message.last_error,
    }


def calls(tx: Session, status: CallStatus) -> Sequence[Call]:
    """The oldest first."""
    return tx.scalars(select(Call).where(Call.status == status).order_by(Call.id).limit(MOST)).all()


def unverified(tx: Session) -> Sequence[Call]:
    """Judged an emergency, came by form, and nobody has rung back: the first alarm waits for that."""
    query = (
        select(Call)
        .join(Incident, Call.incident_id == Incident.id)
        .where(
            Call.status == CallStatus.TRIAGED,
            Call.channel.in_(BY_FORM),
            Call.verified_at.is_(None),
            Incident.status.in_((IncidentStatus.OPEN, IncidentStatus.ALARMING, IncidentStatus.UNSERVED)),
        )
    )
    return tx.scalars(query.order_by(Call.id).limit(MOST)).all()


def card(instance: Instance, call: Call, people: dict[str, str]) -> View:
    return {
        **call_line(call),
        "phone": Details.from_json(call.details).phone,
        "claimed_by": people.get(call.claimed_by or "", call.claimed_by),
        "unverified": not call.is_verified,
        "suggestion": None if call.status is CallStatus.TRIAGED else suggestion_of(instance, call),
    }


def most_pressing(call: View) -> tuple[bool, datetime]:
    suggestion = call["suggestion"]
    return suggestion.urgency is not Urgency.CRITICAL, call["received_at"]


def incidents(tx: Session) -> Sequence[Incident]:
    """By state, and within a state the most urgent and then the oldest first."""
    found = tx.scalars(
        select(Incident)
        .where(Incident.status.in_(RUNNING))
        .order_by(Incident.id)
        .limit(MOST)
        .options(selectinload(Incident.calls), selectinload(Incident.alarms), selectinload(Incident.callouts))
    ).all()
    urgencies = list(Urgency)
    return sorted(found, key=lambda i: (RUNNING.index(i.status), urgencies.index(i.urgency), i.id))


def incident_card(incident: Incident, moment: datetime) -> View:
    details, callout = Details.from_json(incident.speaker.details), last_callout(incident)
    live = [alarm_view(alarm) for alarm in incident.alarms if alarm.status in LIVE_ALARM]
    return {
        **incident_line(incident),
        "company": details.company,
        "town": details.town,
        "calls": len(incident.calls),
        "asked": len(incident.alarms),
        "alarms": live,
        "callout": callout_view(callout) if callout else None,
        "overdue": callout is not None and callout.status in ON_THE_WAY and callout.eta_at < moment,
        "verified": any(call.is_verified for call in incident.calls),
    }
