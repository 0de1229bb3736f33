"""The house stands as it was drawn: arrows point down, one room commits, no city's name in the core."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = (
    ("__main__",),
    ("cli", "wsgi", "gunicorn_conf", "testing"),
    ("supervisor", "engine", "app"),
    ("web",),
    ("services",),
    ("instance",),
    ("messages",),
    ("words",),
    ("sentences",),
    ("example_providers",),
    ("plugins_loader",),
    ("default_rules",),
    ("region_template",),
    ("region_file",),
    ("plugins_finder", "region_examples", "contact_rules"),
    ("i18n",),
    ("storage",),
    ("config",),
    ("geodata", "bundled", "faults", "patience"),
    ("hookspecs",),
    ("domain",),
)
"""From top to bottom; a module imports only from a lower floor, or from its own room."""
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
CITIES = re.compile(r"\b(bochum|essen|gelsenkirchen|dortmund)\b", re.IGNORECASE)


def modules() -> Iterator[tuple[str, Path, ast.Module]]:
    for path in sorted((ROOT / "cyberwehr").rglob("*.py")):
        if "versions" not in path.parts:
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            yield name, path, ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("cyberwehr"):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("cyberwehr"))


def room(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else None


def test_every_room_has_its_floor() -> None:
    rooms = {room(name) for name, _, _ in modules()} - {None}
    assert rooms == set(FLOOR)


def test_arrows_point_down() -> None:
    upward = [
        f"{name} -> {target}"
        for name, _, tree in modules()
        for target in imported(tree)
        if (here := room(name)) and (there := room(target)) in FLOOR and there != here and FLOOR[there] <= FLOOR[here]
    ]
    assert upward == []


def test_no_import_cycles() -> None:
    names = {name for name, _, _ in modules()}
    graph = {name: {known(target, names) for target in imported(tree)} - {name, None} for name, _, tree in modules()}
    finished: set[str | None] = set()

    def visit(name: str | None, trail: tuple[str | None, ...]) -> None:
        assert name not in trail, f"import cycle: {' -> '.join(map(str, (*trail, name)))}"
        if name not in finished:
            for target in graph.get(str(name), ()):
                visit(target, (*trail, name))
            finished.add(name)

    for name in graph:
        visit(name, ())


def known(target: str, names: set[str]) -> str | None:
    """The module a dotted name belongs to."""
    return target if target in names else next((t for t in [target.rpartition(".")[0]] if t in names), None)


def test_nothing_of_ours_is_imported_inside_functions() -> None:
    hidden = [
        f"{path.relative_to(ROOT)}:{inner.lineno}"
        for _, path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom) and list(imported(inner))
    ]
    assert hidden == []


def test_only_the_database_commits() -> None:
    committing = [str(p.relative_to(ROOT)) for _, p, _ in modules() if ".commit()" in p.read_text(encoding="utf-8")]
    assert committing == ["cyberwehr/storage/database.py"]


def test_the_core_knows_no_city() -> None:
    named = [
        f"{path.relative_to(ROOT)}:{number}"
        for _, path, _ in modules()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if CITIES.search(line)
    ]
    assert named == []


def test_everything_is_caught_only_where_plugins_are_called() -> None:
    wide = [
        str(path.relative_to(ROOT))
        for _, path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") in ("Exception", "BaseException"))
    ]
    assert wide == ["cyberwehr/engine.py", "cyberwehr/plugins_loader.py"]


@pytest.mark.parametrize("folder", ["domain", "services", "messages", "storage"])
def test_no_flask_below_the_web(folder: str) -> None:
    for _, path, tree in modules():
        if path.is_relative_to(ROOT / "cyberwehr" / folder):
            names = {alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names}
            names |= {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
            assert not {n for n in names if n.split(".")[0] in ("flask", "werkzeug", "gevent")}, path


def test_regions_and_plugins_use_the_front_door() -> None:
    doors = ("cyberwehr", "cyberwehr.hookspecs", "cyberwehr.region_file")
    for folder in ("regions", "plugins"):
        for path in (ROOT / folder).rglob("*.py"):
            for target in imported(ast.parse(path.read_text(encoding="utf-8"))):
                module = target.rpartition(".")[0]
                own = module.startswith(f"cyberwehr.{folder}.{path.parent.name}")
                assert own or module in doors or module.startswith("cyberwehr.domain"), f"{path}: {target}"


def test_create_app_is_a_table_of_contents() -> None:
    tree = ast.parse((ROOT / "cyberwehr" / "app.py").read_text(encoding="utf-8"))
    assert (tree.body[-1].end_lineno or 0) <= 60
    assert not {t for t in imported(tree) if t.startswith("cyberwehr.storage")}
