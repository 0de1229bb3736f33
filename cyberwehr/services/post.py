"""Letters are written to the outbox in the same transaction as the fact they tell; the engine delivers them."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cyberwehr.domain.call import Details, postal_district, size_class
from cyberwehr.domain.contacts import without_links
from cyberwehr.domain.notices import Notice
from cyberwehr.domain.region import Contact
from cyberwehr.domain.terms import Disclosure, Verdict
from cyberwehr.i18n import Texts
from cyberwehr.instance import Instance
from cyberwehr.messages import letters
from cyberwehr.messages.letters import Letter
from cyberwehr.services import guidance
from cyberwehr.services.sites import town_of
from cyberwehr.services.tokens import token_hash
from cyberwehr.storage import Alarm, Call, Callout, Case, Incident, OutboxMessage, now
from cyberwehr.words import size

BY_VOICE = ("phone", "voice", "sms")
"""Contacts whose number a person can ring, the first of them first."""


def tell_received(instance: Instance, tx: Session, call: Call, next_opening: datetime | None) -> None:
    """Confirm to the caller, only by a way that is safe."""
    letter = letters.received(
        caller_texts(instance, call),
        instance.frame(call.region),
        reference=call.reference,
        service_open=call.service_open,
        next_opening=next_opening,
        status_url=call.link,
        first_aid=guidance.first_aid_for(instance, call),
        call_back=guidance.call_back_comes(call),
    )
    to_caller(tx, call, letter, "received")


def tell_ended(instance: Instance, tx: Session, call: Call) -> None:
    """Tell the caller why nobody comes and who helps instead, once per way of ending. Nothing for a nuisance."""
    ending = guidance.ending_of(instance, call)
    if ending is None or call.verdict is Verdict.NUISANCE:
        return
    letter = letters.ended(
        caller_texts(instance, call),
        instance.frame(call.region),
        reference=call.reference,
        ending=ending,
        status_url=call.link,
    )
    to_caller(tx, call, letter, "ended", key=f"{call.status}:{call.verdict}")


def to_caller(tx: Session, call: Call, letter: Letter, kind: str, key: str = "") -> None:
    """No mail goes to the company's own address unless it is called safe: a hacked mailbox would warn the attacker."""
    address = Details.from_json(call.details).safe_mail
    if address is not None:
        tx.flush()  # a new call gets its number
        to = Contact("mail", address)
        enqueue(tx, f"{kind}:call:{call.id}:{key}", kind, to, call.language, letter, case=call.case, call_id=call.id)


def tell_alarm(instance: Instance, tx: Session, alarm: Alarm, *, rung: int, reminder: bool = False) -> bool:
    """Offer the incident to the provider by the contact on this rung of its list; False if there is no such rung."""
    provider = instance.providers.get(alarm.provider)
    if provider is None or rung >= len(provider.contacts):
        return False
    texts = provider_texts(instance, alarm)
    region = instance.regions.get(alarm.incident.region or "")
    direct = region is not None and region.disclosure is Disclosure.DIRECT
    letter = letters.alarm(
        texts,
        instance.frame(alarm.incident.region),
        **site(instance, texts, alarm.incident),
        answer_by=alarm.expires_at,
        link=alarm.link,
        disclosed=who(texts, alarm.incident) if direct else (),
        reminder=reminder,
    )
    key, useless_after = f"alarm:{alarm.id}:{rung}:{int(reminder)}", alarm.expires_at
    return to_provider(tx, alarm, provider.contacts[rung], texts, letter, "alarm", key, rung, useless_after)


def site(instance: Instance, texts: Texts, incident: Incident) -> Mapping[str, Any]:
    """What a provider may know before accepting."""
    details = Details.from_json(incident.speaker.details)
    return {
        "reference": incident.reference,
        "urgency": incident.urgency,
        "call_type": incident.call_type,
        "town": without_links(town_of(instance, incident) or ""),
        "postal_district": postal_district(details.postal_code) or "",
        "sector": without_links(details.sector or ""),
        "size": size(texts, size_class(details.employees)),
    }


def who(texts: Texts, incident: Incident) -> tuple[tuple[str, str], ...]:
    """Name, address and words of the caller, for regions that disclose directly."""
    details = Details.from_json(incident.speaker.details)
    pairs = (
        (texts("Company"), details.company),
        (texts("Street"), details.street),
        (texts("Contact"), details.contact_name),
        (texts("Phone"), details.phone),
        (texts("Description"), details.description),
    )
    return tuple((label, value) for label, value in pairs if value)


def tell_taken(instance: Instance, tx: Session, alarm: Alarm) -> None:
    """Somebody else was faster; thank you, stay where you are."""
    texts = provider_texts(instance, alarm)
    letter = letters.taken(texts, instance.frame(alarm.incident.region), reference=alarm.incident.reference)
    to_first_contact(instance, tx, alarm, texts, letter, "taken")


