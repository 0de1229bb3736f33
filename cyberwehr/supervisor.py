"""Starts child processes, starts again what dies, and takes everything with it when it goes."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from cyberwehr.faults import Refusal

TICK = 0.1
GRACE = 10.0
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
LIVED_WELL = 60.0
QUICK = 10.0
MOST_QUICK_DEATHS = 5
KILLED_FROM_OUTSIDE = (-signal.SIGKILL, -signal.SIGTERM)
PR_SET_PDEATHSIG = 1


class GaveUp(Refusal):
    """A child cannot live; one sentence says which and what to do."""


@dataclass
class Child:
    """One process that is to run. Times are monotonic seconds; `due`: when it may be started (again)."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    due: float = 0.0
    faults: int = field(default=0, init=False)
    quick_deaths: int = field(default=0, init=False)

    def tend(self, now: float) -> None:
        """Start it if it is due, count its death if it has died; raises GaveUp."""
        if self.process is None:
            if now >= self.due:
                self.start(now)
        elif (code := self.process.poll()) is not None:
            self.process = None
            self.count(code, now)

    def start(self, now: float) -> None:
        """In a process group of its own: Ctrl-C reaches this process alone, which then stops its children in order."""
        self.process = subprocess.Popen(
            self.command,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            process_group=0,
            preexec_fn=dying_with(os.getpid()),
        )
        self.started = now

    def count(self, code: int, now: float) -> None:
        """When to start it again. What was killed from outside is not at fault, so its pause does not grow."""
        lived = now - self.started
        own_fault = code not in KILLED_FROM_OUTSIDE
        self.faults = (0 if lived >= LIVED_WELL else self.faults) + own_fault
        self.quick_deaths = self.quick_deaths + 1 if own_fault and lived < QUICK else 0
        if self.quick_deaths >= MOST_QUICK_DEATHS:
            raise GaveUp(
                f"{self.name}: died {self.quick_deaths} times in a row right after its start (exit code {code});"
                " put right what it says above (cyberwehr check helps), then start again"
            )
        self.due = now + pause(self.faults if own_fault else 0)


def pause(faults: int) -> float:
    """Seconds to wait after so many faults in a row: 0.5, 1, 2 … at most 30."""
    return float(min(FIRST_PAUSE * 2 ** max(faults - 1, 0), LONGEST_PAUSE))


class Supervisor:
    """Keeps children running until a signal says stop."""

    def __init__(self, children: Sequence[Child]) -> None:
        self.children = children
        self.stopping = False

    def run(self) -> None:
        """Return after SIGINT or SIGTERM, raise GaveUp if a child cannot live; either way no child is left."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.stop)
        try:
            while not self.stopping:
                for child in self.children:
                    child.tend(time.monotonic())
                time.sleep(TICK)
        finally:
            stop_all([child.process for child in self.children if child.process])

    def stop(self, *_signal: object) -> None:
        self.stopping = True


def stop_all(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask each to finish what it has in hand, in this order; whatever is still there after 10 s is killed."""
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + GRACE
    for process in processes:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def dying_with(parent: int) -> Callable[[], None]:
    """To be called in a child: it is killed when `parent` dies in any way, or at once if that has happened already.

    Linux only (prctl); elsewhere children that lose their parent have to be stopped by hand.
    """
    prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None

    def die_with_parent() -> None:
        if prctl is not None:
            prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:
                os._exit(1)

    return die_with_parent


def refuse_taken(host: str, port: int) -> None:
    """Refusal if nobody could listen there now."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise Refusal(
            f"{host}:{port}: cannot listen there: {error.strerror};"
            " stop what uses it, or choose another address with --host and --port"
        ) from None
