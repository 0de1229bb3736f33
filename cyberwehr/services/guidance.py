"""First aid, endings and legal clocks for one call or incident."""

from cyberwehr.domain.deadlines import Deadline
from cyberwehr.domain.guidance import Ending, Step
from cyberwehr.domain.protocol import Answers
from cyberwehr.domain.terms import CallType
from cyberwehr.instance import Instance
from cyberwehr.storage import Call, Incident


def first_aid(instance: Instance, call_type: CallType | None, answers: Answers) -> tuple[Step, ...]:
    """What to do and leave now; general advice as long as nobody knows what it is."""
    return instance.first_aid.steps(call_type, answers)


def ending_of(_instance: Instance, _call: Call) -> Ending | None:
    """What a caller is told whose call ended without a call-out; None for all others. Inside a transaction."""
    return None


def deadlines_of(_instance: Instance, _incident: Incident) -> tuple[Deadline, ...]:
    """The clocks that run for an incident, those that probably do first. Inside a transaction."""
    return ()
