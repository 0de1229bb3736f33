"""cyberwehr fallback write"""

import rich_click as click

from cyberwehr.cli.common import CONSOLE, tool_config, working
from cyberwehr.faults import Refusal
from cyberwehr.services.fallback import PDF_REMEDY
from cyberwehr.services.fallback import write as write_sheets


@click.group()
def fallback() -> None:
    """The sheet for the day the computers are down."""


@fallback.command()
def write() -> None:
    """Write the sheets now, in every language of the instance, and print their paths. They hold personal data."""
    config = tool_config()
    with working(config) as instance:
        try:
            files = write_sheets(instance, CONSOLE)
        except OSError as error:
            raise Refusal(
                f"{error.filename or config.fallback.folder}: {error.strerror}; give another folder in fallback.folder"
            ) from error
    for file in files:
        click.echo(str(file))
    if PDF_REMEDY:
        click.echo(f"without PDF; for that: {PDF_REMEDY}", err=True)
