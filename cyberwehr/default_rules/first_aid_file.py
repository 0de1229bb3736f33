"""first_aid.toml -> FirstAid. Faults name file, line and key; a file with a fault stops whoever reads it."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from cyberwehr.config import kinds
from cyberwehr.config.toml_tables import Document, Kind, Table, Wrong, suggestion
from cyberwehr.default_rules.reading import among, both, by_code, read_rules, read_sources, short_both
from cyberwehr.domain.first_aid import CHOICES, Advice, Condition, FirstAid
from cyberwehr.domain.guidance import Step
from cyberwehr.domain.terms import CallType

FIRST_AID = Path(__file__).with_name("first_aid.toml")
KINDS = {"do": None, "dont": None, "call": None}
MOST = 140
"""Characters of a step: what a frightened person takes in at once."""

YES = frozenset({"yes", "no", "unknown"})
ANSWERS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        (
            "attack_suspected", "already_contained", "credentials_entered", "danger_to_life", "data_exposed",
            "device_protected", "intruder_inside", "money_sent", "ransom_note", "remote_access_now", "spreading",
        ),
        YES,
    ),
    "backups": frozenset({"offline", "online", "none", "unknown"}),
    "business": frozenset({"stopped", "limited", "normal", "unknown"}),
    "own_it_provider": frozenset({"reachable", "unreachable", "none", "unknown"}),
    "personal_data": frozenset({"none", "ordinary", "special", "unknown"}),
    "systems": frozenset({"one", "several", "many", "all", "unknown"}),
    "money_sent_hours_ago": frozenset(),
    "ransom_deadline_hours": frozenset(),
}  # fmt: skip
"""Answers of the interview that first aid may depend on, and what they can be; nothing: a number."""


@cache
def load_first_aid(file: Path = FIRST_AID) -> FirstAid:
    """What the file says, read once per process. Raises RulesFault with every fault found."""
    return read_rules(file, _first_aid)


def _first_aid(document: Document) -> FirstAid:
    root = document.root()
    version = root.read("version", kinds.text, "", required=True)
    sources = read_sources(root.table("sources"))
    advice = by_code(root.tables("step"), lambda table: _advice(table, sources))
    order = root.table("order")
    types = {call_type: _listed(order, call_type.value, advice) for call_type in CallType}
    first_aid = FirstAid(
        version=version,
        first=_listed(order, "first", advice),
        unknown=_listed(order, "unknown", advice),
        types=types,
        last=_listed(order, "last", advice),
    )
    order.close()
    root.close()
    _check_unused(root, advice, first_aid)
    _check_told(order, first_aid)
    return first_aid


def _advice(table: Table, sources: Mapping[str, str]) -> tuple[str, Advice]:
    code = table.read("code", kinds.key, "", required=True)
    step = Step(
        code=code,
        kind=table.read("kind", among(KINDS), "do", required=True),
        words=table.read("words", short_both(MOST), {}, required=True),
        phone=table.read("phone", both, {}),
        why=table.read("why", both, {}, required=True),
        source=sources.get(table.read("source", among(sources), "", required=True), ""),
    )
    choice = table.read("choice", among(dict.fromkeys(CHOICES)), "") or None
    return code, Advice(step, _conditions(table.table("when")), choice)


def _conditions(table: Table) -> tuple[Condition, ...]:
    found = tuple(table.read(key, _condition(key), Condition(key)) for key in ANSWERS if key in table)
    table.known = list(ANSWERS)
    table.close()
    return found


def _condition(key: str) -> Kind[Condition]:
    """A word, a list of words, or `{ at_most = 48 }` for a number."""

    def kind(value: object) -> Condition:
        if not ANSWERS[key]:
            if not isinstance(value, Mapping) or list(value) != ["at_most"]:
                raise Wrong("is a number: write { at_most = 48 }")
            return Condition(key, at_most=kinds.number(0, 10_000)(value["at_most"]))
        words: list[str] = value if isinstance(value, list) else [str(value)]
        for word in words:
            if str(word) not in ANSWERS[key]:
                raise Wrong(f'cannot be answered with "{word}"; {suggestion(str(word), sorted(ANSWERS[key]))}')
        return Condition(key, frozenset(words))

    return kind


def _listed(order: Table, key: str, advice: Mapping[str, Advice]) -> tuple[Advice, ...]:
    codes: tuple[str, ...] = order.read(key, kinds.filled(among(advice)), (), required=True)
    return tuple(advice[code] for code in codes)


def _check_unused(root: Table, advice: Mapping[str, Advice], aid: FirstAid) -> None:
    told = {each.step.code for part in (aid.first, aid.unknown, aid.last, *aid.types.values()) for each in part}
    for code in sorted(set(advice) - told):
        root.fault("step", f"{code} is never told; put it into [order] or remove it")


def _check_told(order: Table, aid: FirstAid) -> None:
    """Whatever it is and however little was answered: something to do and something to leave alone."""
    for name, part in (("unknown", aid.unknown), *aid.types.items()):
        kinds_told = {each.step.kind for each in part if not each.when and not each.choice}
        for kind in ("do", "dont"):
            if kind not in kinds_told:
                order.fault(name, f"has no step of the kind {kind} that always holds; add one")
