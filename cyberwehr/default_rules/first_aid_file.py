"""first_aid.toml -> steps with the situations they are for. Read once; a fault in the file stops the start."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from cyberwehr.domain.guidance import Step
from cyberwehr.domain.protocol import Answers, Words
from cyberwehr.domain.terms import CallType
from cyberwehr.faults import Refusal

FILE = "first_aid.toml"
KINDS = ("do", "dont", "call")
KEYS = {"code", "kind", "words", "said", "why", "call_types", "if", "not", "network", "power"}
LANGUAGES = ("de", "en")

Situation = Mapping[str, frozenset[str]]
"""Answer -> the values of it that count."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A step and when it is read. unplug, power: only where that is decided for the kind of case; None: whatever."""

    step: Step
    call_types: frozenset[CallType]
    needs: Situation
    unless: Situation
    unplug: bool
    power: str | None

    def fits(self, answers: Answers) -> bool:
        return all(answers.get(key) in values for key, values in self.needs.items()) and not any(
            answers.get(key) in values for key, values in self.unless.items()
        )


@dataclass(frozen=True)
class FirstAid:
    """All rules, and for which kinds of case to unplug and to switch off; also those that nobody recognised yet."""

    version: str
    rules: tuple[Rule, ...]
    unplug: frozenset[CallType]
    switch_off: frozenset[CallType]
    _for_type: dict[CallType | None, tuple[Rule, ...]] = field(default_factory=dict, repr=False, compare=False)

    def steps(self, call_type: CallType | None, answers: Answers) -> tuple[Step, ...]:
        """What to do, leave and whom to call, in this order of reading; None: nobody knows yet what it is."""
        return tuple(rule.step for rule in self._rules_for(call_type) if rule.fits(answers))

    def _rules_for(self, call_type: CallType | None) -> tuple[Rule, ...]:
        if call_type not in self._for_type:
            kind = call_type or CallType.OTHER
            self._for_type[call_type] = tuple(rule for rule in self.rules if self._is_for(rule, kind))
        return self._for_type[call_type]

    def _is_for(self, rule: Rule, kind: CallType) -> bool:
        if rule.call_types and kind not in rule.call_types:
            return False
        power = "switch_off" if kind in self.switch_off else "leave_on"
        return (not rule.unplug or kind in self.unplug) and rule.power in (None, power)


def load_first_aid(
    unplug: tuple[CallType, ...] | None = None, switch_off: tuple[CallType, ...] | None = None
) -> FirstAid:
    """The steps that come with the program. unplug, switch_off: the commander's word, None: the file's default."""
    return read_first_aid(
        files("cyberwehr.default_rules").joinpath(FILE).read_text(encoding="utf-8"), unplug, switch_off
    )


def read_first_aid(
    text: str, unplug: tuple[CallType, ...] | None = None, switch_off: tuple[CallType, ...] | None = None
) -> FirstAid:
    """From the text of a file; Refusal names what is wrong with it."""
    table = tomllib.loads(text)
    rules = tuple(rule(each) for each in table.get("step", ()))
    codes = [each.step.code for each in rules]
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise Refusal(f"{FILE}: {', '.join(twice)}: this code stands twice")
    return FirstAid(
        version=str(table["version"]),
        rules=rules,
        unplug=frozenset(unplug if unplug is not None else types(table["network"]["unplug"], "network.unplug")),
        switch_off=frozenset(switch_off if switch_off is not None else types(table["power"]["switch_off"], "power")),
    )


def rule(table: Mapping[str, Any]) -> Rule:
    code = str(table.get("code", "?"))
    if unknown := sorted(set(table) - KEYS):
        raise Refusal(f"{FILE}: {code}: unknown key {', '.join(unknown)}")
    if table.get("kind") not in KINDS or not table.get("why"):
        raise Refusal(f"{FILE}: {code}: needs a kind ({', '.join(KINDS)}) and a why")
    return Rule(
        step=Step(code, table["kind"], words(table.get("words", {}), code), table.get("said", {})),
        call_types=types(table.get("call_types", ()), code),
        needs=situation(table.get("if", {})),
        unless=situation(table.get("not", {})),
        unplug="network" in table,
        power=table.get("power"),
    )


def words(given: Words, code: str) -> Words:
    if missing := [language for language in LANGUAGES if not given.get(language)]:
        raise Refusal(f"{FILE}: {code}: has no words in {', '.join(missing)}")
    return given


def types(names: Any, place: str) -> frozenset[CallType]:
    try:
        return frozenset(CallType(name) for name in names)
    except ValueError as fault:
        raise Refusal(f"{FILE}: {place}: {fault}") from fault


def situation(given: Mapping[str, Any]) -> Situation:
    return {key: frozenset(values) for key, values in given.items()}
