"""Raise the alarm: rank, choose, offer. A decline, expiry or release brings the next wave, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from cyberwehr.domain.call import Details
from cyberwehr.domain.ranking import Ranking
from cyberwehr.domain.region import Provider
from cyberwehr.domain.terms import LIVE_ALARM, AlarmStatus, CallStatus, IncidentStatus
from cyberwehr.domain.waves import PastAlarm, answer_deadline, halfway, next_round, next_wave
from cyberwehr.instance import Instance
from cyberwehr.services import post
from cyberwehr.services.actors import ENGINE, Actor
from cyberwehr.services.errors import Conflict, Invalid, Refused
from cyberwehr.services.finding import locked_incident
from cyberwehr.services.journalling import record
from cyberwehr.services.ranking import as_json, rank_tiers
from cyberwehr.services.states import ENDED, TAKEN
from cyberwehr.services.tokens import new_token, token_hash
from cyberwehr.storage import Alarm, Incident, Wave, now


@dataclass(frozen=True, slots=True)
class Wish:
    """The commander's own choice. providers: ids REGION/KEY; empty: as proposed."""

    providers: tuple[str, ...] = ()
    override_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Raised:
    """What came of it. wave: its number, None if nobody was left; status: the incident's."""

    wave: int | None
    status: str
    alarms: Sequence[Alarm] = field(default=())


def raise_alarm(instance: Instance, reference: str, wish: Wish, actor: Actor) -> Raised:
    """Alarm the first wave, or one more while others are still out."""
    with instance.begin() as tx:
        incident = locked_incident(tx, reference)
        check_may_alarm(instance, incident, wish.override_reason)
        if wish.providers:
            return alarm_chosen(instance, tx, incident, wish, actor)
        return next_wave_or_unserved(instance, tx, incident, actor, push=True, reason=wish.override_reason)


def check_may_alarm(instance: Instance, incident: Incident, override_reason: str | None) -> None:
    """An alarm goes out only for a placed, verified incident whose caller did not object and that nobody has taken."""
    if incident.status in TAKEN:
        raise Conflict("already_assigned")
    if incident.status in ENDED:
        raise Conflict("incident_ended")
    if incident.region not in instance.regions:
        raise Conflict("region_open")
    if any(Details.from_json(c.details).consent.forward is False for c in incident.trusted):
        raise Conflict("consent_refused")
    verified = any(c.is_verified for c in incident.calls if c.status is not CallStatus.WITHDRAWN)
    if not verified and not override_reason and not incident.alarms:
        raise Conflict("callback_missing")


def next_wave_or_unserved(
    instance: Instance, tx: Session, incident: Incident, actor: Actor, *, push: bool = False, reason: str | None = None
) -> Raised:
    """Send the plan's next wave. If nobody is left, the commander is told, loudly.

    While offers are alive that is said only to a commander who asks for more (push).

    A region that this instance no longer serves has nobody left: its running incidents are put before a person.
    """
    region = instance.regions.get(incident.region or "")
    tiers = ranked(instance, tx, incident) if region else ()
    wave = next_wave(region.plan(incident.urgency), tiers, history(incident), push=push) if region else None
    if wave is not None:
        return send_wave(instance, tx, incident, wave.providers, tiers, wave.tier, actor, reason)
    if not push and any(alarm.status in LIVE_ALARM for alarm in incident.alarms):
        return Raised(None, incident.status)
    return nobody_left(instance, tx, incident, actor)


def ranked(instance: Instance, tx: Session, incident: Incident) -> tuple[Ranking, ...]:
    """The rankings to decide by; a region's plugin that failed to give an order is noted in the journal."""
    tiers = tuple(rank_tiers(instance, tx, incident))
    for number, tier in enumerate(tiers):
        if tier.order_fault is not None:
            record(tx, ENGINE, "order_plugin_failed", incident=incident, note=tier.order_fault, tier=number)
    return tiers


