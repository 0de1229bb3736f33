"""The interview of a call and what it suggests. The rules are data (default_rules/protocol.toml); a person decides."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cyberwehr.domain.terms import CallType, Urgency, Verdict

Words = Mapping[str, str]
"""Language -> text."""
Answers = Mapping[str, object]
"""Question key -> a choice's value or a number. A missing key was not asked or not answered; it is not a "no"."""


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    words: Words


@dataclass(frozen=True, slots=True)
class Question:
    """choices: empty for a number (then `unit` says of what). call_types: empty: asked for all."""

    key: str
    words: Words
    choices: tuple[Choice, ...] = ()
    hint: Words = field(default_factory=dict)
    unit: Words = field(default_factory=dict)
    call_types: frozenset[CallType] = frozenset()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is suggested. code: snake_case, the rule's name."""

    code: str
    words: Words


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the protocol makes of a call. urgency: emergencies only. missing: keys of questions worth asking next.

    alarm_early: so critical that the alarm need not wait for the end of the interview. version: the protocol's.
    """

    verdict: Verdict
    call_type: CallType
    urgency: Urgency | None
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    alarm_early: bool
    version: str
