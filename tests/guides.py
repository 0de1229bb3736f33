"""The files and commands that the guides show, so that tests can do what a reader would do."""

import re
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"
_BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def files(guide: str) -> dict[str, str]:
    """Path -> text of every block that is headed by a path."""
    return {path: text for _, path, text in _BLOCK.findall((DOCS / guide).read_text()) if path}


def commands(guide: str, chapter: str = "") -> list[str]:
    """The lines a reader types, in order; only those of one chapter (its `##` heading) if it is named."""
    text = (DOCS / guide).read_text()
    if chapter:
        text = text.split(f"## {chapter}\n")[1].split("\n## ")[0]
    blocks = [text for language, _, text in _BLOCK.findall(text) if language == "console"]
    return [line.removeprefix("$ ") for text in blocks for line in text.splitlines() if line.startswith("$ ")]


def write_files(guide: str, target: Path, under: str = "") -> None:
    """Write a guide's files whose path begins with `under` below `target`, without that beginning."""
    for path, text in files(guide).items():
        if path.startswith(under):
            file = target / path.removeprefix(under)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
