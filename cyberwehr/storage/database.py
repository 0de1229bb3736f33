"""Transactions. The only file that commits, and the only source of `now`.

SQLite: writers of a process queue at a lock before BEGIN IMMEDIATE (without it three gevent writers stall each other
for seconds), WAL, synchronous=FULL; readers are deferred and read-only. PostgreSQL: READ COMMITTED with row locks;
synchronous_commit is asserted for every connection, because an acknowledged call must survive the next second; whoever
finds no connection free waits for a place, and those who wait for a row lock leave half of the places to readers.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, cast

from sqlalchemy import Engine, Executable, Row, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import InvalidatePoolError, OperationalError
from sqlalchemy.orm import Session

from cyberwehr.storage.journal import write_pending
from cyberwehr.storage.sealing import Keyring
from cyberwehr.storage.together import Together, WriteAll
from cyberwehr.storage.trouble import StorageAway, translated_errors
from cyberwehr.storage.turns import BUSY_SECONDS, Turns

V = TypeVar("V")
R = TypeVar("R")
Clock = Callable[[Session], datetime]
BUSY_PAUSE = 0.001
BROKEN = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR)
"""What a connection to a SQLite file does not recover from, even when the file has."""
RESTED_SECONDS = 1.0
FRESH_SECONDS = 1.0
MOST_LOOKED_UP = 1_000
CLOCK = text("SELECT clock_timestamp()")
patient_until: ContextVar[float | None] = ContextVar("patient_until", default=None)
"""When this task gives up waiting to write (monotonic clock)."""


class Database:
    """One instance's database. clock: for tests, replaces the database's own clock."""

    def __init__(self, url: str, keyring: Keyring, clock_offset: timedelta = timedelta(0), pool_size: int = 10) -> None:
        self.url: URL = make_url(url)
        self.keyring = keyring
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.clock: Clock = database_clock(clock_offset)
        self._writer = sqlite_engine(self.url, "IMMEDIATE") if self.is_sqlite else postgres_engine(self.url, pool_size)
        self._reader = sqlite_engine(self.url, "DEFERRED") if self.is_sqlite else read_only(self._writer)
        self._single = self._reader if self.is_sqlite else self._reader.execution_options(isolation_level="AUTOCOMMIT")
        self._lock = threading.RLock()
        self._writers, self._readers = Turns(pool_size), Turns(pool_size)
        self._current: ContextVar[Session | None] = ContextVar("transaction", default=None)
        self._together = Together(self._begun)
        self._looked_up: dict[tuple[object, ...], tuple[Row[Any] | None, float]] = {}

    @property
    def engine(self) -> Engine:
        """The engine that writes (for migrations and backups)."""
        return self._writer

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """A writing transaction: all or nothing. Inside another `begin()` of the same task it joins that one."""
        if (outer := self._current.get()) is not None:
            yield outer
            return
        with self._turn_to_write(), translated_errors(), self._session(self._writer) as tx:
            marker = self._current.set(tx)
            try:
                yield tx
                write_pending(tx)
                tx.commit()
            finally:
                self._current.reset(marker)

    def write_together(self, write_all: WriteAll[V, R], value: V) -> R:
        """Write a value in one transaction with those that others write this way just now; its result."""
        if (outer := self._current.get()) is not None:
            return write_all(outer, [value])[0]
        return self._together.write(write_all, value)

    @contextmanager
    def _begun(self) -> Iterator[Session]:
        """A writing transaction that knows the time: while a server answers that, more writers may come along."""
        with self.begin() as tx:
            now(tx)
            yield tx

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A snapshot to read from; writing through it fails. Inside a `begin()` it sees that transaction's state."""
        if (outer := self._current.get()) is not None:
            yield outer
            return
        with self._turn_to_read(), translated_errors(), self._session(self._reader) as tx:
            yield tx

    def look_up(self, statement: Executable, values: Mapping[str, str]) -> Row[Any] | None:
        """One row by one statement, or None: for what every request asks. No objects, and no transaction around it.

        A row that was found is good for `FRESH_SECONDS`: in a surge the same sender asks hundreds of times a second.
        """
        key, moment = (id(statement), *values.values()), time.monotonic()
        found, until = self._looked_up.get(key, (None, 0.0))
        if moment < until:
            return found
        with self._turn_to_read(), translated_errors(), self._single.connect() as connection:
            found = connection.execute(statement, values).one_or_none()
        if found is not None:
            if len(self._looked_up) >= MOST_LOOKED_UP:
                self._looked_up.clear()
            self._looked_up[key] = (found, moment + FRESH_SECONDS)
        return found

    def _turn_to_write(self) -> AbstractContextManager[None]:
        return self._only_writer() if self.is_sqlite else self._writers.taken()

    def _turn_to_read(self) -> AbstractContextManager[None]:
        """Apart from the writers: of a hundred who wait for one row lock, nobody keeps others from reading."""
        return nullcontext() if self.is_sqlite else self._readers.taken()

    @contextmanager
    def _only_writer(self) -> Iterator[None]:
        """SQLite has one writer: wait for it here, where other greenlets go on, and not inside the C library."""
        until = time.monotonic() + BUSY_SECONDS
        if not self._lock.acquire(timeout=BUSY_SECONDS):
            raise StorageAway("the database is busy")
        marker = patient_until.set(until)
        try:
            yield
        finally:
            patient_until.reset(marker)
            self._lock.release()

    @contextmanager
    def _session(self, engine: Engine) -> Iterator[Session]:
        with Session(engine, expire_on_commit=False, info={"keyring": self.keyring, "clock": self.clock}) as tx:
            yield tx

    def close(self) -> None:
        self._writer.dispose()
        self._reader.dispose()


