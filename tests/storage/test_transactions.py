"""begin(), reading() and now(): all or nothing, one after the other, by one clock."""

# ruff: noqa: PT012 - what must fail is a whole transaction

import gc
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, OperationalError

from cyberwehr.instance import Instance
from cyberwehr.services.actors import ENGINE
from cyberwehr.services.journalling import record
from cyberwehr.storage import (
    Database,
    Heartbeat,
    JournalEntry,
    Keyring,
    StorageAway,
    StorageFull,
    database,
    journal,
    lock_row,
    now,
    turns,
)
from cyberwehr.storage.database import database_clock
from cyberwehr.storage.migrate import upgrade
from tests.services.stage import actions, call

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def write(tx: object, name: str) -> None:
    tx.add(Heartbeat(engine=name, at=AT))  # type: ignore[attr-defined]


def names(instance: Instance) -> list[str]:
    with instance.reading() as tx:
        return sorted(tx.scalars(text("SELECT engine FROM heartbeats")))


def test_an_error_takes_everything_back(instance: Instance) -> None:
    with pytest.raises(RuntimeError), instance.begin() as tx:
        write(tx, "a")
        tx.flush()
        record(tx, ENGINE, "half")
        raise RuntimeError
    assert names(instance) == []
    assert actions(instance) == []
    with instance.begin() as tx:  # and the next one is not disturbed
        write(tx, "b")
    assert names(instance) == ["b"]


def test_an_inner_begin_joins_the_outer_one(instance: Instance) -> None:
    with pytest.raises(RuntimeError), instance.begin() as outer:
        with instance.begin() as inner, instance.reading() as reading:
            assert inner is outer is reading
            write(inner, "a")
            record(inner, ENGINE, "inner")
        assert outer.scalar(text("SELECT count(*) FROM heartbeats")) == 1
        raise RuntimeError
    assert names(instance) == []


def test_another_thread_does_not_join(instance: Instance) -> None:
    with instance.begin() as tx:
        write(tx, "a")
        tx.flush()
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(names, instance).result() == []
    assert names(instance) == ["a"]


def test_reading_cannot_write(instance: Instance) -> None:
    with pytest.raises((DBAPIError, StorageAway)), instance.reading() as tx:
        write(tx, "a")
        tx.flush()
    with pytest.raises((DBAPIError, StorageAway)), instance.reading() as tx:
        tx.execute(text("DELETE FROM cases"))
    with instance.reading() as tx:
        write(tx, "b")  # never flushed, never committed
    assert names(instance) == []


def test_a_reader_sees_one_moment(sqlite_instance: Instance) -> None:
    with sqlite_instance.reading() as tx:
        count = text("SELECT count(*) FROM heartbeats")
        assert tx.scalar(count) == 0
        with sqlite_instance.begin() as writer:
            write(writer, "a")
        assert tx.scalar(count) == 0
    assert names(sqlite_instance) == ["a"]


def test_200_writers_lose_nothing_though_each_pauses_in_the_middle(instance: Instance) -> None:
    def count_up(_n: int) -> None:
        with instance.begin() as tx:
            row = tx.get(JournalEntry, 1)  # some reading first
            assert row is None or row.action == "counted"
            time.sleep(0)
            record(tx, ENGINE, "counted")

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(count_up, range(200)))
    with instance.reading() as tx:
        assert journal.verify(tx) == (200, None)


GREENLETS = """
from gevent import monkey; monkey.patch_all()
import sys, time, gevent
from datetime import UTC, datetime
from sqlalchemy import event, text
from cyberwehr.storage import Database, Heartbeat, Keyring
database = Database(sys.argv[1], Keyring("x" * 32))
longest = 0.0
def write(n):
    with database.begin() as tx:
        tx.execute(text("SELECT 1"))
        gevent.sleep(0)
        tx.add(Heartbeat(engine=f"g{n}", at=datetime.now(UTC)))
        tx.flush()
        gevent.sleep(0.001)
def tick():
    global longest
    while True:
        before = time.monotonic(); gevent.sleep(0.01)
        longest = max(longest, time.monotonic() - before)
gevent.spawn(tick)
begun = time.monotonic()
gevent.joinall([gevent.spawn(write, n) for n in range(200)], raise_error=True)
with database.reading() as tx:
    print(tx.scalar(text("SELECT count(*) FROM heartbeats")), longest < 2, time.monotonic() - begun < 60)
"""


def test_200_greenlets_write_without_stalling_each_other(sqlite_instance: Instance) -> None:
    url = sqlite_instance.config.database.url
    done = subprocess.run([sys.executable, "-c", GREENLETS, url], capture_output=True, text=True, timeout=120)
    assert (done.stdout.split(), done.stderr) == (["200", "True", "True"], "")


