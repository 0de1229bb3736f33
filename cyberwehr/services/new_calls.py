"""The rows of calls that have just come in, written many at a time: in a surge the ORM's care for each costs most."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from cyberwehr.domain.call import Report
from cyberwehr.domain.places import Placement
from cyberwehr.domain.terms import CallStatus
from cyberwehr.instance import Instance
from cyberwehr.services.finding import fresh_reference
from cyberwehr.services.tokens import new_token, token_hash
from cyberwehr.storage import Call, Case, now

CASES, CALLS = cast(Table, Case.__table__), cast(Table, Call.__table__)
ADD_CASES = insert(CASES)
ADD_CALLS = insert(CALLS).returning(CALLS.c.id, CALLS.c.reference)


@dataclass
class NewCall:
    """A call on its way into the database; it has its number once it was added. at: when it was received."""

    report: Report
    placement: Placement
    case: Case
    reference: str
    at: datetime
    service_open: bool
    token: str
    link: str
    id: int = 0

    @property
    def case_id(self) -> str:
        return self.case.id


def draft(instance: Instance, tx: Session, report: Report, placement: Placement) -> NewCall:
    at, token = report.received_at or now(tx), new_token()
    return NewCall(
        report=report,
        placement=placement,
        case=Case.new(tx.info["keyring"]),
        reference=fresh_reference(tx),
        at=at,
        service_open=instance.opening(placement.region).is_open(at),
        token=token,
        link=instance.url(f"/status/{token}"),
    )


def add_calls(tx: Session, calls: Sequence[NewCall]) -> None:
    """Write all of them, each with a case of its own."""
    tx.execute(ADD_CASES, [{"id": call.case.id, "wrapped_key": call.case.wrapped_key} for call in calls])
    numbers = {reference: id_ for id_, reference in tx.execute(ADD_CALLS, [row(tx, call) for call in calls])}
    for call in calls:
        call.id = numbers[call.reference]


def row(tx: Session, call: NewCall) -> dict[str, Any]:
    """Columns that are not named here are empty until somebody looks at the call."""
    report, placement = call.report, call.placement
    return {
        "reference": call.reference,
        "case_id": call.case.id,
        "status": CallStatus.WAITING,
        "channel": report.channel,
        "language": report.language,
        "partner": report.partner,
        "region": placement.region,
        "suggested_out_of_area": placement.suggested_out_of_area,
        "received_at": call.at,
        "stored_at": now(tx),
        "service_open": call.service_open,
        "status_token_hash": token_hash(call.token),
        "details_sealed": Call.details.seal(call, report.details.as_json()),
        "link_sealed": Call.link.seal(call, call.link),
    }
