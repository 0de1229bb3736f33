"""First aid, endings and legal clocks for one call or incident."""

from cyberwehr.domain.deadlines import Deadline
from cyberwehr.domain.guidance import Ending, Place, Step
from cyberwehr.domain.protocol import Answers
from cyberwehr.domain.terms import CallStatus, CallType, Verdict
from cyberwehr.instance import Instance
from cyberwehr.storage import Call, Incident


def first_aid(instance: Instance, call_type: CallType | None, answers: Answers) -> tuple[Step, ...]:
    """What to do and leave now; general advice as long as nobody knows what it is."""
    return (
        Step(
            "unplug",
            "do",
            {
                "de": "Ziehen Sie das Netzwerkkabel. Lassen Sie die Geräte eingeschaltet.",
                "en": "Unplug the network cable. Leave the devices switched on.",
            },
        ),
        Step(
            "no_pay",
            "dont",
            {
                "de": "Zahlen Sie nichts, bevor Sie mit uns gesprochen haben.",
                "en": "Do not pay before you have spoken to us.",
            },
        ),
        Step(
            "bank",
            "call",
            {
                "de": "Rufen Sie sofort Ihre Bank an, wenn Geld überwiesen wurde.",
                "en": "Call your bank at once if money was transferred.",
            },
        ),
    )


def ending_of(instance: Instance, call: Call) -> Ending | None:
    """What a caller is told whose call ended without a call-out; None for all others. Inside a transaction."""
    if call.status not in (CallStatus.CLOSED, CallStatus.WITHDRAWN) or call.verdict in (None, Verdict.EMERGENCY):
        return None
    return Ending(
        {"de": "Wie es weitergeht", "en": "What happens next"},
        {"de": "Wir schicken heute niemanden zu Ihnen.", "en": "We are not sending anybody today."},
        (
            Place(
                "zac",
                {"de": "Polizei, ZAC", "en": "Police, ZAC"},
                {"de": "Anzeige erstatten", "en": "File a report"},
                "0211 939 4040",
                "https://polizei.example",
            ),
        ),
    )


def deadlines_of(instance: Instance, incident: Incident) -> tuple[Deadline, ...]:
    """The clocks that run for an incident, those that probably do first. Inside a transaction."""
    return ()
