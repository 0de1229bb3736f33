"""Many at once, with real threads on real databases: the database decides, exactly one wins."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from cyberwehr.domain.terms import AlarmStatus, IncidentStatus, Role
from cyberwehr.instance import Instance
from cyberwehr.services import accounts, answers, calls, finding, idempotency, outbox, timers
from cyberwehr.services.actors import ENGINE, Actor
from cyberwehr.services.errors import Refused
from cyberwehr.services.idempotency import Answer
from cyberwehr.storage import journal
from tests.conftest import MovingClock
from tests.services import stage
from tests.services.stage import alarmed, emergency, look, raise_alarm


def at_once(works: list[Callable[[], Any]]) -> list[Any]:
    """Do all this in as many threads, begun together; a refusal's code stands for a refusal."""
    barrier = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return work()
        except Refused as refusal:
            return refusal.code

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def sound(instance: Instance) -> bool:
    with instance.reading() as tx:
        return journal.verify(tx)[1] is None


def crowd(instance: Instance, size: int) -> Instance:
    """The first region with as many providers, all asked at once."""

    def many(region: Any) -> Any:
        best = next(p for p in region.providers if p.key == "bo-1")
        plans = {u: replace(p, fan_out=size) for u, p in region.plans.items()}
        return replace(region, providers=tuple(replace(best, key=f"p{n}") for n in range(size)), plans=plans)

    return stage.with_region(instance, "bochum", many)


def test_thirty_accept_one_incident_at_once(instance: Instance) -> None:
    many = crowd(instance, 30)
    reference, links = alarmed(many)
    assert len(links) == 30
    yes = answers.Acceptance(30, "T")
    results = at_once([lambda t=t: answers.accept(many, t, yes).provider for t in links.values()])
    assert Counter(r for r in results if "/" not in r) == {"already_taken": 29}
    states = Counter(stage.statuses(many, reference).values())
    assert states == {"accepted": 1, "withdrawn": 29}
    assert len(look(many, reference).callouts) == 1
    assert sound(many)


def test_accepting_and_declining_everything_at_once(instance: Instance) -> None:
    many = crowd(instance, 8)
    reference, links = alarmed(many)
    yes, no = answers.Acceptance(30, "T"), answers.Refusal(answers.DeclineReason.OTHER)
    works = [lambda t=t: answers.accept(many, t, yes) for t in links.values()]
    works += [lambda t=t: answers.decline(many, t, no) for t in links.values()]
    at_once(works)
    found = look(many, reference)
    accepted = [a for a in found.alarms if a.status is AlarmStatus.ACCEPTED]
    live = [a for a in found.alarms if a.status is AlarmStatus.SENT]
    assert (len(accepted), found.status) in ((1, IncidentStatus.ASSIGNED), (0, IncidentStatus.ALARMING))
    assert bool(live) == (not accepted)
    assert len({(a.provider, a.round) for a in found.alarms}) == len(found.alarms)
    assert sound(many)


def test_several_engines_expire_an_alarm_once_and_send_one_next_wave(instance: Instance, clock: MovingClock) -> None:
    reference, _ = alarmed(instance)
    clock.forward(minutes=11)
    at_once([lambda: timers.run_due(instance)] * 6)
    found = look(instance, reference)
    assert [w.number for w in found.waves] == [1, 2]
    assert stage.actions(instance).count("alarm_expired") == 3
    assert len({(a.provider, a.round) for a in found.alarms}) == len(found.alarms)
    clock.forward(minutes=5, seconds=1)
    at_once([lambda: timers.run_due(instance)] * 6)
    assert stage.actions(instance).count("alarm_reminded") == len([a for a in found.alarms if a.status == "sent"])


def test_no_message_goes_to_two_engines(instance: Instance) -> None:
    for _ in range(4):
        alarmed(instance)
    waiting = len(stage.letters(instance))
    jobs = at_once([lambda n=n: outbox.claim_next(instance, f"e{n}") for n in range(waiting + 6)])
    claimed = [job.row_id for job in jobs if job is not None]
    assert len(claimed) == len(set(claimed))
    if instance.database.is_sqlite:
        assert len(claimed) == waiting
    while (job := outbox.claim_next(instance, "last")) is not None:
        claimed.append(job.row_id)
    assert sorted(claimed) == sorted(set(claimed))
    assert len(claimed) == waiting


