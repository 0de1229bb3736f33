"""The alarm plan against every history that can happen."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cyberwehr.domain.hours import hours
from cyberwehr.domain.ranking import Candidate, Ranking
from cyberwehr.domain.region import AlarmPlan, Provider
from cyberwehr.domain.terms import LIVE_ALARM, AlarmStatus, Urgency
from cyberwehr.domain.waves import PastAlarm, Wave, answer_deadline, halfway, next_round, next_wave

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OFFICE = hours("Mo-Fr 08:00-18:00; PH off")
SENT, EXPIRED, DECLINED = AlarmStatus.SENT, AlarmStatus.EXPIRED, AlarmStatus.DECLINED
WITHDRAWN, RELEASED = AlarmStatus.WITHDRAWN, AlarmStatus.RELEASED


def tier(region: str, fit: int, out: int = 0) -> Ranking:
    candidates = [
        Candidate(Provider(region, f"p{n}", "x", "44801", OFFICE), n < fit, (), 10.0) for n in range(fit + out)
    ]
    return Ranking(NOW, tuple(candidates))


def past(*alarms: tuple[str, AlarmStatus]) -> list[PastAlarm]:
    history: list[PastAlarm] = []
    for provider, status in alarms:
        history.append(PastAlarm(provider, next_round(history, provider), status))
    return history


def asked(plan: AlarmPlan, tiers: list[Ranking], history: list[PastAlarm], push: bool = False) -> list[str]:
    wave = next_wave(plan, tiers, history, push=push)
    return [p.id for p in wave.providers] if wave else []


HOME = tier("home", 3)
TIERS = [HOME, tier("next", 2)]


def test_the_first_wave_are_the_best_of_the_own_region() -> None:
    assert asked(AlarmPlan(fan_out=2), TIERS, []) == ["home/p0", "home/p1"]


def test_a_decline_is_replaced_at_once_by_one() -> None:
    history = past(("home/p0", DECLINED), ("home/p1", SENT))
    assert asked(AlarmPlan(fan_out=2), TIERS, history) == ["home/p2"]


def test_the_second_pass_asks_only_the_silent_and_only_when_the_first_is_through() -> None:
    plan = AlarmPlan(fan_out=3, rounds=2)
    history = past(("home/p0", EXPIRED), ("home/p1", DECLINED), ("home/p2", SENT))
    assert asked(plan, TIERS, history) == []
    history = past(("home/p0", EXPIRED), ("home/p1", DECLINED), ("home/p2", EXPIRED))
    assert asked(plan, TIERS, history) == ["home/p0", "home/p2"]


def test_neighbours_are_asked_when_nothing_is_alive_any_more() -> None:
    plan = AlarmPlan(fan_out=3)
    assert asked(plan, TIERS, past(*((f"home/p{n}", DECLINED) for n in range(2)), ("home/p2", SENT))) == []
    assert asked(plan, TIERS, past(*((f"home/p{n}", DECLINED) for n in range(3)))) == ["next/p0", "next/p1"]


def test_a_commander_who_asks_for_more_gets_a_whole_wave_even_from_the_neighbours() -> None:
    history = past(*((f"home/p{n}", SENT) for n in range(3)))
    assert asked(AlarmPlan(fan_out=2), TIERS, history) == []
    assert asked(AlarmPlan(fan_out=2), TIERS, history, push=True) == ["next/p0", "next/p1"]


def test_who_lost_a_race_may_be_asked_again_after_a_release() -> None:
    history = past(("home/p0", RELEASED), ("home/p1", WITHDRAWN), ("home/p2", DECLINED))
    assert asked(AlarmPlan(fan_out=3), TIERS, history) == ["home/p1"]


def test_nobody_fit_anywhere() -> None:
    assert next_wave(AlarmPlan(), [tier("home", 0, 3), tier("next", 0)], [], push=True) is None


plans = st.builds(AlarmPlan, fan_out=st.integers(1, 4), rounds=st.integers(1, 3))
worlds = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2)), min_size=1, max_size=3).map(
    lambda sizes: [tier(f"r{n}", *size) for n, size in enumerate(sizes)]
)
histories = st.lists(
    st.tuples(st.builds("r{}/p{}".format, st.integers(0, 2), st.integers(0, 5)), st.sampled_from(AlarmStatus)),
    max_size=15,
).map(lambda alarms: past(*alarms))


def check_wave(plan: AlarmPlan, tiers: list[Ranking], history: list[PastAlarm], wave: Wave, push: bool) -> None:
    ids = [p.id for p in wave.providers]
    live = [a.provider for a in history if a.status in LIVE_ALARM]
    refused = {a.provider for a in history if a.status in (DECLINED, RELEASED)}
    silences = Counter(a.provider for a in history if a.status is EXPIRED)
    assert ids
    assert len(ids) == len(set(ids))
    assert not set(ids) & {*live, *refused}
    assert set(wave.providers) <= set(tiers[wave.tier].eligible)
    assert all(silences[i] < plan.rounds for i in ids)
    assert len({silences[i] for i in ids}) == 1
    assert len(ids) <= plan.fan_out
    if not push:
        assert len(live) + len(ids) <= plan.fan_out
        own = {c.provider.id for c in tiers[wave.tier].candidates}
        assert wave.tier == 0 or not live or own & set(live)


@given(plans, worlds, histories, st.booleans())
def test_whatever_has_happened(plan: AlarmPlan, tiers: list[Ranking], history: list[PastAlarm], push: bool) -> None:
    wave = next_wave(plan, tiers, history, push=push)
    if wave is not None:
        check_wave(plan, tiers, history, wave, push)
    elif not any(a.status in LIVE_ALARM for a in history):
        never = {a.provider for a in history if a.status in (DECLINED, RELEASED, AlarmStatus.ACCEPTED)}
        silences = Counter(a.provider for a in history if a.status is EXPIRED)
        assert all(p.id in never or silences[p.id] >= plan.rounds for t in tiers for p in t.eligible)


@given(plans, worlds, st.data())
def test_it_always_ends_with_everybody_asked_as_often_as_the_plan_says(
    plan: AlarmPlan, tiers: list[Ranking], data: st.DataObject
) -> None:
    """Play it out: some decline, the others stay silent; each wave is sound; nobody who is fit is left out."""
    history: list[PastAlarm] = []
    for _ in range(200):
        if (wave := next_wave(plan, tiers, history, push=False)) is not None:
            check_wave(plan, tiers, history, wave, push=False)
            history += [PastAlarm(p.id, next_round(history, p.id), SENT) for p in wave.providers]
            continue
        live = [n for n, a in enumerate(history) if a.status in LIVE_ALARM]
        if not live:
            break
        ended = data.draw(st.sampled_from(live))
        history[ended] = replace(history[ended], status=data.draw(st.sampled_from([EXPIRED, DECLINED])))
    assert not any(a.status in LIVE_ALARM for a in history)
    assert len({(a.provider, a.round) for a in history}) == len(history)
    for fit in (p for t in tiers for p in t.eligible):
        own = [a.status for a in history if a.provider == fit.id]
        assert DECLINED in own or own == [EXPIRED] * plan.rounds


@pytest.mark.parametrize(
    ("urgency", "start", "deadline"),
    [
        (Urgency.NORMAL, "2026-11-20T17:50+01:00", "2026-11-23T08:05+01:00"),  # Friday evening -> Monday
        (Urgency.HIGH, "2026-11-21T12:00+01:00", "2026-11-23T08:15+01:00"),
        (Urgency.HIGH, "2026-11-20T17:45+01:00", "2026-11-20T18:00+01:00"),
        (Urgency.CRITICAL, "2026-11-20T17:50+01:00", "2026-11-20T18:05+01:00"),
    ],
)
def test_deadlines_run_in_the_providers_hours_unless_it_is_critical(
    urgency: Urgency, start: str, deadline: str
) -> None:
    plan = AlarmPlan(accept_within=timedelta(minutes=15))
    found = answer_deadline(HOME.eligible[0], plan, urgency, datetime.fromisoformat(start))
    assert found == datetime.fromisoformat(deadline)


@pytest.mark.parametrize(
    ("urgency", "start", "moment"),
    [
        (Urgency.NORMAL, "2026-11-20T17:50+01:00", "2026-11-20T17:57:30+01:00"),
        (Urgency.NORMAL, "2026-11-20T17:55+01:00", "2026-11-23T08:02:30+01:00"),  # not in the middle of the weekend
        (Urgency.CRITICAL, "2026-11-20T17:50+01:00", "2026-11-20T17:57:30+01:00"),
    ],
)
def test_the_reminder_comes_after_half_of_the_same_time(urgency: Urgency, start: str, moment: str) -> None:
    plan = AlarmPlan(accept_within=timedelta(minutes=15))
    assert halfway(HOME.eligible[0], plan, urgency, datetime.fromisoformat(start)) == datetime.fromisoformat(moment)


def test_a_provider_that_never_opens_again_still_gets_a_deadline() -> None:
    closed = replace(HOME.eligible[0], duty=hours("off"))
    plan = AlarmPlan(accept_within=timedelta(minutes=15))
    assert answer_deadline(closed, plan, Urgency.NORMAL, NOW) == NOW + timedelta(minutes=15)


@given(histories)
def test_no_round_comes_twice(history: list[PastAlarm]) -> None:
    for provider in {a.provider for a in history} | {"new/one"}:
        assert next_round(history, provider) not in {a.round for a in history if a.provider == provider}
