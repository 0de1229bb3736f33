"""cyberwehr db upgrade|backup|restore, while others are at work on the same database."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select, text

from cyberwehr.cli import main
from cyberwehr.domain.call import Details, Report
from cyberwehr.domain.terms import Channel
from cyberwehr.instance import Instance, open_database
from cyberwehr.services.actors import PUBLIC
from cyberwehr.services.intake import receive_call
from cyberwehr.storage import Call, StorageAway, journal, postgres_tools
from cyberwehr.storage.migrate import newest
from tests.cli.conftest import Run
from tests.conftest import make_instance


def db(instance: Instance, *arguments: str, exit_code: int = 0) -> Result:
    own = instance.config
    environ = {
        "CYBERWEHR_DEMO": "1",
        "CYBERWEHR_DATA_DIR": str(own.instance.data_dir),
        "CYBERWEHR_DATABASE_URL": own.database.url,
    }
    result = CliRunner().invoke(main, ["db", *arguments], env=environ)
    assert result.exit_code == exit_code, (result.output, result.exception)
    return result


def call(instance: Instance) -> str:
    told = Details(company="Muster GmbH", phone="0234 5550100")
    return receive_call(instance, Report(Channel.WEB, "de", told), PUBLIC).reference


def calls(instance: Instance) -> int:
    with instance.reading() as tx:
        return tx.scalar(select(func.count()).select_from(Call)) or 0


def verified(instance: Instance) -> str | None:
    with instance.reading() as tx:
        return journal.verify(tx)[1]


@pytest.fixture
def busy(instance: Instance) -> Iterator[threading.Event]:
    """Somebody else's connections, reading and writing all the time; set when the first call is in."""
    other = open_database(instance.config)
    elsewhere = Instance(instance.config, other, instance.plugins, instance.catalogues, instance.places)
    stop, going, faults = threading.Event(), threading.Event(), []

    def work() -> None:
        try:
            while not stop.is_set():
                with suppress(StorageAway):  # what a caller would be told: not now, try again
                    call(elsewhere)
                    calls(elsewhere)
                    going.set()
        except Exception as fault:
            faults.append(fault)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        assert going.wait(20)
        yield going
    finally:
        stop.set()
        thread.join(20)
        other.close()
    assert not faults


def has(instance: Instance, reference: str) -> bool:
    with instance.reading() as tx:
        return tx.scalar(select(Call).where(Call.reference == reference)) is not None


