"""One call and one incident with everything that belongs beside them on the desk. Only reads."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from cyberwehr.domain.call import Details
from cyberwehr.domain.region import Provider
from cyberwehr.domain.terms import CallStatus
from cyberwehr.domain.waves import next_wave
from cyberwehr.instance import Instance
from cyberwehr.services import assessing, guidance
from cyberwehr.services.alarming import history
from cyberwehr.services.answers import STILL_BY_PHONE
from cyberwehr.services.endings import last_callout
from cyberwehr.services.finding import find_call, find_incident
from cyberwehr.services.intake import doubts, place
from cyberwehr.services.people import people_of
from cyberwehr.services.post import BY_VOICE
from cyberwehr.services.ranking import joined, rank_tiers
from cyberwehr.services.states import CALLOUT_OVER, CALLOUT_STEPS, CLOSABLE, ENDED, TAKEN
from cyberwehr.services.views import View, alarm_view, call_line, call_view, incident_line, incident_view
from cyberwehr.storage import Alarm, Call, Incident, JournalEntry, Wave, now

ATTACHABLE = 100


def call_mark(instance: Instance, reference: str) -> str:
    """Changes with each entry in the journal about this call or its incident, and with what the caller added."""
    with instance.reading() as tx:
        call = find_call(tx, reference)
        return f"{newest_entry(tx, about_call(call))}-{len(call.notes or ())}"


def incident_mark(instance: Instance, reference: str) -> str:
    """Changes with each entry in the journal about this incident or one of its calls, and each minute."""
    with instance.reading() as tx:
        return f"{newest_entry(tx, about_incident(find_incident(tx, reference)))}-{now(tx):%H%M}"


def newest_entry(tx: Session, about: ColumnElement[bool]) -> int:
    return tx.scalar(select(func.max(JournalEntry.id)).where(about)) or 0


def about_call(call: Call) -> ColumnElement[bool]:
    return or_(JournalEntry.call_id == call.id, JournalEntry.incident_id == (call.incident_id or 0))


def about_incident(incident: Incident) -> ColumnElement[bool]:
    calls = [call.id for call in incident.calls]
    return or_(JournalEntry.incident_id == incident.id, JournalEntry.call_id.in_(calls))


def show_case_call(instance: Instance, reference: str) -> View:
    """A call with its interview, what that suggests, first aid, and what may be done with it."""
    with instance.reading() as tx:
        call, people = find_call(tx, reference), people_of(tx)
        details = Details.from_json(call.details)
        over = call.status in (CallStatus.CLOSED, CallStatus.WITHDRAWN)
        return {
            **call_view(call),
            **interview_of(instance, call),
            "now": now(tx),
            "claimed_by_id": call.claimed_by,
            "claimed_by": people.get(call.claimed_by or "", call.claimed_by),
            "unverified": not call.is_verified,
            "doubts": (*place(instance, details).notices, *doubts(details)),
            "notes": call.notes or [],
            "code_word": call.incident.code_word if call.incident else None,
            "incident_status": call.incident.status if call.incident else None,
            "over": over,
            "attachable": [] if over or call.incident else attachable(tx),
            "journal": journal_of(tx, about_call(call), people),
        }


def interview_of(instance: Instance, call: Call) -> View:
    suggestion, answers = assessing.suggestion_of(instance, call), assessing.answers_of(call)
    call_type = call.call_type or suggestion.call_type
    return {
        "suggestion": suggestion,
        "answers": answers,
        "override_reason": (call.judgement or {}).get("override_reason"),
        "questions": assessing.questions(instance, call.region, call_type),
        "first_aid": guidance.first_aid(instance, call_type, answers),
        "ending": guidance.ending_of(instance, call),
    }


def attachable(tx: Session) -> list[View]:
    """Incidents that another call may be about, the newest first."""
    query = select(Incident).where(Incident.status.not_in(ENDED)).order_by(Incident.id.desc()).limit(ATTACHABLE)
    rows = tx.scalars(query).unique().all()
    return [{**incident_line(row), "company": Details.from_json(row.speaker.details).company} for row in rows]


def show_case_incident(instance: Instance, reference: str) -> View:
    """An incident with its ranking as it would be decided now, its waves, its clocks and its journal."""
    with instance.reading() as tx:
        incident, people = find_incident(tx, reference), people_of(tx)
        return {
            **incident_view(instance, incident),
            **outlook(instance, tx, incident),
            "now": now(tx),
            "verified": any(call.is_verified for call in incident.calls if call.status is not CallStatus.WITHDRAWN),
            "consent_refused": any(Details.from_json(c.details).consent.forward is False for c in incident.trusted),
            "waves": [wave_view(instance, wave, incident, people) for wave in incident.waves],
            "calls": [{**call_line(call), "unverified": not call.is_verified} for call in incident.calls],
            "speaker": call_view(incident.speaker),
            "deadlines": guidance.deadlines_of(instance, incident),
            "journal": journal_of(tx, about_incident(incident), people),
            **may_follow(incident),
        }


def may_follow(incident: Incident) -> View:
    """What can come next, by the states' own tables; the forms for anything else are not shown."""
    callout = last_callout(incident)
    reached = CALLOUT_STEPS.get(callout.status, len(CALLOUT_STEPS)) if callout else len(CALLOUT_STEPS)
    over = callout is not None and callout.status in CALLOUT_OVER
    return {
        "alarmable": incident.status not in TAKEN and incident.status not in ENDED,
        "releasable": incident.status in TAKEN,
        "steps": [] if over else [step for step, rank in CALLOUT_STEPS.items() if rank > reached],
        "reportable": callout is not None and over and callout.reported_at is None,
        "closable": incident.status in CLOSABLE,
    }


