"""Whom to alarm next: the incident's alarm plan, played against what has happened so far. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cyberwehr.domain.ranking import Ranking
from cyberwehr.domain.region import AlarmPlan, Provider
from cyberwehr.domain.terms import LIVE_ALARM, AlarmStatus, Urgency

NEVER_AGAIN = frozenset({AlarmStatus.DECLINED, AlarmStatus.RELEASED, AlarmStatus.ACCEPTED})
"""Who declined or gave an incident back is not asked again by the plan; a commander still may."""


@dataclass(frozen=True, slots=True)
class PastAlarm:
    """One alarm of this incident as it stands now. `round` numbers the alarms of one provider from 1."""

    provider: str
    round: int
    status: AlarmStatus


@dataclass(frozen=True, slots=True)
class Wave:
    """The next offers, all of one tier (0: the incident's own region, then the neighbours in their order)."""

    tier: int
    providers: tuple[Provider, ...]


def next_wave(plan: AlarmPlan, tiers: Sequence[Ranking], past: Sequence[PastAlarm], *, push: bool) -> Wave | None:
    """The next wave, or None if there is nobody to ask now.

    The plan passes over each tier `rounds` times; a later pass asks only those who stayed silent. Without push it keeps
    `fan_out` offers alive and begins another pass or tier only when no offer is alive. With push (a commander asks for
    more) a full further wave goes out, in whatever pass or tier.
    """
    live = sum(alarm.status in LIVE_ALARM for alarm in past)
    room = plan.fan_out if push else plan.fan_out - live
    for stage in _stages(plan, tiers, past) if room > 0 else ():
        if stage.askable and (push or not live or stage.under_way):
            return Wave(stage.tier, stage.askable[:room])
    return None


def next_round(past: Sequence[PastAlarm], provider: str) -> int:
    """The number of a provider's next alarm for this incident: never twice the same."""
    return max((alarm.round for alarm in past if alarm.provider == provider), default=0) + 1


def answer_deadline(provider: Provider, plan: AlarmPlan, urgency: Urgency, now: datetime) -> datetime:
    """When an offer made `now` lapses: real time for critical ones, the provider's own hours for the others.

    A provider that never opens again (a closed file) gets real time, so that every alarm ends.
    """
    return _after(provider, plan.accept_within, urgency, now)


def halfway(provider: Provider, plan: AlarmPlan, urgency: Urgency, now: datetime) -> datetime:
    """When to remind of an offer made `now`: half of the time to answer has passed, counted as for its deadline."""
    return _after(provider, plan.accept_within / 2, urgency, now)


def _after(provider: Provider, amount: timedelta, urgency: Urgency, now: datetime) -> datetime:
    in_hours = None if urgency is Urgency.CRITICAL else provider.duty.add_open_time(now, amount)
    return in_hours or now + amount


@dataclass(frozen=True, slots=True)
class _Stage:
    """One pass over one tier: who can be asked in it, and whether one of its offers is alive."""

    tier: int
    askable: tuple[Provider, ...]
    under_way: bool


def _stages(plan: AlarmPlan, tiers: Sequence[Ranking], past: Sequence[PastAlarm]) -> Iterator[_Stage]:
    """All passes over all tiers, in the order of the plan. Who lost a race (withdrawn) counts as not yet asked."""
    live = {a.provider for a in past if a.status in LIVE_ALARM}
    barred = live | {a.provider for a in past if a.status in NEVER_AGAIN}
    silences = Counter(a.provider for a in past if a.status is AlarmStatus.EXPIRED)
    for tier, ranking in enumerate(tiers):
        members = {c.provider.id for c in ranking.candidates}
        for number in range(plan.rounds):
            askable = tuple(p for p in ranking.eligible if p.id not in barred and silences[p.id] == number)
            yield _Stage(tier, askable, any(p in members and silences[p] == number for p in live))
