"""The whole walk through the services, on both databases."""

from cyberwehr.domain.terms import AlarmStatus, CalloutStatus, FollowUp, IncidentStatus
from cyberwehr.instance import Instance
from cyberwehr.services import alarming, answers, callouts, timers
from cyberwehr.storage import journal
from tests.conftest import MovingClock
from tests.services.stage import COMMANDER, OPERATOR, emergency, look


def test_from_a_call_to_a_closed_incident(instance: Instance, clock: MovingClock) -> None:
    reference = emergency(instance)
    raised = alarming.raise_alarm(instance, reference, alarming.Wish(), COMMANDER)
    assert raised.wave == 1
    assert len(raised.alarms) == 3
    tokens = [a.link.rsplit("/", 1)[1] for a in look(instance, reference).alarms]
    answers.open_alarm(instance, tokens[0])
    answers.accept(instance, tokens[1], answers.Acceptance(30, "Frau Beispiel"))
    incident = look(instance, reference)
    assert incident.status is IncidentStatus.ASSIGNED
    assert sorted(a.status for a in incident.alarms) == ["accepted", "withdrawn", "withdrawn"]
    for status in (CalloutStatus.EN_ROUTE, CalloutStatus.ON_SITE, CalloutStatus.DONE):
        clock.forward(minutes=20)
        callouts.advance(instance, reference, status, OPERATOR)
    callouts.report(instance, reference, callouts.CalloutReport(95, "f", "m", "s", FollowUp.NONE), OPERATOR)
    callouts.close(instance, reference, COMMANDER)
    assert look(instance, reference).status is IncidentStatus.CLOSED
    with instance.reading() as tx:
        length, fault = journal.verify(tx)
    assert fault is None
    assert length >= 12


def test_silence_brings_the_next_wave_until_nobody_is_left(instance: Instance, clock: MovingClock) -> None:
    reference = emergency(instance)
    alarming.raise_alarm(instance, reference, alarming.Wish(), COMMANDER)
    for _ in range(20):
        clock.forward(minutes=11)
        timers.run_due(instance)
    incident = look(instance, reference)
    assert incident.status is IncidentStatus.UNSERVED
    assert {a.status for a in incident.alarms} == {AlarmStatus.EXPIRED}
    assert {a.provider.split("/")[0] for a in incident.alarms} == {"bochum", "essen", "gelsenkirchen"}
