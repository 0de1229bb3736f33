"""Open cases for the fallback sheet: calls nobody has judged, and incidents that are not over."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cyberwehr.domain.call import Details
from cyberwehr.domain.terms import CallStatus
from cyberwehr.i18n import Texts
from cyberwehr.instance import Instance
from cyberwehr.messages.plain import one_line
from cyberwehr.messages.sheet import Block, Facts, Heading, Paragraph
from cyberwehr.services.endings import last_callout
from cyberwehr.services.states import ENDED
from cyberwehr.storage import Alarm, Call, Incident
from cyberwehr.words import label

MOST = 300
"""Of each kind, those that have waited longest first: more nobody works through with pencil and telephone."""

Row = tuple[str, str | None]
UNJUDGED = Call.status.in_((CallStatus.WAITING, CallStatus.CLAIMED))
RUNNING = Incident.status.not_in(ENDED)


def open_cases(instance: Instance, tx: Session, texts: Texts) -> Iterator[Block]:
    incidents = tx.scalars(select(Incident).where(RUNNING).order_by(Incident.id).limit(MOST)).unique()
    calls = tx.scalars(select(Call).where(UNJUDGED).order_by(Call.id).limit(MOST)).unique()
    cases = [
        *(incident_facts(instance, texts, each) for each in incidents),
        *(call_facts(instance, texts, each) for each in calls),
    ]
    yield Heading(texts("Open cases"), new_page=True)
    yield from cases
    left = counted(tx) - len(cases)
    if not cases:
        yield Paragraph(texts("No case was open when this sheet was written."))
    if left > 0:
        yield Paragraph(texts("Further open cases that do not fit here: {number}", number=left))


def counted(tx: Session) -> int:
    calls = tx.scalar(select(func.count()).select_from(Call).where(UNJUDGED)) or 0
    return calls + (tx.scalar(select(func.count()).select_from(Incident).where(RUNNING)) or 0)


def incident_facts(instance: Instance, texts: Texts, incident: Incident) -> Facts:
    call, callout = incident.speaker, last_callout(incident)
    rows: list[Row] = [
        (texts("State"), label(texts, incident.status)),
        (texts("Urgency"), label(texts, incident.urgency)),
        (texts("Call type"), label(texts, incident.call_type)),
        *caller(instance, texts, call),
        (texts("Code word"), incident.code_word),
        (texts("Alarmed"), "; ".join(alarmed(instance, texts, alarm) for alarm in incident.alarms)),
        (texts("Technician"), callout.technician if callout else None),
        (texts("Expected arrival"), moment(instance, texts, callout.eta_at, incident.region) if callout else None),
    ]
    return facts(incident.reference, call, rows)


def call_facts(instance: Instance, texts: Texts, call: Call) -> Facts:
    return facts(call.reference, call, [(texts("State"), label(texts, call.status)), *caller(instance, texts, call)])


def facts(reference: str, call: Call, rows: list[Row]) -> Facts:
    company = Details.from_json(call.details).company
    title = f"{reference} – {one_line(company)}" if company else reference
    return Facts(title, [(name, one_line(value, 600)) for name, value in rows if value])


def caller(instance: Instance, texts: Texts, call: Call) -> Iterator[Row]:
    """Who needs help, where, and how to reach them; a mailbox only if it is known to be safe."""
    details = Details.from_json(call.details)
    safe = details.safe_contact
    region = instance.regions.get(call.region or "")
    town = " ".join(filter(None, (details.postal_code, details.town)))
    yield texts("Received"), moment(instance, texts, call.received_at, call.region)
    yield texts("Region"), texts.pick(region.name) if region else texts("Region not known")
    yield texts("Contact person"), details.contact_name
    yield texts("Telephone"), details.phone
    yield texts("Safe contact"), f"{safe.value} ({safe.kind})" if safe else None
    yield texts("E-mail"), details.email if details.email_safe else None
    yield texts("Address"), ", ".join(filter(None, (details.street, town)))
    yield texts("What happened"), details.description


def alarmed(instance: Instance, texts: Texts, alarm: Alarm) -> str:
    provider = instance.providers.get(alarm.provider)
    return f"{provider.name if provider else alarm.provider}: {label(texts, alarm.status)}"


def moment(instance: Instance, texts: Texts, at: datetime, region: str | None) -> str:
    return texts.moment(at, instance.zone_of(region))
