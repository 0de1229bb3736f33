"""A call comes in: placed, written down, and answered with what happens next. It is never refused for its content."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from cyberwehr.domain.call import Details, Report
from cyberwehr.domain.contacts import UNREADABLE, dialable, mailable
from cyberwehr.domain.notices import Notice
from cyberwehr.domain.places import Placement, find_region
from cyberwehr.domain.terms import CallStatus
from cyberwehr.instance import Instance
from cyberwehr.services import post
from cyberwehr.services.actors import Actor
from cyberwehr.services.journalling import record
from cyberwehr.services.new_calls import NewCall, add_calls, draft
from cyberwehr.storage import Call, now


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the caller is told at once. next_opening: None while the service is open."""

    reference: str
    status: str
    region: str | None
    service_open: bool
    next_opening: datetime | None
    warnings: tuple[Notice, ...]
    status_url: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """A call that waits to be written down. doubts: what a person should look at."""

    instance: Instance
    report: Report
    placement: Placement
    doubts: tuple[Notice, ...]
    sender: Actor


def receive_call(instance: Instance, report: Report, sender: Actor) -> Receipt:
    """Write a call down. Doubtful content is kept with warnings; the region stays open where only a person can tell.

    In a surge calls that come at the same moment share one transaction.
    """
    placement = place(instance, report.details)
    doubtful = (*placement.notices, *doubts(report.details))
    return instance.write_together(write_down, Arrival(instance, report, placement, doubtful, sender))


def write_down(tx: Session, arrivals: Sequence[Arrival]) -> list[Receipt]:
    calls = [draft(each.instance, tx, each.report, each.placement) for each in arrivals]
    add_calls(tx, calls)
    return [acknowledge(tx, each, call) for each, call in zip(arrivals, calls, strict=True)]


def acknowledge(tx: Session, arrival: Arrival, call: NewCall) -> Receipt:
    """The journal, what the caller is told at once, and, where it is safe, a letter that says the same."""
    instance, region = arrival.instance, call.placement.region
    warnings = (*arrival.doubts, *future(call.at, now(tx)))
    record(
        tx,
        arrival.sender,
        "call_received",
        call=call,
        channel=call.report.channel,
        region=region,
        open=call.service_open,
        warnings=[warning.code for warning in warnings],
    )
    next_opening = None if call.service_open else instance.opening(region).next_opening(call.at)
    if call.report.details.safe_mail is not None:
        post.tell_received(instance, tx, tx.get_one(Call, call.id), next_opening)
    return Receipt(
        reference=call.reference,
        status=CallStatus.WAITING,
        region=region,
        service_open=call.service_open,
        next_opening=next_opening,
        warnings=warnings,
        status_url=call.link,
    )


def place(instance: Instance, details: Details) -> Placement:
    """The region by postal code and town."""
    regions = tuple(instance.regions.values())
    return find_region(details.postal_code, details.town, regions, instance.places, details.street)


def doubts(details: Details) -> Iterator[Notice]:
    """What a person should look at twice before ringing back."""
    number, address = dialable(details.phone), mailable(details.email)
    if details.phone and not number:
        yield Notice("odd_phone")
    if details.email and not address:
        yield Notice("odd_email")
    if not number and not address:
        yield Notice("no_way_back")
    if UNREADABLE in str(details):
        yield Notice("text_cleaned")


def future(at: datetime, moment: datetime) -> Iterator[Notice]:
    if at > moment:
        yield Notice("future_time")
