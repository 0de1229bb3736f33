"""Backup and restore while processes run: SQLite's online backup, PostgreSQL's own tools. Files are readable by the owner alone.

A backup holds sealed data and no key: without the instance's secret key it cannot be read, and not be restored either.
"""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from cyberwehr.faults import Refusal
from cyberwehr.storage import journal, postgres_tools
from cyberwehr.storage.database import BUSY_SECONDS, Database
from cyberwehr.storage.migrate import newest, settings, upgrade


class BackupFault(Refusal):
    """A backup cannot be made or restored; nothing was changed unless the sentence says so."""


def revision(database: Database) -> str | None:
    """The schema's revision; None for a database that does not exist yet or is empty. Creates nothing."""
    if database.is_sqlite and not Path(database.url.database or "").is_file():
        return None
    with database.reading() as tx:
        return MigrationContext.configure(tx.connection()).get_current_revision()


def is_known(found: str) -> bool:
    """Can this program bring that revision up to date?"""
    return found in {script.revision for script in ScriptDirectory.from_config(settings()).walk_revisions()}