def tell_withdrawn(instance: Instance, tx: Session, alarm: Alarm) -> None:
    """You are not needed (any more)."""
    texts = provider_texts(instance, alarm)
    letter = letters.withdrawn(texts, instance.frame(alarm.incident.region), reference=alarm.incident.reference)
    to_first_contact(instance, tx, alarm, texts, letter, "withdrawn")


def tell_report_due(instance: Instance, tx: Session, alarm: Alarm) -> None:
    texts = provider_texts(instance, alarm)
    frame, reference = instance.frame(alarm.incident.region), alarm.incident.reference
    letter = letters.report_due(texts, frame, reference=reference, link=alarm.link)
    to_first_contact(instance, tx, alarm, texts, letter, "report_due")


def tell_assigned(instance: Instance, tx: Session, callout: Callout) -> None:
    """The provider gets its link again; the callers we can trust and write to learn who comes and when."""
    alarm, incident = callout.alarm, callout.incident
    texts, frame = provider_texts(instance, alarm), instance.frame(incident.region)
    letter = letters.assigned(texts, frame, reference=incident.reference, link=alarm.link)
    to_first_contact(instance, tx, alarm, texts, letter, "assigned")
    provider = instance.providers.get(alarm.provider)
    for call in incident.trusted:
        letter = letters.help_coming(
            caller_texts(instance, call),
            frame,
            reference=call.reference,
            provider_name=provider.name if provider else alarm.provider,
            technician=callout.technician,
            eta=callout.eta_at,
            status_url=call.link,
        )
        to_caller(tx, call, letter, "help_coming", key=str(callout.alarm_id))


def tell_commander(
    instance: Instance, tx: Session, incident: Incident, code: str, *, key: str = "", **params: str
) -> None:
    """Something needs a person in the control centre, now."""
    texts = instance.catalogues.texts(instance.config.instance.default_language)
    letter = letters.commander(
        texts,
        instance.frame(incident.region),
        reference=incident.reference,
        alert=Notice(code, params),
        link=instance.desk_url("/desk/"),
    )
    for contact in instance.alerts:
        full_key = f"{code}:{incident.id}:{key}:{token_hash(f'{contact.channel} {contact.to}')[:32]}"
        enqueue(
            tx,
            full_key,
            "commander",
            Contact(contact.channel, contact.to),
            texts.language,
            letter,
            case=incident.case,
            incident_id=incident.id,
        )


def tell_undeliverable(instance: Instance, tx: Session, alarm: Alarm) -> None:
    """No contact of a provider took its alarm: whom to ring, and under which number."""
    provider = instance.providers.get(alarm.provider)
    numbers = [c.to for c in provider.contacts if c.channel in BY_VOICE] if provider else []
    tell_commander(
        instance,
        tx,
        alarm.incident,
        "undeliverable",
        key=str(alarm.id),
        provider=alarm.provider,
        name=provider.name if provider else alarm.provider,
        phone=numbers[0] if numbers else "-",
    )


def to_first_contact(instance: Instance, tx: Session, alarm: Alarm, texts: Texts, letter: Letter, kind: str) -> None:
    provider = instance.providers.get(alarm.provider)
    if provider and provider.contacts:
        to_provider(tx, alarm, provider.contacts[0], texts, letter, kind, f"{kind}:{alarm.id}")


def to_provider(
    tx: Session,
    alarm: Alarm,
    contact: Contact,
    texts: Texts,
    letter: Letter,
    kind: str,
    key: str,
    rung: int = 0,
    useless_after: datetime | None = None,
) -> bool:
    tx.flush()
    return enqueue(
        tx,
        key,
        kind,
        contact,
        texts.language,
        letter,
        case=alarm.case,
        incident_id=alarm.incident_id,
        alarm_id=alarm.id,
        rung=rung,
        useless_after=useless_after,
    )


def enqueue(
    tx: Session, key: str, kind: str, to: Contact, language: str, letter: Letter, *, case: Case, **links: Any
) -> bool:
    """One message, once: the same key is never written twice. True if it is new."""
    tx.flush()
    if tx.scalar(select(OutboxMessage.id).where(OutboxMessage.key == key)) is not None:
        return False
    tx.add(
        OutboxMessage(
            case=case,
            key=key,
            message_id=secrets.token_hex(16),
            kind=kind,
            channel=to.channel,
            created_at=now(tx),
            due_at=now(tx),
            letter={
                "to": to.to,
                "language": language,
                "subject": letter.subject,
                "text": letter.text,
                "html": letter.html,
                "short": letter.short,
            },
            **links,
        )
    )
    return True


def caller_texts(instance: Instance, call: Call) -> Texts:
    return instance.catalogues.texts(call.language, call.region)


def provider_texts(instance: Instance, alarm: Alarm) -> Texts:
    """Providers are written to in the first language they list."""
    provider = instance.providers.get(alarm.provider)
    language = provider.languages[0] if provider and provider.languages else instance.config.instance.default_language
    return instance.catalogues.texts(language, alarm.incident.region)
