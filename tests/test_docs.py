"""The README and the documents say what is true: commands exist, links lead somewhere, figures have a command."""

import re
from pathlib import Path

import click
import pytest

from cyberwehr.cli import main

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("regions/*/README.md"))]
COMMAND = re.compile(r"^\$ (?:\.venv/bin/)?cyberwehr (.+)$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#]+)")


def command_of(words: list[str]) -> tuple[click.Command, list[str]]:
    """The click command that a typed line calls, and what is left of the line."""
    command: click.Command = main
    while isinstance(command, click.Group):
        found = command.get_command(click.Context(command), words[0])
        assert found is not None, f"no command {words[0]}"
        command, words = found, words[1:]
    return command, words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_shown_exists_with_its_options(page: Path) -> None:
    for line in COMMAND.findall(page.read_text(encoding="utf-8")):
        words = re.split(r"[<>|&#]", line)[0].split()
        command, rest = command_of(words)
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word.split("=")[0] for word in rest if word.startswith("--")} <= options, line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_make_targets_of_the_readme_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    wanted = set(re.findall(r"\bmake ([a-z]+)", (ROOT / "README.md").read_text()))
    assert wanted
    assert wanted <= targets


def test_every_decision_is_listed() -> None:
    listed = set(re.findall(r"\((\d{4}-[\w-]+\.md)\)", (ROOT / "docs/adr/README.md").read_text()))
    assert listed == {page.name for page in (ROOT / "docs/adr").glob("0*.md")}
