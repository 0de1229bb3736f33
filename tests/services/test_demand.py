"""The figures: every call counts exactly once, in the week and hours in which it was received."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from cyberwehr.domain.call import Report
from cyberwehr.domain.terms import CallType, Channel, Urgency, Verdict
from cyberwehr.instance import Instance
from cyberwehr.services import alarming, callouts, calls
from cyberwehr.services.demand import GROUPS, OPEN, Demand, Period, demand
from cyberwehr.services.demand_words import as_csv, shown_as_text
from cyberwehr.services.finding import locked_incident
from cyberwehr.services.intake import receive_call
from cyberwehr.services.triage import Judgement, judge_call
from tests.services import stage
from tests.services.stage import COMMANDER, OPERATOR, VICTIM


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def noted(instance: Instance, moment: str, **details: object) -> str:
    """A call that an operator enters later, with the time at which it came."""
    report = Report(Channel.PHONE, "de", replace(VICTIM, **details), received_at=at(moment))  # type: ignore[arg-type]
    return receive_call(instance, report, OPERATOR).reference


def judged(instance: Instance, verdict: Verdict, call_type: CallType = CallType.DEFECT) -> str:
    reference = stage.call(instance)
    judge_call(instance, reference, Judgement(verdict, call_type, override_reason="Test"), OPERATOR)
    return reference


def unserved(instance: Instance) -> str:
    reference = stage.emergency(instance)
    with instance.begin() as tx:
        alarming.nobody_left(instance, tx, locked_incident(tx, reference), COMMANDER)
    return reference


def figures(found: Demand, group: str) -> dict[str, int]:
    """Without the zeros."""
    return {key: calls for key, calls in found.figures[group].items() if calls}


def test_every_call_counts_once_whatever_became_of_it(instance: Instance) -> None:
    stage.call(instance, Channel.WEB, postal_code=None, town=None)
    for verdict in (Verdict.ADVICE, Verdict.OUT_OF_AREA, Verdict.NUISANCE):
        judged(instance, verdict)
    stage.alarmed(instance)
    unserved(instance)
    closed = unserved(instance)
    callouts.close(instance, closed, COMMANDER)
    calls.withdraw_call(instance, stage.call(instance), "x", OPERATOR)
    withdrawn = stage.look(instance, stage.emergency(instance)).speaker.reference
    calls.withdraw_call(instance, withdrawn, "x", OPERATOR)
    again = stage.call(instance)
    calls.attach_call(instance, again, stage.emergency(instance, Urgency.HIGH), OPERATOR)

    found = demand(instance, Period())

    assert found.total == 11
    assert {group: sum(found.figures[group].values()) for group in GROUPS} == dict.fromkeys(GROUPS, 11)
    assert figures(found, "outcome") == {
        OPEN: 1, "emergency": 2, "advice": 1, "out_of_area": 1, "duplicate": 1, "nuisance": 1, "unserved": 2,
        "withdrawn": 2,
    }  # fmt: skip
    assert figures(found, "region") == {"bochum": 10, OPEN: 1}
    assert figures(found, "channel") == {"phone": 10, "web": 1}
    assert figures(found, "call_type") == {"ransomware": 6, "defect": 3, OPEN: 2}
    assert figures(found, "urgency") == {"critical": 4, "high": 1, OPEN: 6}
    assert figures(found, "hours") == {"in": 11}
    assert figures(found, "week") == {"2026-W48": 11}


@pytest.mark.parametrize(
    ("moment", "week"),
    [
        ("2026-11-22T22:59:59.900+00:00", "2026-W47"),  # Sunday 23:59:59.9 in Berlin
        ("2026-11-22T23:00:00+00:00", "2026-W48"),  # Monday 00:00
        ("2026-11-22T23:30:00+01:00", "2026-W47"),
        ("2026-03-29T21:59:00+00:00", "2026-W13"),  # Sunday 23:59, the day the clocks went forward
        ("2026-03-29T22:00:00+00:00", "2026-W14"),  # Monday 00:00, summer time
        ("2026-10-25T22:59:00+00:00", "2026-W43"),  # Sunday 23:59, the day the clocks went back
        ("2026-10-25T23:00:00+00:00", "2026-W44"),
        ("2027-01-03T12:00:00+01:00", "2026-W53"),
        ("2024-12-30T12:00:00+01:00", "2025-W01"),
    ],
)
def test_a_call_belongs_to_the_week_on_the_wall(instance: Instance, moment: str, week: str) -> None:
    noted(instance, moment)
    assert figures(demand(instance, Period()), "week") == {week: 1}


def test_a_zone_with_a_crooked_offset_counts_right(sqlite_instance: Instance) -> None:
    own = replace(sqlite_instance.config.instance, timezone="Asia/Kathmandu")
    instance = replace(sqlite_instance, config=replace(sqlite_instance.config, instance=own))
    noted(instance, "2026-11-22T18:14:59+00:00")
    noted(instance, "2026-11-22T18:15:00+00:00")
    assert figures(demand(instance, Period()), "week") == {"2026-W47": 1, "2026-W48": 1}


def test_calls_noted_on_paper_count_where_they_came(instance: Instance) -> None:
    """Entered on Monday at 10; they came on Friday at 17:59 and at 18:00, when the service closes, and on Sunday."""
    for moment in ("2026-11-20T17:59:00+01:00", "2026-11-20T18:00:00+01:00", "2026-11-22T23:30:00+01:00"):
        noted(instance, moment)
    found = demand(instance, Period())
    assert figures(found, "week") == {"2026-W47": 3}
    assert figures(found, "hours") == {"in": 1, "out": 2}


def test_both_days_of_a_period_are_included(instance: Instance) -> None:
    for moment in ("2026-10-24T23:59:59+02:00", "2026-10-25T00:00:00+02:00", "2026-10-25T23:59:59+01:00",
                   "2026-10-26T00:00:00+01:00"):  # fmt: skip
        noted(instance, moment)
    sunday = date(2026, 10, 25)
    assert demand(instance, Period(sunday, sunday)).total == 2
    assert demand(instance, Period(first=sunday)).total == 3
    assert demand(instance, Period(last=sunday)).total == 3
    assert demand(instance, Period(sunday, date(2026, 10, 24))).total == 0


def test_only_one_region(instance: Instance) -> None:
    stage.call(instance)
    stage.call(instance, postal_code="45127", town="Essen")
    found = demand(instance, Period(region="essen"))
    assert (found.total, figures(found, "region")) == (1, {"essen": 1})


def test_weeks_without_calls_are_shown_unless_somebody_mistyped_a_century(sqlite_instance: Instance) -> None:
    noted(sqlite_instance, "2026-11-02T12:00:00+01:00")
    noted(sqlite_instance, "2026-11-23T12:00:00+01:00")
    found = demand(sqlite_instance, Period())
    assert found.figures["week"] == {"2026-W45": 1, "2026-W46": 0, "2026-W47": 0, "2026-W48": 1}
    asked = demand(sqlite_instance, Period(date(2026, 10, 26), date(2026, 11, 30)))
    assert [*asked.figures["week"]] == [f"2026-W{week}" for week in range(44, 50)]
    noted(sqlite_instance, "1926-11-23T12:00:00+01:00")
    assert [*demand(sqlite_instance, Period()).figures["week"]] == ["1926-W47", "2026-W45", "2026-W48"]


def test_nothing_is_nothing(instance: Instance) -> None:
    found = demand(instance, Period())
    assert (found.total, found.figures["week"], figures(found, "outcome")) == (0, {}, {})


def test_an_erased_case_still_counts(sqlite_instance: Instance) -> None:
    from sqlalchemy import text

    stage.call(sqlite_instance)
    with sqlite_instance.begin() as tx:
        tx.execute(text("UPDATE cases SET wrapped_key = NULL"))
        tx.execute(text("UPDATE calls SET details_sealed = NULL"))
    assert demand(sqlite_instance, Period()).total == 1


def test_a_region_that_is_no_longer_served_keeps_its_figures(sqlite_instance: Instance) -> None:
    stage.call(sqlite_instance)
    found = demand(stage.without_region(sqlite_instance, "bochum"), Period())
    assert figures(found, "region") == {"bochum": 1}


def test_the_table_for_spreadsheets(sqlite_instance: Instance) -> None:
    stage.call(sqlite_instance)
    table = as_csv(sqlite_instance, sqlite_instance.catalogues.texts("en"), demand(sqlite_instance, Period()))
    lines = table.split("\r\n")
    assert lines[:2] == ["group,key,words,calls", "week,2026-W48,Week 48 of 2026,1"]
    assert "outcome,open,Not assessed yet,1" in lines
    named = stage.with_region(sqlite_instance, "bochum", lambda region: replace(region, name={"en": "=1+1"}))
    assert "region,bochum,'=1+1,1" in as_csv(named, named.catalogues.texts("en"), demand(named, Period()))
    for evil in ("=1", "+1", "-1", "@A1", "\t=1", "\r=1"):
        assert shown_as_text(evil) == f"'{evil}"


def test_a_hundred_thousand_calls_are_a_few_rows(sqlite_instance: Instance) -> None:
    """Counted by the database: the same quarter of an hour and the same rest is one row."""
    from cyberwehr.services.demand import counting

    moment = datetime(2026, 11, 23, 9, tzinfo=UTC)
    for minutes in (0, 1, 14, 15):
        noted(sqlite_instance, (moment + timedelta(minutes=minutes)).isoformat())
    with sqlite_instance.reading() as tx:
        assert [row.calls for row in tx.execute(counting(sqlite_instance, Period()))] == [3, 1]
