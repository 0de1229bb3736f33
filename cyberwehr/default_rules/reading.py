"""What the rule files have in common: texts in both languages, sources by name, and refusal of what is wrong."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from cyberwehr.config import kinds
from cyberwehr.config.toml_tables import Document, Kind, Table, Wrong, read_document, suggestion
from cyberwehr.domain.protocol import Words
from cyberwehr.faults import Refusal

T = TypeVar("T")
BOTH = ("de", "en")


class RulesFault(Refusal):
    """A rule file cannot be used; the text has a line `FILE:LINE: KEY: sentence` for each fault."""


def read_rules(file: Path, build: Callable[[Document], T]) -> T:
    """What `build` makes of the file. Raises RulesFault with every fault found."""
    document = read_document(file)
    built = None if document.faults else build(document)
    if built is None or document.faults:
        raise RulesFault("\n".join(map(str, sorted(document.faults))))
    return built


def both(value: object) -> Words:
    """A text in German and in English; a reader of neither is left without."""
    words = kinds.local_text(value)
    if missing := [code for code in BOTH if code not in words]:
        raise Wrong(f'must give the text in both languages; {missing[0]} = "…" is missing')
    return words


def short_both(most: int) -> Kind[Words]:
    """As `both`, each short enough to be taken in by somebody who is frightened."""

    def kind(value: object) -> Words:
        words = both(value)
        for code, text in words.items():
            if len(text) > most:
                raise Wrong(f"is {len(text)} characters long; say it in at most {most}", (code,))
        return words

    return kind


def among(known: Mapping[str, object]) -> Kind[str]:
    """The name of something that stands in the same file."""

    def kind(value: object) -> str:
        if not isinstance(value, str) or value not in known:
            raise Wrong(f'nothing here is called "{value}"; {suggestion(str(value), list(known))}')
        return value

    return kind


def by_code(tables: list[Table], read: Callable[[Table], tuple[str, T]]) -> dict[str, T]:
    """The tables of a list by their codes, which must differ."""
    found: dict[str, T] = {}
    for table in tables:
        code, value = read(table)
        if code in found:
            table.fault("code", f"{code} stands here twice; give each a code of its own")
        found[code] = value
        table.close()
    return found


def read_sources(table: Table) -> Mapping[str, str]:
    """Name -> source as it is shown; every key of the table is one."""
    return {name: table.read(name, kinds.text, "") for name in table.values}
