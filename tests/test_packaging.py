"""One wheel with everything: built from a tree with one more region, installed elsewhere, used from there."""

import json
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.conftest import launch
from tests.guides import commands, write_files

ROOT = Path(__file__).parent.parent
ROOMS = {"cyberwehr": "cyberwehr", "regions": "cyberwehr/regions", "plugins": "cyberwehr/plugins"}
ROOMS["translations"] = "cyberwehr/translations"
"""Folder of the tree -> where it lies in the wheel."""


def run(*command: str | Path, cwd: Path, expected: int = 0, **environ: str) -> str:
    """What a program printed. It sees this environment without its settings, so that nothing leaks in from the tree."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("CYBERWEHR_", "PYTHON"))}
    result = subprocess.run(
        list(map(str, command)), cwd=cwd, env=inherited | environ, capture_output=True, text=True, check=False
    )
    assert result.returncode == expected, result.stdout + result.stderr
    return result.stdout + result.stderr


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree with one more region: the folder alone has to be enough."""
    tree = tmp_path_factory.mktemp("tree")
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, tree)
    for room in ROOMS:
        shutil.copytree(ROOT / room, tree / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(tree / "regions" / "essen", tree / "regions" / "testcity")
    translations = tree / "regions" / "testcity" / "translations" / "de" / "LC_MESSAGES"
    translations.mkdir(parents=True)
    shutil.copy(next((tree / "translations").rglob("*.po"), ROOT / "README.md"), translations / "messages.po")
    return tree


@pytest.fixture(scope="session")
def wheel(tree: Path) -> Path:
    return build(tree)


def build(tree: Path) -> Path:
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", cwd=tree)
    (wheel,) = (tree / "dist").glob("*.whl")
    return wheel


@dataclass(frozen=True)
class Venv:
    """A clean environment: dependencies are borrowed from this one, cyberwehr is the wheel's."""

    folder: Path
    pip_from: str = sys.executable

    def install(self, wheel: Path) -> None:
        flags = ("--no-deps", "--no-index", "--quiet", "--disable-pip-version-check")
        run(
            self.pip_from,
            "-m",
            "pip",
            "--python",
            self.folder / "bin" / "python",
            "install",
            *flags,
            wheel,
            cwd=self.folder,
        )

    def python(self, code: str, cwd: Path, **environ: str) -> str:
        return run(self.folder / "bin" / "python", "-W", "error", "-c", code, cwd=cwd, **environ)

    def cyberwehr(self, *arguments: str, cwd: Path, expected: int = 0, **environ: str) -> str:
        return run(self.folder / "bin" / "cyberwehr", *arguments, cwd=cwd, expected=expected, **environ)


def make_venv(folder: Path) -> Venv:
    """A path file is not searched for further path files, so this environment's editable install stays out of sight."""
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder.parent)
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return Venv(folder)


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Venv:
    venv = make_venv(tmp_path_factory.mktemp("venv") / "clean")
    venv.install(wheel)
    return venv


def test_the_wheel_holds_every_file_of_the_four_rooms(tree: Path, wheel: Path) -> None:
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    expected = {
        f"{target}/{file.relative_to(tree / room).as_posix()}"
        for room, target in ROOMS.items()
        for file in (tree / room).rglob("*")
        if file.is_file()
    }
    assert "cyberwehr/regions/testcity/translations/de/LC_MESSAGES/messages.po" in expected
    assert expected - inside == set()
    assert inside - expected == set()


def test_every_package_of_the_core_is_listed(tree: Path) -> None:
    """Packages are listed by hand in setup.cfg; one that is forgotten is missing from the wheel without a word."""
    listed = (tree / "setup.cfg").read_text().split("packages =")[1].split("install_requires")[0].split()
    found = {".".join(file.parent.relative_to(tree).parts) for file in (tree / "cyberwehr").rglob("__init__.py")}
    assert found - set(listed) == set()


