"""Incidents made through the services, up to the alarm: what declining and ranking begin with."""

from dataclasses import dataclass

from cyberwehr.domain.call import Details, Report
from cyberwehr.domain.terms import CallType, Channel, Role, Urgency, Verdict
from cyberwehr.instance import Instance
from cyberwehr.services.actors import Actor
from cyberwehr.services.alarming import Wish, raise_alarm
from cyberwehr.services.intake import receive_call
from cyberwehr.services.triage import Judgement, judge_call

COMMANDER = Actor("bench", Role.COMMANDER)
DETAILS = Details(
    company="Muster & Söhne GmbH", phone="+49 234 5550100", postal_code="44801", town="Bochum", description="Hilfe"
)
JUDGEMENT = Judgement(Verdict.EMERGENCY, CallType.RANSOMWARE, Urgency.CRITICAL)


@dataclass(frozen=True, slots=True)
class Alarmed:
    """An incident with its first wave out. token: of one provider's link."""

    reference: str
    token: str


def emergency(instance: Instance) -> str:
    """A call judged an emergency; returns the incident's reference."""
    receipt = receive_call(instance, Report(Channel.PHONE, "de", DETAILS), COMMANDER)
    call = judge_call(instance, receipt.reference, JUDGEMENT, COMMANDER)
    assert call.incident is not None
    return call.incident.reference


def alarmed(instance: Instance) -> Alarmed:
    reference = emergency(instance)
    with instance.begin():
        raised = raise_alarm(instance, reference, Wish(), COMMANDER)
        return Alarmed(reference, raised.alarms[0].link.rsplit("/", 1)[1])