def now(tx: Session) -> datetime:
    """The moment of this transaction, UTC, by the database's clock; the same throughout one transaction."""
    if "now" not in tx.info:
        tx.info["now"] = cast(Clock, tx.info["clock"])(tx)
    return cast(datetime, tx.info["now"])


def database_clock(offset: timedelta) -> Clock:
    """The database server's clock plus an offset (drills and tests); nodes with wrong clocks do not matter."""

    def read(tx: Session) -> datetime:
        if tx.get_bind().dialect.name == "sqlite":  # a library of this very process: its clock is this machine's
            return datetime.now(UTC) + offset
        moment: datetime = tx.execute(CLOCK).scalar_one()
        return moment.astimezone(UTC) + offset

    return read


def lock_row(tx: Session, model: type[Any], row_id: int | str) -> Any:
    """The row as it is now, locked until the transaction ends (on SQLite the whole database already is)."""
    return tx.get(model, row_id, with_for_update={"of": model}, populate_existing=True)


def sqlite_engine(url: URL, mode: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, pool_size=20)

    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("PRAGMA query_only=ON" if mode == "DEFERRED" else "PRAGMA busy_timeout=0")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Any) -> None:
        if mode == "IMMEDIATE":
            begin_writing(connection)
        else:
            connection.exec_driver_sql(f"BEGIN {mode}")

    @event.listens_for(engine, "handle_error")
    def on_error(context: Any) -> None:
        if is_broken(context.original_exception):
            context.is_disconnect = True  # all connections of the pool are made anew

    return engine


def is_broken(error: BaseException | None) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in BROKEN


def begin_writing(connection: Any) -> None:
    """SQLAlchemy does not look at errors of this event: a broken connection is thrown away here."""
    try:
        wait_until_free(connection.connection.driver_connection)
    except OperationalError as error:
        if is_broken(error.orig):
            connection.invalidate(error)
        raise


def wait_until_free(connection: sqlite3.Connection) -> None:
    """BEGIN IMMEDIATE as soon as no other process writes; other greenlets go on meanwhile.

    SQLite's own waiting stops the whole process, and in growing steps: of two busy workers one starves for seconds.
    """
    until = patient_until.get() or time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise OperationalError("BEGIN IMMEDIATE", None, error) from error
            time.sleep(BUSY_PAUSE)
        else:
            return


def postgres_engine(url: URL, pool_size: int) -> Engine:
    """Connections for `pool_size` writers and as many readers; beyond those it is `Turns` that makes wait."""
    options = "-c synchronous_commit=on -c lock_timeout=10s -c statement_timeout=30s -c timezone=UTC"
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=BUSY_SECONDS,
        connect_args={"options": options, "connect_timeout": 2},
    )

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            durable = cursor.execute("SHOW synchronous_commit").fetchone()[0]
        connection.rollback()
        if durable == "off":
            raise RuntimeError("PostgreSQL runs with synchronous_commit=off: acknowledged calls could be lost")

    ping_the_rested(engine)
    return engine


def ping_the_rested(engine: Engine) -> None:
    """A connection that has rested may have been cut meanwhile: ask. Asking each time would cost every call a trip."""

    @event.listens_for(engine, "checkin")
    def on_checkin(_connection: object, record: Any) -> None:
        record.info["used"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def on_checkout(connection: Any, record: Any, _proxy: object) -> None:
        rested = time.monotonic() - record.info.get("used", time.monotonic())
        if rested > RESTED_SECONDS and not answers(engine, connection):
            raise InvalidatePoolError


def answers(engine: Engine, connection: Any) -> bool:
    try:
        return engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error:
        return False


def read_only(engine: Engine) -> Engine:
    """The same connections, told with BEGIN (and so without a further round trip) that they only read one snapshot."""
    return engine.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")
