"""The engine's own duty: nothing that one incident or one channel trips over may stop the others."""

from collections.abc import Iterator

import pytest

from cyberwehr.engine import Engine
from cyberwehr.instance import Instance
from cyberwehr.services import timers
from cyberwehr.services.timers import Task
from tests.services.stage import emergency, queued_to_commander


def test_an_incident_the_program_trips_over_is_reported_and_rests(
    sqlite_instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def stumble() -> None:
        done.append("stumbled")
        raise LookupError("a fault of ours")

    def due(_instance: Instance) -> Iterator[Task]:
        yield Task(1, stumble)
        yield Task(2, lambda: done.append("worked"))

    emergency(sqlite_instance)
    monkeypatch.setattr(timers, "due_now", due)
    engine = Engine(sqlite_instance, ())
    engine.expire_due()
    engine.expire_due()
    assert done == ["stumbled", "worked", "worked"]
    assert queued_to_commander(sqlite_instance) == 1
