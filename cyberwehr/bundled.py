"""Which regions and plugins came with the program, found by listing their packages: no list to forget a name in."""

from importlib.resources import files
from pathlib import Path

REGIONS = "cyberwehr.regions"
PLUGINS = "cyberwehr.plugins"


def bundled(package: str) -> dict[str, Path]:
    """Name -> folder of everything in a package of regions or plugins, sorted; nothing of it is imported."""
    return folders_in(Path(str(files(package))))


def folders_in(folder: Path) -> dict[str, Path]:
    """Name -> folder of every region or plugin inside a folder, sorted; empty if there is no such folder."""
    if not folder.is_dir():
        return {}
    return {path.name: path for path in sorted(folder.iterdir()) if has_code_or_data(path)}


def has_code_or_data(folder: Path) -> bool:
    """Whether a folder holds a region or plugin: a folder with nothing but a providers.toml only replaces providers."""
    return any((folder / name).is_file() for name in ("__init__.py", "region.toml"))