def test_now_is_the_databases_clock_plus_the_offset_and_stands_still_in_a_transaction(instance: Instance) -> None:
    for offset in (timedelta(0), timedelta(days=-3)):
        instance.database.clock = database_clock(offset)
        with instance.begin() as tx:
            first = now(tx)
            time.sleep(0.02)
            assert now(tx) == first
            with instance.begin() as inner:
                assert now(inner) == first
        with instance.reading() as tx:
            assert now(tx) > first
        assert first.tzinfo is UTC
        assert abs(first - offset - datetime.now(UTC)) < timedelta(seconds=10)


def test_the_first_two_entries_of_a_journal_may_come_at_once(instance: Instance) -> None:
    """Two companies call a fresh instance in the same moment."""
    with ThreadPoolExecutor(8) as pool:
        barrier = threading.Barrier(8)
        list(pool.map(lambda _n: (barrier.wait(), call(instance)), range(8)))
    with instance.reading() as tx:
        assert journal.verify(tx) == (8, None)


@pytest.fixture
def full(sqlite_instance: Instance) -> Iterator[Callable[[], None]]:
    """From when it is called, the disk under the database has no room left."""

    def fill() -> None:
        with sqlite_instance.database.engine.connect() as connection:
            pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        limit_pages(sqlite_instance.database, pages)

    return fill


