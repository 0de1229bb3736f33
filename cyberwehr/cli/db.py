"""cyberwehr db upgrade|backup|restore"""

from pathlib import Path

import rich_click as click

from cyberwehr.cli.common import migrated, plain_words, refuse_unknown, tool_config
from cyberwehr.instance import open_database
from cyberwehr.storage import backup as backups
from cyberwehr.storage.migrate import newest
from cyberwehr.storage.migrate import upgrade as migrate

FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.group()
def db() -> None:
    """The database: bring it up to date, save it, bring it back. Other processes may go on running."""


@db.command()
def upgrade() -> None:
    """Bring the schema to this version of the program."""
    config = tool_config()
    database = open_database(config)
    try:
        with plain_words(config):
            refuse_unknown(database, backups.revision(database))
            before = migrate(database)
    finally:
        database.close()
    click.echo(f"from {before or 'nothing'} to {newest()}")


@db.command()
@FILE
def backup(file: Path) -> None:
    """Write everything in the database to FILE. The secret key is not in it: keep that elsewhere."""
    config = tool_config()
    with migrated(config) as database:
        backups.backup(database, file)
    click.echo(f"{file}: written")


@db.command()
@FILE
def restore(file: Path) -> None:
    """Replace everything in the database by the backup in FILE."""
    config = tool_config()
    database = open_database(config)
    try:
        with plain_words(config):
            length = backups.restore(database, file)
    finally:
        database.close()
    click.echo(f"{file}: restored, journal ok {length}")
