"""A call comes in: placed, written down, and answered with what happens next. It is never refused for its content."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from cyberwehr.domain.call import Details, Report
from cyberwehr.domain.contacts import UNREADABLE, dialable, mailable
from cyberwehr.domain.notices import Notice
from cyberwehr.domain.places import Placement, find_region
from cyberwehr.instance import Instance
from cyberwehr.services import post
from cyberwehr.services.actors import Actor
from cyberwehr.services.finding import fresh_reference
from cyberwehr.services.journalling import record
from cyberwehr.services.tokens import new_token, token_hash
from cyberwehr.storage import Call, Case, now


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


def receive_call(instance: Instance, report: Report, sender: Actor) -> Receipt:
    """Write a call down. Doubtful content is kept with warnings; the region stays open where only a person can tell."""
    placement = place(instance, report.details)
    with instance.begin() as tx:
        moment = now(tx)
        at = report.received_at or moment
        hours = instance.opening(placement.region)
        warnings = (*placement.notices, *doubts(report.details), *future(at, moment))
        call = new_call(instance, tx, report, placement, at)
        record(
            tx,
            sender,
            "call_received",
            call=call,
            channel=call.channel,
            region=call.region,
            open=call.service_open,
            warnings=[w.code for w in warnings],
        )
        receipt = Receipt(
            reference=call.reference,
            status=call.status,
            region=call.region,
            service_open=call.service_open,
            next_opening=None if call.service_open else hours.next_opening(at),
            warnings=warnings,
            status_url=call.link,
        )
        post.tell_received(instance, tx, call, receipt.next_opening)
        return receipt


def place(instance: Instance, details: Details) -> Placement:
    """The region by postal code and town."""
    regions = tuple(instance.regions.values())
    return find_region(details.postal_code, details.town, regions, instance.places, details.street)


def new_call(instance: Instance, tx: Session, report: Report, placement: Placement, at: datetime) -> Call:
    token = new_token()
    call = Call(
        case=Case.new(tx.info["keyring"]),
        reference=fresh_reference(tx),
        channel=report.channel,
        language=report.language,
        partner=report.partner,
        region=placement.region,
        suggested_out_of_area=placement.suggested_out_of_area,
        received_at=at,
        stored_at=now(tx),
        service_open=instance.opening(placement.region).is_open(at),
        status_token_hash=token_hash(token),
        link=instance.url(f"/status/{token}"),
        details=report.details.as_json(),
    )
    tx.add(call)
    return call


def doubts(details: Details) -> Iterator[Notice]:
    """What a person should look at twice before ringing back."""
    if details.phone and dialable(details.phone) is None:
        yield Notice("odd_phone")
    if details.email and mailable(details.email) is None:
        yield Notice("odd_email")
    if not dialable(details.phone) and not mailable(details.email):
        yield Notice("no_way_back")
    if UNREADABLE in str(details):
        yield Notice("text_cleaned")


def future(at: datetime, moment: datetime) -> Iterator[Notice]:
    if at > moment:
        yield Notice("future_time")
