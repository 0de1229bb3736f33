"""What authors of regions and plugins test with, also from packages outside of this repository.

from cyberwehr.testing import check_region_folder, load_plugin_module, load_region_package, message
"""

from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

from cyberwehr.domain.delivery import Message
from cyberwehr.domain.region import Region
from cyberwehr.plugins_finder import PLUGIN_ROOM, REGION_ROOM, Found, Room
from cyberwehr.plugins_loader import Loaded, region_of, register
from cyberwehr.region_file import check_region

__all__ = ["check_region_folder", "load_plugin_module", "load_region_package", "message"]


def check_region_folder(folder: str | Path) -> None:
    """AssertionError with a line `FILE:LINE: KEY: sentence` for each fault; warnings may stay."""
    faults = [str(fault) for fault in check_region(folder) if not fault.warning]
    assert not faults, "\n".join(faults)


def load_region_package(module: ModuleType, key: str | None = None) -> Region:
    """The region of an imported package, loaded as strictly as at the start of an instance.

    key: the name of its entry point; default: the name of its folder. Raises LoadError or RegionFault.
    """
    return region_of(register(_found(REGION_ROOM, module, key), module))


def load_plugin_module(module: ModuleType, name: str | None = None) -> Loaded:
    """A function plugin, registered as strictly as at the start. Raises LoadError for a hook that is never called."""
    return register(_found(PLUGIN_ROOM, module, name), module)


def message(
    channel: str = "mail", to: str = "alarm@provider.example", text: str = "Exercise. Please ignore."
) -> Message:
    """A message to hand to a channel's `deliver`."""
    created = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
    return Message(
        id="test-1", channel=channel, to=to, language="en", subject="Exercise", text=text, created_at=created
    )


def _found(room: Room, module: ModuleType, name: str | None) -> Found:
    folder = Path(module.__file__).parent if module.__file__ else Path()
    return Found(room, name or folder.name, "instance", folder)
