"""cyberwehr region list|show|new|check"""

import os
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path

import rich_click as click

from cyberwehr.cli.common import shown_config
from cyberwehr.cli.output import as_json, show_json, show_table, show_values
from cyberwehr.config import Config, kinds
from cyberwehr.config.toml_tables import Wrong, suggestion
from cyberwehr.domain.places import region_postal_codes
from cyberwehr.domain.region import AlarmPlan, Provider, Region
from cyberwehr.domain.town_names import plain
from cyberwehr.faults import Fault, Refusal
from cyberwehr.geodata import districts, place_table
from cyberwehr.plugins_finder import REGION_ROOM, Found, known, providers_file
from cyberwehr.plugins_loader import load, neighbour_faults, region_of
from cyberwehr.region_file import RegionFault, check_region, load_region
from cyberwehr.region_template import write_region


def _key(ctx: click.Context, parameter: click.Parameter, value: str) -> str:
    try:
        return kinds.key(value)
    except Wrong as wrong:
        raise click.BadParameter(str(wrong), ctx, parameter) from None


def _known_district(ctx: click.Context, parameter: click.Parameter, value: str) -> str:
    """The AGS of a district, given by its number or by the name of the district or a town in it."""
    if value in districts():
        return value
    named = {ags for name, found in place_table().towns() if name == plain(value) for ags in found}
    if len(named) != 1:
        sentence = f"this program knows no one district {value}; give five digits with the leading zero"
        raise click.BadParameter(f"{sentence}{_nearest(value, named)}", ctx, parameter)
    return named.pop()


def _nearest(value: str, named: set[str]) -> str:
    """The districts of that name, or the one whose number or name comes nearest."""
    known = districts()
    words = {**{ags: ags for ags in known}, **{plain(each.name): ags for ags, each in known.items()}}
    near = get_close_matches(value.zfill(5) if value.isdecimal() else plain(value), words, 1)
    meant = sorted(named) or [words[word] for word in near]
    return f"; did you mean {' or '.join(f'{ags} ({known[ags].name})' for ags in meant)}?" if meant else ""


@click.group()
def region() -> None:
    """The cities and districts there are."""


@region.command("list")
@as_json
def list_(as_json: bool) -> None:
    """List every region this machine knows, and whether this instance serves it."""
    config = shown_config()
    rows = [_row(found, config) for found in known(REGION_ROOM, config.regions.folder).values()]
    show_json({"items": rows}) if as_json else show_table([{**row, "name": _name(row)} for row in rows])


@region.command()
@click.argument("key", callback=_key)
@as_json
def show(key: str, as_json: bool) -> None:
    """Show a region as the program reads it."""
    config = shown_config()
    found = _found(key, config)
    values = {**_row(found, config), **_region_values(_load(found, config))}
    show_json(values) if as_json else show_values(values)


@region.command()
@click.argument("key", callback=_key)
@click.option(
    "--district",
    required=True,
    callback=_known_district,
    metavar="AGS",
    help="Five-digit AGS of the district, or a name.",
)
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), help="Where to; else the instance's folder.")
def new(key: str, district: str, into: Path | None) -> None:
    """Write the folder of a new region, with example providers to replace."""
    config = shown_config()
    folder = (into or config.regions.folder).absolute() / key
    write_region(folder, district, _served(config))
    click.echo(f"{folder}: written. Edit region.toml and providers.toml, then: cyberwehr region check {key}")


@region.command()
@click.argument("key")
@as_json
@click.pass_context
def check(ctx: click.Context, key: str, as_json: bool) -> None:
    """Check a region (its KEY, or the path of its folder): every fault with its file and line."""
    config = shown_config()
    found = _at(Path(key)) if os.sep in key else _found(key, config)
    faults = _faults(found, config)
    good = all(fault.warning for fault in faults)
    if as_json:
        show_json({"ok": good, "items": [{**asdict(fault), "file": str(fault.file)} for fault in faults]})
    else:
        click.echo("\n".join([*map(str, faults), *([f"{found.name}: ok"] if good else [])]))
    ctx.exit(0 if good else 1)


def _faults(found: Found, config: Config) -> list[Fault]:
    """The faults of its files; if there are none, it is loaded as at the start of an instance."""
    faults = check_region(found.folder or found.where, providers_file(found, config.regions.folder))
    if any(not fault.warning for fault in faults):
        return faults
    names = {found.name, *known(REGION_ROOM, config.regions.folder)}
    return faults + neighbour_faults(found, _load(found, config), names)


def _at(folder: Path) -> Found:
    return Found(REGION_ROOM, folder.resolve().name, "instance", folder.resolve())


def _found(key: str, config: Config) -> Found:
    everything = known(REGION_ROOM, config.regions.folder)
    if key not in everything:
        raise Refusal(f"region {key}: not known on this machine; {suggestion(key, list(everything))}")
    return everything[key]


def _row(found: Found, config: Config) -> dict[str, object]:
    """What is known of a region without running its code."""
    row: dict[str, object] = {
        "key": found.name,
        "enabled": found.name in config.regions.enabled,
        "origin": found.origin,
    }
    try:
        region = load_region(found.folder or found.where, providers_file(found, config.regions.folder))
    except RegionFault as fault:
        return {**row, "name": {}, "ags": [], "providers": 0, "where": found.where, "faults": str(fault).splitlines()}
    return {
        **row,
        "name": dict(region.name),
        "ags": list(region.districts),
        "providers": len(region.providers),
        "where": found.where,
        "faults": [],
    }


def _name(row: Mapping[str, object]) -> object:
    names = row["name"]
    return names.get("de", "(faulty)") if isinstance(names, Mapping) else names


def _load(found: Found, config: Config) -> Region:
    return region_of(load(found), providers_file(found, config.regions.folder))


def _served(config: Config) -> Mapping[str, str]:
    """AGS -> key of the regions that can be read; a faulty one is nobody's neighbour yet."""
    rows = [_row(found, config) for found in known(REGION_ROOM, config.regions.folder).values()]
    return {ags: str(row["key"]) for row in rows if isinstance(row["ags"], list) for ags in row["ags"]}


def _region_values(region: Region) -> dict[str, object]:
    opening = region.opening
    return {
        "hotline": region.hotline,
        "hours": opening.spec,
        "holidays": opening.holidays,
        "timezone": opening.timezone,
        "closures": [f"{each.first} - {each.last}" for each in opening.closures],
        "postal_codes": sorted(region_postal_codes(region, place_table())),
        "places": list(region.places),
        "languages": list(region.languages),
        "neighbours": list(region.neighbours),
        "disclosure": region.disclosure,
        "alarm": {urgency: _plan_values(plan) for urgency, plan in region.plans.items()},
        "providers": [_provider_values(provider) for provider in region.providers],
    }


def _plan_values(plan: AlarmPlan) -> dict[str, object]:
    return {name: str(value) if isinstance(value, timedelta) else value for name, value in asdict(plan).items()}


def _provider_values(provider: Provider) -> dict[str, object]:
    return {
        "id": provider.id,
        "name": provider.name,
        "postal_code": provider.postal_code,
        "hours": provider.duty.spec,
        "capacity": provider.capacity,
        "skills": sorted(provider.skills),
        "languages": list(provider.languages),
        "radius_km": provider.radius_km,
        "qualified_until": str(provider.qualified_until) if provider.qualified_until else None,
        "contacts": [asdict(contact) for contact in provider.contacts],
        "example": provider.is_example,
    }
