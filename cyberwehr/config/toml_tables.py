"""TOML read by kinds: each value is checked where it is read, each fault knows its file, line and key."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from cyberwehr.config.toml_lines import KeyPath, key_lines
from cyberwehr.faults import Fault

T = TypeVar("T")
Kind = Callable[[object], T]
"""Turns a TOML value into a checked one, or raises `Wrong`."""


class Wrong(ValueError):
    """A kind refuses a value: a sentence with the remedy. `path` leads to the fault inside the value."""

    def __init__(self, sentence: str, path: KeyPath = ()) -> None:
        super().__init__(sentence)
        self.path = path


@dataclass(slots=True)
class Document:
    """One TOML file as read: its values, the lines of its keys and the faults found so far."""

    file: Path
    values: Mapping[str, object] = field(default_factory=dict)
    lines: Mapping[KeyPath, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def root(self) -> "Table":
        return Table(self, (), self.values)

    def fault(self, path: KeyPath, sentence: str, *, warning: bool = False) -> None:
        """Note a fault; a key that is missing is reported where its table begins."""
        key = ".".join(part for part in path if isinstance(part, str))
        self.faults.append(Fault(self.file, self.line(path), key or "file", sentence, warning))

    def line(self, path: KeyPath) -> int:
        return next((self.lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.lines), 1)


def read_document(file: Path) -> Document:
    """The file's values; what cannot be read or parsed becomes the document's first fault instead of an exception."""
    try:
        text = file.read_bytes().decode()
        return Document(file, tomllib.loads(text), key_lines(text))
    except tomllib.TOMLDecodeError as error:
        what = str(error).split(" (at ")[0]
        hint = "look for a missing quotation mark or bracket there or in the line before"
        return _unreadable(file, _line_of(error, text), f"this is not TOML: {what}; {hint}")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return _unreadable(file, line, "save this file as UTF-8; this line holds other bytes")
    except OSError as error:
        return _unreadable(file, 1, f"cannot be read ({error.strerror}); write it or correct its path")


def _unreadable(file: Path, line: int, sentence: str) -> Document:
    return Document(file, faults=[Fault(file, line, "file", sentence)])


def _line_of(error: tomllib.TOMLDecodeError, text: str) -> int:
    found = re.search(r"at line (\d+)", str(error))
    return int(found[1]) if found else text.rstrip("\n").count("\n") + 1


@dataclass(slots=True)
class Table:
    """One table of a document. Read every key it may have, then `close` it: what nobody read is unknown."""

    document: Document
    path: KeyPath
    values: Mapping[str, object]
    known: list[str] = field(default_factory=list)

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def fault(self, key: str, sentence: str, *, warning: bool = False) -> None:
        self.document.fault((*self.path, key), sentence, warning=warning)

    def read(self, key: str, kind: Kind[T], default: T, *, required: bool = False) -> T:
        """The checked value. `default` also stands in for a missing or refused value, so that reading can go on."""
        self.known.append(key)
        if key not in self.values:
            if required:
                self.fault(key, "is missing; add it")
            return default
        try:
            return kind(self.values[key])
        except Wrong as wrong:
            self.document.fault((*self.path, key, *wrong.path), str(wrong))
            return default

    def table(self, key: str) -> "Table":
        """The table under `key`, empty if there is none."""
        self.known.append(key)
        value = self.values.get(key, {})
        if not isinstance(value, Mapping):
            self.fault(key, f"must be a table: [{key}]")
            value = {}
        return Table(self.document, (*self.path, key), value)

    def tables(self, key: str) -> "list[Table]":
        """The tables of a list under `key`: `[[key]]` or `key = [ { … } ]`."""
        self.known.append(key)
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(member, Mapping) for member in value):
            self.fault(key, f"must be a list of tables: [[{key}]] or {key} = [ {{ … }} ]")
            return []
        return [Table(self.document, (*self.path, key, n), member) for n, member in enumerate(value)]

    def close(self) -> None:
        """Report every key that nobody asked for."""
        for key in self.values:
            if key not in self.known:
                self.fault(key, f"unknown key; {suggestion(key, self.known)}")


def suggestion(word: str, known: list[str]) -> str:
    """What to do about an unknown word: the nearest known one, or all of them."""
    near = get_close_matches(word, known, 1)
    return f"did you mean {near[0]}?" if near else f"remove it, or use one of: {', '.join(known)}"
