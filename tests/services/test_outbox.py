"""The outbox: retries, second contacts, leases, and what becomes of messages that are of no use any more."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from cyberwehr.domain.delivery import Delivery, Failed, HandedOver, Message, Retry
from cyberwehr.domain.region import Contact
from cyberwehr.domain.terms import DeclineReason
from cyberwehr.engine import Engine
from cyberwehr.instance import Instance
from cyberwehr.services import answers, outbox, timers
from cyberwehr.storage import Incident, OutboxMessage, OutboxState
from tests.conftest import MovingClock
from tests.services import stage
from tests.services.stage import alarmed, emergency, raise_alarm

LETTERBOX = (Contact("mail", "one@provider.example"), Contact("sms", "+49 30 23125 001"))


@pytest.fixture
def single(sqlite_instance: Instance) -> Instance:
    """One provider with a mail address and a phone, a commander, and one alarm to that provider in the outbox."""
    told = stage.alerted(stage.with_provider(sqlite_instance, "bochum/bo-1", contacts=LETTERBOX))
    raise_alarm(told, emergency(told), "bochum/bo-1", reason="nur dieser")
    return told


def row(instance: Instance, number: int = 1) -> OutboxMessage:
    with instance.reading() as tx:
        return tx.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()[number - 1]


def deliver(instance: Instance, outcome: Delivery, engine: str = "e1") -> Message | None:
    job = outbox.claim_next(instance, engine)
    if job is None:
        return None
    outbox.settle(instance, job, engine, outcome)
    return job.message


def test_a_message_that_was_handed_over_keeps_no_text(single: Instance) -> None:
    message = deliver(single, HandedOver("receipt-1"))
    assert message is not None
    assert message.to == "one@provider.example"
    done = row(single)
    assert (done.state, done.letter_sealed, done.receipt_id) == (OutboxState.HANDED_OVER, None, "receipt-1")
    assert deliver(single, HandedOver()) is None


def test_retries_wait_longer_and_longer_and_end(single: Instance, clock: MovingClock) -> None:
    single = stage.with_provider(single, "bochum/bo-1", contacts=LETTERBOX[:1])
    with single.begin() as tx:
        tx.get_one(OutboxMessage, 1).useless_after = None
    ids, waits = set(), []
    while (job := outbox.claim_next(single, "e1")) is not None and row(single).state is OutboxState.QUEUED:
        ids.add(job.message.id)
        outbox.settle(single, job, "e1", Retry("greylisted"))
        waits.append((row(single).due_at - clock.at).total_seconds())
        clock.at = row(single).due_at
    assert waits[:6] == list(outbox.BACK_OFF)
    assert len(ids) == 1
    failed = row(single)
    assert (failed.state, failed.attempts, failed.letter_sealed) == (OutboxState.FAILED, 7, None)
    assert failed.last_error == "greylisted"


def test_a_channel_may_ask_to_wait_longer_than_the_back_off(single: Instance, clock: MovingClock) -> None:
    deliver(single, Retry("busy", timedelta(minutes=3)))
    assert row(single).due_at == clock.at + timedelta(minutes=3)


@pytest.mark.parametrize("outcome", [Retry("timeout"), Failed("no such mailbox")])
def test_the_second_contact_is_tried_after_the_first_failure(single: Instance, outcome: Delivery) -> None:
    deliver(single, outcome)
    second = deliver(single, HandedOver())
    assert second is not None
    assert (second.channel, second.to) == ("sms", "+49 30 23125 001")
    assert stage.queued_to_commander(single) == 0


def test_also_if_the_engine_died_with_the_first_attempt(single: Instance, clock: MovingClock) -> None:
    outbox.claim_next(single, "dies")
    clock.forward(seconds=31)
    deliver(single, Retry("timeout"))
    assert [m["channel"] for m in stage.letters(single, kind="alarm")] == ["mail", "sms"]


def test_the_commander_is_told_when_no_contact_works(single: Instance) -> None:
    deliver(single, Failed("no such mailbox"))
    assert stage.queued_to_commander(single) == 0
    deliver(single, Failed("no such number"))
    [letter] = stage.letters(single, kind="commander")
    assert "bochum/bo-1" in letter["text"] or "Musterwehr" in letter["text"]
    assert stage.actions(single).count("message_failed") == 2


def test_not_if_one_of_them_worked(single: Instance) -> None:
    deliver(single, Failed("no such mailbox"))
    deliver(single, HandedOver())
    assert row(single, 2).state is OutboxState.HANDED_OVER
    assert stage.queued_to_commander(single) == 0


def test_a_lease_that_ran_out_goes_to_another_engine_and_the_first_has_no_say(
    single: Instance, clock: MovingClock
) -> None:
    lost = outbox.claim_next(single, "e1")
    assert lost is not None
    assert outbox.claim_next(single, "e2") is None
    clock.forward(seconds=31)
    taken = outbox.claim_next(single, "e2")
    assert taken is not None
    assert taken.message.id == lost.message.id
    outbox.settle(single, lost, "e1", Failed("late"))
    assert (row(single).state, row(single).leased_by) == (OutboxState.QUEUED, "e2")
    outbox.settle(single, taken, "e2", HandedOver())
    outbox.settle(single, lost, "e1", Failed("later"))
    assert row(single).state is OutboxState.HANDED_OVER


def test_after_a_downtime_what_is_too_late_is_not_sent_but_put_before_the_commander(
    single: Instance, clock: MovingClock
) -> None:
    clock.forward(hours=3)
    timers.run_due(single)
    while outbox.has_due(single):
        job = outbox.claim_next(single, "e1")
        if job is not None:
            outbox.settle(single, job, "e1", HandedOver())
    first = row(single)
    assert (first.state, first.last_error) == (OutboxState.FAILED, "too late to be of use")
    assert any(m["key"].startswith("undeliverable") for m in stage.letters(single, kind="commander"))


def test_an_alarm_that_is_over_is_not_delivered_after_its_end(single: Instance) -> None:
    link = next(iter(stage.tokens(single, stage_reference(single)).values()))
    answers.decline(single, link, answers.Refusal(DeclineReason.NO_CAPACITY))
    while outbox.has_due(single):
        deliver(single, HandedOver())
    assert (row(single).state, row(single).last_error) == (OutboxState.SUPERSEDED, None)
    assert not any(m["key"].startswith("undeliverable") for m in stage.letters(single, kind="commander"))


def stage_reference(instance: Instance) -> str:
    with instance.reading() as tx:
        return tx.get_one(Incident, 1).reference


def test_a_message_that_kills_every_engine_is_given_up(single: Instance, clock: MovingClock) -> None:
    with single.begin() as tx:
        tx.get_one(OutboxMessage, 1).useless_after = None
    for _ in range(20):
        outbox.claim_next(single, "dies")
        clock.forward(seconds=31)
    assert row(single).state is OutboxState.FAILED
    assert row(single).attempts == 8


def test_two_alerts_with_long_addresses_that_begin_alike_are_two_messages(sqlite_instance: Instance) -> None:
    alerts = tuple(Contact("push", f"https://push.example/{'x' * 150}/{n}") for n in range(2))
    room = replace(sqlite_instance.config.control_room, alerts=alerts)
    told = replace(sqlite_instance, config=replace(sqlite_instance.config, control_room=room))
    told = stage.with_region(told, "bochum", lambda r: replace(r, providers=(), neighbours=()))
    raise_alarm(told, emergency(told))
    assert {m["to"] for m in stage.letters(told, kind="commander")} == {a.to for a in alerts}


class Odd:
    """A channel that answers whatever it is told to."""

    name, kinds = "odd", ("*",)

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def deliver(self, message: Message) -> Delivery:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer  # type: ignore[return-value]


@pytest.mark.parametrize("answer", [None, "sent", 5, ZeroDivisionError("kaputt")])
def test_a_channel_that_raises_or_answers_nonsense_is_tried_again(single: Instance, answer: object) -> None:
    engine = Engine(single, (Odd(answer),))
    engine.deliver_due()
    assert {m["state"] for m in stage.letters(single, kind="alarm")} == {OutboxState.QUEUED}
    assert row(single).leased_by is None
    assert row(single).last_error is not None


def test_what_a_channel_says_is_kept_whatever_it_says(instance: Instance) -> None:
    alarmed(instance)
    Engine(instance, (Odd(HandedOver("\x00" + "r" * 500)),)).deliver_due()
    alarmed(instance)
    Engine(instance, (Odd(Failed("\x00\udc80" + "f" * 500)),)).deliver_due()
    with instance.reading() as tx:
        states = set(tx.scalars(select(OutboxMessage.state)))
    assert states == {OutboxState.HANDED_OVER, OutboxState.FAILED}


def test_without_a_channel_the_message_fails_and_says_why(single: Instance) -> None:
    Engine(single, ()).deliver_due()
    assert row(single).last_error == "no channel for mail is configured"


def test_an_engine_of_which_a_part_died_ends_and_says_why(single: Instance) -> None:
    engine = Engine(single, ())

    def die() -> None:
        raise ZeroDivisionError("kaputt")

    engine.deliver_due = die  # type: ignore[method-assign]
    begun = datetime.now().astimezone()
    with pytest.raises(ZeroDivisionError):
        engine.run()
    assert datetime.now().astimezone() - begun < timedelta(seconds=20)
