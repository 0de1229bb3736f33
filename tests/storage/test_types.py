"""Moments keep their meaning on both databases; a moment without a zone is refused."""

# ruff: noqa: PT012 - what must fail is a whole transaction

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import literal, select
from sqlalchemy.exc import StatementError

from cyberwehr.instance import Instance
from cyberwehr.storage import Heartbeat
from cyberwehr.storage.types import UTCDateTime

moments = st.datetimes(datetime(1950, 1, 1), datetime(2200, 1, 1), timezones=st.timezones())  # noqa: DTZ001


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moments)
def test_a_moment_comes_back_as_the_same_moment_in_utc(instance: Instance, moment: datetime) -> None:
    with instance.begin() as tx:
        tx.merge(Heartbeat(engine="e", at=moment))
    with instance.reading() as tx:
        found = tx.get_one(Heartbeat, "e").at
    assert found == moment.astimezone(UTC)
    assert found.tzinfo is UTC


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moments, moments)
def test_the_database_compares_moments_as_python_does(instance: Instance, one: datetime, other: datetime) -> None:
    with instance.begin() as tx:
        tx.merge(Heartbeat(engine="e", at=one))
        earlier = tx.scalar(select(Heartbeat.engine).where(Heartbeat.at < other))
        later = tx.scalar(select(Heartbeat.engine).where(Heartbeat.at >= literal(other, UTCDateTime)))
    assert (earlier == "e") == (one < other)
    assert (later == "e") == (one >= other)


def test_the_hour_that_comes_twice_stays_two_hours(instance: Instance) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    twice = [datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=berlin) for fold in (0, 1)]
    with instance.begin() as tx:
        tx.add_all([Heartbeat(engine=f"e{n}", at=moment) for n, moment in enumerate(twice)])
    with instance.reading() as tx:
        first, second = (tx.get_one(Heartbeat, f"e{n}").at for n in (0, 1))
    assert (second - first).total_seconds() == 3600


def test_a_naive_moment_is_refused(instance: Instance) -> None:
    with pytest.raises(StatementError, match="without a zone"), instance.begin() as tx:
        tx.add(Heartbeat(engine="e", at=datetime(2026, 1, 1)))  # noqa: DTZ001
        tx.flush()
    with instance.reading() as tx:
        assert tx.get(Heartbeat, "e") is None
