"""Backup and restore while processes run: SQLite's online backup here, PostgreSQL's own tools in `postgres_tools`.

A backup holds sealed data and no key: without the instance's secret key it can be neither read nor restored.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from cyberwehr.faults import Refusal
from cyberwehr.storage import journal, postgres_tools
from cyberwehr.storage.database import Database
from cyberwehr.storage.migrate import newest, settings, upgrade
from cyberwehr.storage.trouble import StorageAway
from cyberwehr.storage.turns import BUSY_SECONDS

PATIENCE = 60.0
"""Seconds a copy waits for its turn among the writers."""


def revision(database: Database) -> str | None:
    """The schema's revision; None for a database that does not exist yet or is empty. Creates nothing."""
    if database.is_sqlite and not live_file(database).is_file():
        return None
    with database.reading() as tx:
        return MigrationContext.configure(tx.connection()).get_current_revision()


def is_known(found: str) -> bool:
    """Can this program bring that revision up to date?"""
    return found in {script.revision for script in ScriptDirectory.from_config(settings()).walk_revisions()}


def backup(database: Database, file: Path) -> None:
    """One consistent state in one file, readable by its owner alone; an older file there is replaced in one step.

    Raises Refusal with one sentence; the older file is then still there.
    """
    refuse_live(database, file)
    with draft_beside(file) as draft:
        if database.is_sqlite:
            copy(live_file(database), draft)
            seal_off(draft)
        else:
            postgres_tools.dump(database.engine, draft)
        publish(draft, file)


def refuse_live(database: Database, file: Path) -> None:
    """Running processes would go on writing into the file that was replaced: what they acknowledge would be lost."""
    live = live_file(database).resolve()
    beside = [live.with_name(live.name + ending) for ending in ("", "-wal", "-shm", "-journal")]
    if database.is_sqlite and file.resolve() in beside:
        raise Refusal(f"{file}: is the database itself; give another file for the backup")


def restore(database: Database, file: Path) -> int:
    """Put a backup in the place of everything there is, for running processes too; returns the journal's length.

    Raises Refusal, and changes nothing, unless the file is a whole backup of a known revision, with a journal that was
    written with this instance's key. (On PostgreSQL the journal itself can be verified only afterwards.)
    """
    if not file.is_file():
        raise Refusal(f"{file}: there is no such file")
    if database.is_sqlite:
        return restore_sqlite(database, file)
    return restore_postgres(database, file)


def restore_sqlite(database: Database, file: Path) -> int:
    """Checked and brought up to date aside; then SQLite itself writes it into the live file, as one transaction."""
    with draft_beside(live_file(database)) as draft:
        try:
            copy(file, draft)
            seal_off(draft)
        except sqlite3.DatabaseError as error:
            raise Refusal(f"{file}: is no backup of this program: {error}") from None
        length = bring_up_to_date(file, Database(f"sqlite:///{draft}", database.keyring))
        copy(draft, live_file(database))
    return length


def restore_postgres(database: Database, file: Path) -> int:
    found = postgres_tools.column(database.engine, file, "alembic_version", 0)
    if not found or not is_known(found):
        raise Refusal(f"{file}: {strange(found)}")
    there = revision(database)
    if there not in (None, found):
        raise Refusal(f"{file}: holds revision {found}, the database {there}; restore it into an empty database")
    refuse_foreign_head(database, file)
    postgres_tools.restore(database.engine, file)
    upgrade(database)
    return verified(file, database)


def refuse_foreign_head(database: Database, file: Path) -> None:
    """Its journal's head must have been signed with this instance's key."""
    length, last, signature = (postgres_tools.column(database.engine, file, "journal_head", n) for n in (1, 2, 3))
    if length is not None and database.keyring.sign_head(int(length), last or "") != signature:
        raise Refusal(f"{file}: was not made by this instance: its journal is signed with another secret key")


def bring_up_to_date(file: Path, draft: Database) -> int:
    """Migrate the draft of a restore and verify its journal; returns the journal's length."""
    try:
        found = revision(draft)
        if found is None or not is_known(found):
            raise Refusal(f"{file}: {strange(found)}")
        upgrade(draft)
        return verified(file, draft)
    except StorageAway as away:
        raise Refusal(f"{file}: is no whole backup of this program: {away.__cause__}") from None
    finally:
        draft.close()


def strange(found: str | None) -> str:
    if found is None:
        return "is no backup of this program"
    return (
        f"was made by another version of this program ({found}; this one knows up to {newest()}); restore it with that"
    )


def verified(file: Path, database: Database) -> int:
    with database.reading() as tx:
        length, fault = journal.verify(tx)
    if fault:
        raise Refusal(f"{file}: its journal is not this instance's, or was changed: entry {length}: {fault}")
    return length


def live_file(database: Database) -> Path:
    return Path(database.url.database or "")


def copy(source: Path, target: Path) -> None:
    """One consistent state, as one transaction of the target; waits for its turn on either side."""
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as origin,
        closing(sqlite3.connect(target, timeout=BUSY_SECONDS)) as goal,
    ):
        goal.execute("PRAGMA synchronous=FULL")
        origin.backup(goal, pages=-1, progress=patience(target))


def patience(target: Path) -> Callable[[int, int, int], None]:
    deadline = time.monotonic() + PATIENCE

    def waiting(_status: int, _left: int, _pages: int) -> None:
        if time.monotonic() > deadline:
            raise Refusal(f"{target}: others are writing without a pause; try again later")

    return waiting


def seal_off(file: Path) -> None:
    """A copy that needs no files beside it, and is known to be whole."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise sqlite3.DatabaseError(found)


@contextmanager
def draft_beside(file: Path) -> Iterator[Path]:
    """A place for a draft on the same disk, which nobody else can read and nobody finds again."""
    try:
        with TemporaryDirectory(prefix=".cyberwehr-", dir=file.absolute().parent) as folder:
            yield Path(folder) / "draft"
    except OSError as error:
        raise Refusal(f"{error.filename or file}: {error.strerror}") from error


def publish(draft: Path, file: Path) -> None:
    """On the disk before it has its name, so that a crash leaves the old file or the new one."""
    draft.chmod(0o600)
    with draft.open("rb") as handle:
        os.fsync(handle.fileno())
    draft.replace(file)
