"""Keeping processes alive: when they are started again, and when it is better to stop and say so."""

import signal
import sys
from collections.abc import Iterator

import pytest

from cyberwehr import supervisor
from cyberwehr.supervisor import Child, GaveUp, Supervisor, pause


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """A supervisor takes over the process's signals; afterwards they are the test runner's again."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def child(code: str) -> Child:
    return Child("web", (sys.executable, "-c", code), {})


def test_pauses_double_up_to_half_a_minute() -> None:
    assert [pause(n) for n in range(1, 10)] == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]


def test_what_cannot_live_is_given_up_and_takes_the_others_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.01)
    sleeper = child("import time; time.sleep(60)")
    with pytest.raises(GaveUp, match=r"^web: died 5 times in a row right after its start \(exit code 3\); "):
        Supervisor([sleeper, child("raise SystemExit(3)")]).run()
    assert sleeper.process is not None
    assert sleeper.process.returncode == -signal.SIGTERM


def test_a_fault_waits_longer_each_time_until_it_has_lived_for_a_minute() -> None:
    one = child("")
    pauses = []
    for lived in (20, 20, 20, 61, 20):
        one.started = 100.0
        one.count(1, 100.0 + lived)
        pauses.append(one.due - 100.0 - lived)
    assert pauses == [0.5, 1, 2, 0.5, 1]


def test_what_is_killed_from_outside_is_started_again_soon_however_often() -> None:
    one = child("")
    for _ in range(20):
        one.started = 100.0
        one.count(-signal.SIGKILL, 101.0)
        assert one.due == 101.5
