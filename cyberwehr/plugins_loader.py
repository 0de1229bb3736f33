"""Import, register and check what the instance lists; strict: whatever is wrong stops the start with one sentence."""

import sys
import traceback
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any, Generic

import pluggy

from cyberwehr.config import Config, where
from cyberwehr.config.toml_tables import T, read_document, suggestion
from cyberwehr.domain.delivery import Channel
from cyberwehr.domain.region import Region
from cyberwehr.faults import Fault, Refusal
from cyberwehr.hookspecs import PROJECT, PluginHooks, RegionHooks, hookimpl
from cyberwehr.plugins_finder import PLUGIN_ROOM, REGION_ROOM, Found, Room, known, providers_file
from cyberwehr.region_file import REGION, load_region, replace_providers

_SPECS = {REGION_ROOM: RegionHooks, PLUGIN_ROOM: PluginHooks}


class LoadError(Refusal):
    """A region or plugin cannot be used; one sentence says which, why and what to do."""


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What a plugin's code answered, or the exception it raised."""

    value: T | None = None
    error: Exception | None = None

    @property
    def fault(self) -> str | None:
        """The exception in one line, with the place in the plugin's code; None if there was none."""
        if self.error is None:
            return None
        frames = traceback.extract_tb(self.error.__traceback__)
        place = f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""
        return f"{type(self.error).__name__}: {' '.join(str(self.error).split())}{place}"


def isolated(call: Callable[[], T]) -> Outcome[T]:
    """Run code of a plugin so that nothing it raises takes the core down; a Refusal is meant for people and passes."""
    try:
        return Outcome(value=call())
    except Refusal:
        raise
    except Exception as error:  # the one place where a plugin's code is called: it may raise anything
        return Outcome(error=error)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A registered region or plugin: its hooks are called through a manager that knows nobody else."""

    found: Found
    manager: pluggy.PluginManager

    @property
    def hooks(self) -> tuple[str, ...]:
        """The names of the hooks it implements."""
        calls = self.manager.get_hookcallers(self.manager.get_plugin(self.found.name)) or []
        return tuple(sorted(call.name for call in calls))

    def call(self, hook: str, **arguments: object) -> Outcome[Any]:
        """Call one of its hooks, isolated."""
        return isolated(lambda: getattr(self.manager.hook, hook)(**arguments))

    def must(self, hook: str, **arguments: object) -> Any:
        """Call one of its hooks while loading; raises LoadError if it raises."""
        return _or_refuse(self.found, f"{hook} raised", self.call(hook, **arguments))


@dataclass(frozen=True, slots=True)
class Plugins:
    """What this instance has loaded. regions: by key, in the order of the settings.

    provider_files: by region key, the providers.toml in use (absent if the region is not made from files).
    """

    regions: Mapping[str, Region]
    provider_files: Mapping[str, Path]
    loaded_regions: Mapping[str, Loaded]
    functions: tuple[Loaded, ...]

    def region_hooks(self, key: str) -> pluggy.HookRelay:
        """The hooks of one region's own module; what they raise reaches the caller. KeyError: not served here."""
        return self.loaded_regions[key].manager.hook

    def ask_region(self, key: str, hook: str, **arguments: object) -> Outcome[Any]:
        """Ask a region's hook during work: the answer (None: the core decides), or `fault` for the journal."""
        return self.loaded_regions[key].call(hook, **arguments)

    def channels(self, settings: Mapping[str, Any]) -> tuple[Channel, ...]:
        """The channels of all plugins, in the order of the settings; raises LoadError."""
        return tuple(channel for plugin in self.functions for channel in _channels(plugin, settings))

    def catalogue_folders(self) -> dict[str, Path]:
        """Region key -> its folder, which may hold translations of its own."""
        return {key: folder for key, each in self.loaded_regions.items() if (folder := each.found.folder)}

    def names(self) -> tuple[Loaded, ...]:
        """Everything that was loaded, for `plugin list`."""
        return (*self.loaded_regions.values(), *self.functions)


def load_plugins(config: Config) -> Plugins:
    """Load the regions and plugins the settings list, nothing else. Raises LoadError, or RegionFault for a bad file."""
    all_regions = known(REGION_ROOM, config.regions.folder)
    loaded = {found.name: load(found) for found in chosen(config, "regions", REGION_ROOM, all_regions)}
    all_plugins = known(PLUGIN_ROOM, config.plugins.folder)
    functions = [load(found) for found in chosen(config, "plugins", PLUGIN_ROOM, all_plugins)]
    files = {key: file for key, each in loaded.items() if (file := providers_file(each.found, config.regions.folder))}
    regions = {key: region_of(each, files.get(key)) for key, each in loaded.items()}
    for key, region in regions.items():
        for fault in neighbour_faults(loaded[key].found, region, all_regions):
            raise LoadError(str(fault))
    return Plugins(regions, files, loaded, tuple(functions))


