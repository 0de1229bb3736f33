"""Settings in environment variables: the short names, and CYBERWEHR_SECTION__KEY for every key of cyberwehr.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches

from cyberwehr.config.settings import SECTIONS
from cyberwehr.config.toml_tables import Kind, Wrong, suggestion

SHORT = {
    "CYBERWEHR_DATABASE_URL": ("database", "url"),
    "CYBERWEHR_SECRET_KEY": ("security", "secret_key"),
    "CYBERWEHR_DATA_DIR": ("instance", "data_dir"),
    "CYBERWEHR_MAIL_URL": ("mail", "url"),
    "CYBERWEHR_PUBLIC_URL": ("instance", "public_url"),
    "CYBERWEHR_DEMO": ("instance", "demo"),
    "CYBERWEHR_CLOCK_OFFSET": ("instance", "clock_offset"),
}
_PREFIX = "CYBERWEHR_"


class BadVariable(ValueError):
    """An environment variable that cannot be used: `VARIABLE: sentence`."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One setting from the environment; `value` is what the same text would be in cyberwehr.toml."""

    name: str
    section: str
    key: str
    value: object


def variables(environ: Mapping[str, str]) -> list[Variable]:
    """The settings in the environment; an empty variable counts as not set, a short name wins over a long one.

    An unknown CYBERWEHR_SECTION__KEY raises BadVariable, and so does a name that is nearly a short one: with a typing
    error in CYBERWEHR_DATABASE_URL the instance would otherwise start on an empty database.
    """
    given = {name: text for name, text in environ.items() if name.startswith(_PREFIX) and text.strip()}
    names = sorted(given, key=lambda name: (name in SHORT, name))
    return [_variable(name, given[name]) for name in names if _is_setting(name)]


def variable_for(section: str, key: str) -> str:
    """The name of the variable that sets a key, the short one where there is one."""
    short = [name for name, target in SHORT.items() if target == (section, key)]
    return short[0] if short else f"{_PREFIX}{section}__{key}".upper()


def _is_setting(name: str) -> bool:
    if name in SHORT or "__" in name:
        return True
    near = get_close_matches(name, [*SHORT, f"{_PREFIX}CONFIG"], 1, 0.9)
    if near and near[0] != name:
        raise BadVariable(f"{name}: unknown variable; did you mean {near[0]}?")
    return False


def _variable(name: str, text: str) -> Variable:
    section, key = SHORT.get(name) or _section_and_key(name)
    return Variable(name, section, key, _value(_kind(section, key), text))


def _section_and_key(name: str) -> tuple[str, str]:
    section, _, key = name.removeprefix(_PREFIX).lower().partition("__")
    known = {f"{_PREFIX}{each}__{name}".upper() for each, keys in SECTIONS.items() for name in _keys(keys)}
    if name not in known:
        raise BadVariable(f"{name}: unknown variable; {suggestion(name, sorted(known))}")
    return section, key


def _keys(section: type) -> list[str]:
    return [each.name for each in fields(section)]


def _kind(section: str, key: str) -> Kind[object]:
    found: Kind[object] = next(each.metadata["kind"] for each in fields(SECTIONS[section]) if each.name == key)
    return found


def _value(kind: Kind[object], text: str) -> object:
    """The text as a TOML value if it is one that fits; else the text itself, so that words need no quotes."""
    try:
        parsed = tomllib.loads(f"value = {text}")
        kind(parsed["value"])
    except (tomllib.TOMLDecodeError, Wrong):
        return text
    return parsed["value"] if len(parsed) == 1 else text
