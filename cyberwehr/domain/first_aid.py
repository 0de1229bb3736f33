"""Which steps of first aid hold for a call: by its type, by what was answered, and by the commander's word."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cyberwehr.domain.guidance import Step
from cyberwehr.domain.protocol import Answers
from cyberwehr.domain.terms import CallType

CHOICES = ("unplug", "stay_connected", "leave_on", "switch_off")
"""The sides of the two questions on which the sources differ, and which the commander therefore decides."""


@dataclass(frozen=True, slots=True)
class CommandersWord:
    """Call types in which affected machines are taken off the network, and those in which they are switched off."""

    unplug: frozenset[CallType] = frozenset()
    switch_off: frozenset[CallType] = frozenset()

    def chosen(self, call_type: CallType | None) -> frozenset[str]:
        """The sides that hold; while nobody knows what it is, it is handled like `other`."""
        known = call_type or CallType.OTHER
        return frozenset(
            {
                "unplug" if known in self.unplug else "stay_connected",
                "switch_off" if known in self.switch_off else "leave_on",
            }
        )


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds if the answer is one of `values`, or a number up to `at_most`. A missing answer never does."""

    key: str
    values: frozenset[str] = frozenset()
    at_most: float | None = None

    def holds(self, answers: Answers) -> bool:
        given = answers.get(self.key)
        if self.at_most is not None:
            return isinstance(given, int | float) and not isinstance(given, bool) and 0 <= given <= self.at_most
        return given in self.values if isinstance(given, str) else False


@dataclass(frozen=True, slots=True)
class Advice:
    """A step and when it is given. choice: the side of the commander's word it belongs to; None: both."""

    step: Step
    when: tuple[Condition, ...] = ()
    choice: str | None = None

    def fits(self, answers: Answers, chosen: frozenset[str]) -> bool:
        return (self.choice is None or self.choice in chosen) and all(each.holds(answers) for each in self.when)


@dataclass(frozen=True, slots=True)
class FirstAid:
    """All there is to say. first, last: before and after what each type has; unknown: while the type is not known."""

    version: str
    first: tuple[Advice, ...] = ()
    unknown: tuple[Advice, ...] = ()
    types: Mapping[CallType, tuple[Advice, ...]] = field(default_factory=dict)
    last: tuple[Advice, ...] = ()

    def steps(self, call_type: CallType | None, answers: Answers, word: CommandersWord) -> tuple[Step, ...]:
        """In the order to be read; none twice."""
        own = self.types.get(call_type, self.unknown) if call_type else self.unknown
        chosen = word.chosen(call_type)
        fitting = (each.step for each in (*self.first, *own, *self.last) if each.fits(answers, chosen))
        return tuple({step.code: step for step in fitting}.values())