def outlook(instance: Instance, tx: Session, incident: Incident) -> View:
    """ranking: None where the region is open. proposal: whom the plan would ask next, ids REGION/KEY."""
    region = instance.regions.get(incident.region or "")
    if region is None:
        return {"ranking": None, "proposal": ()}
    tiers = tuple(rank_tiers(instance, tx, incident))
    wave = next_wave(region.plan(incident.urgency), tiers, history(incident), push=True)
    return {"ranking": joined(tiers, now(tx)), "proposal": tuple(p.id for p in wave.providers) if wave else ()}


def wave_view(instance: Instance, wave: Wave, incident: Incident, people: dict[str, str]) -> View:
    return {
        "number": wave.number,
        "tier": wave.tier,
        "raised_at": wave.raised_at,
        "raised_by": wave.raised_by,
        "raised_by_name": people.get(wave.raised_by),
        "override_reason": wave.override_reason,
        "alarms": [phoned(instance, alarm) for alarm in incident.alarms if alarm.wave_id == wave.id],
    }


def phoned(instance: Instance, alarm: Alarm) -> View:
    """An alarm with the numbers under which its provider can be rung. answerable: an answer by phone still counts."""
    provider = instance.providers.get(alarm.provider)
    answer = alarm.answer or {}
    free = alarm.incident.status not in TAKEN and alarm.incident.status not in ENDED
    return {
        **alarm_view(alarm),
        "spoken_with": answer.get("spoken_with"),
        "technician": answer.get("technician"),
        "numbers": numbers_of(provider),
        "answerable": free and alarm.status in STILL_BY_PHONE,
    }


def numbers_of(provider: Provider | None) -> tuple[str, ...]:
    """Landlines before mobiles that are listed for text messages only."""
    if provider is None:
        return ()
    by_voice = [contact for contact in provider.contacts if contact.channel in BY_VOICE]
    return tuple(contact.to for contact in sorted(by_voice, key=lambda contact: BY_VOICE.index(contact.channel)))


def journal_of(tx: Session, about: ColumnElement[bool], people: dict[str, str]) -> Sequence[View]:
    """The newest first."""
    rows = tx.scalars(select(JournalEntry).where(about).order_by(JournalEntry.id.desc()).limit(500)).all()
    return [entry_view(row, people) for row in rows]


def entry_view(row: JournalEntry, people: dict[str, str]) -> View:
    facts: dict[str, Any] = row.facts
    return {
        "id": row.id,
        "at": row.at,
        "actor": row.actor,
        "person": people.get(row.actor),
        "action": row.action,
        "facts": facts,
        "note": row.note if row.case_id else None,
    }
