"""Opening hours against the wall clock, minute by minute, and the days on which they are easily wrong."""

import itertools
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, timezone
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cyberwehr.domain.hours import HORIZON, BadHours, Closure, Hours, hours

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = "Mo-Fr 08:00-18:00; PH off"
SPLIT = "Mo-Fr 08:00-12:00,13:00-17:00; Sa 10:00-12:00; PH off"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def at(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-07-14T07:59:59.999999", False),
        ("2026-07-14T08:00:00", True),
        ("2026-07-14T17:59:59.999999", True),
        ("2026-07-14T18:00:00", False),
        ("2026-07-18T10:00:00", False),
    ],
)
def test_the_first_second_is_open_and_the_last_is_closed(moment: str, is_open: bool) -> None:
    assert hours(WEEK).is_open(at(moment)) is is_open


def test_any_zone_is_understood_and_none_refused() -> None:
    moment = at("2026-07-14T08:00:00")
    for zone in (UTC, ZoneInfo("America/New_York"), timezone(timedelta(hours=14))):
        assert hours(WEEK).is_open(moment.astimezone(zone))
    for ask in (hours(WEEK).is_open, hours(WEEK).next_opening, hours(WEEK).opens, hours(WEEK).closure_reason):
        with pytest.raises(ValueError, match="zone"):
            ask(datetime(2026, 7, 14, 8))  # noqa: DTZ001


# Easter by the church's tables; the feasts that move follow from it.
EASTER = {
    2020: (4, 12),
    2024: (3, 31),
    2025: (4, 20),
    2026: (4, 5),
    2027: (3, 28),
    2028: (4, 16),
    2029: (4, 1),
    2038: (4, 25),
    2045: (4, 9),
}


@pytest.mark.parametrize("year", EASTER)
def test_exactly_the_holidays_of_the_state_are_closed(year: int) -> None:
    easter = date(year, *EASTER[year])
    fixed = [(1, 1), (5, 1), (10, 3), (11, 1), (12, 25), (12, 26)]
    expected = {date(year, *day) for day in fixed} | {easter + timedelta(days=n) for n in (-2, 1, 39, 50, 60)}
    every = hours("Mo-Su 08:00-18:00; PH off")
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    closed = {day for day in days if day.year == year and not every.is_open(datetime.combine(day, time(12), BERLIN))}
    assert closed == expected


@pytest.mark.parametrize("day", ["2026-01-06", "2026-11-18", "2026-12-24", "2026-12-31", "2026-06-05"])
def test_days_that_are_no_holidays_here(day: str) -> None:
    assert hours(WEEK).is_open(at(f"{day}T10:00"))


@pytest.mark.parametrize(
    ("spec", "at_eleven", "at_fifteen"),
    [
        (WEEK, False, False),
        ("PH off; Mo-Fr 08:00-18:00", False, False),
        ("PH closed; Mo-Fr 08:00-18:00", False, False),
        ("24/7; PH off", False, False),
        ("Mo-Fr 08:00-18:00", True, True),
        ("24/7", True, True),
        ("Mo-Fr 08:00-18:00; PH 10:00-12:00", True, False),
        ("PH 10:00-12:00", True, False),
        ("Sa,PH 10:00-12:00", True, False),
        ("PH,Sa 10:00-12:00; Mo-Fr 08:00-18:00", True, False),
        ("Mo-Fr,PH 08:00-18:00", True, True),
        ('Mo-Fr 08:00-18:00; PH off "Feiertag; zu"', False, False),
        ("Mo-Fr 08:00-18:00; PH off; Jun 04 14:00-16:00", False, True),
    ],
)
def test_holiday_rules_on_corpus_christi(spec: str, at_eleven: bool, at_fifteen: bool) -> None:
    asked = hours(spec)
    assert asked.is_open(at("2026-06-04T11:00")) is at_eleven
    assert asked.is_open(at("2026-06-04T15:00")) is at_fifteen
    assert hours(spec, None).is_open(at("2026-06-02T11:00")) is asked.is_open(at("2026-06-02T11:00"))


def test_no_calendar_means_no_holidays() -> None:
    assert hours(WEEK, None).is_open(at("2026-06-04T11:00"))
    assert hours(WEEK, "DE-BY").is_open(at("2026-01-06T11:00")) is False


CLOSED = Closure(date(2026, 12, 24), date(2026, 12, 31), {"de": "Betriebsferien", "en": "company holidays"})


def test_both_days_of_a_closure_are_closed() -> None:
    shut = hours("24/7", closures=[CLOSED])
    assert shut.is_open(at("2026-12-23T23:59:59"))
    assert not shut.is_open(at("2026-12-24T00:00"))
    assert not shut.is_open(at("2026-12-31T23:59:59.999999"))
    assert shut.is_open(at("2027-01-01T00:00"))
    assert shut.next_opening(at("2026-12-20T00:00")) == at("2027-01-01T00:00")
    assert shut.closure_reason(at("2026-12-31T23:59")) == CLOSED.reason
    assert shut.closure_reason(at("2027-01-01T00:00")) is None


