"""Calls received per second by the real server, beside the baseline, in turns."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench.databases import Place, instance_of, make_baseline_table
from bench.figures import Figure, median, spread
from bench.load import Outcome
from bench.processes import BASELINE, Server, served, under_load
from bench.sizes import Sizes
from cyberwehr.cli.web import GUNICORN
from cyberwehr.domain.terms import Role
from cyberwehr.services.actors import ENGINE
from cyberwehr.services.api_tokens import create_token

GROUP = "Calls received"
CALL = {
    "channel": "phone",
    "language": "de",
    "company": "Muster & Söhne GmbH",
    "contact_name": "Frau Muster",
    "phone": "+49 234 5550100",
    "email": "info@muster.example",
    "postal_code": "44801",
    "town": "Bochum",
    "street": "Musterweg 1",
    "sector": "Handwerk",
    "employees": 20,
    "description": "Seit heute Morgen lassen sich die Dateien auf dem Server nicht mehr öffnen, ein Brief will Geld.",
    "call_type": "ransomware",
    "consent": {"forward": True, "statistics": True, "police": False},
}
CONFIRMED = {**CALL, "email_safe": True}
"""As CALL, and the caller is written to: one sealed letter more in the same transaction."""


def post(path: str, body: object, token: str | None = None) -> bytes:
    """An HTTP/1.1 request as it goes over the wire."""
    content = json.dumps(body).encode()
    bearer = f"Authorization: Bearer {token}\r\n" if token else ""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{bearer}Content-Type: application/json\r\n"
    return f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content


@dataclass
class Contestant:
    """One server, one request, and what it did in each round."""

    name: str
    server: Server
    request: bytes
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return median([outcome.per_second for outcome in self.outcomes])


@contextmanager
def contestants(place: Place) -> Iterator[list[Contestant]]:
    """Both servers are up all the time; whoever has no round costs nothing."""
    ours, bare = place.settings("ours"), place.settings("bare")
    with instance_of(ours) as instance:
        token = create_token(instance, Role.OPERATOR, "bench", ENGINE)
    make_baseline_table(bare)
    with served(GUNICORN, ours) as own, served(BASELINE, bare) as other:
        yield [
            Contestant("baseline: one INSERT", other, post("/calls", CALL)),
            Contestant("a call", own, post("/api/v1/calls", CALL, token)),
            Contestant("a call with a confirmation by mail", own, post("/api/v1/calls", CONFIRMED, token)),
        ]


def receiving(place: Place, sizes: Sizes, step: Callable[[], object]) -> Iterator[Figure]:
    """Medians over rounds in turns; the ratios are of rounds that lay side by side. `step` is called per round."""
    with contestants(place) as field_:
        for each in field_:
            under_load(each.server.port, each.request, sizes, most=sizes.warm_up)
        for _ in range(sizes.rounds):
            for each in field_:
                each.outcomes.append(under_load(each.server.port, each.request, sizes))
                step()
    for each in field_:
        yield Figure(GROUP, each.name, place.kind, each.per_second, "/s", detail(each))
    for each in field_[1:]:
        ratios = ratio(each.outcomes, field_[0].outcomes)
        yield Figure(GROUP, f"{each.name} / baseline", place.kind, median(ratios), "", spread(ratios), aims(each))


def ratio(ours: list[Outcome], bare: list[Outcome]) -> list[float]:
    return [mine.per_second / its.per_second for mine, its in zip(ours, bare, strict=True)]


def aims(each: Contestant) -> str:
    return ">= 0.5" if each.name == "a call" else ""


def detail(each: Contestant) -> str:
    middle, worst = (median([getattr(o, name) for o in each.outcomes]) * 1000 for name in ("median", "p99"))
    rounds = spread([o.per_second for o in each.outcomes])
    return f"rounds {rounds}; answer after {middle:.0f} ms, p99 {worst:.0f} ms"


def steps(sizes: Sizes) -> int:
    return 3 * sizes.rounds
