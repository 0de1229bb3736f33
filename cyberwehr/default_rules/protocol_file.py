"""protocol.toml -> Protocol. Faults name file, line and key; a protocol with a fault stops the start."""

from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path

from cyberwehr.config import kinds
from cyberwehr.config.toml_tables import Document, Kind, Table, Wrong, read_document, suggestion
from cyberwehr.domain.clues import PATTERN
from cyberwehr.domain.protocol import Choice, Question, Reason, Words
from cyberwehr.domain.protocol_rules import DERIVED, AttackSigns, Clue, Condition, Protocol, Rule, TypeSign, When
from cyberwehr.domain.terms import CallType, Urgency, Verdict
from cyberwehr.faults import Refusal

PROTOCOL = Path(__file__).with_name("protocol.toml")
MOST_RULES = 40
SUGGESTED = frozenset({Verdict.EMERGENCY, Verdict.ADVICE, Verdict.REFERRED, Verdict.OUT_OF_AREA, Verdict.NOT_ELIGIBLE})
WHERE = ["company", "sector", "description"]
COMPARISONS = ("<=", ">=", "<", ">")

Facts = Mapping[str, frozenset[str] | None]
"""What each fact may be; None: a number."""


class ProtocolFault(Refusal):
    """The protocol cannot be used; the text has a line `FILE:LINE: KEY: sentence` for each fault."""


@cache
def load_protocol(file: Path = PROTOCOL) -> Protocol:
    """The protocol a file describes, read once per process. Raises ProtocolFault with every fault found."""
    document = read_document(file)
    protocol = None if document.faults else _protocol(document)
    if protocol is None or document.faults:
        raise ProtocolFault("\n".join(map(str, sorted(document.faults))))
    return protocol


def _protocol(document: Document) -> Protocol:
    root = document.root()
    version = root.read("version", kinds.text, "", required=True)
    questions = tuple(_question(table) for table in root.tables("question"))
    facts = _facts(questions)
    protocol = Protocol(
        version=version,
        questions=questions,
        rules=tuple(_rule(table, facts) for table in root.tables("rule")),
        clues=tuple(_clue(table, facts) for table in root.tables("clue")),
        type_signs=tuple(_type_sign(table, facts) for table in root.tables("type")),
        attack=_attack(root.table("attack"), facts),
        default=_default(root.table("default")),
    )
    if len(protocol.rules) > MOST_RULES:
        root.fault("rule", f"has {len(protocol.rules)} rules; nobody can oversee more than {MOST_RULES}, merge some")
    _check_once(root, "question", [question.key for question in questions])
    _check_once(root, "rule", [rule.code for rule in protocol.rules])
    root.close()
    return protocol


def _check_once(root: Table, name: str, keys: list[str]) -> None:
    for number, key in enumerate(keys):
        if key in keys[:number]:
            root.document.fault((name, number), f"{key} stands here twice; rename or remove one")


def _facts(questions: tuple[Question, ...]) -> Facts:
    asked = {q.key: frozenset(c.value for c in q.choices) or None for q in questions}
    return {**asked, **{key: frozenset(values) for key, values in DERIVED.items()}}


def _question(table: Table) -> Question:
    choices = tuple(_choice(each) for each in table.tables("choices"))
    question = Question(
        key=table.read("key", kinds.key, "", required=True),
        words=_words(table),
        choices=choices,
        hint=table.read("hint", both_languages, {}),
        unit=table.read("unit", both_languages, {}, required=not choices),
        call_types=_call_types(table),
    )
    table.close()
    return question


def _choice(table: Table) -> Choice:
    choice = Choice(table.read("value", kinds.key, "", required=True), _words(table))
    table.close()
    return choice


def _rule(table: Table, facts: Facts) -> Rule:
    rule = Rule(
        code=table.read("code", kinds.key, "", required=True),
        words=_words(table),
        why=table.read("why", kinds.text, "", required=True),
        when=table.read("when", partial(_alternatives, facts), (), required=True),
        verdict=table.read("verdict", _verdict, None),
        urgency=table.read("urgency", kinds.word(Urgency), None),
        instead_of=table.read("instead_of", _verdict, None),
    )
    if (rule.verdict is None) is (rule.urgency is None):
        table.fault("verdict", "give either a verdict or an urgency")
    table.close()
    return rule


def _clue(table: Table, facts: Facts) -> Clue:
    clue = Clue(
        code=table.read("code", kinds.key, "", required=True),
        words=_words(table),
        facts=table.read("facts", partial(_said, facts), {}, required=True),
        patterns=table.read("patterns", kinds.filled(_pattern), (), required=True),
        unless=table.read("unless", kinds.many(_pattern), ()),
        where=table.read("where", kinds.filled(_where), ("description",)),
        call_types=_call_types(table),
    )
    table.close()
    return clue


