"""`cyberwehr replay`: send recorded calls through a running instance and compare what it makes of them."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import rich_click as click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from cyberwehr.cli.replay_client import ApiError, Client, Outcome, Record
from cyberwehr.cli.replay_drill import Drill
from cyberwehr.faults import Refusal

ENOUGH_REGIONS = 58 / 60
"""How many regions must be found: a few calls only a person can place. Opening hours must all be right."""


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", default="http://localhost:8000", show_default=True, help="Where the instance listens.")
@click.option("--token", default=lambda: os.environ.get("CYBERWEHR_TOKEN", ""), help="A commander's API token.")
@click.option("--no-alarm", is_flag=True, help="Only send and compare; alarm nobody.")
@click.option(
    "--drill", is_flag=True, help="Simulate the providers, too: some accept, decline, stay silent, click late."
)
@click.option("--seed", default=1, show_default=True, help="The drill's luck.")
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON.")
def replay(file: Path, url: str, token: str, no_alarm: bool, drill: bool, seed: int, as_json: bool) -> None:
    """Send the calls of FILE (one JSON object a line) and compare region and opening hours with what is expected.

    Then alarm for those expected to be emergencies. Exit 1 if the comparison falls short or something broke.
    """
    client = Client(url, token or needed_token())
    console = Console(stderr=True)
    records = list(read_records(file))
    outcomes = [compare(client, record) for record in watched(console, records, "Sending calls")]
    report(outcomes, as_json)
    broken = 0 if no_alarm else walk(client, outcomes, console, drill=drill, seed=seed)
    raise SystemExit(0 if good_enough(outcomes) and not broken else 1)


def needed_token() -> str:
    raise Refusal(
        "--token: needs a commander's token; make one with: cyberwehr token create --role commander --name replay"
    )


def read_records(file: Path) -> Iterable[Record]:
    """The records of a file; raises Refusal naming the line that is no call."""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            try:
                yield Record.from_json(json.loads(line))
            except (ValueError, KeyError, TypeError) as error:
                raise Refusal(f"{file}:{number}: is no recorded call ({error}); see the file's description") from error


def compare(client: Client, record: Record) -> Outcome:
    try:
        return Outcome(record, client.send(record))
    except ApiError as error:
        return Outcome(record, None, str(error))


def watched(console: Console, items: list[Any], title: str) -> Iterable[Any]:
    """The items, with a progress bar on stderr."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console) as progress:
        yield from progress.track(items, description=title)


def good_enough(outcomes: list[Outcome]) -> bool:
    regions = sum(o.region_right for o in outcomes)
    return regions >= ENOUGH_REGIONS * len(outcomes) and all(o.open_right for o in outcomes)


def report(outcomes: list[Outcome], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"items": [o.as_json() for o in outcomes], **summary(outcomes)}, ensure_ascii=False))
        return
    wrong = [o for o in outcomes if not (o.region_right and o.open_right)]
    if wrong:
        Console().print(table_of(wrong))
    found = summary(outcomes)
    click.echo(
        f"region {found['regions_right']}/{found['calls']}, open or closed {found['open_right']}/{found['calls']}"
    )


def summary(outcomes: list[Outcome]) -> dict[str, int]:
    return {
        "calls": len(outcomes),
        "regions_right": sum(o.region_right for o in outcomes),
        "open_right": sum(o.open_right for o in outcomes),
    }


def table_of(outcomes: list[Outcome]) -> Table:
    table = Table("call", "place as given", "region", "expected", "open", "expected", "error")
    for o in outcomes:
        table.add_row(
            o.record.id,
            o.record.place,
            o.region or "-",
            o.record.region or "-",
            str(o.service_open),
            str(o.record.service_open),
            o.error or "",
        )
    return table


def walk(client: Client, outcomes: list[Outcome], console: Console, *, drill: bool, seed: int) -> int:
    """Judge and alarm what is expected to be an emergency, and show what happens; returns how much broke."""
    emergencies = [o for o in outcomes if o.record.verdict == "emergency" and o.reference and o.region]
    play = Drill(client, seed) if drill else None
    broken, sent = 0, {o.record.id: o for o in outcomes}
    for outcome in watched(console, emergencies, "Raising alarms"):
        try:
            line = client.raise_alarm(outcome, sent)
            if play and outcome.incident and outcome.alarmed:
                line += play.run(outcome.incident)
        except ApiError as error:
            broken, line = broken + 1, f"BROKEN: {error}"
        click.echo(f"{outcome.record.id}  {outcome.reference}  {line}")
    return broken
