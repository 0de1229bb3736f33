"""What a caller is told: first aid, how a call ends that is no emergency, and whom to turn to. Texts are data."""

from dataclasses import dataclass, field

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
