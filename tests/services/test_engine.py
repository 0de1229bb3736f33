"""The engine's own duty: nothing that one incident or one channel trips over may stop the others."""

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from cyberwehr.domain.delivery import Delivery, Failed, Message
from cyberwehr.engine import Engine
from cyberwehr.instance import Instance
from cyberwehr.services import timers
from cyberwehr.services.timers import Task
from tests.services.stage import alarmed, emergency, queued_to_commander


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
    with capture_logs() as logs:
        engine.expire_due()
        engine.expire_due()
    assert [(line["event"], line["incident"], line["fault"]) for line in logs] == [("timer_failed", 1, "LookupError")]
    assert "a fault of ours" not in str(logs)
    assert done == ["stumbled", "worked", "worked"]
    assert queued_to_commander(sqlite_instance) == 1


class Refusing:
    """A mail channel to which every address is wrong, and which says so a little too freely."""

    name = "refusing"
    kinds = ("mail",)

    def deliver(self, message: Message) -> Delivery:
        return Failed(f"unknown address {message.to}")


def test_a_message_that_failed_for_good_is_logged_without_its_address(sqlite_instance: Instance) -> None:
    alarmed(sqlite_instance)
    with capture_logs() as logs:
        Engine(sqlite_instance, (Refusing(),)).deliver_due()
    assert {line["event"] for line in logs} == {"message_failed"}
    assert {"alarm", "commander"} <= {line["kind"] for line in logs}
    assert {line["reason"] for line in logs if line["channel"] == "mail"} == {"unknown address …"}
