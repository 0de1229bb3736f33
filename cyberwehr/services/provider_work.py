"""A provider's own alarms and call-outs, for whoever holds one of its links that still counts."""

from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from cyberwehr.domain.terms import LIVE_ALARM, AlarmStatus
from cyberwehr.instance import Instance
from cyberwehr.services.endings import last_callout
from cyberwehr.services.errors import Gone
from cyberwehr.services.finding import find_alarm
from cyberwehr.services.sites import town_of
from cyberwehr.services.views import View, discloses, incident_line
from cyberwehr.storage import Alarm, now

PAST = timedelta(days=30)
MOST = 100


def own_work(instance: Instance, token: str) -> View:
    """What the provider behind this link was asked lately and has taken: no more of each than its own page shows.

    Raises Unknown, or Gone where the link no longer counts: the offer has passed, or the call-out is over and closed.
    """
    with instance.reading() as tx:
        alarm = find_alarm(tx, token)
        if not counts(instance, tx, alarm):
            raise Gone("alarm_expired")
        rows = tx.scalars(
            select(Alarm)
            .where(Alarm.provider == alarm.provider, Alarm.sent_at >= now(tx) - PAST)
            .where(
                or_(Alarm.status == AlarmStatus.ACCEPTED, Alarm.status.in_(LIVE_ALARM) & (Alarm.expires_at > now(tx)))
            )
            .order_by(Alarm.id.desc())
            .limit(MOST)
        ).unique()
        lines = [line(instance, row) for row in rows]
        return {
            "provider": alarm.provider,
            "open": [each for each in lines if not each["taken"]],
            "taken": [each for each in lines if each["taken"]],
        }


def counts(instance: Instance, tx: Session, alarm: Alarm) -> bool:
    """A live offer, or an acceptance whose data the provider may still see."""
    live = alarm.status in LIVE_ALARM and alarm.expires_at > now(tx)
    return live or (alarm.status is AlarmStatus.ACCEPTED and discloses(instance, tx, alarm))


def line(instance: Instance, alarm: Alarm) -> View:
    callout = last_callout(alarm.incident)
    taken = alarm.status is AlarmStatus.ACCEPTED
    return {
        **incident_line(alarm.incident),
        "path": urlsplit(alarm.link).path,
        "town": town_of(instance, alarm.incident),
        "expires_at": alarm.expires_at,
        "taken": taken,
        "callout": callout.status if callout and taken else None,
        "eta_at": callout.eta_at if callout and taken else None,
    }
