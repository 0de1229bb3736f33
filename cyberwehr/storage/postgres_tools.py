"""pg_dump and pg_restore, of the server's own major version: others write files that this server may not understand."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from psycopg.conninfo import make_conninfo
from sqlalchemy import Engine, text

from cyberwehr.faults import Refusal
from cyberwehr.storage.trouble import translated_errors

ATTEMPTS = 5
DEBIAN = "/usr/lib/postgresql/{major}/bin"


class ToolFailed(Refusal):
    """pg_dump or pg_restore ended with an error; the text is its own."""


def dump(engine: Engine, file: Path) -> None:
    """One consistent state in PostgreSQL's custom format; raises Refusal."""
    run(engine, "pg_dump", ["--format=custom", "--no-owner", "--no-privileges", f"--file={file}", target(engine)])


def restore(engine: Engine, file: Path) -> None:
    """All or nothing: one transaction replaces every table; raises Refusal.

    It locks table after table, as the running processes do in another order: who loses a deadlock tries again.
    """
    how = ["--clean", "--if-exists", "--single-transaction", "--no-owner", "--no-privileges"]
    for left in reversed(range(ATTEMPTS)):
        try:
            run(engine, "pg_restore", [*how, target(engine), str(file)])
            return
        except ToolFailed as failed:
            if not left or "deadlock detected" not in str(failed):
                raise unusable(file, failed) from None


def column(engine: Engine, file: Path, table: str, number: int) -> str | None:
    """One column of a one-row table inside a dump, as text; None without a row. Raises Refusal if it is no dump."""
    try:
        script = run(engine, "pg_restore", ["--data-only", f"--table={table}", "--file=-", str(file)])
    except ToolFailed as failed:
        raise unusable(file, failed) from None
    lines = iter(script.splitlines())
    for line in lines:
        if line.startswith("COPY "):
            row = next(lines, "\\.")
            return None if row == "\\." else row.split("\t")[number]
    return None


def unusable(file: Path, failed: ToolFailed) -> Refusal:
    return Refusal(
        f"{file}: cannot be restored, and nothing was changed; the file may be damaged: try an older backup ({failed})"
    )


def run(engine: Engine, name: str, arguments: Sequence[str]) -> str:
    """The tool's output; raises ToolFailed. The password goes through the environment, hidden from other users."""
    password = {"PGPASSWORD": str(engine.url.password)} if engine.url.password else {}
    done = subprocess.run(
        [find(engine, name), *arguments], env={**os.environ, **password}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ToolFailed(f"{name}: {' '.join(done.stderr.split()).removeprefix(f'{name}: ')[:500]}")
    return done.stdout


def target(engine: Engine) -> str:
    """--dbname with everything libpq needs but the password."""
    parameters = engine.dialect.create_connect_args(engine.url)[1]
    return "--dbname=" + make_conninfo(**{k: v for k, v in parameters.items() if k not in ("password", "context")})


def find(engine: Engine, name: str) -> str:
    """The tool's path: on PATH, where Debian keeps several versions, or beside the server itself."""
    major, beside = server(engine)
    seen = []
    for path in candidates(name, DEBIAN.format(major=major), beside):
        version = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
        seen.append(f"{path}: {version.strip()}")
        if f" {major}" in version.split(".")[0]:
            return path
    found = f" (found {'; '.join(seen)})" if seen else ""
    raise Refusal(
        f"{name} {major} is needed{found}; install PostgreSQL's client programs, on Debian: postgresql-client-{major}"
    )


def candidates(name: str, *folders: str) -> Iterator[str]:
    for path in (shutil.which(name), *(shutil.which(name, path=folder) for folder in folders if folder)):
        if path:
            yield path


def server(engine: Engine) -> tuple[int, str]:
    """Its major version, and the folder of its programs if it runs on this machine and tells us."""
    with translated_errors(), engine.connect() as connection:
        major = int(connection.execute(text("SHOW server_version_num")).scalar_one()) // 10_000
        local = connection.execute(
            text("SELECT inet_server_addr() IS NULL OR inet_server_addr() << '127.0.0.0/8'")
        ).scalar()
        allowed = connection.execute(text("SELECT has_table_privilege('pg_config', 'SELECT')")).scalar()
        if not (local and allowed):
            return major, ""
        folder = connection.execute(text("SELECT setting FROM pg_config WHERE name = 'BINDIR'")).scalar()
    return major, folder or ""