def limit_pages(database: Database, pages: int) -> None:
    """max_page_count belongs to a connection: all that may write get it."""
    database.engine.dispose()

    @event.listens_for(database.engine, "connect")
    def limit(connection: object, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")  # type: ignore[attr-defined]


def test_a_full_disk_is_said_and_leaves_nothing_half_written(
    sqlite_instance: Instance, full: Callable[[], None]
) -> None:
    first = call(sqlite_instance)
    full()
    kept = 0
    with pytest.raises(StorageFull):
        for _ in range(200):
            call(sqlite_instance, description="x" * 5000)
            kept += 1
    with sqlite_instance.reading() as tx:
        counts = [tx.scalar(text(f"SELECT count(*) FROM {table}")) for table in ("calls", "cases")]
        assert counts == [kept + 1, kept + 1]
        assert journal.verify(tx) == (kept + 1, None)
        assert tx.scalar(text("SELECT reference FROM calls ORDER BY id")) == first


def test_a_database_that_is_not_there_is_away(tmp_path: Path) -> None:
    for url in ("postgresql+psycopg://nobody@127.0.0.1:1/none", f"sqlite:///{tmp_path}/no/such/folder/x.sqlite"):
        database = Database(url, Keyring("x" * 32))
        for use in (database.begin, database.reading):
            with pytest.raises(StorageAway), use() as tx:
                tx.execute(text("SELECT 1"))
        with pytest.raises(StorageAway):
            upgrade(database)
        database.close()


def test_connections_cut_by_the_server_are_away_and_come_back(instance: Instance, postgres_url: str) -> None:
    if instance.database.is_sqlite:
        return
    with pytest.raises(StorageAway), instance.begin() as tx:
        write(tx, "a")
        tx.flush()
        with instance.database.engine.connect() as other:
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            other.execute(text(f"{others} AND pid <> pg_backend_pid()"))
    with instance.begin() as tx:
        write(tx, "b")
    assert names(instance) == ["b"]


@pytest.fixture
def narrow(postgres_url: str, afterwards: ExitStack) -> Database:
    """A PostgreSQL with room for one writer and one reader."""
    narrow = Database(postgres_url, Keyring("x" * 32), pool_size=1)
    afterwards.callback(narrow.close)
    return narrow


def test_a_pool_with_no_connection_left_is_away(
    postgres_url: str, afterwards: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    full = Database(postgres_url, Keyring("x" * 32), pool_size=1)
    afterwards.callback(full.close)
    with full.engine.connect(), full.engine.connect():
        with pytest.raises(StorageAway, match="busy"), full.begin() as tx:
            tx.execute(text("SELECT 1"))


def test_who_waits_for_a_row_is_patient_and_keeps_nobody_from_reading(narrow: Database) -> None:
    def lock(_n: int) -> None:
        with narrow.begin() as tx:
            lock_row(tx, Heartbeat, "a")

    with narrow.begin() as tx:
        write(tx, "a")
    with ThreadPoolExecutor(5) as pool:
        with narrow.begin() as tx:
            lock_row(tx, Heartbeat, "a")
            waiting = [pool.submit(lock, n) for n in range(5)]
            begun = time.monotonic()
            time.sleep(2.5)  # longer than the attempt to connect may last
            with narrow.reading() as reader:
                assert reader.scalar(text("SELECT count(*) FROM heartbeats")) == 1
            assert narrow.look_up(text("SELECT 1"), {}) == (1,)
            assert time.monotonic() - begun < database.BUSY_SECONDS
            assert not any(each.done() for each in waiting)
        for each in waiting:
            each.result(timeout=20)


def test_a_place_that_never_gets_free_is_not_waited_for_for_ever(
    narrow: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "BUSY_SECONDS", 0.05)
    with narrow.begin() as tx, ThreadPoolExecutor(1) as pool:
        write(tx, "a")
        waiting = pool.submit(lambda: narrow.begin().__enter__())
        with pytest.raises(StorageAway, match="busy"):
            waiting.result(timeout=5)
    with narrow.begin() as tx:
        write(tx, "b")


def test_behind_a_database_that_is_silent_nobody_waits_for_his_own_turn(afterwards: ExitStack) -> None:
    """Twelve who each try to connect, one after the other, would be waiting for 24 seconds."""
    silent = afterwards.enter_context(socket.create_server(("127.0.0.1", 0)))
    port = silent.getsockname()[1]
    nobody = Database(f"postgresql+psycopg://nobody@127.0.0.1:{port}/none", Keyring("x" * 32), pool_size=1)
    afterwards.callback(nobody.close)

    def ask(n: int) -> float:
        begun = time.monotonic()
        with pytest.raises(StorageAway, match="does not answer"), (nobody.begin, nobody.reading)[n % 2]() as tx:
            tx.execute(text("SELECT 1"))
        return time.monotonic() - begun

    with ThreadPoolExecutor(12) as pool:
        assert max(pool.map(ask, range(12))) < 5


def test_a_postgresql_that_would_forget_is_refused(postgres_url: str) -> None:
    with closing(Database(postgres_url, Keyring("x" * 32))) as careful:
        with careful.begin() as tx:
            assert tx.scalar(text("SHOW synchronous_commit")) == "on"
    with closing(Database(postgres_url, Keyring("x" * 32))) as forgetful:

        @event.listens_for(forgetful.engine, "do_connect")
        def forget(_dialect: object, _record: object, _arguments: object, parameters: dict[str, str]) -> None:
            parameters["options"] = "-c synchronous_commit=off"

        with pytest.raises(RuntimeError, match="synchronous_commit"), forgetful.begin() as tx:
            tx.execute(text("SELECT 1"))
    gc.collect()  # a connection that was refused and not closed would speak up here


def test_sqlite_writes_through_to_the_disk(sqlite_instance: Instance) -> None:
    with sqlite_instance.begin() as tx:
        assert tx.scalar(text("PRAGMA synchronous")) == 2
        assert tx.scalar(text("PRAGMA journal_mode")) == "wal"
        assert tx.scalar(text("PRAGMA foreign_keys")) == 1


def test_waiting_to_write_ends(sqlite_instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    with sqlite_instance.begin() as tx, ThreadPoolExecutor(1) as pool:
        write(tx, "a")
        waiting = pool.submit(lambda: sqlite_instance.begin().__enter__())
        with pytest.raises(StorageAway, match="busy"):
            waiting.result(timeout=5)
    assert names(sqlite_instance) == ["a"]


def test_after_a_read_only_spell_writing_goes_on(sqlite_instance: Instance) -> None:
    """A connection opened while the file was read-only stays so for ever: it is thrown away."""

    def spell(connection: object) -> None:
        connection.execute("PRAGMA query_only=ON")  # type: ignore[attr-defined]

    with sqlite_instance.begin() as tx:
        spell(tx.connection().connection.driver_connection)
    with pytest.raises(StorageAway), sqlite_instance.begin() as tx:
        write(tx, "a")
        tx.flush()
    with sqlite_instance.begin() as tx:
        write(tx, "b")
    assert names(sqlite_instance) == ["b"]


def test_a_connection_that_cannot_begin_is_thrown_away(
    sqlite_instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: sqlite3.Connection) -> None:
        error = sqlite3.OperationalError("attempt to write a readonly database")
        error.sqlite_errorcode = sqlite3.SQLITE_READONLY
        raise OperationalError("BEGIN IMMEDIATE", None, error)

    def used() -> object:
        with sqlite_instance.begin() as tx:
            return tx.connection().connection.driver_connection

    before = used()
    assert used() is before
    with monkeypatch.context() as patch:
        patch.setattr(database, "wait_until_free", refuse)
        with pytest.raises(StorageAway):
            used()
    assert used() is not before
