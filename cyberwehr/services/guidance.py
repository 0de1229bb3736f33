"""First aid, endings and legal clocks for one call or incident."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cyberwehr.default_rules.endings_file import HOTLINE, REGION, WITHDRAWN, load_endings
from cyberwehr.default_rules.first_aid_file import load_first_aid
from cyberwehr.default_rules.legal_file import load_legal
from cyberwehr.domain.call import Details
from cyberwehr.domain.deadlines import Affected, Deadline, Size, aware_since, deadlines, is_nis2
from cyberwehr.domain.first_aid import CommandersWord
from cyberwehr.domain.guidance import Ending, Place, Step
from cyberwehr.domain.places import find_region
from cyberwehr.domain.protocol import Answers
from cyberwehr.domain.region import Region
from cyberwehr.domain.terms import CallStatus, CallType, Verdict
from cyberwehr.instance import Instance
from cyberwehr.services.actors import Actor
from cyberwehr.services.assessing import answers_of
from cyberwehr.services.errors import Invalid
from cyberwehr.services.finding import locked_incident
from cyberwehr.services.journalling import record
from cyberwehr.storage import Call, Incident, now

NOT_ENDINGS = frozenset({Verdict.EMERGENCY, None})


def first_aid(instance: Instance, call_type: CallType | None, answers: Answers) -> tuple[Step, ...]:
    """What to do and leave now; general advice as long as nobody knows what it is."""
    return load_first_aid().steps(call_type, answers, commanders_word(instance))


def commanders_word(instance: Instance) -> CommandersWord:
    own = instance.config.first_aid
    return CommandersWord(frozenset(own.unplug), frozenset(own.switch_off))


def first_aid_at_once(instance: Instance, call_type: CallType | None) -> tuple[dict[str, str], ...]:
    """For whoever has just called, before anything was asked: {code, de, en}, made once for each call type.

    Every call for help waits for this: it costs a look-up. The answer belongs to all; leave it as it is.
    """
    return _at_once(call_type, commanders_word(instance))


@cache
def _at_once(call_type: CallType | None, word: CommandersWord) -> tuple[dict[str, str], ...]:
    return tuple(
        {"code": step.code, "de": step.words["de"], "en": step.words["en"]}
        for step in load_first_aid().steps(call_type, {}, word)
    )


def type_of(call: Call) -> CallType | None:
    """What happened, as judged, else as reported."""
    return call.call_type or Details.from_json(call.details).reported_type


def first_aid_for(instance: Instance, call: Call) -> tuple[Step, ...]:
    """For one call as it stands, by what is known of it; nothing once it is over. Inside a transaction."""
    over = call.status is CallStatus.WITHDRAWN or call.verdict is Verdict.NUISANCE
    over = over or (call.incident is not None and call.incident.ended_at is not None)
    return () if over else first_aid(instance, type_of(call), answers_of(call))


def call_back_comes(call: Call) -> bool:
    """Does the caller wait for us to ring the number given? Nobody is alarmed for a form before that."""
    waiting = call.status in (CallStatus.WAITING, CallStatus.CLAIMED)
    return waiting and not call.is_verified and Details.from_json(call.details).can_be_rung


def ending_of(instance: Instance, call: Call) -> Ending | None:
    """What a caller is told whose call ended without a call-out; None for all others. Inside a transaction."""
    withdrawn = call.status is CallStatus.WITHDRAWN
    if not withdrawn and (call.verdict in NOT_ENDINGS or (call.incident is not None and call.incident.callouts)):
        return None
    verdict = WITHDRAWN if withdrawn or call.verdict is None else call.verdict.value
    ending = load_endings().find(verdict, answers_of(call))
    places = tuple(found for place in ending.places if (found := with_number(instance, call, place)))
    return replace(ending, places=places)


def with_number(instance: Instance, call: Call, place: Place) -> Place | None:
    """A place with the number under which it is reached here; None if there is no such place for this call."""
    if place.code == HOTLINE:
        return replace(place, phone=instance.frame(call.region).hotline)
    if place.code == REGION:
        region = responsible_region(instance, call)
        return replace(place, name=region.name, phone=region.hotline) if region else None
    return place


def responsible_region(instance: Instance, call: Call) -> Region | None:
    """Another region of this instance in which the place lies that the caller gave."""
    details, regions = Details.from_json(call.details), tuple(instance.regions.values())
    found = find_region(details.postal_code, details.town, regions, instance.places, details.street).region
    return instance.regions.get(found or "") if found != call.region else None


def deadlines_of(instance: Instance, incident: Incident) -> tuple[Deadline, ...]:
    """The clocks that run for an incident, those that probably do first. Inside a transaction."""
    call = incident.speaker
    answers, details = answers_of(call), Details.from_json(call.details)
    legal = load_legal()
    affected = Affected(
        aware_at=aware_at(incident),
        call_type=incident.call_type,
        zone=instance.zone_of(incident.region),
        personal_data=as_word(answers.get("personal_data")),
        attack=as_word(answers.get("attack_suspected")),
        nis2=is_nis2(details.sector, size_of(details, answers), legal.sectors),
        done=met(incident),
    )
    return deadlines(legal.duties.values(), affected)


def aware_at(incident: Incident) -> datetime:
    """Since when the company knows, by the calls we trust: the earliest counts."""
    calls = incident.trusted or [incident.speaker]
    return min(aware_since(call.received_at, answers_of(call).get("noticed_hours_ago")) for call in calls)


def size_of(details: Details, answers: Answers) -> Size:
    """As answered for the whole enterprise, else as given with the call."""
    return Size(
        employees=as_number(answers.get("enterprise_employees"), details.employees),
        turnover=as_number(answers.get("enterprise_turnover_million_eur"), details.turnover_million_eur),
        balance=as_number(answers.get("balance_sheet_million_eur"), None),
    )


def as_number(answer: object, otherwise: float | None) -> float | None:
    return answer if isinstance(answer, int | float) and not isinstance(answer, bool) else otherwise


def as_word(answer: object) -> str | None:
    return answer if isinstance(answer, str) else None


def met(incident: Incident) -> dict[str, datetime]:
    """Duties that were met, and when."""
    stored: dict[str, Any] = incident.duties or {}
    return {code: datetime.fromisoformat(at) for code, at in stored.items()}


def meet_duty(instance: Instance, reference: str, code: str, actor: Actor, at: datetime | None = None) -> Incident:
    """Note that a duty to report was met (at: when, aware; None: now). Said again, the last word counts.

    Raises Invalid for a duty nobody knows, or a moment that has not come yet.
    """
    if code not in load_legal().duties:
        raise Invalid("unknown_duty", duty=code)
    with instance.begin() as tx:
        incident = locked_incident(tx, reference)
        moment = (at or now(tx)).astimezone(UTC)
        if moment > now(tx):
            raise Invalid("duty_in_future")
        incident.duties = {**(incident.duties or {}), code: moment.isoformat()}
        record(tx, actor, "duty_met", incident=incident, duty=code, met_at=moment.isoformat())
        return incident
