"""Paper for the day the computers are down: plain blocks, laid out as HTML for any browser and as PDF for the printer.

All words in a sheet are in its reader's language already; what strangers wrote is one visible line.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.resources import files

from cyberwehr.messages.paper import TEMPLATES

try:
    import typst
except ImportError:  # the extra `pdf` is not installed
    typst = None  # type: ignore[assignment]

LAYOUT = "layouts/sheet.typ"
PRINTS = typst is not None
"""Whether PDF can be made here."""


@dataclass(frozen=True, slots=True)
class Heading:
    """new_page: begins on a page of its own, so that it can be copied or handed on alone."""

    text: str
    level: int = 2
    new_page: bool = False
    kind: str = "heading"


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    kind: str = "paragraph"


@dataclass(frozen=True, slots=True)
class Items:
    """A list; each with what it begins with in bold, which may be empty."""

    items: Sequence[tuple[str, str]]
    numbered: bool = False
    kind: str = "items"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: a caption, column headings, rows of cells; a cell may have several lines.

    widths: the columns' shares of the paper's width.
    """

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Sequence[str]]]
    widths: Sequence[int]
    kind: str = "grid"


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels and values of one thing."""

    title: str
    rows: Sequence[tuple[str, str]]
    kind: str = "facts"


@dataclass(frozen=True, slots=True)
class Tick:
    """A question with boxes to tick; without choices a line to write on, followed by `unit`."""

    text: str
    choices: Sequence[str] = ()
    hint: str = ""
    unit: str = ""
    kind: str = "tick"


@dataclass(frozen=True, slots=True)
class Blanks:
    """Labels, each with room to write: so many lines."""

    rows: Sequence[tuple[str, int]]
    kind: str = "blanks"


Block = Heading | Paragraph | Items | Grid | Facts | Tick | Blanks


@dataclass(frozen=True, slots=True)
class Sheet:
    """mark: the word for an exercise, empty if it is none. made: when it was written; footer: on each page."""

    language: str
    title: str
    mark: str
    made: str
    footer: str
    blocks: Sequence[Block]


def as_html(sheet: Sheet) -> str:
    """One file that needs nothing beside it."""
    return TEMPLATES.get_template("sheet.html").render(sheet=sheet)


def as_pdf(sheet: Sheet, at: datetime) -> bytes:
    """A tagged PDF (PDF/UA-1). A character that no font has spoils the standard, but must not cost the sheet.

    Half a second of native work: for the engine and the command line, never for a request. Only where `PRINTS`.
    """
    try:
        return printed(sheet, at, ["ua-1"])
    except typst.TypstError:
        return printed(sheet, at, [])


def printed(sheet: Sheet, at: datetime, standards: list["typst.PDFStandard"]) -> bytes:
    """The words go in as JSON, never as typst source: whatever somebody typed stays text."""
    layout = files("cyberwehr.messages").joinpath(LAYOUT).read_bytes()
    made = typst.compile(
        layout,
        format="pdf",
        sys_inputs={"sheet": json.dumps(asdict(sheet))},
        pdf_standards=standards,
        timestamp=int(at.timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError("typst made no single file")
    return made
