"""The two author's guides, executed: every command, every file, every key."""

import importlib
import shlex
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner

from cyberwehr.cli import main
from cyberwehr.config.toml_tables import Table
from cyberwehr.domain.region import AlarmPlan
from cyberwehr.domain.terms import CallType
from cyberwehr.hookspecs import PluginHooks, RegionHooks
from cyberwehr.region_file import check_region
from tests.guides import DOCS, commands, files, write_files

REGION, PLUGIN = "region-author.md", "plugin-author.md"


def run(command: str) -> str:
    program, *arguments = shlex.split(command)
    assert program == "cyberwehr"
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_commands_of_add_a_city_work_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    new, check, show, listing = commands(REGION)
    assert "written" in run(new)
    assert "dortmund: ok" in run(check)
    assert "dortmund/dortmund-1" in run(show)
    (tmp_path / "cyberwehr.toml").write_text(files(REGION)["cyberwehr.toml"])
    assert [line for line in run(listing).splitlines() if line.split()[:3] == ["dortmund", "yes", "instance"]]


def test_the_files_of_the_region_guide_make_a_region(tmp_path: Path) -> None:
    folder = tmp_path / "dortmund"
    write_files(REGION, folder)
    assert [fault for fault in check_region(folder) if not fault.warning] == []


def test_the_region_guide_explains_every_key_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known: set[str] = set()
    close = Table.close

    def noting(table: Table) -> None:
        known.update(table.known)
        close(table)

    monkeypatch.setattr(Table, "close", noting)
    write_files(REGION, tmp_path / "dortmund")
    assert isinstance(check_region(tmp_path / "dortmund"), list)
    text = (DOCS / REGION).read_text()
    assert known >= {each.name for each in fields(AlarmPlan)} | {"point", "provider_order", "from"}
    shown = ("`{}`", "{} = ", "[{}]", "[{}.", ".{}]", "[[{}]]")
    assert {key for key in known if not any(form.format(key) in text for form in shown)} == set()
    assert all(f"`{call_type}`" in text for call_type in CallType)


def test_the_hook_table_is_complete() -> None:
    text = (DOCS / PLUGIN).read_text()
    for specs in (RegionHooks, PluginHooks):
        for name, spec in vars(specs).items():
            if name.startswith("cyberwehr_"):
                arguments = [each for each in spec.__code__.co_varnames[: spec.__code__.co_argcount] if each != "self"]
                assert f"`{name}({', '.join(arguments)})`" in text


@pytest.mark.parametrize(("guide", "under"), [(REGION, "package/"), (PLUGIN, "")])
def test_the_tests_in_the_guides_pass(guide: str, under: str, tmp_path: Path) -> None:
    write_files(guide, tmp_path, under)
    (tmp_path / "cyberwehr.toml").unlink(missing_ok=True)
    if under:
        run(f"cyberwehr region new dortmund --district 05913 --into {tmp_path}")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *map(str, tmp_path.rglob("test_*.py"))]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_the_plugin_of_the_guide_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_files(PLUGIN, tmp_path / "cyberwehr-data" / "plugins" / "pigeon", "pigeon/")
    (tmp_path / "cyberwehr.toml").write_text(files(PLUGIN)["cyberwehr.toml"])
    for command in commands(PLUGIN):
        assert "cyberwehr_channels" in run(command)


def test_the_root_exports_what_the_guides_import() -> None:
    exported = set(importlib.import_module("cyberwehr").__all__)
    for text in (*files(REGION).values(), *files(PLUGIN).values()):
        for line in text.splitlines():
            if line.startswith("from cyberwehr import "):
                assert set(line.removeprefix("from cyberwehr import ").split(", ")) <= exported
