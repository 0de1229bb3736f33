"""Where regions and plugins are looked for: the instance's own folder, then the bundled ones, then installed packages.

Nothing is imported here: to know that a region exists must not run its code.
"""

from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path

from cyberwehr.bundled import PLUGINS, REGIONS, bundled, folders_in

PROVIDERS = "providers.toml"


@dataclass(frozen=True, slots=True)
class Room:
    """One kind of extension; `package` names the bundled ones and the entry point group of installed ones."""

    kind: str
    package: str


REGION_ROOM = Room("region", REGIONS)
PLUGIN_ROOM = Room("plugin", PLUGINS)


@dataclass(frozen=True, slots=True)
class Found:
    """A region or plugin and where it comes from. origin: "instance", "bundled" or "installed"."""

    room: Room
    name: str
    origin: str
    path: Path | None = None
    entries: tuple[EntryPoint, ...] = ()

    @property
    def where(self) -> str:
        """The folder, or the installed distributions that offer it."""
        return str(self.path) if self.path else ", ".join(_distribution(entry) for entry in self.entries)

    @property
    def folder(self) -> Path | None:
        """The folder of its files; None if an installed package does not say."""
        if self.path:
            return self.path
        spec = find_spec(self.entries[0].module)
        return Path(spec.origin).parent if spec and spec.origin else None

    def __str__(self) -> str:
        return f"{self.room.kind} {self.name} ({self.where})"


def known(room: Room, folder: Path) -> dict[str, Found]:
    """Everything there is in a room, sorted by name; of one name the instance's folder wins, then the bundled one."""
    found = {
        **_installed(room),
        **{name: Found(room, name, "bundled", path) for name, path in bundled(room.package).items()},
        **{name: Found(room, name, "instance", path) for name, path in folders_in(folder).items()},
    }
    return dict(sorted(found.items()))


def providers_file(found: Found, instance_folder: Path) -> Path | None:
    """The providers.toml in use: the instance's own, else the region's; None if there is neither."""
    own = instance_folder / found.name / PROVIDERS
    file = own if own.is_file() or not found.folder else found.folder / PROVIDERS
    return file if file.is_file() else None


def _installed(room: Room) -> dict[str, Found]:
    offers: dict[str, tuple[EntryPoint, ...]] = {}
    for entry in entry_points(group=room.package):
        offers[entry.name] = (*offers.get(entry.name, ()), entry)
    return {name: Found(room, name, "installed", None, entries) for name, entries in offers.items()}


def _distribution(entry: EntryPoint) -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist else entry.value
