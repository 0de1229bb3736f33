"""cyberwehr report demand"""

import os
import sys
from datetime import date, datetime
from pathlib import Path

import rich_click as click

from cyberwehr.cli.common import language, tool_config, working
from cyberwehr.cli.output import as_json, show_json, show_table
from cyberwehr.faults import Refusal
from cyberwehr.i18n import Catalogues
from cyberwehr.services.demand import EARLIEST, LATEST, Demand, Period, rows
from cyberwehr.services.demand import demand as count
from cyberwehr.services.demand_words import as_csv

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def report() -> None:
    """Figures about the work of this control centre."""


@report.command()
@click.option("--from", "first", type=DAY, metavar="DAY", help="The first day that counts, like 2026-11-23.")
@click.option("--to", "last", type=DAY, metavar="DAY", help="The last day that counts; it is included.")
@click.option("--region", help="Only calls of this region.")
@click.option("--csv", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write a table to FILE; - prints.")
@as_json
def demand(first: datetime | None, last: datetime | None, region: str | None, file: Path | None, as_json: bool) -> None:
    """How many calls came, by week, region, channel, outcome, call type, urgency, in and out of hours.

    Every call counts once, by the day it was received in the instance's time zone; weeks begin on Monday (ISO 8601).
    """
    if file is not None and as_json:
        raise click.UsageError("--csv and --json exclude each other")
    if first and last and last < first:
        raise click.UsageError("--to lies before --from")
    with working(tool_config()) as instance:
        if region is not None and region not in instance.regions:
            raise Refusal(f"--region {region}: is not served here; give one of: {', '.join(instance.regions)}")
        found = count(instance, Period(day(first), day(last), region))
        if file is not None:
            write(file, as_csv(instance, Catalogues.load(default="en").texts(language(os.environ)), found))
        elif as_json:
            show_json(in_json(found))
        else:
            show(found)


def day(moment: datetime | None) -> date | None:
    if moment and not EARLIEST <= moment.date() <= LATEST:
        raise click.UsageError(f"days lie between {EARLIEST} and {LATEST}")
    return moment.date() if moment else None


def write(file: Path, table: str) -> None:
    """As programs read it: UTF-8, commas, no mark at the beginning."""
    if str(file) == "-":
        sys.stdout.write(table)
        return
    try:
        file.write_text(table, encoding="utf-8", newline="")
    except OSError as error:
        raise Refusal(f"{file}: {error.strerror}; give another file") from error
    click.echo(f"{file}: written")


def in_json(found: Demand) -> dict[str, object]:
    period = found.period
    return {
        "from": period.first.isoformat() if period.first else None,
        "to": period.last.isoformat() if period.last else None,
        "region": period.region,
        "total": found.total,
        "items": [{"group": group, "key": key, "calls": calls} for group, key, calls in rows(found)],
    }


def show(found: Demand) -> None:
    click.echo(f"calls: {found.total}")
    show_table([{"group": group, "key": key, "calls": calls} for group, key, calls in rows(found) if calls])
