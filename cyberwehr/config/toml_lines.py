"""The line of each key in a TOML text: what tomllib does not tell."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

KeyPath = tuple[str | int, ...]
"""Keys from the root; members of lists and of `[[tables]]` count from 0: ("provider", 0, "skills", 2)."""

_TOKEN = re.compile(
    r'''
      (?P<space>[ \t\r]+|\#[^\n]*)
    | (?P<text>"""(?:\\.|[^\\])*?"{3,5}|\'{3}.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\')
    | (?P<mark>[\[\]{}=,.\n])
    | (?P<bare>[^\s\[\]{}=,.\#"\']+)
    ''',
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    line: int
    end: bool = False


def key_lines(text: str) -> dict[KeyPath, int]:
    """The line, from 1, of every key, table and list member of `text`, which tomllib must have accepted already."""
    scanner = _Scanner(text)
    scanner.document()
    return scanner.lines


def _tokens(text: str) -> Iterator[_Token]:
    line = 1
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "space":
            yield _Token(match.group(), line)
        line += match.group().count("\n")
    yield _Token("\n", line, end=True)


class _Scanner:
    """Walks the tokens once; since the text is known to be valid, it only has to know where values end."""

    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.position = 0
        self.lines: dict[KeyPath, int] = {}
        self.counts: dict[KeyPath, int] = {}

    def document(self) -> None:
        table: KeyPath = ()
        while not self.peek("\n").end:
            if self.peek().text == "[":
                table = self.header()
            else:
                self.pair(table)

    def peek(self, *skipped: str) -> _Token:
        while self.tokens[self.position].text in skipped and not self.tokens[self.position].end:
            self.position += 1
        return self.tokens[self.position]

    def take(self, text: str) -> bool:
        found = self.peek().text == text
        self.position += found
        return found

    def header(self) -> KeyPath:
        line = self.peek().line
        self.take("[")
        member = self.take("[")
        *parents, last = self.key("]")
        path = (*self.inside(tuple(parents)), last)
        if member:
            self.counts[path] = self.counts.get(path, 0) + 1
        self.mark(path, line)
        path = self.inside((last,), path[:-1])
        self.lines.setdefault(path, line)
        self.take("]")
        return path

    def inside(self, keys: tuple[str, ...], path: KeyPath = ()) -> KeyPath:
        """The path of `keys`; where one names a `[[table]]`, its latest member is meant."""
        for key in keys:
            path += (key,)
            if path in self.counts:
                path += (self.counts[path] - 1,)
        return path

    def mark(self, path: KeyPath, line: int) -> None:
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], line)

    def pair(self, table: KeyPath) -> None:
        line = self.peek().line
        path = table + tuple(self.key("="))
        self.mark(path, line)
        self.value(path)

    def key(self, closing: str) -> list[str]:
        parts: list[str] = []
        while not self.take(closing):
            token = self.peek()
            if token.text != ".":
                parts.append(next(iter(tomllib.loads(f"{token.text} = 0"))))
            self.position += 1
        return parts

    def value(self, path: KeyPath) -> None:
        if self.take("{"):
            while self.peek("\n", ",").text != "}":
                self.pair(path)
            self.take("}")
        elif self.take("["):
            self.members(path)
        else:
            while self.peek().text not in ("\n", ",", "]", "}"):
                self.position += 1

    def members(self, path: KeyPath) -> None:
        count = 0
        while self.peek("\n", ",").text != "]":
            member = (*path, count)
            self.lines[member] = self.peek().line
            self.value(member)
            count += 1
        self.take("]")
