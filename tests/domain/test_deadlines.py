"""Legal clocks: hours in real time, months by the calendar, and only for whom they bind."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cyberwehr.default_rules.legal_file import load_legal
from cyberwehr.domain.deadlines import Affected, Deadline, Size, aware_since, deadlines, is_nis2, months_later
from cyberwehr.domain.terms import CallType

BERLIN = ZoneInfo("Europe/Berlin")
NOTICED = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LEGAL = load_legal()
EARLIEST, LATEST = datetime(2024, 1, 1), datetime(2035, 1, 1)  # noqa: DTZ001  (hypothesis adds the zone)
moments = st.datetimes(EARLIEST, LATEST, timezones=st.sampled_from([UTC, BERLIN]))


def clocks(
    aware_at: datetime = NOTICED, call_type: CallType = CallType.RANSOMWARE, **said: object
) -> dict[str, Deadline]:
    it = Affected(aware_at, call_type, BERLIN, **said)  # type: ignore[arg-type]
    return {clock.code: clock for clock in deadlines(LEGAL.duties.values(), it)}


@given(moments)
def test_hours_are_real_hours(aware_at: datetime) -> None:
    for code, hours in (("gdpr_33", 72), ("bsig_early", 24), ("bsig_report", 72)):
        clock = clocks(aware_at)[code]
        assert clock.due_at is not None
        assert clock.started_at == aware_at.astimezone(UTC)
        assert clock.due_at - aware_at.astimezone(UTC) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("aware", "due"),
    [
        ("2026-03-28T10:00+01:00", "2026-03-31T11:00+02:00"),  # the night with 23 hours
        ("2026-10-24T10:00+02:00", "2026-10-27T09:00+01:00"),  # the night with 25
        ("2026-02-26T10:00+01:00", "2026-03-01T10:00+01:00"),
    ],
)
def test_72_hours_over_the_change_of_clocks(aware: str, due: str) -> None:
    clock = clocks(datetime.fromisoformat(aware))["gdpr_33"]
    assert clock.due_at is not None
    assert clock.due_at.astimezone(BERLIN).isoformat(timespec="minutes") == due


def test_the_month_begins_when_the_report_was_sent() -> None:
    assert clocks()["bsig_final"].due_at is None
    assert clocks()["bsig_final"].started_at is None
    sent = NOTICED + timedelta(hours=50)
    final = clocks(done={"bsig_report": sent})["bsig_final"]
    assert (final.started_at, final.due_at) == (sent, datetime(2026, 12, 25, 11, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("sent", "due"),
    [
        ("2027-01-31T23:30+01:00", "2027-02-28T23:30+01:00"),
        ("2028-01-31T08:00+01:00", "2028-02-29T08:00+01:00"),
        ("2026-10-10T08:00+02:00", "2026-11-10T08:00+01:00"),  # the same time on the wall
        ("2026-12-31T08:00+01:00", "2027-01-31T08:00+01:00"),
    ],
)
def test_a_month_is_a_calendar_month(sent: str, due: str) -> None:
    found = months_later(datetime.fromisoformat(sent), 1, BERLIN)
    assert found.astimezone(BERLIN).isoformat(timespec="minutes") == due


@given(moments, st.integers(1, 14))
def test_a_month_ends_in_the_right_month_and_never_too_late(sent: datetime, months: int) -> None:
    start, end = sent.astimezone(BERLIN), months_later(sent, months, BERLIN).astimezone(BERLIN)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == min(start.day, monthrange(end.year, end.month)[1])


@pytest.mark.parametrize(
    ("call_type", "answer", "likely"),
    [
        (CallType.RANSOMWARE, None, True),
        (CallType.RANSOMWARE, "unknown", True),
        (CallType.RANSOMWARE, "none", False),
        (CallType.DDOS, None, False),
        (CallType.OTHER, "unknown", True),
        (CallType.DDOS, "ordinary", True),
        (CallType.DEFECT, "special", True),
    ],
)
def test_a_breach_is_reported_where_data_about_people_may_be_affected(
    call_type: CallType, answer: str | None, likely: bool
) -> None:
    assert clocks(call_type=call_type, personal_data=answer)["gdpr_33"].likely is likely


def test_people_are_notified_only_where_the_risk_is_high() -> None:
    assert not clocks(personal_data="ordinary")["gdpr_34"].likely
    assert clocks(personal_data="special")["gdpr_34"].likely
    assert clocks(personal_data="special")["gdpr_34"].due_at is None


@pytest.mark.parametrize(
    ("sector", "size", "bound"),
    [
        ("Maschinenbau", Size(employees=50), True),
        ("Maschinenbau", Size(employees=49, turnover=9), False),
        ("Maschinenbau", Size(employees=20, turnover=12, balance=11), True),
        ("Maschinenbau", Size(employees=20, turnover=12), False),
        ("Klinikum, Reha", Size(employees=120), True),
        ("Universitätsklinikum", Size(employees=120), True),
        ("Facharztpraxis", Size(employees=60), True),
        ("Tierarzt", Size(employees=60), False),
        ("Strom; (Windenergie)", Size(employees=60), True),
        ("Sondermaschinenbau", Size(employees=60), True),
        ("Internet-Provider", Size(employees=5), True),
        ("IT-Dienstleister", Size(employees=60), True),
        ("Bäckerei", Size(employees=120), False),
        ("Sanitär und Heizung", Size(employees=249), False),
        ("Telekommunikation", Size(employees=5), True),
        (None, Size(employees=200), False),
        ("Energie", Size(), False),
    ],
)
def test_nis2_by_sector_and_size(sector: str | None, size: Size, bound: bool) -> None:
    assert is_nis2(sector, size, LEGAL.sectors) is bound


def test_who_is_not_bound_sees_it_last_and_marked() -> None:
    known = clocks(nis2=False)
    assert not known["bsig_early"].likely
    assert [clock.likely for clock in known.values()] == sorted((c.likely for c in known.values()), reverse=True)
    assert clocks(nis2=True)["bsig_early"].likely


def test_the_two_zacs_are_not_the_same() -> None:
    known = clocks()
    assert "Landeskriminalamt" in known["police"].authority["de"]
    assert "Staatsanwaltschaft Köln" in known["prosecutor"].authority["de"]
    assert known["police"].url != known["prosecutor"].url


@given(moments, st.none() | st.booleans() | st.text() | st.floats() | st.integers())
def test_since_when_a_company_knows(received: datetime, said: object) -> None:
    since = aware_since(received, said)
    assert received - timedelta(hours=366 * 24) <= since <= received


def test_what_was_said_of_the_time_counts() -> None:
    assert aware_since(NOTICED, 1.5) == NOTICED - timedelta(minutes=90)
    assert aware_since(NOTICED, float("nan")) == NOTICED


def test_every_limit_names_its_source_and_when_it_was_read() -> None:
    assert all(clock.source.endswith("(2026-11)") for clock in clocks().values())
