"""Reading use cases: lists with a cursor, one call, one incident, one page."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from cyberwehr.domain.terms import CallStatus, IncidentStatus
from cyberwehr.instance import Instance
from cyberwehr.services.actors import Actor
from cyberwehr.services.caller import call_behind
from cyberwehr.services.errors import Invalid, Unknown
from cyberwehr.services.finding import find_alarm, find_call, find_incident
from cyberwehr.services.views import (
    View,
    alarm_page_view,
    call_line,
    call_view,
    incident_line,
    incident_view,
    provider_view,
    status_view,
)
from cyberwehr.storage import Alarm, Call, Incident


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed down to. since: by the moment of receipt or opening, inclusive."""

    status: str | None = None
    region: str | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. next: the cursor of the following page, None on the last."""

    items: Sequence[View]
    next: str | None


def list_calls(instance: Instance, filters: Filters, limit: int, cursor: str | None) -> Page:
    """Newest first."""
    query = select(Call)
    if filters.status:
        query = query.where(Call.status == CallStatus(filters.status))
    if filters.region:
        query = query.where(Call.region == filters.region)
    if filters.since:
        query = query.where(Call.received_at >= filters.since)
    return paged(instance, query, Call, call_line, limit, cursor)


def list_incidents(instance: Instance, filters: Filters, actor: Actor, limit: int, cursor: str | None) -> Page:
    """Newest first; a provider sees those it was alarmed for."""
    query = select(Incident)
    if filters.status:
        query = query.where(Incident.status == IncidentStatus(filters.status))
    if filters.region:
        query = query.where(Incident.region == filters.region)
    if filters.since:
        query = query.where(Incident.opened_at >= filters.since)
    if actor.provider is not None:
        query = query.where(Incident.alarms.any(Alarm.provider == actor.provider))
    return paged(instance, query, Incident, incident_line, limit, cursor)


def paged(
    instance: Instance, query: Select[Any], model: Any, view: Callable[[Any], View], limit: int, cursor: str | None
) -> Page:
    if cursor is not None:
        query = query.where(model.id < from_cursor(cursor))
    with instance.reading() as tx:
        rows = list(tx.scalars(query.order_by(model.id.desc()).limit(limit + 1)).unique())
        following = to_cursor(rows[limit - 1].id) if len(rows) > limit else None
        return Page([view(row) for row in rows[:limit]], following)


def to_cursor(row_id: int) -> str:
    return base64.urlsafe_b64encode(str(row_id).encode()).decode().rstrip("=")


def from_cursor(cursor: str) -> int:
    """Raises Invalid for anything this program did not hand out."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        row_id = int(text[:18].decode("ascii"))
    except (binascii.Error, ValueError):
        raise Invalid("unknown_cursor") from None
    if not 0 < row_id < 2**31:  # what the databases' keys can hold
        raise Invalid("unknown_cursor")
    return row_id


def show_call(instance: Instance, reference: str) -> View:
    with instance.reading() as tx:
        return call_view(find_call(tx, reference))


def show_incident(instance: Instance, reference: str, actor: Actor) -> View:
    """The control centre sees all, a provider its own part; another's incident looks as if it did not exist."""
    with instance.reading() as tx:
        incident = find_incident(tx, reference)
        if actor.provider is None:
            return incident_view(instance, incident)
        if all(alarm.provider != actor.provider for alarm in incident.alarms):
            raise Unknown("unknown_incident")
        return provider_view(instance, tx, incident, actor.provider)


def show_alarm(instance: Instance, token: str) -> View:
    with instance.reading() as tx:
        return alarm_page_view(instance, tx, find_alarm(tx, token))


def show_status(instance: Instance, token: str) -> View:
    """The caller's page; two weeks after the end it is gone."""
    with instance.reading() as tx:
        return status_view(instance, call_behind(tx, token))
