"""The ranking of an incident's providers: the domain's rule, fed with what the database knows this minute."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cyberwehr.domain.call import Details
from cyberwehr.domain.ranking import Duty, IncidentSite, Ranking, rank, reordered
from cyberwehr.domain.region import Region
from cyberwehr.domain.terms import AlarmStatus, DeclineReason
from cyberwehr.instance import Instance
from cyberwehr.services.errors import Conflict
from cyberwehr.services.finding import find_incident
from cyberwehr.services.states import CALLOUT_RUNNING
from cyberwehr.storage import Callout, Incident, now

RECENT = timedelta(days=30)


def show_ranking(instance: Instance, reference: str) -> Ranking:
    """The ranking as it would be decided now, over the region and its neighbours. Decides nothing."""
    with instance.reading() as tx:
        incident = find_incident(tx, reference)
        if incident.region not in instance.regions:
            raise Conflict("region_open")
        tiers = tuple(rank_tiers(instance, tx, incident))
        return joined(tiers, now(tx))


def rank_tiers(instance: Instance, tx: Session, incident: Incident) -> Iterator[Ranking]:
    """One ranking for the incident's region, then one for each neighbour that this instance serves (mutual aid)."""
    home = instance.regions[incident.region or ""]
    site, duty = site_of(instance, incident), duty_of(tx, incident)
    plan, moment = home.plan(incident.urgency), now(tx)
    for region in (home, *(instance.regions[key] for key in home.neighbours if key in instance.regions)):
        ranking = rank(site, region.providers, duty, plan, moment, instance.places.point, region.provider_order)
        yield preferred(instance, region, site, ranking)


def preferred(instance: Instance, region: Region, site: IncidentSite, ranking: Ranking) -> Ranking:
    """What the region's own plugin makes of the order. If it fails, the core's stands, with the fault beside it."""
    fit = tuple(c for c in ranking.candidates if c.eligible)
    answer = instance.plugins.ask_region(
        region.key, "cyberwehr_rank_providers", region=region, incident=site, candidates=fit, now=ranking.computed_at
    )
    if answer.fault is not None:
        return replace(ranking, order_fault=answer.fault)
    if answer.value is None:
        return ranking
    if not is_order(answer.value):
        return replace(ranking, order_fault="the order must be a list of provider ids")
    return reordered(ranking, answer.value)


def is_order(value: object) -> bool:
    """Is what a plugin answered a list of texts? A plugin may answer anything."""
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        return False
    return all(isinstance(provider_id, str) for provider_id in value)


def site_of(instance: Instance, incident: Incident) -> IncidentSite:
    """Where the incident is: the place its caller gave."""
    details = Details.from_json(incident.speaker.details)
    code = details.postal_code
    return IncidentSite(
        reference=incident.reference,
        call_type=incident.call_type,
        urgency=incident.urgency,
        postal_code=code,
        point=instance.places.point(code) if code else None,
        language=incident.speaker.language,
    )


def duty_of(tx: Session, incident: Incident) -> Mapping[str, Duty]:
    """What providers are busy with, by provider id. Providers without an entry are idle."""
    since = now(tx) - RECENT
    rows = tx.execute(
        select(Callout.provider, Callout.status, Callout.accepted_at).where(
            (Callout.accepted_at >= since) | Callout.status.in_(CALLOUT_RUNNING)
        )
    ).all()
    running = Counter(provider for provider, status, _ in rows if status in CALLOUT_RUNNING)
    recent = Counter(provider for provider, _, accepted_at in rows if accepted_at >= since)
    duty = {p: Duty(running=running[p], recent=recent[p]) for p in {*running, *recent}}
    for alarm in incident.alarms:
        if alarm.status in (AlarmStatus.DECLINED, AlarmStatus.RELEASED):
            conflict = alarm.decline_reason is DeclineReason.CONFLICT_OF_INTEREST
            before = duty.get(alarm.provider, Duty())
            duty[alarm.provider] = replace(before, declined=True, conflict=before.conflict or conflict)
    return duty


def joined(tiers: tuple[Ranking, ...], computed_at: datetime) -> Ranking:
    """All tiers as one list: the region's own eligible providers first, then the neighbours', then all who are out."""
    everybody = [c for tier in tiers for c in tier.candidates]
    fit = [c for c in everybody if c.eligible]
    numbered = [replace(c, rank=i) for i, c in enumerate(fit, start=1)]
    return Ranking(computed_at, (*numbered, *(c for c in everybody if not c.eligible)))


def as_json(tiers: tuple[Ranking, ...]) -> dict[str, Any]:
    """The ranking as it is stored with a decision: ids, figures and reason codes; nothing personal."""
    return {
        "tiers": [
            [
                {
                    "provider": c.provider.id,
                    "rank": c.rank,
                    "eta_minutes": round(c.eta_minutes, 1) if c.eta_minutes is not None else None,
                    "km": round(c.km, 1) if c.km is not None else None,
                    "reasons": [{"code": r.code, **r.params} for r in c.reasons],
                }
                for c in tier.candidates
            ]
            for tier in tiers
        ]
    }
