"""How reading commands answer: one JSON object with --json, plain lines for people without."""

import json
from collections.abc import Iterator, Mapping, Sequence

import rich_click as click

as_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")


def show_json(answer: Mapping[str, object]) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def show_table(rows: Sequence[Mapping[str, object]]) -> None:
    """One line per row under the first row's keys; never cut or wrapped, so that it can be searched and copied."""
    if not rows:
        return
    lines = [list(rows[0]), *([_in_a_line(value) for value in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def show_values(values: Mapping[str, object]) -> None:
    """One line per key; tables and lists of tables indented below it."""
    for line in _lines(values):
        click.echo(line)


def _lines(values: Mapping[str, object]) -> Iterator[str]:
    for key, value in values.items():
        members = [value] if isinstance(value, Mapping) else value if isinstance(value, list) else []
        tables = [member for member in members if isinstance(member, Mapping)]
        yield f"{key}: {'' if tables else _in_a_line(value)}".rstrip()
        for table in tables:
            yield from (f"    {line}" for line in _lines(table))


def _in_a_line(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(_in_a_line, value))
    return "-" if value is None else str(value)
