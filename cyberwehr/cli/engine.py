"""cyberwehr engine"""

import os
import signal
import sys
import threading
import time
from contextlib import closing

import rich_click as click
import structlog

from cyberwehr.cli.common import demo_option, environment, loaded, plain_words, prepared, require_schema
from cyberwehr.config import load_config
from cyberwehr.engine import Engine
from cyberwehr.instance import Instance
from cyberwehr.storage import StorageAway

WAIT_SECONDS = 2.0
log = structlog.get_logger(__name__)


@click.command()
@demo_option
def engine(demo: bool) -> None:
    """Deliver messages and keep deadlines until stopped. Several may run."""
    config = prepared(load_config(environment(demo)))
    log_to_stderr()
    threading.excepthook = die_of
    instance = loaded(config)
    with closing(instance.database), plain_words(config):
        wait_for_database(instance)
        work(Engine(instance, instance.plugins.channels(instance.channel_settings())))


def work(runner: Engine) -> None:
    """Until SIGINT or SIGTERM; the message in hand is finished."""
    for number in (signal.SIGINT, signal.SIGTERM):
        # in a thread: the signal may interrupt the main thread while it holds the very lock that `stop` needs
        signal.signal(number, lambda *_: threading.Thread(target=runner.stop).start())
    runner.run()


def wait_for_database(instance: Instance) -> None:
    """A database that is away comes back; one with another schema does not get better by waiting (Refusal)."""
    while True:
        try:
            return require_schema(instance.database)
        except StorageAway as away:
            log.warning("storage_away", reason=str(away))
            time.sleep(WAIT_SECONDS)


def die_of(fault: threading.ExceptHookArgs) -> None:
    """An engine of which one loop has died must not look alive: it ends, and whoever started it starts it again."""
    threading.__excepthook__(fault)
    sys.stderr.flush()
    os._exit(1)


def log_to_stderr() -> None:
    """One JSON object a line; stdout stays free for answers."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
