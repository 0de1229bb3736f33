"""What may follow what in the life of an incident and of a call-out."""

from cyberwehr.domain.terms import CalloutStatus, IncidentStatus

ENDED = frozenset(
    {
        IncidentStatus.DONE,
        IncidentStatus.NOBODY_THERE,
        IncidentStatus.NO_EMERGENCY,
        IncidentStatus.WITHDRAWN,
        IncidentStatus.REPORTED,
        IncidentStatus.CLOSED,
    }
)
"""Nobody is looked for any more."""

SEEKING = frozenset({IncidentStatus.ALARMING, IncidentStatus.UNSERVED})
"""A provider is looked for. Unserved: nobody is left to ask now; offers may be out, the silent may be asked again."""

TAKEN = frozenset({IncidentStatus.ASSIGNED, IncidentStatus.EN_ROUTE, IncidentStatus.ON_SITE})
"""A provider has it and is not through yet."""

CLOSABLE = frozenset(
    {
        IncidentStatus.REPORTED,
        IncidentStatus.NOBODY_THERE,
        IncidentStatus.NO_EMERGENCY,
        IncidentStatus.WITHDRAWN,
        IncidentStatus.UNSERVED,
    }
)
"""States from which a person may close: everything is said, or there is nothing left to do."""

CALLOUT_STEPS = {
    CalloutStatus.ASSIGNED: 0,
    CalloutStatus.EN_ROUTE: 1,
    CalloutStatus.ON_SITE: 2,
    CalloutStatus.DONE: 3,
    CalloutStatus.NOBODY_THERE: 3,
    CalloutStatus.NO_EMERGENCY: 3,
}
"""Forward only; steps may be skipped, because a technician on site has better things to do than to click."""

CALLOUT_OVER = frozenset(
    {CalloutStatus.DONE, CalloutStatus.NOBODY_THERE, CalloutStatus.NO_EMERGENCY, CalloutStatus.WITHDRAWN}
)
CALLOUT_RUNNING = frozenset({CalloutStatus.ASSIGNED, CalloutStatus.EN_ROUTE, CalloutStatus.ON_SITE})
