"""legal.toml -> the duties to report and the sectors that NIS2 binds. Faults name file, line and key."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cyberwehr.config import kinds
from cyberwehr.config.toml_tables import Document, Table, Wrong
from cyberwehr.default_rules.reading import among, both, by_code, read_rules
from cyberwehr.domain.deadlines import CONCERNS, Duty, Sector
from cyberwehr.domain.terms import CallType

LEGAL = Path(__file__).with_name("legal.toml")


@dataclass(frozen=True, slots=True)
class Legal:
    """Duties in the order to be shown, by code."""

    version: str
    duties: Mapping[str, Duty]
    sectors: tuple[Sector, ...]


@cache
def load_legal(file: Path = LEGAL) -> Legal:
    """What the file says, read once per process. Raises RulesFault with every fault found."""
    return read_rules(file, _legal)


def _legal(document: Document) -> Legal:
    root = document.root()
    version = root.read("version", kinds.text, "", required=True)
    tables = root.tables("duty")
    duties = by_code(tables, _duty)
    sectors = by_code(root.tables("sector"), _sector)
    for table, duty in zip(tables, duties.values(), strict=False):
        if duty.after and duty.after not in duties:
            table.fault("after", f"there is no duty {duty.after}; correct it")
    root.close()
    return Legal(version, duties, tuple(sectors.values()))


def _duty(table: Table) -> tuple[str, Duty]:
    code = table.read("code", kinds.key, "", required=True)
    types: tuple[CallType, ...] = table.read("call_types", kinds.many(kinds.word(CallType)), ())
    law = table.read("law", kinds.text, "", required=True)
    duty = Duty(
        code=code,
        name=table.read("name", both, {}, required=True),
        authority=table.read("authority", both, {}, required=True),
        url=table.read("url", address, "", required=True),
        begins=table.read("begins", both, {}, required=True),
        source=f"{law} ({table.read('read', _month, '', required=True)})",
        concerns=table.read("concerns", among(CONCERNS), "everybody", required=True),
        hours=table.read("hours", kinds.whole(1, 8760), None),
        months=table.read("months", kinds.whole(1, 120), None),
        after=table.read("after", kinds.key, None),
        call_types=frozenset(types),
    )
    if duty.hours and duty.months:
        table.fault("months", "a limit is either in hours or in months; remove one")
    if (duty.months is None) != (duty.after is None):
        table.fault("months", "months and after go together: the month begins when that duty is met")
    return code, duty


def _sector(table: Table) -> tuple[str, Sector]:
    code = table.read("code", kinds.key, "", required=True)
    words: tuple[str, ...] = table.read("words", kinds.filled(_word), (), required=True)
    any_size = table.read("any_size", kinds.flag, False)
    return code, Sector(code, words, any_size)


def _word(value: object) -> str:
    """A word, or with `*` before it the inner part of one; without letters it would find every company."""
    word = kinds.text(value).casefold()
    if not re.fullmatch(r"[^\W\d_]{3,}|\*[^\W\d_]{5,}", word):
        raise Wrong('must be one word of 3 letters or more, with * before it of 5 or more, like "strom" or "*klinik"')
    return word


def _month(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"20[0-9]{2}-(0[1-9]|1[0-2])", value):
        raise Wrong('must be the month in which the text was read, like "2026-11"')
    return value


def address(value: object) -> str:
    """The page of a public body; empty if there is none."""
    if value == "":
        return ""
    parts = kinds.split_url(value, ("https",), "https://www.example.org")
    if not parts.hostname:
        raise Wrong("must be the address of a page, like https://www.example.org")
    return kinds.text(value)
