"""cyberwehr plugin list"""

import os

import rich_click as click

from cyberwehr.cli.output import as_json, show_json, show_table
from cyberwehr.config import read_config
from cyberwehr.plugins_finder import PLUGIN_ROOM, REGION_ROOM, Found, known
from cyberwehr.plugins_loader import load


@click.group()
def plugin() -> None:
    """What is plugged in: regions and function plugins."""


@plugin.command("list")
@as_json
def list_(as_json: bool) -> None:
    """List what is plugged in, where it comes from and which hooks it implements; only what is enabled is loaded."""
    config = read_config(os.environ)
    regions = known(REGION_ROOM, config.regions.folder).values()
    plugins = known(PLUGIN_ROOM, config.plugins.folder).values()
    rows = [_row(found, found.name in config.regions.enabled) for found in regions]
    rows += [_row(found, found.name in config.plugins.enabled) for found in plugins]
    show_json({"items": rows}) if as_json else show_table(rows)


def _row(found: Found, enabled: bool) -> dict[str, object]:
    return {
        "kind": found.room.kind,
        "name": found.name,
        "enabled": enabled,
        "origin": found.origin,
        "hooks": list(load(found).hooks) if enabled else None,
        "where": found.where,
    }
