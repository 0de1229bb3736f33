"""The real thing: `cyberwehr` processes on a free port, in a folder of their own, stopped by their process id."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.browser import browser

__all__ = ["browser"]

CYBERWEHR = (sys.executable, "-P", "-m", "cyberwehr")
PATIENCE = 60.0
"""Seconds for a start on a busy machine."""


@dataclass
class Running:
    """One started command. `url`: where its web server listens; `log`: what it printed."""

    process: subprocess.Popen[bytes]
    url: str
    environ: dict[str, str]
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    def status(self, path: str) -> int:
        """The HTTP status of a page; 0 if nobody answers."""
        return status_of(self.url + path)

    def page(self, path: str) -> str:
        """A page's HTML."""
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return str(answer.read().decode())

    def wait_until_ready(self) -> None:
        wait_for(lambda: self.status("/readyz") == 200 or self.process.poll() is not None, self.read_log)
        assert self.process.poll() is None, self.read_log()

    def command(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Another `cyberwehr` command in the same surroundings."""
        return cyberwehr(self.environ, *arguments, stdin=stdin)

    def token(self, role: str, provider: str | None = None) -> str:
        """A fresh API token for a role."""
        of = ["--provider", provider] if provider else []
        made = self.command("token", "create", "--role", role, "--name", f"test {role}", *of)
        assert made.returncode == 0, made.stderr
        return made.stdout.strip()

    def post(self, path: str, body: object, token: str = "") -> tuple[int, dict[str, Any]]:
        """POST JSON to the API: (status, answer)."""
        return post_json(self.url + path, body, token)

    def get(self, path: str, token: str = "") -> tuple[int, dict[str, Any]]:
        """GET JSON from the API: (status, answer)."""
        return get_json(self.url + path, token)

    def descendants(self) -> dict[int, str]:
        """Process id -> command line of every process below this one."""
        return descendants(self.pid)

    def stop(self, how: int = signal.SIGTERM) -> int:
        """Ask it to stop and wait; returns its exit code."""
        self.process.send_signal(how)
        return self.process.wait(20)

    def end(self) -> None:
        """Whatever happened in the test: nothing of it is left. (With -9 its children go as well.)"""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(20)

    def read_log(self) -> str:
        return self.log.read_text(errors="replace")


Start = Callable[..., Running]


def environment(folder: Path, port: int, database_url: str | None = None, **environ: str) -> dict[str, str]:
    """The surroundings of an exercise in `folder`, free of this machine's own settings."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CYBERWEHR_")}
    own = {"CYBERWEHR_DATA_DIR": str(folder / "data"), "CYBERWEHR_WEB__PORT": str(port), "LC_ALL": "C.UTF-8"}
    return {**clean, **own, **({"CYBERWEHR_DATABASE_URL": database_url} if database_url else {}), **environ}


def launch(
    folder: Path,
    *arguments: str,
    database_url: str | None = None,
    program: Sequence[str] = CYBERWEHR,
    **environ: str,
) -> Running:
    """Start a command (default: `up --demo`) without waiting for it; the caller has to `end()` it."""
    port = free_port()
    surroundings = environment(folder, port, database_url, **environ)
    log = folder / f"{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*program, *(arguments or ("up", "--demo"))],
            env=surroundings,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    return Running(process, f"http://127.0.0.1:{port}", surroundings, log)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """`start(*arguments, database_url=None, **environ)`: a command that ends with the test; see `launch`."""
    started: list[Running] = []

    def one(*arguments: str, database_url: str | None = None, **environ: str) -> Running:
        started.append(launch(tmp_path, *arguments, database_url=database_url, **environ))
        return started[-1]

    yield one
    for running in started:
        running.end()


@pytest.fixture
def running(start: Start) -> Running:
    """`cyberwehr up --demo` on SQLite, ready."""
    up = start()
    up.wait_until_ready()
    return up


@pytest.fixture(params=["sqlite", "postgres"])
def running_on_both(request: pytest.FixtureRequest, start: Start) -> Running:
    """`cyberwehr up --demo`, ready, on SQLite and on PostgreSQL."""
    up = start(database_url=request.getfixturevalue("postgres_url") if request.param == "postgres" else None)
    up.wait_until_ready()
    return up


def cyberwehr(environ: dict[str, str], *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*CYBERWEHR, *arguments],
        env=environ,
        cwd=Path(environ["CYBERWEHR_DATA_DIR"]).parent,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


def status_of(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return 0


def post_json(url: str, body: object, token: str = "") -> tuple[int, dict[str, Any]]:
    headers = {"Content-Type": "application/json", **bearer(token)}
    return json_of(urllib.request.Request(url, json.dumps(body).encode(), headers, method="POST"))


def get_json(url: str, token: str = "") -> tuple[int, dict[str, Any]]:
    return json_of(urllib.request.Request(url, headers=bearer(token)))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def json_of(request: urllib.request.Request) -> tuple[int, dict[str, Any]]:
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status), json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def wait_for(true: Callable[[], object], explain: Callable[[], object] = str, seconds: float = PATIENCE) -> None:
    """Until it is true; fails with the explanation when the time is over."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, explain()
        time.sleep(0.05)


def descendants(pid: int) -> dict[int, str]:
    """Process id -> command line of every living process below one, from /proc."""
    parents = {int(each.name): parent_of(each) for each in Path("/proc").iterdir() if each.name.isdigit()}
    found: set[int] = set()
    while more := {child for child, parent in parents.items() if parent in found | {pid}} - found:
        found |= more
    return {child: command_of(child) for child in found if is_alive(child)}


def parent_of(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def is_alive(pid: int) -> bool:
    """Running, and not a zombie that waits for its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
