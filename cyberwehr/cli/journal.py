"""cyberwehr journal verify|export"""

import json
import sys
from collections.abc import Iterator

import rich_click as click
from sqlalchemy import text
from sqlalchemy.orm import Session

from cyberwehr.cli.common import migrated, tool_config
from cyberwehr.cli.output import as_json, show_json
from cyberwehr.storage.journal import forgiving, raw_entries, stored_fields
from cyberwehr.storage.journal import verify as verify_journal


@click.group()
def journal() -> None:
    """The record of every decision."""


@journal.command()
@as_json
@click.pass_context
def verify(ctx: click.Context, as_json: bool) -> None:
    """Say whether any entry was edited, removed, inserted or moved: `ok N`, or `bad N reason`.

    N counts the good entries, or names the first bad one.
    """
    with migrated(tool_config()) as database, database.reading() as tx:
        number, fault = verify_journal(tx)
    if as_json:
        show_json({"ok": fault is None, "number": number, "reason": fault})
    else:
        click.echo(f"bad {number} {fault}" if fault else f"ok {number}")
    ctx.exit(1 if fault else 0)


@journal.command()
@click.option("--json", "_as_json", is_flag=True, help="JSON, one entry a line; this is also the default.")
def export(_as_json: bool) -> None:
    """Print every entry, one JSON object a line.

    Notes stay sealed (hex), so that the lines can be handed on and their chain of hashes still be checked.
    """
    with migrated(tool_config()) as database, database.reading() as tx, forgiving(tx):
        count = tx.execute(text("SELECT count(*) FROM journal")).scalar_one()
        with click.progressbar(lines(tx), length=count, label="journal", file=sys.stderr) as shown:
            for line in shown:
                click.echo(line)


def lines(tx: Session) -> Iterator[str]:
    for row in raw_entries(tx):
        fields = {**stored_fields(row), "previous": row["previous"], "hash": row["hash"]}
        yield json.dumps(fields, ensure_ascii=True, default=repr)
