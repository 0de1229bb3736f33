"""What a protocol is made of: conditions, rules, and clues in the caller's words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite

from cyberwehr.domain.clues import plain
from cyberwehr.domain.protocol import Answers, Question, Reason, Words
from cyberwehr.domain.terms import CallType, Urgency, Verdict

UNKNOWN = "unknown"
DERIVED: Mapping[str, tuple[str, ...]] = {
    "place": ("inside", "outside", "open"),
    "sme": ("yes", "no", UNKNOWN),
    "attack": ("yes", "no", UNKNOWN),
    "call_type": tuple(CallType),
}
"""Facts that rules may ask for and nobody is asked: the program works them out."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One fact and what it must be. values: one of these; `?` among them: or missing or unknown.

    negated: none of them. comparison: `<`, `<=`, `>` or `>=` with `limit`, for numbers.
    """

    fact: str
    values: frozenset[str] = frozenset()
    negated: bool = False
    comparison: str = ""
    limit: float = 0.0

    def holds(self, facts: Mapping[str, object]) -> bool:
        value = facts.get(self.fact)
        if value is None or value == UNKNOWN:
            known = "?" in self.values or (value is not None and UNKNOWN in self.values)
            return known is not self.negated
        if self.comparison and compared(value, self.comparison, self.limit):
            return True
        return (value in self.values if isinstance(value, str) else False) is not self.negated


def compared(value: object, comparison: str, limit: float) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return False
    if comparison.startswith("<"):
        return value < limit or (value == limit and comparison == "<=")
    return value > limit or (value == limit and comparison == ">=")


When = tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """If it holds: this verdict, or (of an emergency) this urgency. The first rule of each kind decides.

    when: alternatives; in one of them all conditions must hold.
    instead_of: only where the rules so far came to this verdict, which it replaces. why: its reason or source.
    """

    code: str
    words: Words
    why: str
    when: tuple[When, ...]
    verdict: Verdict | None = None
    urgency: Urgency | None = None
    instead_of: Verdict | None = None

    def holds(self, facts: Mapping[str, object]) -> bool:
        return any(all(condition.holds(facts) for condition in each) for each in self.when)


@dataclass(frozen=True, slots=True)
class Clue:
    """What somebody's words say about a fact nobody answered. where: company, sector, description.

    call_types: empty: whatever it is. unless: patterns that take the clue back.
    """

    code: str
    words: Words
    facts: Mapping[str, str]
    patterns: tuple[str, ...]
    unless: tuple[str, ...] = ()
    where: tuple[str, ...] = ("description",)
    call_types: frozenset[CallType] = frozenset()


@dataclass(frozen=True, slots=True)
class TypeSign:
    """Words or answers that speak for a call type, with a weight."""

    call_type: CallType
    weight: int
    patterns: tuple[str, ...] = ()
    when: When = ()


@dataclass(frozen=True, slots=True)
class AttackSigns:
    """What says that somebody attacks. sure: even against a "no"; likely: unless a "no" was answered."""

    sure: tuple[When, ...]
    likely: tuple[When, ...]
    call_types: frozenset[CallType]


@dataclass(frozen=True, slots=True)
class Protocol:
    version: str
    questions: tuple[Question, ...]
    rules: tuple[Rule, ...]
    clues: tuple[Clue, ...]
    type_signs: tuple[TypeSign, ...]
    attack: AttackSigns
    default: Reason

    def question(self, key: str) -> Question | None:
        return next((question for question in self.questions if question.key == key), None)


@dataclass(frozen=True, slots=True)
class Told:
    """A call as far as it is known. place: inside, outside or open (nobody knows). call_type: what a person chose.

    reported_type: what the caller chose in the form. turnover: million EUR a year.
    """

    answers: Answers = field(default_factory=dict)
    place: str = "open"
    call_type: CallType | None = None
    reported_type: CallType | None = None
    company: str | None = None
    sector: str | None = None
    employees: float | None = None
    turnover: float | None = None
    description: str | None = None

    def plain(self) -> dict[str, str]:
        given = {"company": self.company, "sector": self.sector, "description": self.description}
        return {name: plain(text or "") for name, text in given.items()}
