"""How every message looks: a draft of paragraphs, facts and one link becomes mail (text and HTML) and text message."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from cyberwehr.i18n import Texts
from cyberwehr.messages.plain import lines, one_line, short

TEMPLATES = Environment(
    loader=PackageLoader("cyberwehr.messages"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Letter:
    """One message, ready for any channel. `short` is the text message: basic GSM characters, at most 306."""

    subject: str
    text: str
    html: str
    short: str


@dataclass(frozen=True, slots=True)
class Frame:
    """Who writes: the control centre's name and number. `demo`: an exercise. `zone`: times are told in it."""

    centre: str
    hotline: str
    demo: bool
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Draft:
    """What a message says, in the reader's language. `brief` is the text message without link and exercise mark."""

    subject: str
    paragraphs: Sequence[str]
    brief: str
    facts: Sequence[tuple[str, str]] = ()
    button: tuple[str, str] | None = None
    """Label and address of the one link."""
    lists: Sequence[tuple[str, Sequence[str]]] = ()
    """Headings with short lines under them, between paragraphs and facts."""


def written(texts: Texts, frame: Frame, draft: Draft) -> Letter:
    """The draft as a letter. In an exercise everything begins with the word for it."""
    mark = texts("EXERCISE") if frame.demo else ""
    subject = one_line(f"{mark}: {draft.subject}" if mark else draft.subject, 150)
    content = {
        "_": texts,
        "mark": mark,
        "subject": subject,
        "heading": one_line(draft.subject, 150),
        "paragraphs": draft.paragraphs,
        "lists": draft.lists,
        "facts": [(label, lines(value)) for label, value in draft.facts],
        "button": draft.button,
        "frame": frame,
    }
    return Letter(
        subject,
        TEMPLATES.get_template("letter.txt").render(content),
        TEMPLATES.get_template("letter.html").render(content),
        short(f"{mark} {frame.centre}: {draft.brief}", draft.button[1] if draft.button else ""),
    )