@pytest.mark.parametrize("ending", ["", "-wal"])
def test_a_backup_never_replaces_the_database_itself(
    sqlite_instance: Instance, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    call(sqlite_instance)
    live = sqlite_instance.config.instance.data_dir / f"cyberwehr.sqlite{ending}"
    before = live.stat().st_ino
    monkeypatch.chdir(live.parent)
    for way in (str(live), live.name):
        assert "is the database itself" in db(sqlite_instance, "backup", way, exit_code=1).stderr
    assert live.stat().st_ino == before


def test_a_backup_comes_back_under_running_processes(instance: Instance, busy: threading.Event, tmp_path: Path) -> None:
    file = tmp_path / "saved"
    before = call(instance)
    assert db(instance, "backup", str(file)).stdout == f"{file}: written\n"
    assert file.stat().st_mode & 0o777 == 0o600
    after = call(instance)
    assert "restored, journal ok" in db(instance, "restore", str(file)).stdout
    assert has(instance, before)
    assert not has(instance, after)
    assert has(instance, call(instance))
    assert verified(instance) is None
    assert not [name for name in os.listdir(tmp_path) if name.startswith(".cyberwehr-")]


def test_a_backup_replaces_the_older_one_and_needs_no_second_file(sqlite_instance: Instance, tmp_path: Path) -> None:
    file = tmp_path / "saved"
    for _ in range(2):
        call(sqlite_instance)
        db(sqlite_instance, "backup", str(file))
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro&immutable=1", uri=True)) as copy:
        assert copy.execute("SELECT count(*) FROM calls").fetchone() == (2,)


def test_an_empty_database_takes_a_backup(instance: Instance, tmp_path: Path) -> None:
    call(instance)
    file = tmp_path / "saved"
    db(instance, "backup", str(file))
    if instance.database.is_sqlite:
        instance.database.close()
        (tmp_path / "cyberwehr.sqlite").unlink()
    else:
        with instance.database.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    db(instance, "restore", str(file))
    assert calls(instance) == 1
    assert verified(instance) is None


def test_what_is_no_backup_is_refused_and_changes_nothing(instance: Instance, tmp_path: Path) -> None:
    call(instance)
    good, bad = tmp_path / "good", tmp_path / "bad"
    db(instance, "backup", str(good))
    for content in (b"", b"not a database" * 99, good.read_bytes()[: good.stat().st_size // 2]):
        bad.write_bytes(content)
        refused = db(instance, "restore", str(bad), exit_code=1)
        assert len(refused.stderr.splitlines()) == 1
        assert "pg_restore: pg_restore" not in refused.stderr
        assert instance.database.is_sqlite or "cannot be restored, and nothing was changed" in refused.stderr
        assert calls(instance) == 1
    assert "no such file" in db(instance, "restore", str(tmp_path / "nothing"), exit_code=1).stderr


def test_a_backup_of_another_instance_is_refused(instance: Instance, tmp_path: Path) -> None:
    other = make_instance(tmp_path / "other") if instance.database.is_sqlite else None
    file = tmp_path / "theirs"
    if other:
        call(other)
        db(other, "backup", str(file))
        other.database.close()
    else:
        call(instance)
        with instance.database.engine.begin() as connection:
            connection.execute(text("UPDATE journal_head SET signature = hash"))
        db(instance, "backup", str(file))
    before = calls(instance)
    refused = db(instance, "restore", str(file), exit_code=1)
    assert "instance" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert calls(instance) == before


def test_other_revisions_are_refused_in_one_sentence(instance: Instance, tmp_path: Path) -> None:
    with instance.database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for command in (("upgrade",), ("backup", str(tmp_path / "x"))):
        refused = db(instance, *command, exit_code=1)
        assert "was made by another version of this program (9999)" in refused.stderr
        assert len(refused.stderr.splitlines()) == 1


def test_upgrade_says_from_where_to_where(run: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new.sqlite"
    assert run("db", "upgrade", CYBERWEHR_DATABASE_URL=url).stdout == f"from nothing to {newest()}\n"
    assert run("db", "upgrade", CYBERWEHR_DATABASE_URL=url).stdout == f"from {newest()} to {newest()}\n"


def test_a_database_out_of_reach_is_one_sentence_without_its_password(run: Run) -> None:
    url = "postgresql+psycopg://cyberwehr:geheim@127.0.0.1:1/cyberwehr"
    for command in ("upgrade", "backup"):
        refused = run("db", command, *(["x"] if command == "backup" else []), exit_code=1, CYBERWEHR_DATABASE_URL=url)
        assert "the database does not answer" in refused.stderr
        assert "geheim" not in refused.stderr
        assert len(refused.stderr.splitlines()) == 1


def test_a_broken_file_is_one_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "broken.sqlite").write_bytes(b"not a database" * 999)
    refused = run("journal", "verify", exit_code=1, CYBERWEHR_DATABASE_URL=f"sqlite:///{tmp_path}/broken.sqlite")
    assert "cyberwehr db restore" in refused.stderr


def test_missing_tools_are_named_with_what_to_install(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, afterwards: ExitStack
) -> None:
    instance = make_instance(tmp_path, postgres_url)
    afterwards.callback(instance.database.close)
    monkeypatch.setattr(postgres_tools, "server", lambda _engine: (99, ""))
    refused = db(instance, "backup", str(tmp_path / "x"), exit_code=1)
    assert refused.stderr.startswith("pg_dump 99 is needed")
    assert "postgresql-client-99" in refused.stderr
