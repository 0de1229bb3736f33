"""A provider declines: how long until the next provider's alarm is committed?"""

import json
import time
import urllib.request
from collections.abc import Callable, Iterator

from bench.databases import Place, instance_of, working_hours
from bench.figures import Figure, median, p99
from bench.incidents import Alarmed, alarmed
from bench.processes import served
from bench.sizes import Sizes
from cyberwehr.cli.web import GUNICORN
from cyberwehr.domain.terms import DeclineReason
from cyberwehr.instance import Instance
from cyberwehr.services.answers import Refusal, decline
from cyberwehr.services.finding import find_incident
from cyberwehr.storage.database import database_clock

GROUP = "Decline to next alarm committed"
REASON = {"reason": DeclineReason.NO_CAPACITY}


def declining(place: Place, sizes: Sizes, step: Callable[[], object]) -> Iterator[Figure]:
    """By the service in this process, and by a request to the real server. `step` is called per decline."""
    settings = place.settings("declines")
    with instance_of(settings) as instance:
        offset = working_hours(instance)
        instance.database.clock = database_clock(offset)
        settings["CYBERWEHR_CLOCK_OFFSET"] = str(offset.total_seconds())
        by_service = by_services(instance, sizes.declines, step)
        with served(GUNICORN, settings) as server:
            by_http = over_http(instance, server.port, sizes.declines, step)
    for what, times in (("service", by_service), ("over HTTP", by_http)):
        detail = f"median of {len(times)}; p99 {p99(times) * 1000:.1f} ms"
        yield Figure(GROUP, what, place.kind, median(times) * 1000, "ms", detail)


def by_services(instance: Instance, count: int, step: Callable[[], object]) -> list[float]:
    return [
        timed(instance, alarmed(instance), lambda each: decline(instance, each.token, Refusal(**REASON)), step)
        for _ in range(count)
    ]


def over_http(instance: Instance, port: int, count: int, step: Callable[[], object]) -> list[float]:
    """A new connection each time, as a provider's browser makes one."""

    def ask(each: Alarmed) -> None:
        url = f"http://127.0.0.1:{port}/api/v1/alarms/{each.token}/decline"
        content = json.dumps(REASON).encode()
        request = urllib.request.Request(url, content, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            answer.read()

    return [timed(instance, alarmed(instance), ask, step) for _ in range(count)]


def timed(instance: Instance, each: Alarmed, work: Callable[[Alarmed], object], step: Callable[[], object]) -> float:
    """Seconds for one decline; it only counts if it brought a further alarm."""
    before = alarms_of(instance, each)
    start = time.perf_counter()
    work(each)
    took = time.perf_counter() - start
    if alarms_of(instance, each) <= before:
        raise RuntimeError("a decline brought no further alarm")
    step()
    return took


def alarms_of(instance: Instance, each: Alarmed) -> int:
    with instance.reading() as tx:
        return len(find_incident(tx, each.reference).alarms)


def steps(sizes: Sizes) -> int:
    return 2 * sizes.declines
