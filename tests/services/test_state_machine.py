"""The alarm protocol as a whole: whatever people and clocks do, in whatever order, these things hold."""

import shutil
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select, text

from cyberwehr.domain.terms import (
    LIVE_ALARM,
    AlarmStatus,
    CalloutStatus,
    Channel,
    DeclineReason,
    FollowUp,
    IncidentStatus,
    Urgency,
)
from cyberwehr.instance import Instance
from cyberwehr.services import answers, callouts, calls, timers
from cyberwehr.services.errors import Refused
from cyberwehr.services.states import ENDED, SEEKING, TAKEN
from cyberwehr.storage import Alarm, Base, Call, Database, Incident, Keyring, OutboxMessage, journal
from tests.conftest import MovingClock, make_instance
from tests.services import stage
from tests.services.stage import COMMANDER, OPERATOR

FEW = settings(
    max_examples=15,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
PLACES = [("44801", "Bochum"), ("45127", "Essen"), ("45879", "Gelsenkirchen"), (None, None)]
picks = st.integers(0, 10_000)
STEPS = [s for s in CalloutStatus if s is not CalloutStatus.ASSIGNED]


class Protocol(RuleBasedStateMachine):
    """Calls, judgements, alarms, answers, silence, releases, withdrawals and ends, in any order."""

    fresh: Callable[[], Instance]

    @initialize()
    def start(self) -> None:
        self.clock = MovingClock()
        self.instance = stage.alerted(type(self).fresh())
        self.instance.database.clock = self.clock

    def teardown(self) -> None:
        if hasattr(self, "instance"):
            self.instance.database.close()

    def attempt(self, work: Callable[[], Any]) -> None:
        """Only refusals are allowed; anything else is a fault."""
        with suppress(Refused):
            work()

    def pick(self, model: Any, number: int) -> Any:
        with self.instance.reading() as tx:
            rows = tx.scalars(select(model).order_by(model.id)).unique().all()
            row = rows[number % len(rows)] if rows else None
            if isinstance(row, Alarm):
                _ = row.link, row.incident
            return row

    @rule(
        place=st.sampled_from(PLACES),
        channel=st.sampled_from([Channel.PHONE, Channel.WEB]),
        urgency=st.sampled_from(Urgency),
    )
    def emergency(self, place: tuple[str | None, str | None], channel: Channel, urgency: Urgency) -> None:
        reference = stage.call(self.instance, channel, postal_code=place[0], town=place[1])
        incident = stage.judge(self.instance, reference, urgency)
        self.attempt(lambda: stage.raise_alarm(self.instance, incident))

    @rule(number=picks, reason=st.none() | st.just("so entschieden"))
    def alarm(self, number: int, reason: str | None) -> None:
        if incident := self.pick(Incident, number):
            self.attempt(lambda: stage.raise_alarm(self.instance, incident.reference, reason=reason))

    @rule(number=picks, provider=st.sampled_from(["bochum/bo-1", "essen/e-1", "gelsenkirchen/ge-2"]))
    def alarm_somebody_else(self, number: int, provider: str) -> None:
        if incident := self.pick(Incident, number):
            self.attempt(lambda: stage.raise_alarm(self.instance, incident.reference, provider, reason="Wunsch"))

    @rule(number=picks)
    def open(self, number: int) -> None:
        if alarm := self.pick(Alarm, number):
            token = alarm.link.rsplit("/", 1)[1]
            self.attempt(lambda: answers.open_alarm(self.instance, token))
            self.attempt(lambda: answers.looking(self.instance, token))

    @rule(number=picks, eta=st.integers(0, 600), by_phone=st.booleans())
    def accept(self, number: int, eta: int, by_phone: bool) -> None:
        self.answer(number, answers.Acceptance(eta, "T", "Chef" if by_phone else None), by_phone)

    @rule(number=picks, reason=st.sampled_from(DeclineReason), by_phone=st.booleans())
    def decline(self, number: int, reason: DeclineReason, by_phone: bool) -> None:
        self.answer(number, answers.Refusal(reason, None, "Chef" if by_phone else None), by_phone)

    def answer(self, number: int, said: Any, by_phone: bool) -> None:
        if not (alarm := self.pick(Alarm, number)):
            return
        token, reference = alarm.link.rsplit("/", 1)[1], alarm.incident.reference
        by_link = answers.accept if isinstance(said, answers.Acceptance) else answers.decline
        if by_phone:
            self.attempt(lambda: answers.answer_by_phone(self.instance, reference, alarm.id, said, OPERATOR))
        else:
            self.attempt(lambda: by_link(self.instance, token, said))

    @rule(minutes=st.sampled_from([1, 6, 11, 25, 60, 24 * 60]))
    def silence(self, minutes: int) -> None:
        self.clock.forward(minutes=minutes)
        timers.run_due(self.instance)

    @rule(number=picks)
    def release(self, number: int) -> None:
        if incident := self.pick(Incident, number):
            self.attempt(lambda: callouts.release(self.instance, incident.reference, "kommt nicht", COMMANDER))

    @rule(number=picks, status=st.sampled_from(STEPS))
    def advance(self, number: int, status: CalloutStatus) -> None:
        if incident := self.pick(Incident, number):
            self.attempt(lambda: callouts.advance(self.instance, incident.reference, status, OPERATOR))

    @rule(number=picks)
    def report_and_close(self, number: int) -> None:
        if incident := self.pick(Incident, number):
            told = callouts.CalloutReport(60, "f", "m", "s", FollowUp.NONE)
            self.attempt(lambda: callouts.report(self.instance, incident.reference, told, OPERATOR))
            self.attempt(lambda: callouts.close(self.instance, incident.reference, COMMANDER))

    @rule(number=picks)
    def withdraw(self, number: int) -> None:
        if call := self.pick(Call, number):
            self.attempt(lambda: calls.withdraw_call(self.instance, call.reference, "doch nicht", OPERATOR))

    @rule(number=picks, other=picks)
    def attach(self, number: int, other: int) -> None:
        if incident := self.pick(Incident, other):
            call = stage.call(self.instance) if number % 2 else self.pick(Call, number).reference
            self.attempt(lambda: calls.attach_call(self.instance, call, incident.reference, OPERATOR))

    @rule(number=picks, region=st.sampled_from(["bochum", "essen", "gelsenkirchen"]))
    def place_and_call_back(self, number: int, region: str) -> None:
        if call := self.pick(Call, number):
            self.attempt(lambda: calls.place_call(self.instance, call.reference, region, OPERATOR))
            self.attempt(lambda: calls.call_back(self.instance, call.reference, calls.CallBack(True, "P"), OPERATOR))

    @invariant()
    def everything_holds(self) -> None:
        if not hasattr(self, "instance"):
            return
        with self.instance.reading() as tx:
            for incident in tx.scalars(select(Incident)).unique():
                check(incident)
                if incident.status is IncidentStatus.UNSERVED:
                    told = select(OutboxMessage.id).filter_by(incident_id=incident.id, kind="commander")
                    assert tx.scalar(told.where(OutboxMessage.key.startswith("unserved")))
        with self.instance.reading() as tx:
            assert journal.verify(tx)[1] is None


def check(incident: Incident) -> None:
    states = [alarm.status for alarm in incident.alarms]
    live = any(state in LIVE_ALARM for state in states)
    running = [c for c in incident.callouts if c.status not in (CalloutStatus.RELEASED,)]
    assert states.count(AlarmStatus.ACCEPTED) == len(running) <= 1
    assert len({(a.provider, a.round) for a in incident.alarms}) == len(incident.alarms)
    assert (incident.status is IncidentStatus.ALARMING) <= live
    assert live <= (incident.status in SEEKING)
    assert (incident.status is IncidentStatus.OPEN) <= (not incident.alarms)
    assert (incident.status in TAKEN) == any(c.ended_at is None for c in running)
    assert (incident.ended_at is not None) == (incident.status in ENDED)
    known = {IncidentStatus.OPEN, IncidentStatus.ALARMING, IncidentStatus.UNSERVED}
    assert incident.status in known | TAKEN | ENDED


def play(fresh: Callable[[], Instance], how: settings) -> None:
    machine = type("Played", (Protocol,), {"fresh": staticmethod(fresh)})
    run_state_machine_as_test(machine, settings=how)


def test_the_protocol_on_sqlite(tmp_path: Path) -> None:
    made = make_instance(tmp_path)
    made.database.close()
    empty = tmp_path / "cyberwehr.sqlite"
    with TemporaryDirectory(dir=tmp_path) as folder:

        def fresh() -> Instance:
            copy = shutil.copy(empty, Path(folder) / "played.sqlite")
            for left in ("-wal", "-shm"):
                Path(f"{copy}{left}").unlink(missing_ok=True)
            return replace(made, database=Database(f"sqlite:///{copy}", Keyring("x" * 32)))

        play(fresh, FEW)


def test_the_protocol_on_postgresql(tmp_path: Path, postgres_url: str, afterwards: ExitStack) -> None:
    made = make_instance(tmp_path, postgres_url)
    afterwards.callback(made.database.close)
    tables = ", ".join(table.name for table in Base.metadata.sorted_tables)

    def fresh() -> Instance:
        with made.database.engine.begin() as connection:
            connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
        made.database.engine.dispose()
        return replace(made, database=Database(postgres_url, Keyring("x" * 32)))

    play(fresh, settings(FEW, max_examples=4, stateful_step_count=20))
