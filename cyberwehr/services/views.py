"""What readers get to see, built inside the transaction that read it: plain values, nothing left to load."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from cyberwehr.domain.call import Details, postal_district, size_class
from cyberwehr.domain.terms import RSIT, AlarmStatus, CalloutStatus, Disclosure
from cyberwehr.instance import Instance
from cyberwehr.services import guidance
from cyberwehr.services.endings import last_callout
from cyberwehr.services.progress import progress_of
from cyberwehr.services.sites import town_of
from cyberwehr.storage import Alarm, Call, Callout, Incident, now

View = dict[str, Any]


def call_view(call: Call) -> View:
    """A call as the control centre sees it."""
    return {
        "reference": call.reference,
        "channel": call.channel,
        "language": call.language,
        "partner": call.partner,
        "region": call.region,
        "suggested_out_of_area": call.suggested_out_of_area,
        "status": call.status,
        "received_at": call.received_at,
        "service_open": call.service_open,
        "claimed_by": call.claimed_by,
        "verified": call.verified_at is not None,
        "verdict": call.verdict,
        "call_type": call.call_type,
        "urgency": call.urgency,
        "incident": call.incident.reference if call.incident else None,
        "notes": call.notes or [],
        **details_view(call),
    }


def details_view(call: Call) -> View:
    details = asdict(Details.from_json(call.details))
    reported = details.pop("reported_type")
    return {**details, "reported_call_type": reported}


def call_line(call: Call) -> View:
    """A call in a list: enough to recognise it."""
    details = Details.from_json(call.details)
    return {
        "reference": call.reference,
        "status": call.status,
        "region": call.region,
        "channel": call.channel,
        "received_at": call.received_at,
        "company": details.company,
        "town": details.town,
        "verdict": call.verdict,
        "call_type": call.call_type,
        "urgency": call.urgency,
        "incident": call.incident.reference if call.incident else None,
    }


def incident_view(instance: Instance, incident: Incident) -> View:
    """An incident as the control centre sees it."""
    callout = last_callout(incident)
    return {
        **incident_line(incident),
        "rsit": RSIT[incident.call_type],
        "code_word": incident.code_word,
        "site": site_view(instance, incident),
        "contact": contact_view(incident),
        "calls": [call.reference for call in incident.calls],
        "alarms": [alarm_view(alarm) for alarm in incident.alarms],
        "callout": callout_view(callout) if callout else None,
        "deadlines": guidance.deadlines_of(instance, incident),
    }


def incident_line(incident: Incident) -> View:
    return {
        "reference": incident.reference,
        "status": incident.status,
        "region": incident.region,
        "call_type": incident.call_type,
        "urgency": incident.urgency,
        "opened_at": incident.opened_at,
    }


def site_view(instance: Instance, incident: Incident) -> View:
    """What a provider may know before accepting: where roughly, what kind of company."""
    details = Details.from_json(incident.speaker.details)
    return {
        "town": town_of(instance, incident),
        "postal_district": postal_district(details.postal_code),
        "sector": details.sector,
        "size": size_class(details.employees),
    }


def contact_view(incident: Incident) -> View:
    """Name, address, ways to reach the company, and its own words: only for those who come."""
    call = incident.speaker
    details = Details.from_json(call.details)
    return {
        "company": details.company,
        "contact_name": details.contact_name,
        "phone": details.phone,
        "safe_contact": asdict(details.safe_contact) if details.safe_contact else None,
        "email": details.email if details.email_safe else None,
        "street": details.street,
        "postal_code": details.postal_code,
        "town": details.town,
        "language": call.language,
        "description": details.description,
    }


def alarm_view(alarm: Alarm) -> View:
    answer = alarm.answer or {}
    return {
        "id": alarm.id,
        "wave": alarm.wave.number,
        "round": alarm.round,
        "provider": alarm.provider,
        "status": alarm.status,
        "sent_at": alarm.sent_at,
        "expires_at": alarm.expires_at,
        "opened_at": alarm.opened_at,
        "answered_at": alarm.answered_at,
        "eta_minutes": alarm.eta_minutes,
        "decline_reason": alarm.decline_reason,
        "note": answer.get("note"),
    }


def callout_view(callout: Callout, *, personal: bool = True) -> View:
    """personal: with the technician's name and with what was written about the company."""
    return {
        "provider": callout.provider,
        "technician": callout.technician if personal else None,
        "status": callout.status,
        "accepted_at": callout.accepted_at,
        "eta_at": callout.eta_at,
        "en_route_at": callout.en_route_at,
        "on_site_at": callout.on_site_at,
        "ended_at": callout.ended_at,
        "notes": callout.notes or [] if personal else [],
        "report": callout.report if personal else None,
        "permission": permission_view(callout) if personal else None,
    }


