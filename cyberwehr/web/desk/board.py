"""What the board shows, read from the database at the moment of asking."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_datetime

from cyberwehr.domain.terms import AlarmStatus, CallStatus, IncidentStatus
from cyberwehr.services import outbox, reading
from cyberwehr.services.reading import Filters
from cyberwehr.services.views import View
from cyberwehr.storage import OutboxState
from cyberwehr.web.context import actor, texts, the_instance

MOST = 100
"""Of each kind; a surge shows its oldest hundred calls last."""

RUNNING = (
    IncidentStatus.OPEN,
    IncidentStatus.ALARMING,
    IncidentStatus.ASSIGNED,
    IncidentStatus.EN_ROUTE,
    IncidentStatus.ON_SITE,
    IncidentStatus.DONE,
)


@dataclass(frozen=True, slots=True)
class Board:
    """unserved: incidents for which nobody was found; failed_messages: how many could not be delivered at all."""

    unserved: Sequence[View]
    running: Sequence[View]
    waiting: Sequence[View]
    claimed: Sequence[View]
    failed_messages: int


def board_now() -> Board:
    return Board(
        unserved=incidents(IncidentStatus.UNSERVED),
        running=[incident for status in RUNNING for incident in incidents(status)],
        waiting=calls(CallStatus.WAITING),
        claimed=calls(CallStatus.CLAIMED),
        failed_messages=outbox.overview(the_instance()).get(OutboxState.FAILED, 0),
    )


def calls(status: CallStatus) -> list[View]:
    """Those who have waited longest first."""
    page = reading.list_calls(the_instance(), Filters(status=status), MOST, None)
    return [{**call, "when": when(call["received_at"], call["region"])} for call in reversed(page.items)]


def incidents(status: IncidentStatus) -> list[View]:
    page = reading.list_incidents(the_instance(), Filters(status=status), actor(), MOST, None)
    return [incident(line["reference"]) for line in page.items]


def incident(reference: str) -> View:
    view = reading.show_incident(the_instance(), reference, actor())
    return {**view, "when": when(view["opened_at"], view["region"]), "alarms": [alarm(view, a) for a in view["alarms"]]}


def alarm(view: View, line: View) -> View:
    """One provider's alarm, with its name and the moment that matters."""
    provider = the_instance().providers.get(line["provider"])
    live = line["status"] in (AlarmStatus.SENT, AlarmStatus.OPENED)
    return {
        **line,
        "name": provider.name if provider else line["provider"],
        "live": live,
        "until": when(line["expires_at"], view["region"]) if live else None,
    }


def when(at: datetime, region: str | None) -> str:
    """Short, in the region's zone."""
    return format_datetime(at.astimezone(the_instance().zone_of(region)), "short", locale=texts().locale)
