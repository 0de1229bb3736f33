"""From nothing to ready, and how much memory that takes."""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from bench.databases import Place, instance_of
from bench.figures import Figure, median, spread
from bench.processes import Memory, Server, family, memory, served, under_load
from bench.receiving import CALL, post
from bench.sizes import Sizes
from cyberwehr.domain.terms import Role
from cyberwehr.services.actors import ENGINE
from cyberwehr.services.api_tokens import create_token

UP = (sys.executable, "-m", "cyberwehr", "up", "--demo")
STARTS, MEMORY = "Start of `cyberwehr up --demo` until /readyz is 200", "Memory (PSS)"
SETTLED_SECONDS = 3.0


def starting(place: Place, sizes: Sizes, step: Callable[[], object]) -> Iterator[Figure]:
    """New and existing data folders, then memory idle and after calls. `step` is called per start."""
    new, again = [], []
    for number in range(sizes.starts):
        settings = place.settings(f"start{number}")
        for times in (new, again):
            with running(settings) as (_, seconds):
                times.append(seconds)
            step()
    yield Figure(STARTS, "new data folder", place.kind, median(new), "s", spread(new))
    yield Figure(STARTS, "existing data folder", place.kind, median(again), "s", spread(again))
    yield from sizes_of(place, sizes, settings)
    step()


@contextmanager
def running(settings: Mapping[str, str]) -> Iterator[tuple[Server, float]]:
    """The whole instance, ready, and the seconds that took from the start of the process."""
    start = time.perf_counter()
    with served(UP, settings, "/readyz") as server:
        yield server, time.perf_counter() - start


def sizes_of(place: Place, sizes: Sizes, settings: dict[str, str]) -> Iterator[Figure]:
    with instance_of(settings) as instance:
        token = create_token(instance, Role.OPERATOR, "bench", ENGINE)
    with running(settings) as (server, _):
        time.sleep(SETTLED_SECONDS)
        idle = [memory(pid) for pid in family(server.process.pid)]
        under_load(server.port, post("/api/v1/calls", CALL, token), sizes, most=sizes.remembered_calls)
        time.sleep(SETTLED_SECONDS)
        after = [memory(pid) for pid in family(server.process.pid)]
    for when, processes in (("idle", idle), (f"after {sizes.remembered_calls:,} calls", after)):
        yield from shown(place, when, processes)


def shown(place: Place, when: str, processes: list[Memory]) -> Iterator[Figure]:
    """The web workers' median and the engine; gunicorn's master is the small one among the web processes."""
    web = sorted((p for p in processes if p.name == "web"), key=lambda p: p.pss)[1:]
    engine = [p for p in processes if p.name == "engine"]
    for name, group in (("one web worker", web), ("the engine", engine)):
        rss = median([p.rss for p in group])
        yield Figure(MEMORY, f"{name}, {when}", place.kind, median([p.pss for p in group]), "MiB", f"RSS {rss:.0f} MiB")


def steps(sizes: Sizes) -> int:
    return 2 * sizes.starts + 1