def _type_sign(table: Table, facts: Facts) -> TypeSign:
    sign = TypeSign(
        call_type=table.read("call_type", kinds.word(CallType), CallType.OTHER, required=True),
        weight=table.read("weight", kinds.whole(1, 10), 1, required=True),
        patterns=table.read("patterns", kinds.many(_pattern), ()),
        when=table.read("when", partial(_when, facts), ()),
    )
    table.close()
    return sign


def _attack(table: Table, facts: Facts) -> AttackSigns:
    alternatives: Kind[tuple[When, ...]] = kinds.filled(partial(_when, facts))
    signs = AttackSigns(
        sure=table.read("sure", alternatives, (), required=True),
        likely=table.read("likely", alternatives, (), required=True),
        call_types=_call_types(table),
    )
    table.close()
    return signs


def _default(table: Table) -> Reason:
    reason = Reason(table.read("code", kinds.key, "", required=True), _words(table))
    table.close()
    return reason


def _words(table: Table) -> Words:
    return table.read("words", both_languages, {}, required=True)


def _call_types(table: Table) -> frozenset[CallType]:
    none: tuple[CallType, ...] = ()
    return frozenset(table.read("call_types", kinds.many(kinds.word(CallType)), none))


def both_languages(value: object) -> Words:
    """A text in every language this program speaks: who reads it is not known here."""
    words = kinds.local_text(value)
    for language in kinds.LANGUAGES:
        if language not in words:
            raise Wrong(f"must give the text in {' and '.join(kinds.LANGUAGES)}; {language} is missing")
    return words


def _verdict(value: object) -> Verdict:
    verdict = kinds.word(Verdict)(value)
    if verdict not in SUGGESTED:
        raise Wrong(f"{verdict} is a person's to decide; use one of: {', '.join(sorted(SUGGESTED))}")
    return verdict


def _where(value: object) -> str:
    if value not in WHERE:
        raise Wrong(f'unknown word "{value}"; {suggestion(str(value), WHERE)}')
    return str(value)


def _pattern(value: object) -> str:
    pattern = kinds.text(value)
    if not PATTERN.fullmatch(pattern):
        raise Wrong(f'"{pattern}" is no pattern; use words, * for letters, a|b for either, .. for up to six words')
    return pattern


def _said(facts: Facts, value: object) -> Mapping[str, str]:
    if not isinstance(value, Mapping) or not value:
        raise Wrong('must name facts and their values, like { business = "stopped" }')
    for key, said in value.items():
        if said not in _allowed(facts, key) or key in DERIVED:
            raise Wrong(f'"{said}" is no answer to {key}', (key,))
    return dict(value)


def _allowed(facts: Facts, key: str) -> frozenset[str]:
    if key not in facts:
        raise Wrong(f"unknown fact; {suggestion(key, list(facts))}", (key,))
    return facts[key] or frozenset()


def _when(facts: Facts, value: object) -> When:
    if not isinstance(value, Mapping) or not value:
        raise Wrong('must name facts and what they must be, like { business = ["stopped", "limited"] }')
    return tuple(_condition(facts, str(key), each) for key, each in value.items())


def _alternatives(facts: Facts, value: object) -> tuple[When, ...]:
    """One table of conditions, or a list of tables of which one must hold."""
    return kinds.filled(partial(_when, facts))(value if isinstance(value, list) else [value])


def _condition(facts: Facts, key: str, value: object) -> Condition:
    allowed = _allowed(facts, key)
    given = value if isinstance(value, list) else [value]
    members = [member for member in given if isinstance(member, str)]
    if not members or len(members) != len(given):
        raise Wrong('must be a text like "yes", "!yes", "?" or "<=48", or a list of such texts', (key,))
    numbers = [m for m in members if m.startswith(COMPARISONS)]
    values = frozenset(m.removeprefix("!") for m in members if m not in numbers)
    if facts[key] is None and len(numbers) == 1 and values <= {"?"}:
        comparison = next(sign for sign in COMPARISONS if numbers[0].startswith(sign))
        return Condition(key, values, comparison=comparison, limit=_limit(key, numbers[0].removeprefix(comparison)))
    if unknown := values - allowed - {"?"}:
        raise Wrong(f"{', '.join(sorted(unknown))}: no answer to {key}", (key,))
    negated = {m.startswith("!") for m in members}
    if len(negated) != 1 or numbers:
        raise Wrong("mixes what it must be and what it must not be; write two rules", (key,))
    return Condition(key, values, negated=negated == {True})


def _limit(key: str, digits: str) -> float:
    try:
        return float(digits)
    except ValueError:
        raise Wrong(f'"{digits}" is no number', (key,)) from None
