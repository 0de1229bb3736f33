"""Duties to report that a law sets a limit to: when each clock began and when it runs out. Real hours, UTC."""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cyberwehr.domain.protocol import Words
from cyberwehr.domain.terms import CallType


@dataclass(frozen=True, slots=True)
class Deadline:
    """One clock. due_at: None if it has not begun (its `begins` says when). likely: False: probably not this company.

    source: law and paragraph, with the date of the text that was read. done_at: when it was met.
    """

    code: str
    name: Words
    authority: Words
    url: str
    begins: Words
    started_at: datetime | None
    due_at: datetime | None
    likely: bool
    source: str
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty to report as a law or contract has it.

    hours: real ones from awareness; months: calendar ones from the moment at which the duty `after` was met. Neither:
    there is no limit in hours. concerns: whom it binds, a name in `CONCERNS`. call_types: with which it is supposed
    to concern a company that was not asked yet.
    """

    code: str
    name: Words
    authority: Words
    url: str
    begins: Words
    source: str
    concerns: str
    hours: int | None = None
    months: int | None = None
    after: str | None = None
    call_types: frozenset[CallType] = frozenset()


@dataclass(frozen=True, slots=True)
class Sector:
    """A sector of the NIS2 annexes by words that occur in what callers call theirs. any_size: bound however small.

    words: beginnings of the caller's words; with `*` before it also an inner part, as German compounds have them.
    """

    code: str
    words: tuple[str, ...]
    any_size: bool = False

    def named_in(self, told: str) -> bool:
        """By "klinik" a Klinikum is found, by "*klinik" also a Universitätsklinikum."""
        return any(_fits(known, word) for word in _spoken(told) for known in self.words)


def _spoken(told: str) -> list[str]:
    """The words in what was told; a word with hyphens in one piece as well: "Internet-Provider"."""
    text = told.casefold()
    return re.findall(r"\w+", text) + re.findall(r"\w+", text.replace("-", ""))


def _fits(known: str, word: str) -> bool:
    return known[1:] in word if known.startswith("*") else word.startswith(known)


@dataclass(frozen=True, slots=True)
class Size:
    """Heads, and million EUR a year; None: not known."""

    employees: float | None = None
    turnover: float | None = None
    balance: float | None = None

    @property
    def is_medium_or_more(self) -> bool:
        """§ 28 (2) BSIG: at least 50 employees, or a turnover and a balance sheet of more than 10 million EUR each."""
        if self.employees is not None and self.employees >= 50:
            return True
        return (self.turnover or 0) > 10 and (self.balance or 0) > 10


@dataclass(frozen=True, slots=True)
class Affected:
    """What the clocks depend on. aware_at: since when the company knows. personal_data, attack: None: not asked."""

    aware_at: datetime
    call_type: CallType
    zone: ZoneInfo
    personal_data: str | None = None
    attack: str | None = None
    nis2: bool = False
    done: Mapping[str, datetime] = field(default_factory=dict)


def is_nis2(told: str | None, size: Size, sectors: Iterable[Sector]) -> bool:
    """Do sector and size say that the company is bound by NIS2 (§ 28 BSIG)? Not known counts as no."""
    named = [sector for sector in sectors if sector.named_in(told or "")]
    return any(sector.any_size or size.is_medium_or_more for sector in named)


def _personal_data(duty: Duty, it: Affected) -> bool:
    """Art. 33: unless data about people are certainly not affected; while nobody was asked, by the call type."""
    return it.call_type in duty.call_types if it.personal_data is None else it.personal_data != "none"


def _high_risk(_duty: Duty, it: Affected) -> bool:
    return it.personal_data == "special"


def _crime(duty: Duty, it: Affected) -> bool:
    return it.attack == "yes" or (it.attack != "no" and it.call_type in duty.call_types)


def _nis2(_duty: Duty, it: Affected) -> bool:
    return it.nis2


def _everybody(_duty: Duty, _it: Affected) -> bool:
    return True


CONCERNS = {
    "personal_data": _personal_data,
    "high_risk": _high_risk,
    "nis2": _nis2,
    "crime": _crime,
    "everybody": _everybody,
}


def deadlines(duties: Iterable[Duty], it: Affected) -> tuple[Deadline, ...]:
    """All clocks, those that probably run first, in the order of the duties otherwise."""
    clocks = (_clock(duty, it) for duty in duties)
    return tuple(sorted(clocks, key=lambda clock: not clock.likely))


def _clock(duty: Duty, it: Affected) -> Deadline:
    started = it.done.get(duty.after) if duty.after else it.aware_at
    return Deadline(
        code=duty.code,
        name=duty.name,
        authority=duty.authority,
        url=duty.url,
        begins=duty.begins,
        started_at=started.astimezone(UTC) if started else None,
        due_at=_due(duty, started, it.zone),
        likely=CONCERNS[duty.concerns](duty, it),
        source=duty.source,
        done_at=it.done.get(duty.code),
    )


def _due(duty: Duty, started: datetime | None, zone: ZoneInfo) -> datetime | None:
    if started is None:
        return None
    if duty.hours is not None:
        return started.astimezone(UTC) + timedelta(hours=duty.hours)
    return months_later(started, duty.months, zone) if duty.months is not None else None


def months_later(start: datetime, months: int, zone: ZoneInfo) -> datetime:
    """The same time of day on the same day of a later month, or on its last day if it has no such day; UTC.

    By § 188 (2) and (3) BGB the month runs until the end of that day: this clock is never too late.
    """
    local = start.astimezone(zone)
    ahead = local.month - 1 + months
    year, month = local.year + ahead // 12, ahead % 12 + 1
    day = min(local.day, monthrange(year, month)[1])
    return local.replace(year=year, month=month, day=day).astimezone(UTC)


def aware_since(received_at: datetime, noticed_hours_ago: object) -> datetime:
    """Since when the company knows: as it said, else since it told us. Impossible answers count as none."""
    if isinstance(noticed_hours_ago, bool) or not isinstance(noticed_hours_ago, int | float):
        return received_at
    within_a_year = 0 <= noticed_hours_ago <= 366 * 24
    return received_at - timedelta(hours=noticed_hours_ago) if within_a_year else received_at
