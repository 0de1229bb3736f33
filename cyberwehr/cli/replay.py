"""`cyberwehr replay`: send recorded calls through a running instance and compare what it makes of them."""

import json
import os
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import rich_click as click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from cyberwehr.cli.common import shown_config
from cyberwehr.cli.replay_client import ApiError, Client, Outcome, Record
from cyberwehr.cli.replay_drill import Drill
from cyberwehr.faults import Refusal

ENOUGH_REGIONS = 58 / 60
"""How many regions must be found: a few calls only a person can place. Opening hours must all be right."""
ENOUGH_JUDGED = 54 / 60
"""How often verdict and urgency must be as expected: the rest is what a person is there for."""


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", help="Where the instance listens; else localhost and the port of this folder's settings.")
@click.option("--token", default=lambda: os.environ.get("CYBERWEHR_TOKEN", ""), help="A commander's API token.")
@click.option("--no-alarm", is_flag=True, help="Only send and compare; alarm nobody.")
@click.option(
    "--drill", is_flag=True, help="Simulate the providers, too: some accept, decline, stay silent, click late."
)
@click.option("--seed", default=1, show_default=True, help="The drill's luck.")
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON.")
def replay(file: Path, url: str | None, token: str, no_alarm: bool, drill: bool, seed: int, as_json: bool) -> None:
    """Send the calls of FILE (one JSON object a line) and compare region, opening hours, verdict and urgency.

    The record's facts are the answers of the interview, its call type is given. Then alarm for those expected to be
    emergencies. Exit 1 if the comparison falls short or something broke.
    """
    client = Client(url or own_url(), token or needed_token())
    console = Console(stderr=True)
    records = list(read_records(file))
    outcomes = [compare(client, record) for record in watched(console, records, "Sending calls")]
    report(outcomes, as_json)
    broken = 0 if no_alarm else walk(client, outcomes, console, drill=drill, seed=seed)
    raise SystemExit(0 if good_enough(outcomes) and not broken else 1)


def own_url() -> str:
    return f"http://localhost:{shown_config().web.port}"


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
    outcome = Outcome(record, None)
    try:
        outcome.answer = client.send(record)
        outcome.assessed = client.assess(outcome)
    except ApiError as error:
        outcome.error = str(error)
    return outcome


def watched(console: Console, items: list[Any], title: str) -> Iterable[Any]:
    """The items, with a progress bar on stderr if that is a terminal."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield from progress.track(items, description=title)


def good_enough(outcomes: list[Outcome]) -> bool:
    found = summary(outcomes)
    enough = found["regions_right"] >= ENOUGH_REGIONS * found["calls"] and found["open_right"] == found["calls"]
    return enough and found["judged_right"] >= ENOUGH_JUDGED * found["calls"]


def report(outcomes: list[Outcome], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"items": [o.as_json() for o in outcomes], **summary(outcomes)}, ensure_ascii=False))
        return
    wrong = [o for o in outcomes if not (o.region_right and o.open_right and o.judged_right)]
    if wrong:
        Console().print(table_of(wrong))
    found = summary(outcomes)
    named = (
        ("region", "regions_right"),
        ("open or closed", "open_right"),
        ("verdict and urgency", "judged_right"),
    )
    click.echo(", ".join(f"{name} {found[key]}/{found['calls']}" for name, key in named))


def summary(outcomes: list[Outcome]) -> dict[str, int]:
    return {
        "calls": len(outcomes),
        "regions_right": sum(o.region_right for o in outcomes),
        "open_right": sum(o.open_right for o in outcomes),
        "judged_right": sum(o.judged_right for o in outcomes),
    }


def table_of(outcomes: list[Outcome]) -> Table:
    table = Table("call", "place as given", "region", "open", "verdict", "error")
    for o in outcomes:
        table.add_row(
            o.record.id,
            o.record.place,
            beside(o.region or "-", o.record.region or "-"),
            beside(str(o.service_open), str(o.record.service_open)),
            beside(in_short(*o.judged), in_short(o.record.verdict, o.record.urgency)),
            o.error or "",
        )
    return table


def beside(found: str, expected: str) -> str:
    return found if found == expected else f"{found}, not {expected}"


def in_short(verdict: str | None, urgency: str | None) -> str:
    return f"{verdict or '-'} {urgency or ''}".strip()


def walk(client: Client, outcomes: list[Outcome], console: Console, *, drill: bool, seed: int) -> int:
    """Judge and alarm what is expected to be an emergency, and show what happens; returns how much broke."""
    emergencies = [o for o in outcomes if o.record.verdict == "emergency" and o.reference and o.region]
    play = Drill(client, seed) if drill else None
    for first, *repeats in watched(console, incidents(emergencies), "Raising alarms"):
        tell(first, partial(walk_incident, client, first, repeats, play))
    return sum(o.error is not None for o in emergencies)


def incidents(emergencies: list[Outcome]) -> list[list[Outcome]]:
    """Each first call with the later ones about the same incident."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in emergencies:
        group = groups.get(outcome.record.duplicate_of or "", [])
        group.append(outcome)
        groups[outcome.record.id] = group
    return [group for key, group in groups.items() if group[0].record.id == key]


def walk_incident(client: Client, first: Outcome, repeats: list[Outcome], play: Drill | None) -> str:
    """Judge, attach, alarm, drill. Repeats come before the alarm: to an incident that has ended none is attached."""
    incident = client.judge(first)
    for repeat in repeats:
        tell(repeat, partial(client.attach, repeat, incident))
    line, alarmed = client.raise_alarm(incident)
    return line + play.run(incident) if play and alarmed else line


def tell(outcome: Outcome, act: Callable[[], str]) -> None:
    """Do it and print what came of it."""
    try:
        line = act()
    except ApiError as error:
        outcome.error = str(error)
        line = f"BROKEN: {error}"
    click.echo(f"{outcome.record.id}  {outcome.reference}  {line}")