def test_next_opening_is_strictly_later() -> None:
    week = hours(SPLIT)
    assert week.next_opening(at("2026-06-03T08:00")) == at("2026-06-03T13:00")
    assert week.next_opening(at("2026-06-03T07:59:59")) == at("2026-06-03T08:00")
    assert week.next_opening(at("2026-06-03T17:00")) == at("2026-06-05T08:00")
    assert week.opens(at("2026-06-03T08:00")) == at("2026-06-03T08:00")
    assert week.opens(at("2026-06-03T12:00")) == at("2026-06-03T13:00")
    assert hours("24/7").next_opening(at("2026-06-03T08:00")) is None
    assert hours("Mo 08:00-24:00; Tu 00:00-10:00").next_opening(at("2026-06-01T09:00")) == at("2026-06-08T08:00")


def test_never_is_none_within_the_horizon() -> None:
    never = hours("off")
    assert never.opens(at("2026-01-01T00:00")) is None
    assert never.add_open_time(at("2026-01-01T00:00"), MINUTE) is None
    once = hours("2027 Feb 01 10:00-12:00")
    assert once.next_opening(at("2026-01-01T00:00")) == at("2027-02-01T10:00")
    assert once.next_opening(at("2025-12-01T00:00")) is None
    assert timedelta(days=400) == HORIZON


def test_open_time_skips_nights_and_holidays() -> None:
    week = hours(WEEK)
    assert week.add_open_time(at("2026-06-03T17:30"), HOUR) == at("2026-06-05T08:30")
    assert week.add_open_time(at("2026-06-03T08:00"), 10 * HOUR) == at("2026-06-03T18:00")
    assert week.add_open_time(at("2026-06-03T20:00"), timedelta(0)) == at("2026-06-03T20:00")
    with pytest.raises(ValueError):
        week.add_open_time(at("2026-06-03T08:00"), -MINUTE)


def test_the_days_of_the_clock_changes() -> None:
    always, nights = hours("24/7"), hours("Mo-Su 02:00-03:00")
    assert always.add_open_time(at("2026-03-29T00:00"), 23 * HOUR) == at("2026-03-30T00:00")
    assert always.add_open_time(at("2026-10-25T00:00"), 25 * HOUR) == at("2026-10-26T00:00")
    assert nights.next_opening(at("2026-03-28T02:30")) == at("2026-03-30T02:00")
    assert nights.is_open(at("2026-10-25T02:30", fold=0))
    assert nights.is_open(at("2026-10-25T02:30", fold=1))
    assert nights.add_open_time(at("2026-10-25T00:00"), 2 * HOUR) == at("2026-10-25T03:00")
    day = hours("Mo-Su 00:00-08:00")
    assert day.add_open_time(at("2026-03-29T00:00"), 8 * HOUR) == at("2026-03-30T01:00")
    assert hours(WEEK).next_opening(at("2026-03-27T18:00")) == datetime(2026, 3, 30, 6, tzinfo=UTC)
    assert hours(WEEK).next_opening(at("2026-10-23T18:00")) == datetime(2026, 10, 26, 7, tzinfo=UTC)


# --- against a model that asks the wall clock every minute

SPANS = {
    SPLIT: lambda day: {5: [(10, 12)], 6: []}.get(day.weekday(), [(8, 12), (13, 17)]),
    "24/7": lambda day: [(0, 24)],
    "Mo-Su 01:30-02:30": lambda day: [(1.5, 2.5)],
    "Su 00:00-03:00,22:00-24:00; Mo 00:00-01:00": lambda day: {6: [(0, 3), (22, 24)], 0: [(0, 1)]}.get(
        day.weekday(), []
    ),
}
STARTS = ["2026-03-27", "2026-10-23", "2026-04-01", "2026-06-03", "2026-12-30", "2027-03-27", "2027-10-30"]
HOLIDAYS = {"2026-04-03", "2026-04-06", "2026-06-04", "2026-11-01", "2027-01-01", "2027-03-29", "2027-11-01"}


def model(spec: str, moment: datetime) -> bool:
    wall = moment.astimezone(BERLIN)
    if "PH off" in spec and wall.date().isoformat() in HOLIDAYS:
        return False
    hour = wall.hour + wall.minute / 60
    return any(start <= hour < end for start, end in SPANS[spec](wall.date()))


def minutes_of(start: datetime, days: int = 4) -> list[datetime]:
    return [start + n * MINUTE for n in range(days * 24 * 60)]


