"""Opening hours: OpenStreetMap syntax, a state's public holidays, dated closures, both clock changes.

The expression is evaluated per local day on the wall clock; only the resulting spans are turned into UTC. So on the day
a clock goes back, a wall-clock hour that comes twice counts twice, and one that is skipped never comes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from holidays import country_holidays
from opening_hours import OpeningHours, State

from cyberwehr.domain.opening_rules import WEEKDAYS, BadHours, parsed, rules_of

__all__ = ["HORIZON", "BadHours", "Closure", "Hours", "hours", "public_holidays"]

HORIZON = timedelta(days=400)
"""How far ahead is searched for an opening: every yearly rule comes round within it."""

_DAY = timedelta(days=1)
_EARLIEST, _LATEST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_CACHED_DAYS = 2_000
Span = tuple[datetime, datetime]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Closure:
    """Local days on which everything is closed, `first` and `last` included; `reason` maps a language to a text."""

    first: date
    last: date
    reason: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise BadHours(f"A closure ends on {self.last}, before it begins on {self.first}.")

    def covers(self, day: date) -> bool:
        """Whether the local day is closed."""
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Hours:
    """When somebody is there. Immutable; equal inputs make equal objects. Prefer `hours()`, which shares them.

    spec: OSM opening_hours without spans over midnight, e.g. "Mo-Fr 08:00-18:00; PH off". A rule for PH (public
    holidays) wins over rules for weekdays wherever it stands; without such a rule holidays are ordinary days.
    holidays: a country and subdivision of the `holidays` package ("DE-NW"); None: there are no holidays.
    timezone: IANA name. A bad value raises `BadHours`. Moments are aware datetimes of any zone, else `ValueError`;
    before 1970 and after 2199 it is always closed.
    """

    spec: str
    holidays: str | None = "DE-NW"
    closures: tuple[Closure, ...] = ()
    timezone: str = "Europe/Berlin"
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)
    _ordinary: OpeningHours | None = field(init=False, repr=False, compare=False)
    _holiday: tuple[OpeningHours | None, ...] = field(init=False, repr=False, compare=False)
    _spans_of: dict[date, tuple[Span, ...]] = field(init=False, repr=False, compare=False, default_factory=dict)
    _next_of: dict[date, datetime | None] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        rules = rules_of(self.spec)
        if self.holidays is not None:
            public_holidays(self.holidays, 2026)  # fails now rather than at the first call of a year
        object.__setattr__(self, "closures", tuple(self.closures))
        object.__setattr__(self, "_zone", _zone(self.timezone))
        object.__setattr__(self, "_ordinary", parsed(rules, None, self.spec))
        object.__setattr__(self, "_holiday", tuple(parsed(rules, day, self.spec) for day in WEEKDAYS))

    @property
    def zone(self) -> ZoneInfo:
        """The zone the expression is meant in, for display."""
        return self._zone

    def is_open(self, at: datetime) -> bool:
        """Whether it is open: the first moment of a span is, its last is not (18:00:00 is closed)."""
        moment = _utc(at)
        return any(start <= moment < end for start, end in self._spans(self._local_day(moment)))

    def next_opening(self, at: datetime) -> datetime | None:
        """The first opening moment strictly after `at`, in UTC; None if there is none within `HORIZON`.

        While it is open, this is the opening after the present span has ended.
        """
        moment = _utc(at)
        today = self._local_day(moment)
        return next((start for start in self._openings(today) if start > moment), None) or self._opening_from(
            today + _DAY
        )

    def opens(self, at: datetime) -> datetime | None:
        """`at` itself if it is open then, else the next opening in UTC (see `next_opening`)."""
        return at if self.is_open(at) else self.next_opening(at)

    def closure_reason(self, at: datetime) -> Mapping[str, str] | None:
        """The texts of the closure that covers `at`, None if no closure does (holidays and nights are none)."""
        day = self._local_day(_utc(at))
        return next((closure.reason for closure in self.closures if closure.covers(day)), None)

    def add_open_time(self, start: datetime, amount: timedelta) -> datetime | None:
        """The moment in UTC when `amount` of open time has passed since `start`, in real elapsed time.

        None if that is not reached within `HORIZON`; a negative amount is a `ValueError`.
        """
        if amount < timedelta(0):
            raise ValueError("open time can only be added")
        moment, left = _utc(start), amount
        if not left:
            return moment
        for opened, closed in self._spans_after(moment):
            usable = closed - max(opened, moment)
            if usable >= left:
                return closed - usable + left
            left -= usable
        return None

    def _local_day(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()

    def _spans_after(self, moment: datetime) -> Iterator[Span]:
        today = self._local_day(moment)
        for days in range(HORIZON.days + 1):
            yield from (span for span in self._spans(today + timedelta(days=days)) if span[1] > moment)

    def _opening_from(self, day: date) -> datetime | None:
        """The first opening on this local day or later; remembered, for every search crosses the same nights."""
        if day not in self._next_of:
            days = (day + timedelta(days=ahead) for ahead in range(HORIZON.days))
            found = next((start for each in days for start in self._openings(each)), None)
            _remember(self._next_of, day, found)
            return found
        return self._next_of[day]

    def _openings(self, day: date) -> Iterator[datetime]:
        """Moments of the day at which it opens; a span that continues the day before or a clock change does not."""
        before = self._spans(day - _DAY)
        last = before[-1][1] if before else None
        for start, end in self._spans(day):
            if start != last:
                yield start
            last = end

    def _spans(self, day: date) -> tuple[Span, ...]:
        """The open spans of a local day in UTC, in order."""
        spans = self._spans_of.get(day)
        if spans is None:
            spans = tuple(_in_utc(self._wall_spans(day), day, self._zone))
            _remember(self._spans_of, day, spans)
        return spans

    def _wall_spans(self, day: date) -> list[Span]:
        if not _EARLIEST.date() <= day <= _LATEST.date() or any(closure.covers(day) for closure in self.closures):
            return []
        is_holiday = self.holidays is not None and day in public_holidays(self.holidays, day.year)
        expression = self._holiday[day.weekday()] if is_holiday else self._ordinary
        if expression is None:
            return []
        midnight = datetime.combine(day, time())
        return [
            (start, end)
            for start, end, state, _ in expression.intervals(midnight, midnight + _DAY)
            if state == State.OPEN and start < end
        ]


def hours(
    spec: str,
    holidays: str | None = "DE-NW",
    closures: Iterable[Closure] = (),
    timezone: str = "Europe/Berlin",
) -> Hours:
    """As `Hours(…)`, but the same inputs share one object, so that thousands of providers are evaluated once."""
    return _shared(spec, holidays, tuple(closures), timezone)


@lru_cache(maxsize=4096)
def _shared(spec: str, holidays: str | None, closures: tuple[Closure, ...], timezone: str) -> Hours:
    return Hours(spec, holidays, closures, timezone)


@lru_cache(maxsize=512)
def public_holidays(code: str, year: int) -> frozenset[date]:
    """The public holidays of a country ("DE") or one of its parts ("DE-NW") in a year, by the `holidays` package."""
    country, _, part = code.partition("-")
    try:
        # the language would otherwise depend on the machine
        return frozenset(country_holidays(country, subdiv=part or None, years=year, language="en_US"))
    except NotImplementedError:
        raise BadHours(f"“{code}” is not a code of public holidays, such as DE-NW.") from None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadHours(f"“{name}” is not a time zone, such as Europe/Berlin.") from None


def _utc(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ValueError("a moment needs a time zone")
    # beyond these years holidays are unknown and neighbouring days may not exist
    if at.year < _EARLIEST.year:
        return _EARLIEST - _DAY
    return _LATEST + _DAY if at.year >= _LATEST.year else at.astimezone(UTC)


def _in_utc(walls: list[Span], day: date, zone: ZoneInfo) -> Iterator[Span]:
    if not walls:
        return
    for begin, finish, offset in _pieces(day, zone):
        for start, end in walls:
            span = max(begin, (start - offset).replace(tzinfo=UTC)), min(finish, (end - offset).replace(tzinfo=UTC))
            if span[0] < span[1]:
                yield span


def _pieces(day: date, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """A local day in UTC, cut where its offset changes."""
    begin, finish = (datetime.combine(each, time(), zone).astimezone(UTC) for each in (day, day + _DAY))
    first, last = _offset(begin, zone), _offset(finish, zone)
    if first == last:
        yield begin, finish, first
        return
    low, change = begin, finish
    while change - low > timedelta(minutes=1):
        middle = low + timedelta(minutes=(change - low) // timedelta(minutes=2))
        low, change = (middle, change) if _offset(middle, zone) == first else (low, middle)
    yield begin, change, first
    yield change, finish, last


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)


def _remember(known: dict[date, T], day: date, value: T) -> None:
    if len(known) >= _CACHED_DAYS:
        known.clear()
    known[day] = value