def load(found: Found) -> Loaded:
    """Import one region or plugin and register it; raises LoadError."""
    if len(found.entries) > 1:
        raise LoadError(f"{found}: several installed packages offer this name; uninstall all but one")
    module = _or_refuse(found, "cannot be imported", isolated(lambda: _module(found)))
    return register(found, module)


def register(found: Found, module: object) -> Loaded:
    """Register a module's hooks under a manager of its own; raises LoadError for any hook the core would not call."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(_SPECS[found.room])
    _check_marked(found, module)
    try:
        manager.register(module, found.name)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise LoadError(f"{found}: {' '.join(str(error).split())}; compare it with cyberwehr/hookspecs.py") from error
    loaded = Loaded(found, manager)
    if not loaded.hooks:
        raise LoadError(f"{found}: offers nothing; implement a hook of cyberwehr/hookspecs.py and mark it @hookimpl")
    return loaded


def region_of(loaded: Loaded, providers: Path | None = None) -> Region:
    """The region a module returns, with the providers of another file if one is given.

    Raises LoadError if it is no region or has another key than its folder, RegionFault for a bad file.
    """
    answers = loaded.must("cyberwehr_region")
    if len(answers) != 1 or not isinstance(answers[0], Region):
        raise LoadError(f"{loaded.found}: returned no region; cyberwehr_region must return load_region(__file__)")
    region: Region = answers[0]
    if region.key != loaded.found.name:
        raise LoadError(f"{loaded.found}: calls itself {region.key}; folder, entry point and key must be the same name")
    is_own = providers is None or providers.parent == loaded.found.folder
    return region if providers is None or is_own else replace_providers(region, providers)


def neighbour_faults(found: Found, region: Region, known_regions: Container[str]) -> list[Fault]:
    """A fault for each neighbour that is known nowhere; one that is only not enabled is fine."""
    document = read_document((found.folder or Path(found.where)) / REGION)
    document.faults.clear()  # a region without files has no lines to show
    for n, neighbour in enumerate(region.neighbours):
        if neighbour not in known_regions:
            document.fault(
                ("region", "neighbours", n), f"{neighbour} is no region this machine knows; correct or remove it"
            )
    return document.faults


def chosen(config: Config, section: str, room: Room, everything: Mapping[str, Found]) -> list[Found]:
    """What a section of the settings enables, in its order."""
    wanted = getattr(config, section)
    for name in wanted.enabled:
        if name not in everything:
            pick(everything, room, name, wanted.folder, where(config, section, "enabled", name))
    return [everything[name] for name in wanted.enabled]


def pick(everything: Mapping[str, Found], room: Room, name: str, folder: Path, listed: str = "") -> Found:
    """The one of this name; LoadError says where it was listed and looked for, and which name is nearest."""
    if name not in everything:
        make = f" (or make it: cyberwehr region new {name} --district AGS)" if room is REGION_ROOM else ""
        raise LoadError(
            f"{listed}{room.kind} {name}: not found in {folder}, not bundled, in no installed package ({room.package});"
            f" {suggestion(name, list(everything))}{make}"
        )
    return everything[name]


def _or_refuse(found: Found, what: str, outcome: Outcome[T]) -> T:
    if outcome.error is not None:
        raise LoadError(f"{found}: {what}: {outcome.fault}") from outcome.error
    return outcome.value  # type: ignore[return-value]  # without an error it is what the call returned


def _module(found: Found) -> object:
    if found.entries:
        return found.entries[0].load()
    if found.path and not (found.path / "__init__.py").is_file():
        return _FilesOnly(found.path)
    return import_module(f"{found.room.package}.{found.name}") if found.origin == "bundled" else _from_folder(found)


def _from_folder(found: Found) -> ModuleType:
    """Import a package of the instance's folder under a name of its own, so that it cannot shadow anything."""
    assert found.path is not None
    name = f"cyberwehr_instance_{found.room.kind}_{found.name}"
    spec = spec_from_file_location(name, found.path / "__init__.py", submodule_search_locations=[str(found.path)])
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class _FilesOnly:
    """A region folder without code: region.toml and providers.toml are enough."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @hookimpl
    def cyberwehr_region(self) -> Region:
        return load_region(self.folder)


def _check_marked(found: Found, module: object) -> None:
    """pluggy passes over a function without @hookimpl in silence; here it stops the start."""
    for name in dir(module):
        if name.startswith(f"{PROJECT}_"):
            value = getattr(module, name)
            if callable(value) and not isinstance(value, type) and not hasattr(value, f"{PROJECT}_impl"):
                raise LoadError(
                    f"{found}: {name} is not marked @hookimpl, so it would never be called; mark or rename it"
                )


def _channels(plugin: Loaded, settings: Mapping[str, Any]) -> list[Channel]:
    offered = [channel for answer in plugin.must("cyberwehr_channels", settings=settings) for channel in answer]
    for channel in offered:
        if not isinstance(channel, Channel):
            raise LoadError(
                f"{plugin.found}: offers {channel!r}, which is no channel; it needs name, kinds and deliver"
            )
    return offered
