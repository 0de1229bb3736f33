"""Texts in the reader's language: catalogues read into memory, dates, times and numbers as the language writes them.

English sentences are the source and the keys. Placeholders are plain names in braces, `{town}`; nothing else in braces
is touched, so a text may hold literal braces and a value can never be taken for a pattern.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from gettext import c2py
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.messages.pofile import PoFileError, read_po
from babel.numbers import format_decimal
from babel.units import format_unit

from cyberwehr.faults import Refusal

LOCALES = {"de": Locale("de", "DE"), "en": Locale("en", "GB")}
"""The languages the program speaks, and the local habits that go with each."""

CATALOGUE = "{language}/LC_MESSAGES/messages.po"
PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)\}")

Forms = tuple[str, ...]


def N_(message: str) -> str:
    """Mark a text for translation where it stands; it is translated later, where it is shown."""
    return message


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The translations of one language from one or more files: msgid -> its form or forms."""

    messages: Mapping[str, Forms] = field(default_factory=dict)
    form: Callable[[int], int] = field(default=lambda n: int(n != 1))

    def over(self, other: "Catalogue") -> "Catalogue":
        """This catalogue, completed by another one."""
        return Catalogue({**other.messages, **self.messages}, other.form)


@dataclass(frozen=True, slots=True)
class Texts:
    """Everything one reader sees: call it with an English text to get the reader's."""

    language: str
    catalogue: Catalogue = field(default_factory=Catalogue, repr=False)

    def __call__(self, message: str, /, **params: object) -> str:
        """The text in the reader's language, `{name}` replaced by the parameter of that name."""
        return self._filled(self.catalogue.messages.get(message, (message,))[0], params)

    def plural(self, singular: str, plural: str, n: int, /, **params: object) -> str:
        """One of two texts, by a number, which stands in the text as `{n}`."""
        known = self.catalogue.messages.get(singular, ())
        forms = known if len(known) > 1 else (singular, plural)
        form = self.catalogue.form(n) if len(known) > 1 else int(n != 1)
        return self._filled(forms[form], {"n": n, **params})

    def pick(self, words: Mapping[str, str]) -> str:
        """Of texts that a data file gives per language: the reader's, else English, else the first; "" if none."""
        return words.get(self.language) or words.get("en") or next(iter(words.values()), "")

    def _filled(self, text: str, params: Mapping[str, object]) -> str:
        return PLACEHOLDER.sub(lambda found: self._value(params.get(found[1], found[0])), text)

    def _value(self, value: object) -> str:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return self.number(value) if is_number else str(value)  # type: ignore[arg-type]

    @property
    def locale(self) -> Locale:
        return LOCALES[self.language]

    def moment(self, at: datetime, zone: ZoneInfo) -> str:
        """Day and time in that zone, in words: "Monday, 23 November 2026, 08:00". `at` is aware."""
        local = _local(at, zone)
        day = format_date(local.date(), "full", locale=self.locale)
        return self(N_("{day}, {time}"), day=day, time=f"{local:%H:%M}")

    def clock(self, at: datetime, zone: ZoneInfo) -> str:
        """Hours and minutes in that zone, "08:00"; German sentences put their "Uhr" behind it. `at` is aware."""
        return f"{_local(at, zone):%H:%M}"

    def duration(self, length: timedelta) -> str:
        """A length of time in words, by its two largest units: "1 hour, 30 mins". Below a minute in seconds."""
        parts = [format_unit(n, f"duration-{unit}", locale=self.locale) for n, unit in _units(length)]
        return format_list(parts[:2], style="unit", locale=self.locale)

    def number(self, x: float) -> str:
        """A number as the language writes it, up to three digits after the decimal sign."""
        return format_decimal(x, locale=self.locale)


def _local(at: datetime, zone: tzinfo) -> datetime:
    """The time on the wall in that zone; on the first and last day of the calendar, which callers may send, in UTC."""
    try:
        return at.astimezone(zone)
    except OverflowError:
        return at


def _units(length: timedelta) -> Iterator[tuple[int, str]]:
    """The numbers a length of time is spoken with, largest first, at least one."""
    seconds = abs(round(length.total_seconds()))
    if seconds < 60:
        yield seconds, "second"
        return
    hours, minutes = divmod(round(seconds / 60), 60)
    spoken = ((hours // 24, "day"), (hours % 24, "hour"), (minutes, "minute"))
    yield from ((n, unit) for n, unit in spoken if n)


@dataclass(frozen=True, slots=True)
class Catalogues:
    """All catalogues of an instance: the core's, one per language, and those the regions bring."""

    core: Mapping[str, Catalogue]
    regions: Mapping[tuple[str, str], Catalogue]
    default: str

    @classmethod
    def load(cls, extra: Mapping[str, Path] | None = None, default: str = "de") -> "Catalogues":
        """Read everything once, at start. `extra`: region key -> its folder, which may hold
        `translations/LANGUAGE/LC_MESSAGES/messages.po`. `default`: the language of whoever speaks none of ours.

        Raises Refusal, naming file and line, if a file cannot be read as a catalogue.
        """
        shipped = files("cyberwehr.translations")
        core = {language: _read(shipped.joinpath(CATALOGUE.format(language=language))) for language in LOCALES}
        regions = {
            (region, language): _read(path).over(core[language])
            for region, folder in (extra or {}).items()
            for language in LOCALES
            if (path := folder / "translations" / CATALOGUE.format(language=language)).is_file()
        }
        return cls(core, regions, default)

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.core)

    def texts(self, language: str, region: str | None = None) -> Texts:
        """Texts for one reader. A language we do not speak gets the instance's default; `de-AT` is `de`."""
        wanted = language.replace("_", "-").split("-")[0].lower()
        spoken = wanted if wanted in self.core else self.default
        return Texts(spoken, self.regions.get((region or "", spoken), self.core[spoken]))


def _read(path: Traversable) -> Catalogue:
    """One file. Entries that are empty, obsolete or marked fuzzy do not count as translated."""
    try:
        with path.open("rb") as file:
            catalog = read_po(file, abort_invalid=True)
    except PoFileError as fault:
        raise Refusal(f"{path}:{fault.lineno + 1}: this is not a catalogue of translations: {fault}") from fault
    except UnicodeDecodeError as fault:
        raise Refusal(f"{path}: this is not a catalogue of translations: it is not written in UTF-8") from fault
    entries = {_one(m.id): _forms(m.string) for m in catalog if m.id and not m.fuzzy}
    return Catalogue({key: forms for key, forms in entries.items() if all(forms)}, c2py(catalog.plural_expr))


def _one(msgid: str | Sequence[str]) -> str:
    return msgid if isinstance(msgid, str) else msgid[0]


def _forms(string: str | Sequence[str] | None) -> Forms:
    return (string,) if isinstance(string, str) else tuple(string or ("",))


def pick_language(accepted: str, offered: Sequence[str], default: str) -> str:
    """The offered language a browser likes best, by its Accept-Language header (RFC 9110, 12.5.4); else `default`."""
    liked = sorted(_liked(accepted), key=lambda wish: -wish[1])
    return next((language for language, weight in liked if weight > 0 and language in offered), default)


def _liked(accepted: str) -> Iterator[tuple[str, float]]:
    """Each wish of the header as (language without its region, weight); what cannot be read is left out."""
    wish = re.compile(r"\s*([a-zA-Z]{1,8})(?:-[a-zA-Z0-9-]{1,30})?\s*(?:;\s*q=([01](?:\.[0-9]{0,3})?)\s*)?")
    for part in accepted.split(","):
        if found := wish.fullmatch(part):
            yield found[1].lower(), float(found[2] or 1)
