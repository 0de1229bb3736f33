"""examples.toml: what an author expects of a region, tried by `region check`."""

from datetime import UTC, datetime

from cyberwehr.config import kinds
from cyberwehr.config.toml_tables import Document, Table, Wrong
from cyberwehr.domain.places import find_region
from cyberwehr.domain.region import Region
from cyberwehr.geodata import place_table

NOWHERE = "none"

_NEVER_READ = datetime(2000, 1, 1, tzinfo=UTC)


def check_examples(region: Region, document: Document) -> None:
    """Try every example on the region alone; what comes out otherwise becomes a fault of the document."""
    root = document.root()
    tables = root.tables("example")
    root.close()
    if not tables and not document.faults:
        root.fault("example", "give at least one example of a place and one of a time", warning=True)
    for table in tables:
        _check_time(region, table) if "at" in table else _check_place(region, table)
        table.close()


def _check_place(region: Region, table: Table) -> None:
    known = len(table.document.faults)
    code = table.read("postal_code", kinds.text, "")
    town = table.read("town", kinds.text, "")
    expected = table.read("region", kinds.key, NOWHERE, required=True)
    if not code and not town:
        table.fault("postal_code", "an example needs a postal_code, a town, or `at` and `open`")
    if len(table.document.faults) > known:
        return
    found = find_region(code or None, town or None, [region], place_table()).region or NOWHERE
    if found != expected:
        table.fault(
            "region", f'{code} {town} leads to "{found}", not to "{expected}"; correct `places`, `ags` or this line'
        )


def _check_time(region: Region, table: Table) -> None:
    known = len(table.document.faults)
    at = table.read("at", _moment, _NEVER_READ, required=True)
    expected = table.read("open", kinds.flag, False, required=True)
    if len(table.document.faults) > known:
        return
    moment = at if at.tzinfo else at.replace(tzinfo=region.opening.zone)
    found = region.opening.is_open(moment)
    if found != expected:
        state = "open" if found else "closed"
        table.fault("open", f"the region is {state} then; correct `hours`, `holidays`, `closures` or this line")


def _moment(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise Wrong("must be a moment without quotes, like 2026-11-16T08:00:00 (time of the region)")
    return value
