"""Kinds of values in the files people write: each turns a TOML value into a checked one or says what it must be."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cyberwehr.config.toml_tables import Kind, T, Wrong, suggestion

E = TypeVar("E", bound=StrEnum)

LANGUAGES = ["de", "en"]
_UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days"}


def text(value: object) -> str:
    """Text with something in it, without control characters (a line feed would forge a mail header)."""
    if not isinstance(value, str) or not value.strip():
        raise Wrong('must be text in quotes, like "…", and not empty')
    if not value.isprintable():
        raise Wrong("must not contain line feeds or control characters")
    return value.strip()


def flag(value: object) -> bool:
    """true or false; 1 and 0 as well, because environment variables are written so."""
    if not isinstance(value, bool) and value not in (0, 1):
        raise Wrong("must be true or false")
    return bool(value)


def whole(least: int, most: int) -> Kind[int]:
    return partial(_whole, least, most)


def _whole(least: int, most: int, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Wrong(f"must be a whole number from {least} to {most}, without quotes")
    return value


def number(least: float, most: float) -> Kind[float]:
    return partial(_number, least, most)


def _number(least: float, most: float, value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
        raise Wrong(f"must be a number from {least:g} to {most:g}, without quotes")
    return float(value)


def day(value: object) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise Wrong("must be a day without quotes, like 2027-12-31")
    return value


def wall_clock(value: object) -> time:
    """A time of day on the wall, to the minute: "03:30"."""
    if not isinstance(value, str) or not re.fullmatch("([01][0-9]|2[0-3]):[0-5][0-9]", value):
        raise Wrong('must be a time of day in quotes, like "03:30"')
    return time.fromisoformat(value)


def duration(value: object) -> timedelta:
    """A number and a unit: "90 s", "10 min", "2 h", "1 d"; at most a year."""
    match = re.fullmatch(r"([0-9]{1,8})\s*(s|min|h|d)", value) if isinstance(value, str) else None
    length = timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else None
    if length is None or length > timedelta(days=366):
        raise Wrong('must be a duration of at most a year, like "90 s", "10 min", "2 h" or "1 d"')
    return length


def many(kind: Kind[T]) -> Kind[tuple[T, ...]]:
    """A list whose members are all of one kind and differ from each other."""
    return partial(_many, kind)


def _many(kind: Kind[T], value: object) -> tuple[T, ...]:
    if not isinstance(value, list):
        raise Wrong("must be a list in brackets: [ … ]")
    members: list[T] = []
    for n, member in enumerate(value):
        try:
            checked = kind(member)
        except Wrong as wrong:
            raise Wrong(str(wrong), (n, *wrong.path)) from None
        if checked in members:
            raise Wrong(f"{checked} stands here twice; remove one", (n,))
        members.append(checked)
    return tuple(members)


def filled(kind: Kind[T]) -> Kind[tuple[T, ...]]:
    """A list with at least one member."""
    return partial(_filled, kind)


def _filled(kind: Kind[T], value: object) -> tuple[T, ...]:
    members = _many(kind, value)
    if not members:
        raise Wrong("must not be empty; put at least one between the brackets")
    return members


def word(enumeration: type[E]) -> Kind[E]:
    return partial(_word, enumeration)


def _word(enumeration: type[E], value: object) -> E:
    known = [member.value for member in enumeration]
    if value not in known:
        raise Wrong(f'unknown word "{value}"; {suggestion(str(value), known)}')
    return enumeration(value)


def language(value: object) -> str:
    if value not in LANGUAGES:
        raise Wrong(f"must be a language this program speaks: {', '.join(LANGUAGES)}")
    return str(value)


def spoken(value: object) -> str:
    """A language people speak, by its ISO 639 code: technicians may speak more languages than the program."""
    if not isinstance(value, str) or not re.fullmatch("[a-z]{2,3}", value):
        raise Wrong('must be a language code of two or three small letters, like "de" or "tr"')
    return value


def local_text(value: object) -> Mapping[str, str]:
    """A text in German and, if you like, English: { de = "…", en = "…" }."""
    if not isinstance(value, Mapping) or "de" not in value:
        raise Wrong('must give the German text and may give others: { de = "…", en = "…" }')
    for code, words in value.items():
        try:
            language(code), text(words)
        except Wrong as wrong:
            raise Wrong(str(wrong), (code,)) from None
    return {str(code): str(words).strip() for code, words in value.items()}


def key(value: object) -> str:
    """A short ascii name: of a region (its folder's name) or of a provider."""
    if not isinstance(value, str) or not re.fullmatch(r"[a-z][a-z0-9_-]{0,40}", value):
        raise Wrong("must be ascii: small letters, digits, - and _, beginning with a letter (write ae, oe, ue, ss)")
    return value


def postal_code(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch("[0-9]{5}", value):
        raise Wrong('must be a German postal code: five digits in quotes, like "12345"')
    return value


def point(value: object) -> tuple[float, float]:
    """[latitude, longitude] in degrees, WGS 84, within Germany: swapped numbers are found that way."""
    if not isinstance(value, list) or len(value) != 2:
        raise Wrong("must be [latitude, longitude], like [51.48, 7.21]")
    try:
        return _number(47, 56, value[0]), _number(5, 16, value[1])
    except Wrong:
        raise Wrong("must lie in Germany: [latitude 47 to 56, longitude 5 to 16]") from None


def zone(value: object) -> str:
    try:
        ZoneInfo(text(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Wrong('must be a time zone of the IANA list, like "Europe/Berlin"') from None
    return str(value)


def folder(value: object) -> Path:
    """A path, `~` expanded; relative ones begin at the working directory."""
    return Path(text(value)).expanduser().absolute()


def split_url(value: object, schemes: tuple[str, ...], example: str) -> SplitResult:
    """The parts of a URL. The sentences never repeat the value: it may hold a password."""
    try:
        parts = urlsplit(text(value))
        port_is_valid = parts.port != 0
    except ValueError:
        port_is_valid = False
    if not port_is_valid or parts.scheme not in schemes:
        raise Wrong(f"must be a URL like {example}")
    return parts
