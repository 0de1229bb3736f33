"""The whole walk through the services, on both databases."""

from cyberwehr.domain.call import Details, Report
from cyberwehr.domain.terms import (
    AlarmStatus,
    CalloutStatus,
    CallType,
    Channel,
    FollowUp,
    IncidentStatus,
    Role,
    Urgency,
    Verdict,
)
from cyberwehr.instance import Instance
from cyberwehr.services import alarming, answers, callouts, timers
from cyberwehr.services.actors import Actor
from cyberwehr.services.intake import receive_call
from cyberwehr.services.triage import Judgement, judge_call
from cyberwehr.storage import Incident, journal

from tests.conftest import MovingClock

OPERATOR = Actor("user:1", Role.OPERATOR)
COMMANDER = Actor("user:2", Role.COMMANDER)


def emergency(instance: Instance, **details: object) -> str:
    """An emergency in the first region, judged; returns the incident's reference."""
    told = Details(company="Muster GmbH", phone="0234 5550100", postal_code="44801", town="Bochum",
                   description="Alles verschlüsselt", **details)  # type: ignore[arg-type]
    receipt = receive_call(instance, Report(Channel.PHONE, "de", told), OPERATOR)
    call = judge_call(instance, receipt.reference,
                      Judgement(Verdict.EMERGENCY, CallType.RANSOMWARE, Urgency.CRITICAL), OPERATOR)
    assert call.incident is not None
    return call.incident.reference


def token_of(alarm: object) -> str:
    return alarm.link.rsplit("/", 1)[1]  # type: ignore[attr-defined]


def look(instance: Instance, reference: str) -> Incident:
    from cyberwehr.services.finding import find_incident

    with instance.reading() as tx:
        incident = find_incident(tx, reference)
        _ = [(a.status, a.link) for a in incident.alarms], incident.callouts, incident.waves, incident.calls
        return incident


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
