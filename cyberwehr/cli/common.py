"""What the commands share: settings with the command line on top, an open instance, and refusals in plain words."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import rich_click as click
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DatabaseError

from cyberwehr.config import SECRET_FILE, Config, ConfigError, load_config, prepare, read_config
from cyberwehr.domain.terms import Role
from cyberwehr.example_providers import example_lines, refuse_examples
from cyberwehr.faults import Refusal
from cyberwehr.i18n import Catalogues
from cyberwehr.instance import Instance, open_database, open_instance
from cyberwehr.plugins_loader import load_plugins
from cyberwehr.services.actors import Actor
from cyberwehr.services.errors import Refused
from cyberwehr.storage import Database, StorageAway
from cyberwehr.storage.backup import is_known, revision
from cyberwehr.storage.key_check import key_fits
from cyberwehr.storage.migrate import newest
from cyberwehr.words import say

CONSOLE = Actor("console", Role.ADMINISTRATOR)
"""Whoever may run commands on the machine itself."""

UPGRADE = "run: cyberwehr db upgrade"
SAME_KEY = "give back the one it was made with (CYBERWEHR_SECRET_KEY, security.secret_key, or DATA_DIR/secret_key)"
Command = TypeVar("Command", bound=Callable[..., Any])

demo_option = click.option("--demo", is_flag=True, help="Exercise: example providers, nothing leaves the building.")


def listening(command: Command) -> Command:
    """--host, --port and --workers; without them the settings hold."""
    command = click.option("--workers", type=click.IntRange(1, 64), help="How many web processes.")(command)
    command = click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.")(command)
    return click.option("--host", help="Address to listen on.")(command)


def environment(demo: bool = False, **web: object) -> dict[str, str]:
    """The environment with the command line's wishes (demo, and keys of [web]) on top, also for child processes."""
    wishes = {f"CYBERWEHR_WEB__{key.upper()}": str(value) for key, value in web.items() if value is not None}
    return {**os.environ, **wishes, **({"CYBERWEHR_DEMO": "1"} if demo else {})}


def start_config(environ: Mapping[str, str]) -> Config:
    """The settings of a start. What is missing is told together with the example files: the next thing in the way."""
    read_config(environ)  # a wrong setting comes first, and alone
    try:
        return load_config(environ)
    except ConfigError as missing:
        raise Refusal("\n".join([str(missing), *examples_ahead(environ)])) from None


def examples_ahead(environ: Mapping[str, str]) -> list[str]:
    """The example files of the regions that are enabled; of all there are where none is."""
    config = read_config(environ, demo=True)  # which serves all there are
    with suppress(Refusal):  # a faulty region is told when its turn comes
        return example_lines(load_plugins(config), config)
    return []


def tool_config() -> Config:
    """For commands beside a running instance. One started with `up --demo` is known by its data folder's own key."""
    return prepared(load_config(os.environ, demo=beside_a_demonstration()))


def shown_config() -> Config:
    """For commands that only look, also where there is no instance: nothing is made, nothing has to be set."""
    return read_config(os.environ, demo=beside_a_demonstration())


def beside_a_demonstration() -> bool:
    """Was an instance with this data folder started in demo mode? Only that makes a secret key of its own."""
    config = read_config(os.environ, demo=True)  # which settings of an exercise are allowed is not the question here
    return not config.security.secret_key and (config.instance.data_dir / SECRET_FILE).is_file()


def prepared(config: Config) -> Config:
    try:
        return prepare(config)
    except OSError as error:
        raise Refusal(f"{error.filename}: {error.strerror}; give another folder in CYBERWEHR_DATA_DIR") from error


def loaded(config: Config) -> Instance:
    """Regions, plugins and channels as the start needs them; raises Refusal for whatever would stop the start."""
    instance = open_instance(config)
    refuse_examples(instance.plugins, config)
    instance.plugins.channels(instance.channel_settings())
    return instance


@contextmanager
def migrated(config: Config) -> Iterator[Database]:
    """The database, if it has this program's schema; what goes wrong with it inside is said in plain words."""
    database = open_database(config)
    try:
        with plain_words(config):
            require_schema(database)
            yield database
    finally:
        database.close()


@contextmanager
def working(config: Config) -> Iterator[Instance]:
    """The instance on its migrated database; what services refuse inside is said in plain words."""
    instance = open_instance(config)
    try:
        with plain_words(config):
            require_schema(instance.database)
            yield instance
    finally:
        instance.database.close()


def require_schema(database: Database) -> None:
    found = revision(database)
    refuse_unknown(database, found)
    if found != newest():
        raise Refusal(f"{shown(database.url)}: has not been prepared for this version of the program; {UPGRADE}")
    refuse_foreign(database)


def refuse_foreign(database: Database) -> None:
    """A foreign secret key would open nothing, and split new calls off from the old ones."""
    with database.reading() as tx:
        if not key_fits(tx):
            raise Refusal(f"{shown(database.url)}: was sealed with another secret key; {SAME_KEY}")


def refuse_unknown(database: Database, found: str | None) -> None:
    if found is not None and not is_known(found):
        raise Refusal(
            f"{shown(database.url)}: was made by another version of this program ({found}); install that version"
        )


def shown(url: URL) -> str:
    """A database's address without its password."""
    return url.render_as_string(hide_password=True)


@contextmanager
def plain_words(config: Config) -> Iterator[None]:
    """Turn what services and the database refuse into one sentence."""
    try:
        yield
    except Refused as refused:
        raise Refusal(say(Catalogues.load(default="en").texts(language(os.environ)), refused.notice)) from None
    except StorageAway as away:
        raise Refusal(f"{shown(make_url(config.database.url))}: {away}{cause(away)}") from None
    except DatabaseError as error:
        if type(error) is not DatabaseError:  # its subclasses are faults of this program
            raise
        raise Refusal(
            f"{shown(make_url(config.database.url))}: {error.orig}; restore a backup with: cyberwehr db restore FILE"
        ) from None


def cause(away: StorageAway) -> str:
    """What the driver says, in one line."""
    lines = str(getattr(away.__cause__, "orig", None) or "").strip().splitlines()
    return f": {lines[0].strip()}" if lines else ""


def language(environ: Mapping[str, str]) -> str:
    """The terminal's language as POSIX has it: LC_ALL before LC_MESSAGES before LANG; English without any."""
    wanted = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "en")
    return wanted.split(".")[0]
