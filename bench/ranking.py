"""Ranking thousands of providers: the rule alone, and with the database around it."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from bench.databases import Place, instance_of, working_hours
from bench.figures import Figure, median, spread
from bench.incidents import COMMANDER, emergency
from bench.sizes import Sizes
from cyberwehr.domain.hours import hours
from cyberwehr.domain.ranking import rank
from cyberwehr.domain.region import Provider, Region
from cyberwehr.domain.terms import CallType
from cyberwehr.instance import Instance
from cyberwehr.services.alarming import Wish, raise_alarm
from cyberwehr.services.finding import find_incident
from cyberwehr.services.ranking import duty_of, show_ranking, site_of
from cyberwehr.storage import now
from cyberwehr.storage.database import database_clock

GROUP = "Ranking"
DUTIES = ("Mo-Fr 08:00-18:00; PH off", "Mo-Fr 07:00-19:00; PH off", "24/7", "Mo-Su 06:00-22:00", "Mo-Th 09:00-17:00")
WORK = ("domain.ranking.rank", "services: show the ranking", "services: rank, decide, store, alarm")


def ranking(place: Place, sizes: Sizes, step: Callable[[], object]) -> Iterator[Figure]:
    """Medians over `sizes.rankings`, in turns; `step` is called per ranking."""
    times: dict[str, list[float]] = {what: [] for what in WORK}
    with instance_of(place.settings("rankings")) as own:
        instance = crowded(own, sizes.providers)
        instance.database.clock = database_clock(working_hours(own))
        for _ in range(sizes.rankings):
            reference = emergency(instance)
            works = (rule(instance, reference), shown(instance, reference), decided(instance, reference))
            for what, work in zip(WORK, works, strict=True):
                times[what].append(seconds(work))
                step()
    for what, taken in times.items():
        in_ms = [each * 1000 for each in taken]
        database = "" if what == WORK[0] else place.kind
        yield Figure(GROUP, what, database, median(in_ms), "ms", f"{sizes.providers:,} providers; {spread(in_ms)}")


def rule(instance: Instance, reference: str) -> Callable[[], object]:
    """The pure rule with everything it needs already at hand."""
    with instance.reading() as tx:
        incident = find_incident(tx, reference)
        region = instance.regions[incident.region or ""]
        site, duty, moment = site_of(instance, incident), duty_of(tx, incident), now(tx)
    plan, point = region.plan(site.urgency), instance.places.point
    return lambda: rank(site, region.providers, duty, plan, moment, point)


def shown(instance: Instance, reference: str) -> Callable[[], object]:
    return lambda: show_ranking(instance, reference)


def decided(instance: Instance, reference: str) -> Callable[[], object]:
    return lambda: raise_alarm(instance, reference, Wish(), COMMANDER)


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def crowded(instance: Instance, count: int) -> Instance:
    """The same instance, its first region full of invented providers all over the state and its neighbours gone."""
    first = next(iter(instance.regions.values()))
    region = replace(first, providers=tuple(invented(instance, first, count)), neighbours=())
    return replace(instance, plugins=replace(instance.plugins, regions={**instance.regions, region.key: region}))


def invented(instance: Instance, region: Region, count: int) -> Iterator[Provider]:
    dice = random.Random(1)
    duties = [hours(spec) for spec in DUTIES]
    codes = [row.postal_code for row in instance.places.rows]
    for number in range(count):
        yield Provider(
            region=region.key,
            key=f"invented-{number}",
            name=f"Provider {number}",
            postal_code=dice.choice(codes),
            duty=dice.choice(duties),
            capacity=dice.randint(1, 4),
            skills=frozenset(dice.sample(list(CallType), 8)) | {CallType.RANSOMWARE},
            radius_km=dice.choice((None, 40.0, 80.0)),
            answer_minutes=dice.uniform(2, 20),
        )


def steps(sizes: Sizes) -> int:
    return len(WORK) * sizes.rankings
