"""What a caller is told: first aid, how a call ends that is no emergency, and whom to turn to. Texts are data."""

from dataclasses import dataclass, field

from cyberwehr.domain.protocol import Words


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of first aid, in the order to be read. kind: `do`, `dont` or `call` (somebody else, now).

    said: how an operator says it on the phone, empty where that is the same.
    """

    code: str
    kind: str
    words: Words
    said: Words = field(default_factory=dict)


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
