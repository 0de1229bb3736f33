"""How much help was asked for: every call counted once, also those nobody answered or that were withdrawn.

Only plain columns are read, so calls whose case was erased still count.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, String, and_, case, extract, func, or_, select, type_coerce

from cyberwehr.domain.terms import CalloutStatus, CallStatus, CallType, Channel, IncidentStatus, Urgency, Verdict
from cyberwehr.instance import Instance
from cyberwehr.storage import Call, Callout, Incident

GROUPS = ("week", "region", "channel", "outcome", "call_type", "urgency", "hours")
"""What calls are counted by; each group counts every call exactly once."""

OPEN = "open"
"""Not known yet: the region, the outcome, the call type, or the urgency."""

OUTCOMES = (OPEN, *Verdict, "unserved", "withdrawn")
HOURS = ("in", "out")
QUARTER_HOUR = 900
"""In seconds: every zone's offset is a whole number of these, so none of them lies in two weeks."""
MOST_WEEKS = 520
"""As long as a row of weeks may be to be shown with those in which nobody called."""
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)
"""The days that may be asked for: beyond them lies nothing but mistyped years."""
DAY, WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Period:
    """Which calls are meant. first, last: days in the instance's zone, both included; None: without that limit.

    Whoever makes one sees to it that the days lie between `EARLIEST` and `LATEST`.
    """

    first: date | None = None
    last: date | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Demand:
    """figures: group -> key -> how many calls, in the order to show them. Weeks are ISO weeks, "2026-W48"."""

    period: Period
    total: int
    figures: Mapping[str, Mapping[str, int]]


def demand(instance: Instance, period: Period) -> Demand:
    """Count the calls of a period by the moment of receipt; one statement, so that all figures fit together."""
    counted: dict[str, Counter[str]] = {group: Counter() for group in GROUPS}
    with instance.reading() as tx:
        for row in tx.execute(counting(instance, period), execution_options={"yield_per": 1000}):
            for group, key in keys_of(row, instance.zone):
                counted[group][key] += row.calls
    return Demand(period, counted["hours"].total(), in_order(instance, period, counted))


def rows(demand: Demand) -> Iterator[tuple[str, str, int]]:
    """Group, key and number of calls."""
    for group, figures in demand.figures.items():
        yield from ((group, key, calls) for key, calls in figures.items())


def counting(instance: Instance, period: Period) -> Select[Any]:
    """How many calls have the same quarter of an hour, region, channel, …"""
    epoch = extract("epoch", Call.received_at)
    each = (
        select(
            (epoch - epoch % QUARTER_HOUR).label("quarter"),
            Call.region,
            Call.channel,
            outcome().label("outcome"),
            Call.call_type,
            Call.urgency,
            Call.service_open,
        )
        .outerjoin(Incident, Call.incident_id == Incident.id)
        .where(*limits(instance, period))
        .subquery()
    )
    return select(*each.c, func.count().label("calls")).group_by(*each.c)


def outcome() -> ColumnElement[str]:
    """Exactly one per call: withdrawn before all else; an emergency for which nobody could be found is `unserved`.

    An incident that was closed without a call-out had been unserved until then.
    """
    came = Incident.callouts.any(Callout.status != CalloutStatus.RELEASED)
    unserved = or_(Incident.status == IncidentStatus.UNSERVED, and_(Incident.status == IncidentStatus.CLOSED, ~came))
    nobody = and_(Call.verdict == Verdict.EMERGENCY, unserved)
    return case(
        (Call.status == CallStatus.WITHDRAWN, "withdrawn"),
        (nobody, "unserved"),
        (Call.verdict.is_(None), OPEN),
        else_=type_coerce(Call.verdict, String),
    )


def limits(instance: Instance, period: Period) -> Iterator[ColumnElement[bool]]:
    if period.first is not None:
        yield Call.received_at >= midnight(period.first, instance.zone)
    if period.last is not None:
        yield Call.received_at < midnight(period.last + DAY, instance.zone)
    if period.region is not None:
        yield Call.region == period.region


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def keys_of(row: Any, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    """Under which key of each group a row counts."""
    yield "week", week_of(datetime.fromtimestamp(int(row.quarter), zone).date())
    yield "hours", "in" if row.service_open else "out"
    for group in ("region", "channel", "outcome", "call_type", "urgency"):
        yield group, getattr(row, group) or OPEN


def week_of(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def in_order(instance: Instance, period: Period, counted: Mapping[str, Counter[str]]) -> dict[str, dict[str, int]]:
    """Every known key, also those nobody called for; after them what only the database still knows."""
    known: dict[str, tuple[str, ...]] = {
        "week": weeks(period, sorted(counted["week"])),
        "region": (*([period.region] if period.region else instance.regions), OPEN),
        "channel": tuple(Channel),
        "outcome": OUTCOMES,
        "call_type": (*CallType, OPEN),
        "urgency": (*Urgency, OPEN),
        "hours": HOURS,
    }
    return {group: {str(key): counted[group][key] for key in (*keys, *counted[group])} for group, keys in known.items()}


def weeks(period: Period, found: list[str]) -> tuple[str, ...]:
    """All weeks of the period, or from the first call to the last; only those with calls if that is too long a row."""
    if not found:
        return ()
    monday = monday_of(week_of(period.first) if period.first else found[0])
    last = monday_of(week_of(period.last) if period.last else found[-1])
    count = (last - monday) // WEEK + 1
    return tuple(week_of(monday + n * WEEK) for n in range(count)) if count <= MOST_WEEKS else tuple(found)


def monday_of(week: str) -> date:
    return date.fromisocalendar(int(week[:4]), int(week[6:]), 1)
