"""What is wrong with a file that a person wrote, told so that the person can put it right."""

from dataclasses import dataclass
from pathlib import Path


class Refusal(Exception):
    """The program does not go on; the text is for a person: what is wrong, where, and what to do about it."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault in one file. `line` counts from 1; `key` is dotted (`alarm.critical.rounds`).

    A warning does not stop anything: somebody should look at it before the region goes into service.
    """

    file: Path
    line: int
    key: str
    sentence: str
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.key}: {'warning: ' if self.warning else ''}{self.sentence}"
