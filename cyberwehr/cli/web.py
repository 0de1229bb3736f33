"""cyberwehr web"""

import os
import sys
from contextlib import suppress

import rich_click as click

from cyberwehr.app import AUDIENCES
from cyberwehr.cli.common import demo_option, environment, listening, loaded, plain_words, prepared, require_schema
from cyberwehr.config import load_config
from cyberwehr.storage import StorageAway
from cyberwehr.supervisor import refuse_taken

GUNICORN = (
    sys.executable,
    "-P",
    "-c",
    # the package first: gunicorn puts the working directory at the head of the search path
    "import cyberwehr; from gunicorn.app.wsgiapp import run; run(prog='gunicorn')",
    "--config=python:cyberwehr.gunicorn_conf",
    "cyberwehr.wsgi:app",
)
"""The command line of the web server; all its settings come from the environment."""


@click.command()
@click.option("--audience", type=click.Choice(AUDIENCES), default="all", help="Which pages to serve; default: all.")
@listening
@demo_option
def web(audience: str, host: str | None, port: int | None, workers: int | None, demo: bool) -> None:
    """Serve pages and API until stopped.

    `public`: forms, alarm links and the API; `desk`: the control room and the API. In production let them listen on
    separate addresses.
    """
    environ = environment(demo, host=host, port=port, workers=workers) | {"CYBERWEHR_AUDIENCE": audience}
    config = load_config(environ)
    refuse_taken(config.web.host, config.web.port)
    config = prepared(config)
    database = loaded(config).database
    try:
        with plain_words(config), suppress(StorageAway):  # a database that is away may come back; pages say so
            require_schema(database)
    finally:
        database.close()
    os.execve(sys.executable, GUNICORN, environ)  # noqa: S606  (no shell is the point)
