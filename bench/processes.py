"""Servers as they really run: started, waited for, looked at and stopped."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.load import Outcome
from bench.sizes import Sizes
from cyberwehr.cli.web import GUNICORN

ROOT = Path(__file__).resolve().parent.parent
BASELINE = (*GUNICORN[:-1], "bench.baseline:app()")
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Server:
    port: int
    process: subprocess.Popen[bytes]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def served(command: Sequence[str], settings: Mapping[str, str], path: str = "/healthz") -> Iterator[Server]:
    """A server on a free port of the loopback, up once `path` answers 200."""
    port = free_port()
    environ = {**plain_environment(), **settings, "CYBERWEHR_WEB__PORT": str(port)}
    process = subprocess.Popen(command, env=environ, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        wait_for(port, path, process)
        yield Server(port, process)
    finally:
        process.terminate()
        process.wait(PATIENCE)


def plain_environment() -> dict[str, str]:
    """This process's environment without settings of some other instance."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CYBERWEHR_")}
    return {**kept, "PYTHONPATH": str(ROOT)}


def wait_for(port: int, path: str, process: subprocess.Popen[bytes]) -> float:
    """Seconds until the address answers 200."""
    start = time.perf_counter()
    while time.perf_counter() - start < PATIENCE:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with exit code {process.returncode}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE) as answer:
                if answer.status == 200:
                    return time.perf_counter() - start
        except (urllib.error.URLError, OSError):
            time.sleep(0.01)
    raise TimeoutError(f"{path} did not answer 200 within {PATIENCE:.0f} s")


def under_load(port: int, request: bytes, sizes: Sizes, most: int | None = None) -> Outcome:
    """One round, sent by a process of its own."""
    bounds = (port, sizes.connections, sizes.seconds if most is None else PATIENCE, most or sizes.most)
    command = (sys.executable, "-m", "bench.load", *map(str, bounds))
    done = subprocess.run(command, input=request, stdout=subprocess.PIPE, check=True, cwd=ROOT, timeout=2 * PATIENCE)
    outcome = Outcome(**json.loads(done.stdout))
    if outcome.refused:
        raise RuntimeError(f"not every request was answered with 201: {outcome.statuses}")
    return outcome


@dataclass(frozen=True, slots=True)
class Memory:
    """Of one process, in MiB. pss: resident, with shared pages divided among those who share them."""

    pid: int
    name: str
    rss: float
    pss: float


def family(pid: int) -> list[int]:
    """The processes below this one."""
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [each for child in children for each in (child, *family(child))]


def memory(pid: int) -> Memory:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    sizes = {words[0]: float(words[1]) / 1024 for line in lines if (words := line.split())[0] in ("Rss:", "Pss:")}
    command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    return Memory(pid, "engine" if "\0engine" in command else "web", sizes["Rss:"], sizes["Pss:"])
