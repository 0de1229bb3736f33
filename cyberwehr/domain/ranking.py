"""Who should be asked first? Pure and explained: every provider leaves with its reasons, chosen or not."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from cyberwehr.domain.notices import Notice
from cyberwehr.domain.places import road_km
from cyberwehr.domain.region import AlarmPlan, Provider
from cyberwehr.domain.terms import CallType, Urgency

SWEEP_MINUTES = 5.0
"""Providers whose time to help lies this close to the first of their group count as equally fast."""

KM_PER_MINUTE = 50 / 60
"""Assumed door-to-door speed of 50 km/h: in the Ruhr area the mean between city streets and motorway."""

Point = tuple[float, float]
PointOf = Callable[[str], Point | None]


@dataclass(frozen=True, slots=True)
class IncidentSite:
    """What ranking needs to know of an incident. point: latitude, longitude (WGS84) or None if the place is unknown."""

    reference: str
    call_type: CallType | None
    urgency: Urgency
    postal_code: str | None
    point: Point | None
    language: str = "de"


@dataclass(frozen=True, slots=True)
class Duty:
    """What changes by the hour about one provider.

    running: call-outs it is busy with now; recent: call-outs accepted in the last 30 days; absent: told us it is away;
    declined: it declined this incident; conflict: it is the victim's own IT house.
    """

    running: int = 0
    recent: int = 0
    absent: bool = False
    declined: bool = False
    conflict: bool = False


IDLE = Duty()


@dataclass(frozen=True, slots=True)
class Candidate:
    """One provider, judged. rank counts from 1 (None: out); eta_minutes: estimated time until help is there."""

    provider: Provider
    eligible: bool
    reasons: tuple[Notice, ...]
    eta_minutes: float | None = None
    km: float | None = None
    load: float = 0.0
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """All providers of a tier, the eligible first, in the order in which they should be asked.

    order_fault: what went wrong where a region's plugin should have given the order.
    """

    computed_at: datetime
    candidates: tuple[Candidate, ...] = field(default=())
    order_fault: str | None = None

    @property
    def eligible(self) -> tuple[Provider, ...]:
        return tuple(c.provider for c in self.candidates if c.eligible)


def rank(
    site: IncidentSite,
    providers: Iterable[Provider],
    duty: Mapping[str, Duty],
    plan: AlarmPlan,
    now: datetime,
    point_of: PointOf,
    fixed_order: Sequence[str] = (),
) -> Ranking:
    """Judge and order providers for one incident.

    duty is keyed by provider id (missing: idle); point_of gives the point of a postal code's area; fixed_order lists
    provider keys in an order a region insists on. `now` is aware.
    """
    wait = Waiting(now, plan.wait_at_most)
    judged = [judge(site, p, duty.get(p.id, IDLE), wait, now, point_of) for p in providers]
    fit = order([c for c in judged if c.eligible], fixed_order)
    out = sorted((c for c in judged if not c.eligible), key=lambda c: c.provider.id)
    return Ranking(now, (*numbered(fit), *out))


class Waiting:
    """Minutes until a provider is on duty; remembers answers, since many providers share the same hours."""

    def __init__(self, now: datetime, at_most: timedelta) -> None:
        self.now, self.at_most = now, at_most
        self._known: dict[int, float | None] = {}

    def minutes(self, provider: Provider) -> float | None:
        key = id(provider.duty)
        if key not in self._known:
            self._known[key] = self._minutes(provider)
        return self._known[key]

    def _minutes(self, provider: Provider) -> float | None:
        opens = provider.duty.opens(self.now)
        if opens is None or opens - self.now > self.at_most:
            return None
        return max(0.0, (opens - self.now) / timedelta(minutes=1))


def judge(
    site: IncidentSite, provider: Provider, duty: Duty, wait: Waiting, now: datetime, point_of: PointOf
) -> Candidate:
    """Is this provider in, and how long until it could help?"""
    km = distance(site, provider, point_of)
    minutes = wait.minutes(provider)
    faults = exclusions(site, provider, duty, minutes, km, now)
    if faults or minutes is None:
        return Candidate(provider, False, tuple(faults), km=km)
    eta = minutes + provider.answer_minutes + (km or 0.0) / KM_PER_MINUTE
    return Candidate(
        provider, True, tuple(merits(provider, duty, minutes, km)), eta, km, duty.recent / max(1, provider.capacity)
    )


def exclusions(
    site: IncidentSite, provider: Provider, duty: Duty, minutes: float | None, km: float | None, now: datetime
) -> list[Notice]:
    """Every reason why a provider is out, not only the first: the commander may want to override one."""
    until = provider.qualified_until
    checks = [
        (minutes is None, Notice("off_duty")),
        (duty.absent, Notice("absent")),
        (duty.running >= provider.capacity, Notice("at_capacity", {"running": str(duty.running)})),
        (lacks_skill(site, provider), Notice("lacking_skill", {"call_type": str(site.call_type)})),
        (
            until is not None and now.astimezone(provider.duty.zone).date() > until,
            Notice("qualification_expired", {"date": str(until)}),
        ),
        (duty.conflict, Notice("conflict_of_interest")),
        (duty.declined, Notice("declined_before")),
        (
            km is not None and provider.radius_km is not None and km > provider.radius_km,
            Notice("outside_radius", {"km": f"{km or 0:.0f}", "radius": f"{provider.radius_km or 0:.0f}"}),
        ),
    ]
    return [notice for applies, notice in checks if applies]


def lacks_skill(site: IncidentSite, provider: Provider) -> bool:
    """`other` and an unknown call type need no particular skill."""
    return site.call_type not in (None, CallType.OTHER) and site.call_type not in provider.skills


def merits(provider: Provider, duty: Duty, minutes: float, km: float | None) -> Iterable[Notice]:
    """Why an eligible provider stands where it stands."""
    if minutes > 0:
        yield Notice("on_duty_in", {"minutes": f"{minutes:.0f}"})
    else:
        yield Notice("on_duty")
    yield Notice("answers_in", {"minutes": f"{provider.answer_minutes:.0f}"})
    yield Notice("distance", {"km": f"{km:.0f}"}) if km is not None else Notice("distance_unknown")
    if duty.recent:
        yield Notice("recent_callouts", {"count": str(duty.recent)})


def distance(site: IncidentSite, provider: Provider, point_of: PointOf) -> float | None:
    """Road kilometres from the provider to the site; None if either place is unknown."""
    start = provider.point or point_of(provider.postal_code)
    return road_km(start, site.point) if start and site.point else None


def order(fit: list[Candidate], fixed_order: Sequence[str]) -> list[Candidate]:
    """Fastest first; who is about equally fast takes turns: fewest recent call-outs per capacity, then nearest."""
    if fixed_order:
        place = {key: i for i, key in enumerate(fixed_order)}
        return sorted(fit, key=lambda c: (place.get(c.provider.key, len(place)), c.eta_minutes or 0.0, c.provider.id))
    by_time = sorted(fit, key=lambda c: (c.eta_minutes or 0.0, c.provider.id))
    result: list[Candidate] = []
    for group in sweep(by_time):
        result.extend(sorted(group, key=lambda c: (c.load, c.km if c.km is not None else 1e9, c.provider.id)))
    return result


def sweep(by_time: list[Candidate]) -> Iterable[list[Candidate]]:
    """Cut a list sorted by time to help into groups within `SWEEP_MINUTES` of their first member."""
    group: list[Candidate] = []
    for candidate in by_time:
        if group and (candidate.eta_minutes or 0.0) - (group[0].eta_minutes or 0.0) > SWEEP_MINUTES:
            yield group
            group = []
        group.append(candidate)
    if group:
        yield group


def numbered(fit: Iterable[Candidate]) -> Iterable[Candidate]:
    return (replace(c, rank=i) for i, c in enumerate(fit, start=1))


def reordered(ranking: Ranking, ids: Sequence[str]) -> Ranking:
    """The same ranking in the order a region's plugin wants; eligible providers it left out follow."""
    wanted = {provider_id: i for i, provider_id in enumerate(dict.fromkeys(ids))}
    fit = [c for c in ranking.candidates if c.eligible]
    fit.sort(key=lambda c: wanted.get(c.provider.id, len(wanted)))
    return replace(ranking, candidates=(*numbered(fit), *(c for c in ranking.candidates if not c.eligible)))