def test_one_of_many_claims_a_call(instance: Instance) -> None:
    reference = stage.call(instance)
    people = [Actor(f"user:{n}", Role.OPERATOR) for n in range(10)]
    results = at_once([lambda p=p: calls.claim_call(instance, reference, p).claimed_by for p in people])
    assert Counter(r for r in results if not r.startswith("user:")) == {"claimed_by_other": 9}
    assert stage.actions(instance).count("call_claimed") == 1


def test_the_same_key_at_once_does_the_work_once(instance: Instance) -> None:
    def work() -> Answer:
        return Answer(201, {"reference": stage.call(instance)})

    def ask() -> Any:
        return idempotency.once(instance, "token:1", "POST /calls", "key", b"{}", work)

    results = at_once([ask] * 10)
    made = {r.body["reference"] for r in results if isinstance(r, Answer)}
    assert len(made) == 1
    assert {r for r in results if isinstance(r, str)} <= {"idempotency_running"}
    assert stage.actions(instance).count("call_received") == 1
    assert ask().body["reference"] in made


def test_kept_answers_know_key_body_and_credential(instance: Instance, clock: MovingClock) -> None:
    def ask(credential: str = "token:1", key: str = "key", body: bytes = b"{}") -> Any:
        made = lambda: Answer(201, {"reference": stage.call(instance)})  # noqa: E731
        return idempotency.once(instance, credential, "POST /calls", key, body, made).body["reference"]

    first = ask()
    assert ask() == first
    assert len({first, ask("token:2"), ask(key="other")}) == 3
    with pytest.raises(Refused, match="idempotency_mismatch"):
        ask(body=b"{1}")
    clock.forward(hours=25)
    assert ask() != first


def test_what_was_refused_is_not_kept(instance: Instance) -> None:
    def refuse() -> Answer:
        stage.call(instance)
        raise Refused("no")

    for _ in range(2):
        with pytest.raises(Refused, match="no"):
            idempotency.once(instance, "t", "r", "k", b"", refuse)
    assert stage.actions(instance) == []


def test_a_call_that_is_judged_while_another_waits_for_it_comes_locked_with_its_incident(
    postgres_url: str, instance: Instance
) -> None:
    if instance.database.is_sqlite:
        return  # its lock is the whole database
    reference = stage.call(instance)
    waiting, locked = threading.Event(), []

    def wait_for_it() -> None:
        with instance.begin() as tx:
            waiting.set()
            call = finding.locked_call(tx, reference)
            with instance.database.engine.connect() as other:
                try:
                    other.execute(text(f"SELECT id FROM incidents WHERE id = {call.incident_id} FOR UPDATE NOWAIT"))
                except OperationalError:
                    locked.append(call.incident_id)

    with ThreadPoolExecutor(1) as pool:
        with instance.begin():
            stage.judge(instance, reference)
            waits = pool.submit(wait_for_it)
            waiting.wait()
            threading.Event().wait(0.3)
        waits.result()
    assert locked == [1]


def test_a_set_up_link_works_once(instance: Instance) -> None:
    link = accounts.invite(instance, "o@cyberwehr.example", Role.OPERATOR, ENGINE).rsplit("/", 1)[1]
    results = at_once([lambda n=n: accounts.set_up(instance, link, f"a long password {n}") for n in range(4)])
    assert Counter(r for r in results if isinstance(r, str)) == {"link_used_up": 3}


def test_calls_and_alarms_from_everywhere_at_once(instance: Instance) -> None:
    def walk() -> str:
        reference = emergency(instance)
        raise_alarm(instance, reference)
        return reference

    references = at_once([walk] * 8)
    assert len(set(references)) == 8
    assert sound(instance)
