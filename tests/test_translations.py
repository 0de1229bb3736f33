"""The catalogues: complete, up to date, formal; and every code of the program can be said."""

import ast
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po

from cyberwehr.domain import terms
from cyberwehr.domain.call import size_class
from cyberwehr.domain.notices import Notice
from cyberwehr.i18n import Catalogues
from cyberwehr.sentences import NOTICES
from cyberwehr.web.problems import CODES
from cyberwehr.web.provider.views import OVER
from cyberwehr.words import LABELS, label, say, size

ROOT = Path(__file__).parents[1]
NAMED = re.compile(r"\{[a-z_][a-z0-9_]*\}")
PLACEHOLDER = re.compile(r"\{[^}]*\}")

SAME_IN_GERMAN = {"Name", "Region", "normal", "{km} km"}
"""Reviewed: these are the same word in both languages."""

INFORMAL = re.compile(r"\b(du|dir|dich|dein\w*|euch|euer\w*|eure\w*)\b", re.IGNORECASE)

RAISING = {"Notice": 0, "tell_commander": 3}
"""Who turns a code into a notice, and the position of the code among its arguments; the refusals are found."""

ENUMERATIONS = [kind for kind in vars(terms).values() if isinstance(kind, type) and StrEnum in kind.__bases__]


@cache
def catalogue(path: str) -> Catalog:
    with (ROOT / "translations" / path).open("rb") as file:
        return read_po(file, abort_invalid=True)


def entries(language: str) -> list[Message]:
    return [message for message in catalogue(f"{language}/LC_MESSAGES/messages.po") if message.id]


def forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


@cache
def extracted() -> frozenset[str | tuple[str, ...]]:
    """What stands in the sources now, found the way `pybabel extract` finds it."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {**DEFAULT_KEYWORDS, **parse_keywords(["texts", "plural:1,2"])}
    found = extract_from_dir(ROOT, methods, options, keywords, directory_filter=is_source)
    return frozenset(message for _, _, message, _, _ in found)


def is_source(folder: str) -> bool:
    return Path(folder).relative_to(ROOT).parts[0] in ("cyberwehr", "plugins")


def sources() -> Iterator[ast.Module]:
    for folder in ("cyberwehr", "plugins", "regions"):
        for file in (ROOT / folder).rglob("*.py"):
            yield ast.parse(file.read_text(encoding="utf-8"))


def calls() -> Iterator[tuple[str, ast.Call]]:
    for tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                yield node.func.id if isinstance(node.func, ast.Name) else node.func.attr, node


@cache
def refusals() -> frozenset[str]:
    """The classes that carry a code: Refused and what is derived from it."""
    tree = ast.parse((ROOT / "cyberwehr/services/errors.py").read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.ClassDef))


def words_given(call: ast.Call, position: int) -> set[str] | None:
    """The names of the parameters that go with a code; None if that cannot be read from the source."""
    if any(keyword.arg is None for keyword in call.keywords):
        return None
    if position == 0 and len(call.args) > 1:
        params = call.args[1]
        return {str(ast.literal_eval(key)) for key in params.keys if key} if isinstance(params, ast.Dict) else None
    return {keyword.arg for keyword in call.keywords if keyword.arg}


@cache
def raised() -> tuple[tuple[str, set[str] | None], ...]:
    """Every code a source names, with the parameters it gives."""
    return tuple(codes())


def codes() -> Iterator[tuple[str, set[str] | None]]:
    positions = RAISING | dict.fromkeys(refusals(), 0)
    for name, call in calls():
        if name in positions and len(call.args) > positions[name]:
            for code in literals(call.args[positions[name]]):
                yield code, words_given(call, positions[name])


def literals(node: ast.expr) -> Iterator[str]:
    """The codes an expression may come to: a literal, either side of a choice, the default of a look-up."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*literals(node.body), *literals(node.orelse))
    elif isinstance(node, ast.Call):
        yield from (code for argument in node.args[1:] for code in literals(argument))


def test_the_template_is_up_to_date_with_the_sources() -> None:
    template = {message.id for message in catalogue("messages.pot") if message.id}
    missing, left_over = extracted() - template, template - extracted()
    assert not missing, "run `make messages`"
    assert not left_over, "run `make messages`"


@pytest.mark.parametrize("language", ["de", "en"])
def test_each_catalogue_has_what_the_template_has(language: str) -> None:
    assert {m.id for m in entries(language)} == {m.id for m in catalogue("messages.pot") if m.id}


def test_german_is_complete() -> None:
    assert [m.id for m in entries("de") if not m.string or not all(forms(m.string))] == []


@pytest.mark.parametrize("language", ["de", "en"])
def test_nothing_is_fuzzy_or_left_over(language: str) -> None:
    assert [m.id for m in entries(language) if m.fuzzy] == []
    assert not catalogue(f"{language}/LC_MESSAGES/messages.po").obsolete


def test_english_says_nothing_else_than_the_source() -> None:
    assert [m.id for m in entries("en") if any(forms(m.string)) and forms(m.string) != forms(m.id)] == []


