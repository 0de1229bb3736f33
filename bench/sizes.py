"""How much is measured."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """seconds and most: where a round of load ends, whichever comes first; connections: kept open by the client."""

    rounds: int = 7
    seconds: float = 4.0
    most: int = 10_000
    connections: int = 16
    declines: int = 200
    rankings: int = 9
    providers: int = 10_000
    starts: int = 3
    remembered_calls: int = 1_000
    warm_up: int = 300


FULL = Sizes()
QUICK = Sizes(rounds=3, seconds=1.5, declines=30, rankings=3, starts=1, warm_up=100)
