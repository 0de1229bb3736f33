"""`python -m bench`: measure, show a bar meanwhile and a table at the end."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import rich_click as click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench import declining, ranking, receiving, starting
from bench.databases import Place, places
from bench.figures import Figure, keep, table
from bench.sizes import FULL, QUICK, Sizes

Work = Callable[[Callable[[], object]], Iterator[Figure]]
GROUPS = {
    "receiving": (receiving.receiving, receiving.steps, "calls received"),
    "declining": (declining.declining, declining.steps, "decline to next alarm"),
    "ranking": (ranking.ranking, ranking.steps, "ranking"),
    "starting": (starting.starting, starting.steps, "start and memory"),
}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--quick", is_flag=True, help="Fewer and shorter rounds: four minutes instead of fifteen; noisier.")
@click.option("--only", type=click.Choice(list(GROUPS)), multiple=True, help="Only these; may be given several times.")
@click.option("--json", "file", type=click.Path(dir_okay=False, path_type=Path), help="Also write the figures here.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="On whose disk to measure; default: where temporary files go.",
)
def main(quick: bool, only: tuple[str, ...], file: Path | None, folder: Path | None) -> None:
    """Measure calls received, declines, rankings, starts and memory, on SQLite and PostgreSQL."""
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=folder) as room, places(Path(room)) as both:
        figures = measured(list(works(both, QUICK if quick else FULL, only or tuple(GROUPS))), console)
    table(figures, Console(file=sys.stdout))
    if file is not None:
        keep(figures, file)


def works(both: tuple[Place, ...], sizes: Sizes, only: tuple[str, ...]) -> Iterator[tuple[str, int, Work]]:
    """What there is to do: a name, its number of steps, and the work."""
    for group in only:
        work, steps, title = GROUPS[group]
        for place in both:
            yield f"{title}, {place.kind}", steps(sizes), partial(work, place, sizes)


def measured(todo: list[tuple[str, int, Work]], console: Console) -> list[Figure]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    figures: list[Figure] = []
    with Progress(*columns, console=console) as progress:
        tasks = [progress.add_task(name, total=steps, start=False) for name, steps, _ in todo]
        for task, (_, steps, work) in zip(tasks, todo, strict=True):
            progress.start_task(task)
            figures.extend(work(partial(progress.advance, task)))
            progress.update(task, completed=steps)
    return figures


if __name__ == "__main__":
    main(prog_name="python -m bench")