def alarm_chosen(instance: Instance, tx: Session, incident: Incident, wish: Wish, actor: Actor) -> Raised:
    """The commander chooses otherwise than the ranking, and says why."""
    providers = [chosen(instance, incident, provider_id) for provider_id in dict.fromkeys(wish.providers)]
    tiers = ranked(instance, tx, incident)
    plan = instance.regions[incident.region or ""].plan(incident.urgency)
    proposal = next_wave(plan, tiers, history(incident), push=True)
    as_proposed = proposal is not None and set(proposal.providers) == set(providers)
    if not as_proposed and not wish.override_reason:
        raise Invalid("override_reason_missing")
    return send_wave(instance, tx, incident, providers, tiers, 0, actor, wish.override_reason)


def chosen(instance: Instance, incident: Incident, provider_id: str) -> Provider:
    if provider_id not in instance.providers:
        raise Invalid("unknown_provider", provider=provider_id)
    if any(a.provider == provider_id and a.status in LIVE_ALARM for a in incident.alarms):
        raise Conflict("already_alarmed", provider=provider_id)
    return instance.providers[provider_id]


def send_wave(
    instance: Instance,
    tx: Session,
    incident: Incident,
    providers: Sequence[Provider],
    tiers: tuple[Ranking, ...],
    tier: int,
    actor: Actor,
    reason: str | None,
) -> Raised:
    """Write down the decision with its ranking, and one alarm with its letter per provider."""
    wave = Wave(
        case=incident.case,
        number=len(incident.waves) + 1,
        tier=tier,
        raised_at=now(tx),
        raised_by=actor.id,
        ranking=as_json(tiers),
        override_reason=reason,
    )
    incident.waves.append(wave)
    incident.status = IncidentStatus.ALARMING
    record(
        tx,
        actor,
        "wave_sent",
        incident=incident,
        note=reason,
        wave=wave.number,
        tier=tier,
        providers=[p.id for p in providers],
    )
    alarms = [offer(instance, tx, incident, wave, provider, actor) for provider in providers]
    return Raised(wave.number, incident.status, alarms)


def offer(instance: Instance, tx: Session, incident: Incident, wave: Wave, provider: Provider, actor: Actor) -> Alarm:
    """One alarm to one provider, with a link that only he gets."""
    plan = instance.regions[incident.region or ""].plan(incident.urgency)
    moment, token = now(tx), new_token()
    expires_at = answer_deadline(provider, plan, incident.urgency, moment)
    alarm = Alarm(
        case=incident.case,
        wave=wave,
        provider=provider.id,
        round=next_round(history(incident), provider.id),
        status=AlarmStatus.SENT,
        token_hash=token_hash(token),
        sent_at=moment,
        expires_at=expires_at,
        remind_at=halfway(provider, plan, incident.urgency, moment),
        link=instance.url(f"/alarm/{token}"),
    )
    incident.alarms.append(alarm)
    tx.flush()  # the letter names the alarm by its number
    record(tx, actor, "alarm_sent", incident=incident, alarm=alarm, provider=provider.id, round=alarm.round)
    post.tell_alarm(instance, tx, alarm, rung=0)
    return alarm


def nobody_left(instance: Instance, tx: Session, incident: Incident, actor: Actor) -> Raised:
    """The plan is exhausted: say so once per exhaustion; a person must find help now."""
    if incident.status is not IncidentStatus.UNSERVED:
        incident.status = IncidentStatus.UNSERVED
        record(tx, actor, "incident_unserved", incident=incident)
        exhaustion = f"{len(incident.alarms)}.{len(incident.callouts)}"
        post.tell_commander(instance, tx, incident, "unserved", key=exhaustion)
    return Raised(None, incident.status)


def alarm_unasked(instance: Instance, tx: Session, incident: Incident, actor: Actor) -> None:
    """Regions whose plan says so alarm without a commander; what stands in the way stays for a person to solve."""
    region = instance.regions.get(incident.region or "")
    if incident.alarms or region is None or not region.plan(incident.urgency).auto:
        return
    try:
        check_may_alarm(instance, incident, override_reason=None)
    except Refused as refusal:
        record(tx, actor, "auto_alarm_held_back", incident=incident, reason=refusal.code)
        return
    next_wave_or_unserved(instance, tx, incident, actor)


def history(incident: Incident) -> list[PastAlarm]:
    return [PastAlarm(a.provider, a.round, a.status) for a in incident.alarms]
