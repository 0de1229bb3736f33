"""cyberwehr plugin list"""

import rich_click as click

from cyberwehr.cli.common import shown_config
from cyberwehr.cli.output import as_json, show_json, show_table
from cyberwehr.config.settings import PluginSettings, Regions
from cyberwehr.plugins_finder import PLUGIN_ROOM, REGION_ROOM, Found, Room, known
from cyberwehr.plugins_loader import load, pick


@click.group()
def plugin() -> None:
    """What is plugged in: regions and function plugins."""


@plugin.command("list")
@as_json
def list_(as_json: bool) -> None:
    """List what is plugged in, where it comes from and which hooks it implements; only what is enabled is loaded."""
    config = shown_config()
    rows = [*_rows(REGION_ROOM, config.regions), *_rows(PLUGIN_ROOM, config.plugins)]
    show_json({"items": rows}) if as_json else show_table(rows)


def _rows(room: Room, settings: Regions | PluginSettings) -> list[dict[str, object]]:
    everything = known(room, settings.folder)
    for name in settings.enabled:
        pick(everything, room, name, settings.folder)
    return [_row(found, found.name in settings.enabled) for found in everything.values()]


def _row(found: Found, enabled: bool) -> dict[str, object]:
    return {
        "kind": found.room.kind,
        "name": found.name,
        "enabled": enabled,
        "origin": found.origin,
        "hooks": list(load(found).hooks) if enabled else None,
        "where": found.where,
    }
