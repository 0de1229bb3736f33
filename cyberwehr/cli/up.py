"""cyberwehr up"""

import sys
from collections.abc import Mapping

import rich_click as click

from cyberwehr.cli.common import (
    demo_option,
    environment,
    listening,
    loaded,
    plain_words,
    prepared,
    refuse_unknown,
    start_config,
)
from cyberwehr.cli.web import GUNICORN
from cyberwehr.config import Config
from cyberwehr.instance import Instance
from cyberwehr.services.accounts import first_administrator_link
from cyberwehr.storage.backup import revision
from cyberwehr.storage.migrate import upgrade
from cyberwehr.supervisor import Child, Supervisor, refuse_taken

ENGINE = (sys.executable, "-P", "-m", "cyberwehr", "engine")


@click.command()
@listening
@demo_option
def up(host: str | None, port: int | None, workers: int | None, demo: bool) -> None:
    """Bring the database up to date, then run web server and engine until Ctrl-C."""
    environ = environment(demo, host=host, port=port, workers=workers) | {"CYBERWEHR_AUDIENCE": "all"}
    config = start_config(environ)
    refuse_taken(config.web.host, config.web.port)
    config = prepared(config)
    instance = loaded(config)
    try:
        with plain_words(config):
            refuse_unknown(instance.database, revision(instance.database))
            upgrade(instance.database)
            link = first_administrator_link(instance)
    finally:
        instance.database.close()
    welcome(config, instance, link)
    Supervisor(children(environ)).run()


def children(environ: Mapping[str, str]) -> list[Child]:
    """In the order in which they are started and stopped: no new calls first, then the engine finishes its message."""
    return [Child("web", GUNICORN, environ), Child("engine", ENGINE, environ)]


def welcome(config: Config, instance: Instance, link: str | None) -> None:
    own = config.instance
    lines = [f"{own.name}: {instance.url('')}"]
    if own.demo:
        lines.append("EXERCISE: this is a demonstration with example providers.")
        lines.append(f"Messages that would have left the building: {instance.desk_url('/office/messages')}")
    if link:
        lines.append(f"Set up the first administrator (works once, within 24 hours): {link}")
    lines.append(f"Listening on {config.web.host}:{config.web.port}. Stop with Ctrl-C.")
    click.echo("\n".join(lines))
    sys.stdout.flush()
