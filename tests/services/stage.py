"""The stage on which the services' tests play: people, calls, and short ways to look at what came of them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from cyberwehr.domain.call import Details, Report
from cyberwehr.domain.region import Contact, Region
from cyberwehr.domain.terms import AlarmStatus, CallType, Channel, Role, Urgency, Verdict
from cyberwehr.instance import Instance
from cyberwehr.services import alarming
from cyberwehr.services.actors import Actor
from cyberwehr.services.alarming import Raised, Wish
from cyberwehr.services.finding import find_incident
from cyberwehr.services.intake import receive_call
from cyberwehr.services.triage import Judgement, judge_call
from cyberwehr.storage import Incident, JournalEntry, OutboxMessage, OutboxState

OPERATOR = Actor("user:1", Role.OPERATOR)
COMMANDER = Actor("user:2", Role.COMMANDER)
COLLEAGUE = Actor("user:3", Role.OPERATOR)
ALERT = Contact("mail", "leitung@cyberwehr.example")
VICTIM = Details(
    company="Muster GmbH",
    contact_name="Petra Muster",
    phone="0234 5550100",
    email="info@muster.example",
    street="Musterweg 1",
    postal_code="44801",
    town="Bochum",
    employees=20,
    description="Ein Totenkopf grinst",
)
PERSONAL = ("Muster GmbH", "Petra Muster", "5550100", "muster.example", "Musterweg", "Totenkopf")


def call(instance: Instance, channel: Channel = Channel.PHONE, **details: Any) -> str:
    """A call comes in; its reference."""
    return receive_call(instance, Report(channel, "de", replace(VICTIM, **details)), OPERATOR).reference


def judge(instance: Instance, reference: str, urgency: Urgency = Urgency.CRITICAL, actor: Actor = OPERATOR) -> str:
    """The call is an emergency; its incident's reference."""
    judged = judge_call(instance, reference, Judgement(Verdict.EMERGENCY, CallType.RANSOMWARE, urgency), actor)
    assert judged.incident is not None
    return judged.incident.reference


def emergency(instance: Instance, urgency: Urgency = Urgency.CRITICAL, **details: Any) -> str:
    return judge(instance, call(instance, **details), urgency)


def raise_alarm(instance: Instance, reference: str, *providers: str, reason: str | None = None) -> Raised:
    return alarming.raise_alarm(instance, reference, Wish(providers, reason), COMMANDER)


def alarmed(instance: Instance, urgency: Urgency = Urgency.CRITICAL, **details: Any) -> tuple[str, dict[str, str]]:
    """An emergency with its first wave out: its reference, and the links' tokens by provider."""
    reference = emergency(instance, urgency, **details)
    raise_alarm(instance, reference)
    return reference, tokens(instance, reference)


def look(instance: Instance, reference: str) -> Incident:
    """The incident with everything around it, loaded; sealed values open while a case's key is remembered."""
    with instance.reading() as tx:
        incident = find_incident(tx, reference)
        _ = [(a.link, a.wave) for a in incident.alarms], [(c.alarm, c.technician) for c in incident.callouts]
        _ = incident.calls, incident.waves
        return incident


def tokens(instance: Instance, reference: str, *states: AlarmStatus) -> dict[str, str]:
    """The newest link of each provider that was alarmed (and stands in one of the states)."""
    alarms = [a for a in look(instance, reference).alarms if not states or a.status in states]
    return {a.provider: a.link.rsplit("/", 1)[1] for a in alarms}


def statuses(instance: Instance, reference: str) -> dict[str, str]:
    return {a.provider: a.status.value for a in look(instance, reference).alarms}


def letters(instance: Instance, **columns: Any) -> list[Mapping[str, Any]]:
    """Messages still in the outbox, with their text, in the order they were written."""
    with instance.reading() as tx:
        rows = tx.scalars(select(OutboxMessage).filter_by(**columns).order_by(OutboxMessage.id)).all()
        named = ("key", "kind", "channel", "state")
        return [{name: getattr(r, name) for name in named} | (r.letter or {}) for r in rows]


def queued_to_commander(instance: Instance) -> int:
    return len(letters(instance, kind="commander", state=OutboxState.QUEUED))


def actions(instance: Instance) -> list[str]:
    with instance.reading() as tx:
        return list(tx.scalars(select(JournalEntry.action).order_by(JournalEntry.id)))


def alerted(instance: Instance) -> Instance:
    """The same instance with a commander who can be written to."""
    room = replace(instance.config.control_room, alerts=(ALERT,))
    return replace(instance, config=replace(instance.config, control_room=room))


def with_region(instance: Instance, key: str, change: Callable[[Region], Region]) -> Instance:
    """The same instance with one region changed."""
    regions = {**instance.regions, key: change(instance.regions[key])}
    return replace(instance, plugins=replace(instance.plugins, regions=regions))


def with_provider(instance: Instance, provider_id: str, **changes: Any) -> Instance:
    """The same instance with one provider changed."""
    key = provider_id.split("/")[0]
    return with_region(
        instance,
        key,
        lambda region: replace(
            region, providers=tuple(replace(p, **changes) if p.id == provider_id else p for p in region.providers)
        ),
    )


def without_region(instance: Instance, key: str) -> Instance:
    """The same instance after a region was taken from its settings."""
    regions = {k: region for k, region in instance.regions.items() if k != key}
    return replace(instance, plugins=replace(instance.plugins, regions=regions))
