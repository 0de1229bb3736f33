"""How far a case has come, as its caller may know it: a moment for each step behind us, and what is still possible."""

from typing import Any

from cyberwehr.domain.terms import CallStatus, IncidentStatus
from cyberwehr.services.states import ENDED
from cyberwehr.storage import Call, Callout

MOST_NOTES = 20


def progress_of(call: Call, callout: Callout | None) -> dict[str, Any]:
    """moments: step -> when it was reached, None if it was not. callout: only for callers who may know who comes."""
    alarms = call.incident.alarms if call.incident else []
    return {
        "moments": {
            "received": call.received_at,
            "judged": call.judged_at,
            "asked": min((alarm.sent_at for alarm in alarms if alarm.sent_at), default=None),
            "taken": callout.accepted_at if callout else None,
            "en_route": callout.en_route_at if callout else None,
            "on_site": callout.on_site_at if callout else None,
            "ended": call.ended_at or (callout.ended_at if callout else None),
        },
        "can_note": can_note(call),
        "can_withdraw": can_withdraw(call),
        "over": is_over(call),
    }


def is_over(call: Call) -> bool:
    """Nothing more will happen by itself."""
    return call.ended_at is not None or (call.incident is not None and call.incident.status in ENDED)


def can_note(call: Call) -> bool:
    return call.ended_at is None and len(call.notes or ()) < MOST_NOTES


def can_withdraw(call: Call) -> bool:
    """By the caller himself: until somebody is with him."""
    here = call.incident is not None and call.incident.status is IncidentStatus.ON_SITE
    return not is_over(call) and not here and call.status is not CallStatus.WITHDRAWN
