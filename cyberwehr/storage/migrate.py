"""Bring a database's schema to this program's version; Alembic's scripts lie inside the package."""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from cyberwehr.storage.database import Database
from cyberwehr.storage.trouble import translated_errors

LOCK = 0x43574DB
"""PostgreSQL advisory lock: of several nodes that start at once, one migrates and the others wait."""


def settings() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("cyberwehr.storage") / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def newest() -> str | None:
    """The revision this program needs."""
    return ScriptDirectory.from_config(settings()).get_current_head()


def is_current(connection: Connection) -> bool:
    """Does the database have exactly this program's schema?"""
    return MigrationContext.configure(connection).get_current_revision() == newest()


def upgrade(database: Database) -> str | None:
    """Migrate to the newest revision, others running or not; returns the revision before (None: a new database)."""
    with translated_errors(), database.engine.begin() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        before = MigrationContext.configure(connection).get_current_revision()
        config = settings()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return before