def permission_view(callout: Callout) -> View | None:
    """What was signed at arrival, with its moment."""
    signed = callout.permission
    return {**signed, "at": datetime.fromisoformat(signed["at"])} if signed else None


def provider_view(instance: Instance, tx: Session, incident: Incident, provider: str) -> View:
    """An incident as one provider sees it: staged, and without the other providers."""
    own = [alarm for alarm in incident.alarms if alarm.provider == provider]
    open_to = any(discloses(instance, tx, alarm) for alarm in own)
    callout = last_callout(incident) if any(a.status is AlarmStatus.ACCEPTED for a in own) else None
    return {
        **incident_line(incident),
        "rsit": RSIT[incident.call_type],
        "code_word": incident.code_word if callout and open_to else None,
        "site": site_view(instance, incident),
        "contact": contact_view(incident) if open_to else None,
        "calls": [],
        "alarms": [alarm_view(alarm) for alarm in own],
        "callout": callout_view(callout, personal=open_to) if callout else None,
        "deadlines": [],
    }


def discloses(instance: Instance, tx: Session, alarm: Alarm) -> bool:
    """May the holder of this alarm see name, address, contact and description now?

    Staged: from acceptance until the call-out has been closed for a while. Direct: as long as the offer stands, too.
    """
    incident = alarm.incident
    if alarm.status is AlarmStatus.ACCEPTED:
        callout = last_callout(incident)
        called_off = callout is not None and callout.status is CalloutStatus.WITHDRAWN
        over = incident.ended_at if called_off else incident.closed_at
        return over is None or now(tx) - over <= instance.config.alarm.disclosure_after_close
    region = instance.regions.get(incident.region or "")
    live = alarm.status in (AlarmStatus.SENT, AlarmStatus.OPENED) and alarm.expires_at > now(tx)
    return live and region is not None and region.disclosure is Disclosure.DIRECT


def alarm_page_view(instance: Instance, tx: Session, alarm: Alarm) -> View:
    """What stands on the page behind an alarm's link."""
    incident = alarm.incident
    shown = discloses(instance, tx, alarm)
    callout = next((c for c in incident.callouts if c.alarm_id == alarm.id), None)
    lapsed = alarm.status in (AlarmStatus.SENT, AlarmStatus.OPENED) and alarm.expires_at <= now(tx)
    return {
        **incident_line(incident),
        "alarm_status": AlarmStatus.EXPIRED if lapsed else alarm.status,
        "provider": alarm.provider,
        "expires_at": alarm.expires_at,
        "site": site_view(instance, incident),
        "contact": contact_view(incident) if shown else None,
        "code_word": incident.code_word if shown and alarm.status is AlarmStatus.ACCEPTED else None,
        "callout": callout_view(callout, personal=shown) if callout else None,
        "looking": alarm.looking_at is not None,
        "taken": callout is None and last_callout(incident) is not None,
    }


def status_view(instance: Instance, call: Call) -> View:
    """What the caller sees: state, who comes and when, the code word.

    Who comes is told to verified callers only: a stranger's form about the same company may be attached, too, and
    whoever knows name and code word can pass himself off as the technician.
    """
    incident = call.incident
    callout = last_callout(incident) if incident else None
    trusted = incident is not None and call in incident.trusted
    coming = trusted and callout is not None and callout.status is not CalloutStatus.WITHDRAWN
    provider = instance.providers.get(callout.provider) if callout else None
    return {
        "reference": call.reference,
        "status": call.status,
        "region": call.region,
        "language": call.language,
        "received_at": call.received_at,
        **progress_of(call, callout if coming else None),
        "verdict": call.verdict,
        "incident_status": incident.status if incident else None,
        "provider_name": provider.name if provider and coming else None,
        "technician": callout.technician if callout and coming else None,
        "eta_at": callout.eta_at if callout and coming else None,
        "code_word": incident.code_word if incident and coming else None,
        "call_back": guidance.call_back_comes(call),
        "first_aid": guidance.first_aid_for(instance, call),
        "ending": guidance.ending_of(instance, call) if call.ended_at else None,
        "deadlines": guidance.deadlines_of(instance, incident) if incident and trusted else (),
    }


AFTER_END = timedelta(days=14)
"""How long a caller's status page works after the case has ended."""
