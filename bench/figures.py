"""Figures as they are collected, and the table they end in."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles

from rich.console import Console
from rich.table import Table

__all__ = ["Figure", "keep", "median", "p99", "spread", "table"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. database: "" where none takes part; aim: what the figure should be, if anything."""

    group: str
    what: str
    database: str
    value: float
    unit: str
    detail: str = ""
    aim: str = ""


def p99(values: Sequence[float]) -> float:
    return quantiles(values, n=100, method="inclusive")[98] if len(values) > 1 else values[0]


def spread(values: Sequence[float]) -> str:
    return f"{min(values):,.1f} to {max(values):,.1f}"


def table(figures: Sequence[Figure], console: Console) -> None:
    """Print the figures, one section per group."""
    shown = Table(title=f"cyberwehr on {machine()}", title_justify="left")
    for column in ("what", "database"):
        shown.add_column(column, overflow="fold")
    shown.add_column("figure", justify="right", no_wrap=True)
    for column in ("detail", "aim"):
        shown.add_column(column, overflow="fold")
    group = None
    for figure in figures:
        if figure.group != group:
            shown.add_section()
            shown.add_row(f"[bold]{figure.group}[/bold]")
            group = figure.group
        shown.add_row(figure.what, figure.database, number(figure), figure.detail, figure.aim)
    console.print(shown)


def number(figure: Figure) -> str:
    places = 2 if abs(figure.value) < 10 else 1
    return f"{figure.value:,.{places}f} {figure.unit}".strip()


def keep(figures: Sequence[Figure], file: Path) -> None:
    """Write the figures as JSON, for comparing runs."""
    file.write_text(json.dumps({"machine": machine(), "figures": [asdict(f) for f in figures]}, indent=1) + "\n")


def machine() -> str:
    return f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"
