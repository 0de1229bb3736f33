"""Migrations make exactly the schema of the models, on both databases, however often and by however many."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, create_engine, inspect, text

from cyberwehr.instance import Instance
from cyberwehr.storage import Base, Database, Keyring
from cyberwehr.storage.migrate import is_current, newest, upgrade
from tests.conftest import administer, with_database

KEYRING = Keyring("x" * 32)


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database in which nothing is yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/empty.sqlite"
    server = request.getfixturevalue("postgres_server")
    name = f"empty_{tmp_path.name[-20:]}".lower().replace("-", "_")
    administer(server, f"DROP DATABASE IF EXISTS {name}")
    administer(server, f"CREATE DATABASE {name}")
    return with_database(server, name)


def test_migrations_and_models_say_the_same(instance: Instance) -> None:
    with instance.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def in_words(found: Any) -> str:
    """What the inspector found, comparable: conditions are objects there."""
    if isinstance(found, dict):
        return str(sorted((key, in_words(value)) for key, value in found.items()))
    return str(found)


def test_also_constraints_and_partial_indexes_which_alembic_does_not_compare(
    instance: Instance, tmp_path: Path, request: pytest.FixtureRequest, afterwards: ExitStack
) -> None:
    """Create the models' schema beside the migrated one and compare what the database itself says about both."""
    if instance.database.is_sqlite:
        beside = create_engine(f"sqlite:///{tmp_path}/beside.sqlite")
    else:
        server = request.getfixturevalue("postgres_server")
        administer(server, "DROP DATABASE IF EXISTS beside")
        administer(server, "CREATE DATABASE beside")
        beside = create_engine(with_database(server, "beside"))
    afterwards.callback(beside.dispose)
    Base.metadata.create_all(beside)
    migrated, modelled = inspect(instance.database.engine), inspect(beside)
    for table in Base.metadata.tables.values():
        for aspect in ("get_check_constraints", "get_indexes", "get_unique_constraints", "get_foreign_keys"):
            found, wanted = (sorted(map(in_words, getattr(side, aspect)(table.name))) for side in (migrated, modelled))
            assert found == wanted
    assert any(isinstance(c, CheckConstraint) for t in Base.metadata.tables.values() for c in t.constraints)


def test_upgrading_twice_changes_nothing(empty_url: str, afterwards: ExitStack) -> None:
    database = Database(empty_url, KEYRING)
    afterwards.callback(database.close)
    assert upgrade(database) is None
    with database.begin() as tx:
        tx.execute(text("INSERT INTO cases (id) VALUES ('c')"))
    assert upgrade(database) == newest()
    with database.reading() as tx:
        assert is_current(tx.connection())
        assert tx.scalar(text("SELECT count(*) FROM cases")) == 1


def test_several_nodes_may_upgrade_at_once(empty_url: str, afterwards: ExitStack) -> None:
    nodes = [Database(empty_url, KEYRING) for _ in range(3)]
    for node in nodes:
        afterwards.callback(node.close)
    with ThreadPoolExecutor(3) as pool:
        before = list(pool.map(upgrade, nodes))
    assert sorted(map(str, before)) == sorted(["None", str(newest()), str(newest())])
    with nodes[0].reading() as tx:
        assert is_current(tx.connection())