def test_placeholders_are_the_same_in_both_languages() -> None:
    def used(text: str | tuple[str, ...] | list[str]) -> set[str]:
        return {name for form in forms(text) for name in PLACEHOLDER.findall(form)}

    assert [m.id for m in entries("de") if used(m.id) != used(m.string)] == []


def test_placeholders_are_plain_names_or_numbers() -> None:
    """Nothing else is filled in: no formats, no attributes. Numbers are filled in by whoever uses the text."""
    names = [name for m in entries("de") for form in forms(m.id) for name in PLACEHOLDER.findall(form)]
    assert [name for name in names if not re.fullmatch(r"\{([a-z_][a-z0-9_]*|[0-9])\}", name)] == []


def test_what_is_the_same_in_german_has_been_reviewed() -> None:
    assert {m.id for m in entries("de") if forms(m.id) == forms(m.string)} == SAME_IN_GERMAN


def test_german_is_formal() -> None:
    assert [m.string for m in entries("de") if any(INFORMAL.search(form) for form in forms(m.string))] == []


def test_german_uses_german_quotation_marks() -> None:
    assert [m.string for m in entries("de") if any(mark in form for form in forms(m.string) for mark in '"”')] == []


def test_every_text_with_placeholders_gets_them() -> None:
    """`texts("… {town}")` without `town=` would show the braces."""
    short = []
    for name, call in calls():
        literal = call.args[0] if name == "texts" and call.args else None
        if isinstance(literal, ast.Constant) and isinstance(literal.value, str):
            given = {f"{{{keyword.arg}}}" for keyword in call.keywords}
            if "{None}" not in given and set(NAMED.findall(literal.value)) - given:
                short.append(literal.value)
    assert short == []


def test_every_code_that_is_raised_can_be_said() -> None:
    assert len({code for code, _ in raised()}) > 20
    assert {code for code, _ in raised()} - set(NOTICES) == set()


@pytest.mark.parametrize("codes", [CODES, OVER], ids=["statuses", "answers"])
def test_every_code_the_web_looks_up_can_be_said(codes: Mapping[object, str]) -> None:
    assert set(codes.values()) - set(NOTICES) == set()


def test_every_sentence_gets_its_words() -> None:
    def wanted(code: str) -> set[str]:
        return {name.strip("{}") for name in PLACEHOLDER.findall(NOTICES.get(code, ""))}

    assert [(code, given) for code, given in raised() if given is not None and wanted(code) - given] == []


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_member_of_every_enumeration_has_a_label(language: str) -> None:
    texts = Catalogues.load().texts(language)
    assert len(ENUMERATIONS) >= 11
    for kind in ENUMERATIONS:
        assert set(LABELS[kind]) == {member.value for member in kind}
        assert all(label(texts, member) not in ("", member.name) for member in kind)


@pytest.mark.parametrize(("employees", "german"), [(9, "bis 9"), (10, "10 bis 49"), (250, "250"), (None, "")])
def test_sizes_in_words(employees: int | None, german: str) -> None:
    assert size(Catalogues.load().texts("de"), size_class(employees)).startswith(german)


def test_labels_differ_within_an_enumeration() -> None:
    texts = Catalogues.load().texts("de")
    for kind in ENUMERATIONS:
        assert len({label(texts, member) for member in kind}) == len(kind)


@pytest.mark.parametrize("code", sorted(NOTICES))
def test_a_sentence_ends_like_one(code: str) -> None:
    texts: Mapping[str, str] = {m.id: m.string for m in entries("de") if isinstance(m.id, str)}
    assert NOTICES[code].endswith((".", "{reason}"))
    assert texts[NOTICES[code]].endswith((".", "{reason}"))


@pytest.mark.parametrize(
    ("notice", "german"),
    [
        (
            Notice("lacking_skill", {"call_type": "ddos"}),
            "Für dieses Einsatzstichwort ist keine Fachkenntnis hinterlegt: Überlastungsangriff (DDoS).",
        ),
        (
            Notice("qualification_expired", {"date": "2026-03-01"}),
            "Die Qualifikation ist am 1. März 2026 abgelaufen.",
        ),
        (
            Notice("alarm_blocked", {"reason": "region_open"}),
            "Die automatische Alarmierung war nicht möglich. Es ist noch offen, welche Region zuständig ist. "
            "Bitte legen Sie zuerst die Region fest.",
        ),
        (
            Notice("outside_radius", {"km": "52", "radius": "40"}),
            "Zu weit entfernt: 52 km Fahrstrecke, fährt aber höchstens 40 km.",
        ),
        (Notice("no_such_code", {"x": "y"}), "no_such_code"),
        (
            Notice("lacking_skill", {"call_type": "None"}),
            "Für dieses Einsatzstichwort ist keine Fachkenntnis hinterlegt: None.",
        ),
    ],
)
def test_notices_in_words(notice: Notice, german: str) -> None:
    assert say(Catalogues.load().texts("de"), notice) == german
