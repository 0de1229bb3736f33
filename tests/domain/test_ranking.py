"""Who is asked first: every provider judged once, the reasons, the sweep rule against a naive model."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cyberwehr.domain.hours import Hours, hours
from cyberwehr.domain.ranking import Candidate, Duty, IncidentSite, Ranking, order, rank, reordered
from cyberwehr.domain.region import AlarmPlan, Provider
from cyberwehr.domain.terms import CallType, Urgency

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ALWAYS = hours("24/7")
SITE_POINT = (51.48, 7.22)
SITE = IncidentSite("CW-TEST-22", CallType.RANSOMWARE, Urgency.CRITICAL, "44801", SITE_POINT)
PLAN = AlarmPlan(fan_out=3)
POINTS = {"44801": SITE_POINT, "44866": (51.49, 7.14), "45127": (51.46, 7.01)}


def provider(key: str, **changes: object) -> Provider:
    plain = Provider("bochum", key, key, "44801", ALWAYS, skills=frozenset({CallType.RANSOMWARE}))
    return replace(plain, **changes)  # type: ignore[arg-type]


def ranked(
    *providers: Provider,
    duty: dict[str, Duty] | None = None,
    site: IncidentSite = SITE,
    plan: AlarmPlan = PLAN,
    now: datetime = MONDAY,
    fixed: tuple[str, ...] = (),
) -> Ranking:
    return rank(site, providers, duty or {}, plan, now, POINTS.get, fixed)


def only(ranking: Ranking) -> Candidate:
    [candidate] = ranking.candidates
    return candidate


def codes(candidate: Candidate) -> list[str]:
    return [reason.code for reason in candidate.reasons]


def test_an_idle_provider_nearby_is_in_and_says_why() -> None:
    first = only(ranked(provider("a", postal_code="44866", answer_minutes=8.0), duty={"bochum/a": Duty(recent=2)}))
    assert (first.eligible, first.rank) == (True, 1)
    assert codes(first) == ["on_duty", "answers_in", "distance", "recent_callouts"]
    assert first.km is not None
    assert first.eta_minutes == pytest.approx(8 + first.km / (50 / 60))


EXCLUSIONS = {
    "off_duty": ({"duty": hours("Sa 09:00-13:00")}, Duty()),
    "absent": ({}, Duty(absent=True)),
    "at_capacity": ({"capacity": 2}, Duty(running=2)),
    "lacking_skill": ({"skills": frozenset({CallType.DDOS})}, Duty()),
    "qualification_expired": ({"qualified_until": date(2026, 11, 22)}, Duty()),
    "conflict_of_interest": ({}, Duty(conflict=True)),
    "declined_before": ({}, Duty(declined=True)),
    "outside_radius": ({"postal_code": "45127", "radius_km": 10.0}, Duty()),
}


@pytest.mark.parametrize("code", EXCLUSIONS)
def test_each_reason_alone_puts_a_provider_out(code: str) -> None:
    changes, duty = EXCLUSIONS[code]
    out = only(ranked(provider("a", **changes), duty={"bochum/a": duty}))
    assert codes(out) == [code]
    assert (out.eligible, out.rank, out.eta_minutes) == (False, None, None)


def test_all_reasons_are_named_not_only_the_first() -> None:
    out = only(ranked(provider("a", skills=frozenset()), duty={"bochum/a": Duty(running=1, declined=True)}))
    assert codes(out) == ["at_capacity", "lacking_skill", "declined_before"]


@pytest.mark.parametrize(
    ("changes", "duty"),
    [
        ({"capacity": 2}, Duty(running=1)),
        ({"qualified_until": date(2026, 11, 23)}, Duty()),
        ({"postal_code": "45127", "radius_km": 30.0}, Duty()),
    ],
)
def test_at_the_limit_is_still_in(changes: dict, duty: Duty) -> None:
    assert only(ranked(provider("a", **changes), duty={"bochum/a": duty})).eligible


@pytest.mark.parametrize("call_type", [CallType.OTHER, None])
def test_other_needs_no_particular_skill(call_type: CallType | None) -> None:
    assert only(ranked(provider("a", skills=frozenset()), site=replace(SITE, call_type=call_type))).eligible


def test_qualified_until_is_a_day_of_the_providers_own_calendar() -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # 00:30 of the 24th in Germany
    last = date(2026, 11, 23)
    german = provider("de", qualified_until=last)
    british = provider("uk", qualified_until=last, duty=Hours("24/7", timezone="Europe/London"))
    assert [c.provider.key for c in ranked(german, british, now=late).candidates if c.eligible] == ["uk"]


def test_critical_does_not_wait_and_others_wait_as_long_as_the_plan_says() -> None:
    later = provider("later", duty=hours("Mo-Fr 11:00-18:00"))  # in one hour
    assert codes(only(ranked(later, plan=AlarmPlan(wait_at_most=timedelta(0))))) == ["off_duty"]
    assert codes(only(ranked(later, plan=AlarmPlan(wait_at_most=timedelta(minutes=59))))) == ["off_duty"]
    waiting = only(ranked(later, plan=AlarmPlan(wait_at_most=timedelta(hours=1))))
    assert codes(waiting)[0] == "on_duty_in"
    assert waiting.reasons[0].params == {"minutes": "60"}
    assert waiting.eta_minutes == pytest.approx(70)


def test_duty_ends_at_the_last_moment_of_the_hours() -> None:
    office = provider("a", duty=hours("Mo-Fr 08:00-18:00"))
    six = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
    assert only(ranked(office, now=six - timedelta(microseconds=1))).eligible
    assert not only(ranked(office, now=six)).eligible


@pytest.mark.parametrize(
    ("site", "changes"),
    [
        (replace(SITE, point=None, postal_code=None), {}),
        (SITE, {"postal_code": "00000"}),
    ],
)
def test_an_unknown_place_excludes_nobody(site: IncidentSite, changes: dict) -> None:
    candidate = only(ranked(provider("a", radius_km=1.0, **changes), site=site))
    assert candidate.eligible
    assert candidate.km is None
    assert "distance_unknown" in codes(candidate)


def test_a_known_street_point_counts_before_the_postal_codes_point() -> None:
    assert only(ranked(provider("a", postal_code="45127", point=SITE_POINT))).km == pytest.approx(0)


def test_a_fixed_order_wins_and_who_is_not_in_it_follows_by_time() -> None:
    quick, slow, far = (provider(k, answer_minutes=m) for k, m in (("quick", 1.0), ("slow", 30.0), ("far", 60.0)))
    ranking = ranked(quick, slow, far, fixed=("far", "nobody"))
    assert [p.key for p in ranking.eligible] == ["far", "quick", "slow"]


def test_the_group_is_measured_from_its_first_member_not_from_the_one_before() -> None:
    """0, 4 and 8 minutes: 8 is within five minutes of 4, but not of the first."""
    chain = [provider(k, answer_minutes=m) for k, m in (("a", 10.0), ("b", 14.0), ("c", 18.0))]
    busy = {"bochum/a": Duty(recent=9), "bochum/b": Duty(recent=5)}
    assert [p.key for p in ranked(*chain, duty=busy).eligible] == ["b", "a", "c"]


def test_load_counts_per_unit_of_capacity() -> None:
    big, small = provider("big", capacity=4), provider("small", capacity=1)
    duty = {"bochum/big": Duty(recent=3), "bochum/small": Duty(recent=1)}
    assert [p.key for p in ranked(small, big, duty=duty).eligible] == ["big", "small"]


# Values on a coarse grid, so that ties and exact distances of five minutes happen often.
candidates = st.lists(
    st.builds(
        lambda n, eta, load, km: Candidate(provider(f"p{n}"), True, (), float(eta), km, float(load)),
        st.integers(0, 99),
        st.integers(0, 30),
        st.integers(0, 3),
        st.none() | st.sampled_from([1.0, 2.0, 30.0]),
    ),
    max_size=12,
    unique_by=lambda c: c.provider.key,
)


def naive_order(fit: list[Candidate]) -> list[str]:
    left, found = sorted(fit, key=lambda c: (c.eta_minutes, c.provider.id)), []
    while left:
        group = [c for c in left if c.eta_minutes - left[0].eta_minutes <= 5]  # type: ignore[operator]
        left = [c for c in left if c not in group]
        found += sorted(group, key=lambda c: (c.load, float("inf") if c.km is None else c.km, c.provider.id))
    return [c.provider.id for c in found]


@given(candidates)
def test_the_sweep_rule(fit: list[Candidate]) -> None:
    assert [c.provider.id for c in order(fit, ())] == naive_order(fit)


providers = st.lists(
    st.builds(
        provider,
        st.sampled_from([f"p{n}" for n in range(12)]),
        postal_code=st.sampled_from([*POINTS, "00000"]),
        duty=st.sampled_from([ALWAYS, hours("Mo-Fr 08:00-18:00"), hours("Sa 09:00-13:00")]),
        capacity=st.integers(1, 3),
        skills=st.sampled_from([frozenset({CallType.RANSOMWARE}), frozenset()]),
        radius_km=st.none() | st.sampled_from([5.0, 50.0]),
        qualified_until=st.none() | st.sampled_from([date(2020, 1, 1), date(2030, 1, 1)]),
        answer_minutes=st.sampled_from([5.0, 8.0, 20.0]),
    ),
    max_size=10,
    unique_by=lambda p: p.key,
)
duties = st.dictionaries(
    st.sampled_from([f"bochum/p{n}" for n in range(12)]),
    st.builds(
        Duty,
        running=st.integers(0, 3),
        recent=st.integers(0, 9),
        absent=st.booleans(),
        declined=st.booleans(),
        conflict=st.booleans(),
    ),
)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(providers, duties, moments, st.randoms())
def test_everybody_appears_once_with_reasons_the_fit_first_whatever_the_input_order(
    everybody: list[Provider], duty: dict[str, Duty], now: datetime, random: object
) -> None:
    ranking = ranked(*everybody, duty=duty, now=now)
    assert sorted(c.provider.id for c in ranking.candidates) == sorted(p.id for p in everybody)
    assert all(c.reasons for c in ranking.candidates)
    fitness = [c.eligible for c in ranking.candidates]
    assert fitness == sorted(fitness, reverse=True)
    assert [c.rank for c in ranking.candidates if c.eligible] == list(range(1, len(ranking.eligible) + 1))
    assert all(c.rank is None for c in ranking.candidates if not c.eligible)
    shuffled = list(everybody)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert ranked(*shuffled, duty=duty, now=now) == ranking


@given(providers, duties, st.lists(st.sampled_from([*(f"bochum/p{n}" for n in range(12)), "nowhere/x", ""])))
def test_a_plugins_order_keeps_everybody_and_asks_the_named_first(
    everybody: list[Provider], duty: dict[str, Duty], wish: list[str]
) -> None:
    before = ranked(*everybody, duty=duty)
    after = reordered(before, wish)
    fit = [p.id for p in before.eligible]
    named = [i for i in dict.fromkeys(wish) if i in fit]
    assert [p.id for p in after.eligible] == [*named, *(i for i in fit if i not in named)]
    assert [c.rank for c in after.candidates if c.eligible] == list(range(1, len(fit) + 1))
    assert [c for c in after.candidates if not c.eligible] == [c for c in before.candidates if not c.eligible]
