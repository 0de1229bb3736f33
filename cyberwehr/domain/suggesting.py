"""Judge a call by a protocol. Pure: rules, answers and the caller's own words go in, a suggestion comes out."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import isfinite

from cyberwehr.domain.clues import BALANCE_SHEET, TURNOVER, millions_after, says, staff_numbers
from cyberwehr.domain.protocol import Answers, Question, Reason, Suggestion
from cyberwehr.domain.protocol_rules import UNKNOWN, AttackSigns, Clue, Protocol, Rule, Told, When
from cyberwehr.domain.sme import BALANCE_UP_TO, HEADS_BELOW, TURNOVER_UP_TO, is_sme
from cyberwehr.domain.terms import CallType, Urgency, Verdict

REPORTED_WEIGHT = 4


def suggest(protocol: Protocol, told: Told) -> Suggestion:
    """What the protocol makes of a call as far as it is known. Never raises, whatever the answers are."""
    texts = told.plain()
    call_type = told.call_type or recognised(protocol, told, texts)
    found = list(clues_in(protocol, texts, call_type, told.answers))
    figures = company_figures(told)
    decided = decide(protocol, facts_of(protocol, told, call_type, found, figures))
    emergency = decided.verdict is Verdict.EMERGENCY
    return Suggestion(
        verdict=decided.verdict,
        call_type=call_type,
        urgency=decided.urgency,
        reasons=decided.reasons + tuple(Reason(clue.code, clue.words) for clue in found),
        missing=tuple(missing(protocol, told, call_type, found, figures, decided)),
        alarm_early=emergency and decided.urgency is Urgency.CRITICAL,
        version=protocol.version,
    )


def recognised(protocol: Protocol, told: Told, texts: Mapping[str, str]) -> CallType:
    """The call type most signs speak for; what the caller chose counts, too. Ties go to the one listed first."""
    scores: dict[CallType, int] = {told.reported_type: REPORTED_WEIGHT} if told.reported_type else {}
    for sign in protocol.type_signs:
        heard = says(texts["description"], sign.patterns)
        answered = bool(sign.when) and all(condition.holds(told.answers) for condition in sign.when)
        if heard or answered:
            scores[sign.call_type] = scores.get(sign.call_type, 0) + sign.weight
    return max(scores, key=lambda each: scores[each], default=CallType.OTHER)


def clues_in(protocol: Protocol, texts: Mapping[str, str], call_type: CallType, answers: Answers) -> Iterator[Clue]:
    """Clues to facts that nobody answered. The first clue to a fact wins."""
    known = {key for key, value in answers.items() if value is not None}
    for clue in protocol.clues:
        if known.issuperset(clue.facts) or (clue.call_types and call_type not in clue.call_types):
            continue
        if any(says(texts[w], clue.patterns) and not says(texts[w], clue.unless) for w in clue.where):
            known |= clue.facts.keys()
            yield clue


def facts_of(
    protocol: Protocol, told: Told, call_type: CallType, clues: Iterable[Clue], figures: Mapping[str, float]
) -> dict[str, object]:
    """Answers first, then what the words say, then what follows from both."""
    facts: dict[str, object] = {}
    for clue in clues:
        facts = {**clue.facts, **facts}
    facts.update(figures)
    facts |= {key: value for key, value in told.answers.items() if value is not None}
    facts |= {"place": told.place, "call_type": call_type.value}
    facts["sme"] = sme(told, facts)
    facts["attack"] = attack(protocol.attack, facts, call_type, told.answers)
    return facts


def company_figures(told: Told) -> dict[str, float]:
    """What the description says about the size of the enterprise."""
    text = told.description or ""
    named = {
        "enterprise_employees": max(staff_numbers(text), default=None),
        "enterprise_turnover_million_eur": millions_after(text, TURNOVER),
        "balance_sheet_million_eur": millions_after(text, BALANCE_SHEET),
    }
    return {key: value for key, value in named.items() if value is not None}


def sme(told: Told, facts: Mapping[str, object]) -> str:
    """The enterprise's figures where somebody named them, else the company's own. The larger one counts."""
    heads = largest(told.employees, facts.get("enterprise_employees"))
    turnover = largest(told.turnover, facts.get("enterprise_turnover_million_eur"))
    found = is_sme(heads, turnover, largest(facts.get("balance_sheet_million_eur")))
    if found and facts.get("linked_companies") == "large":
        return "no"
    return {True: "yes", False: "no", None: UNKNOWN}[found]


def largest(*figures: object) -> float | None:
    numbers = [float(n) for n in figures if isinstance(n, int | float) and not isinstance(n, bool) and isfinite(n)]
    return max(numbers, default=None)


def attack(signs: AttackSigns, facts: Mapping[str, object], call_type: CallType, answers: Answers) -> str:
    """Whether somebody attacks. An answered "no" outweighs everything but the sure signs."""
    if any_of(signs.sure, facts):
        return "yes"
    if answers.get("attack_suspected") == "no":
        return "no"
    if any_of(signs.likely, facts):
        return "yes"
    if facts.get("attack_suspected") == "no":
        return "no"
    return "yes" if call_type in signs.call_types and facts.get("attack_suspected") != UNKNOWN else UNKNOWN


def any_of(alternatives: Iterable[When], facts: Mapping[str, object]) -> bool:
    return any(all(condition.holds(facts) for condition in when) for when in alternatives)


@dataclass(frozen=True, slots=True)
class Decided:
    verdict: Verdict
    urgency: Urgency | None
    reasons: tuple[Reason, ...]


def decide(protocol: Protocol, facts: Mapping[str, object]) -> Decided:
    """The first rule that holds gives the verdict, of an emergency another one the urgency."""
    verdict_by = first(rule for rule in protocol.rules if rule.verdict and not rule.instead_of and rule.holds(facts))
    verdict = verdict_by.verdict if verdict_by and verdict_by.verdict else Verdict.ADVICE
    replaced = first(rule for rule in protocol.rules if rule.instead_of is verdict and rule.holds(facts))
    if replaced and replaced.verdict:
        verdict = replaced.verdict
    urgency_by = first(rule for rule in protocol.rules if rule.urgency and rule.holds(facts))
    if verdict is not Verdict.EMERGENCY:
        urgency_by = None
    used = [rule for rule in (replaced, verdict_by, urgency_by) if rule]
    reasons = tuple(Reason(rule.code, rule.words) for rule in used) or (protocol.default,)
    urgency = (urgency_by.urgency if urgency_by else Urgency.NORMAL) if verdict is Verdict.EMERGENCY else None
    return Decided(verdict, urgency, reasons)


def first(rules: Iterable[Rule]) -> Rule | None:
    return next(iter(rules), None)


def missing(
    protocol: Protocol,
    told: Told,
    call_type: CallType,
    clues: list[Clue],
    figures: Mapping[str, float],
    decided: Decided,
) -> Iterator[str]:
    """Questions nobody answered whose answer could change verdict or urgency, in the order to ask them."""
    for question in asked_for(protocol.questions, call_type):
        if told.answers.get(question.key) is None:
            for answer in possible(question):
                supposed = replace(told, answers={**told.answers, question.key: answer})
                other = decide(protocol, facts_of(protocol, supposed, call_type, clues, figures))
                if (other.verdict, other.urgency) != (decided.verdict, decided.urgency):
                    yield question.key
                    break


def asked_for(questions: Iterable[Question], call_type: CallType | None) -> Iterator[Question]:
    """The questions that make sense for a call type; all of them as long as nobody knows it."""
    for question in questions:
        if not question.call_types or call_type is None or call_type in question.call_types:
            yield question


SUPPOSED_NUMBERS = (0.0, 30.0, BALANCE_UP_TO + 1, TURNOVER_UP_TO + 1, float(HEADS_BELOW))
"""Answers to a number question that lie on different sides of every limit in use."""


def possible(question: Question) -> Iterable[object]:
    return [choice.value for choice in question.choices] or SUPPOSED_NUMBERS
