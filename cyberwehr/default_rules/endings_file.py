"""endings.toml -> Endings. Faults name file, line and key."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from cyberwehr.config import kinds
from cyberwehr.config.toml_tables import Document, Table, Wrong, suggestion
from cyberwehr.default_rules.legal_file import address
from cyberwehr.default_rules.reading import among, both, by_code, read_rules
from cyberwehr.domain.guidance import Ending, Place
from cyberwehr.domain.protocol import Answers
from cyberwehr.domain.terms import Verdict

ENDINGS = Path(__file__).with_name("endings.toml")
WITHDRAWN, HOTLINE, REGION = "withdrawn", "hotline", "region"
VERDICTS = dict.fromkeys([*(each.value for each in Verdict if each is not Verdict.EMERGENCY), WITHDRAWN])
ANSWERS: Mapping[str, frozenset[str]] = {
    "caller_kind": frozenset({"private_person", "public_authority", "critical_infrastructure", "press"}),
    "wants": frozenset({"information", "complaint", "nothing"}),
    "own_it_provider": frozenset({"reachable", "unreachable", "none"}),
}
"""Answers of the interview that may choose between endings."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An ending and the answers it is for; none: for all."""

    verdict: str
    when: Mapping[str, str]
    ending: Ending


@dataclass(frozen=True, slots=True)
class Endings:
    """In the order in which they are tried."""

    version: str
    choices: tuple[Choice, ...]

    def find(self, verdict: str, answers: Answers) -> Ending:
        """The first that fits; the file has one for every verdict and any answers."""
        return next(
            each.ending
            for each in self.choices
            if each.verdict == verdict and all(answers.get(key) == value for key, value in each.when.items())
        )


@cache
def load_endings(file: Path = ENDINGS) -> Endings:
    """What the file says, read once per process. Raises RulesFault with every fault found."""
    return read_rules(file, _endings)


def _endings(document: Document) -> Endings:
    root = document.root()
    version = root.read("version", kinds.text, "", required=True)
    places = by_code(root.tables("place"), _place)
    choices = tuple(_choice(table, places) for table in root.tables("ending"))
    for verdict in VERDICTS:
        if not any(each.verdict == verdict and not each.when for each in choices):
            root.fault("ending", f"{verdict} has no ending that always fits; add one without `when`")
    root.close()
    return Endings(version, choices)


def _place(table: Table) -> tuple[str, Place]:
    code = table.read("code", kinds.key, "", required=True)
    place = Place(
        code=code,
        name=table.read("name", both, {}, required=True),
        what_for=table.read("what_for", both, {}, required=True),
        phone=table.read("phone", kinds.text, ""),
        url=table.read("url", address, ""),
    )
    own = table.read("hotline", kinds.flag, False)
    if own != (code in (HOTLINE, REGION)) or (own and place.phone):
        table.fault("hotline", f"stands at {HOTLINE} and {REGION}, which have no number of their own, nowhere else")
    if not (own or place.phone or place.url):
        table.fault("url", "nobody can reach this place; give it a phone or a url")
    return code, place


def _choice(table: Table, places: Mapping[str, Place]) -> Choice:
    codes: tuple[str, ...] = table.read("places", kinds.many(among(places)), ())
    ending = Ending(
        headline=table.read("headline", both, {}, required=True),
        words=table.read("words", both, {}, required=True),
        places=tuple(places[code] for code in codes),
    )
    choice = Choice(table.read("verdict", among(VERDICTS), "", required=True), _when(table.table("when")), ending)
    table.close()
    return choice


def _when(table: Table) -> Mapping[str, str]:
    given = {key: table.read(key, partial(_answer, key), "") for key in ANSWERS if key in table}
    table.known = list(ANSWERS)
    table.close()
    return given


def _answer(key: str, value: object) -> str:
    if str(value) not in ANSWERS[key]:
        raise Wrong(f'cannot be answered with "{value}"; {suggestion(str(value), sorted(ANSWERS[key]))}')
    return str(value)