def test_the_installed_program_is_the_wheels(installed: Venv, tmp_path: Path) -> None:
    where = installed.python("import cyberwehr.regions.testcity as it; print(it.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(installed.folder)


def test_the_new_folder_is_a_region_of_the_installed_program(installed: Venv, tmp_path: Path) -> None:
    rows = json.loads(installed.cyberwehr("region", "list", "--json", cwd=tmp_path))["items"]
    assert {row["key"]: row["origin"] for row in rows}["testcity"] == "bundled"
    assert all(Path(row["where"]).is_relative_to(installed.folder) and not row["faults"] for row in rows)


def test_a_city_is_added_with_the_installed_program(installed: Venv, tmp_path: Path) -> None:
    installed.cyberwehr("region", "new", "dortmund", "--district", "05913", cwd=tmp_path)
    assert "dortmund: ok" in installed.cyberwehr("region", "check", "dortmund", cwd=tmp_path)
    rows = json.loads(installed.cyberwehr("region", "list", "--json", cwd=tmp_path, CYBERWEHR_DEMO="1"))["items"]
    (row,) = [row for row in rows if row["key"] == "dortmund"]
    assert (row["origin"], row["enabled"], row["where"]) == (
        "instance", True, str(tmp_path / "cyberwehr-data" / "regions" / "dortmund"),
    )  # fmt: skip


def test_the_readme_adds_a_city_in_five_minutes(installed: Venv, tmp_path: Path) -> None:
    """Every command of the chapter, from the installed wheel in an empty folder; the last one starts the service."""
    *before, start = commands("../README.md", "Add a city in five minutes")
    for command in before:
        installed.cyberwehr(*shlex.split(command)[1:], cwd=tmp_path)
    shutil.move(tmp_path / "cyberwehr-data", tmp_path / "data")
    program = str(installed.folder / "bin" / "cyberwehr")
    running = launch(tmp_path, *shlex.split(start)[1:], program=[program])
    try:
        running.wait_until_ready()
        with urllib.request.urlopen(f"{running.url}/api/v1/regions/dortmund") as answer:
            assert json.load(answer)["districts"] == ["05913"]
    finally:
        running.end()


LOAD = """\
from pathlib import Path
from cyberwehr.config import load_config
from cyberwehr.plugins_loader import load_plugins
plugins = load_plugins(load_config({}, demo=True))
print(*((each.found.name, each.found.origin) for each in plugins.names()))
print(*(channel.name for channel in plugins.channels({"data_dir": Path()})))
"""


@pytest.fixture(scope="session")
def outsiders(tmp_path_factory: pytest.TempPathFactory, region_writer: Callable[[Path], None]) -> list[Path]:
    """Wheels of a region and a plugin that live elsewhere, made as the guides say."""
    region, plugin = tmp_path_factory.mktemp("region"), tmp_path_factory.mktemp("plugin")
    write_files("region-author.md", region, "package/")
    region_writer(region)
    write_files("plugin-author.md", plugin)
    return [build(region), build(plugin)]


@pytest.fixture(scope="session")
def region_writer(installed: Venv) -> Callable[[Path], None]:
    def write(into: Path) -> None:
        installed.cyberwehr("region", "new", "dortmund", "--district", "05913", "--into", str(into), cwd=into)

    return write


def test_packages_from_elsewhere_load_beside_the_wheel(wheel: Path, outsiders: list[Path], tmp_path: Path) -> None:
    venv = make_venv(tmp_path / "venv")
    for each in (wheel, *outsiders):
        venv.install(each)
    (tmp_path / "cyberwehr.toml").write_text('[regions]\nenabled = ["dortmund"]\n[plugins]\nenabled = ["pigeon"]\n')
    assert venv.python(LOAD, cwd=tmp_path).splitlines() == [
        "('dortmund', 'installed') ('pigeon', 'installed')",
        "pigeon",
    ]
    assert "dortmund: ok" in venv.cyberwehr("region", "check", "dortmund", cwd=tmp_path)
    assert "cyberwehr-region-dortmund 1.0" in venv.cyberwehr("plugin", "list", cwd=tmp_path)