@pytest.mark.parametrize(("spec", "start"), list(itertools.product(SPANS, STARTS)))
def test_every_minute_agrees_with_the_model(spec: str, start: str) -> None:
    asked = hours(spec)
    wrong = [m for m in minutes_of(at(f"{start}T00:00").astimezone(UTC)) if asked.is_open(m) != model(spec, m)]
    assert wrong == []


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(sorted(SPANS)), st.sampled_from(STARTS), st.integers(0, 36 * 60), st.integers(1, 900))
def test_openings_and_deadlines_agree_with_the_model(spec: str, day: str, offset: int, amount: int) -> None:
    start = at(f"{day}T00:00").astimezone(UTC) + offset * MINUTE
    ahead = minutes_of(start, 5)
    states = [model(spec, minute) for minute in ahead]
    opening = next((m for m, was, now in zip(ahead[1:], states, states[1:], strict=False) if now and not was), None)
    found = hours(spec).next_opening(start)
    assert found == opening or (opening is None and (found is None or found > ahead[-1]))
    open_minutes = [minute for minute, is_open in zip(ahead, states, strict=True) if is_open]
    if len(open_minutes) >= amount:
        assert hours(spec).add_open_time(start, amount * MINUTE) == open_minutes[amount - 1] + MINUTE


@given(st.datetimes(timezones=st.timezones()))
def test_any_moment_of_any_zone_is_answered(moment: datetime) -> None:
    week = hours(WEEK)
    opening = week.opens(moment)
    assert (opening == moment) is week.is_open(moment) or opening is not None
    assert opening is None or week.is_open(opening)


@pytest.mark.parametrize("year", [1, 9999])
def test_the_ends_of_the_calendar_are_answered(year: int) -> None:
    for offset in (-14, 14):
        moment = datetime(year, 1 if year == 1 else 12, 1 if year == 1 else 31, tzinfo=timezone(offset * HOUR))
        assert hours("24/7").is_open(moment) is False
        assert hours(WEEK).closure_reason(moment) is None
        hours(WEEK).opens(moment)
        hours(WEEK).add_open_time(moment, HOUR)


# --- what is refused, and how


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("Mo-Fr 22:00-06:00", "midnight"),
        ("Mo-Fr 18:00-26:00", "midnight"),
        ("Mo-Fr 08:00-08:00", "midnight"),
        ("Mo-Fr 8-18", "not written"),
        ("weekdays", "not written"),
        ("", "not written"),
        (";", "not written"),
        ("\0", "not written"),
        ("Mo-Fr 08:00-25:30", "not written|midnight"),
        ("Mo-Fr 08:00+", "open end"),
        ("sunrise-sunset", "sun"),
        ("SH off", "school"),
        ("Mo-Fr 08:00-18:00 unknown", "unknown"),
        ("Mo-Fr 08:00-18:00 || PH off", "alternatives"),
        ("Mo-Fr 08:00-18:00, PH 10:00-12:00", "PH"),
        ("PH Mo 10:00-12:00", "PH"),
        ("PH +1 day off", "not written|PH"),
    ],
)
def test_a_bad_expression_is_refused_in_one_sentence(spec: str, words: str) -> None:
    with pytest.raises(BadHours, match=words) as refused:
        hours(spec)
    assert str(refused.value).endswith(".")
    assert "\n" not in str(refused.value)


@given(st.text(alphabet="MoTuFrPHSa 0123456789:-,;/+[]\"'offJanweek|\ud800\n"))
def test_any_text_is_hours_or_refused(spec: str) -> None:
    with suppress(BadHours):
        Hours(spec).opens(at("2026-06-04T10:00"))


@pytest.mark.parametrize("code", ["DE-XX", "XX", "", "de nw", "Nordrhein"])
def test_an_unknown_calendar_is_refused(code: str) -> None:
    with pytest.raises(BadHours, match="holidays"):
        hours(WEEK, code)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "Europe", "a\0b"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(BadHours, match="zone"):
        hours(WEEK, timezone=zone)


def test_a_closure_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(BadHours):
        Closure(date(2026, 2, 2), date(2026, 2, 1))


def test_equal_inputs_share_one_object() -> None:
    assert hours(SPLIT, "DE-NW", [CLOSED]) is hours(SPLIT, "DE-NW", (CLOSED,))
    assert hours(SPLIT) is not hours(SPLIT, "DE-BY")
    assert Hours(SPLIT, closures=(CLOSED,)) == Hours(SPLIT, closures=(CLOSED,))
    assert len({Hours(WEEK), Hours(WEEK), Hours(SPLIT)}) == 2


def test_ten_thousand_providers_are_asked_in_no_time() -> None:
    asked, moment = hours(WEEK), at("2026-06-03T19:00")
    asked.opens(moment)
    began = perf_counter()
    for _ in range(10_000):
        asked.opens(moment)
    assert perf_counter() - began < 1.0  # measured: 0.04 s
