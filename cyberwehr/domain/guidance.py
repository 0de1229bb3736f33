"""What a caller is told: first aid, how a call ends that is no emergency, and whom to turn to. Texts are data."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from cyberwehr.domain.protocol import Words


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of first aid, in the order to be read. kind: `do`, `dont` or `call` (somebody else, now).

    phone: how an operator says it, where that differs. why, source: the reason and where it comes from.
    """

    code: str
    kind: str
    words: Words
    phone: Words = field(default_factory=dict)
    why: Words = field(default_factory=dict)
    source: str = ""

    @property
    def spoken(self) -> Words:
        """To be read out on the phone."""
        return self.phone or self.words


def runs(steps: Iterable[Step]) -> tuple[tuple[str, tuple[Step, ...]], ...]:
    """Steps under their headings, (kind, steps), without changing their order: 112 stays before everything else."""
    return tuple((kind, tuple(run)) for kind, run in groupby(steps, key=lambda step: step.kind))


@dataclass(frozen=True, slots=True)
class Place:
    """Whom to turn to. phone and url: empty if there is none."""

    code: str
    name: Words
    what_for: Words
    phone: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Ending:
    """What the caller is told when no call-out follows: a headline, sentences, and where to go instead."""

    headline: Words
    words: Words
    places: tuple[Place, ...] = field(default=())
