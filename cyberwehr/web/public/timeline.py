"""The caller's case as a row of steps: which are behind us and when, which one is now, which are still to come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cyberwehr.domain.terms import CallStatus, IncidentStatus
from cyberwehr.i18n import N_
from cyberwehr.services.views import View

STEPS: Mapping[str, str] = {
    "received": N_("Your report has arrived"),
    "judged": N_("We judge your report"),
    "asked": N_("We ask IT companies near you"),
    "taken": N_("A company agrees to come"),
    "en_route": N_("On the way to you"),
    "on_site": N_("With you on site"),
    "ended": N_("The call-out is finished"),
}
"""In their order, in words that hold before and during."""

REACHED: Mapping[str, str] = {
    "judged": N_("We have judged your report"),
    "asked": N_("We have asked IT companies near you"),
    "taken": N_("A company has agreed to come"),
    "en_route": N_("Somebody has set out to you"),
    "on_site": N_("Somebody has arrived at your site"),
}
"""The same once they are behind us, where that is said in another way."""

NOW = {
    None: "judged",
    IncidentStatus.OPEN: "asked",
    IncidentStatus.ALARMING: "asked",
    IncidentStatus.UNSERVED: "asked",
    IncidentStatus.ASSIGNED: "taken",
    IncidentStatus.EN_ROUTE: "en_route",
    IncidentStatus.ON_SITE: "on_site",
}
ENDS: Mapping[str, str] = {
    "withdrawn": N_("Report withdrawn"),
    "nobody_there": N_("Nobody found at your address"),
    "no_emergency": N_("No emergency found on site"),
    "advice": N_("Closed without a call-out"),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """state: `done`, `now` or `later`. words: in English, marked for translation. at: None if nobody knows."""

    words: str
    state: str
    at: datetime | None


def timeline(call: View) -> list[Stage]:
    """From the view of a status page."""
    moments: Mapping[str, datetime | None] = call["moments"]
    if call["over"]:
        return [*behind(moments), Stage(last_words(call), "done", moments["ended"])]
    here = list(STEPS).index(NOW[call["incident_status"]])
    return [
        Stage(words_of(name, place < here + (name == "taken")), state_of(place, here), moments[name])
        for place, name in enumerate(STEPS)
    ]


def state_of(place: int, here: int) -> str:
    return "done" if place < here else "now" if place == here else "later"


def words_of(name: str, reached: bool) -> str:
    return REACHED.get(name, STEPS[name]) if reached else STEPS[name]


def behind(moments: Mapping[str, datetime | None]) -> list[Stage]:
    """Of a case that is over: only what really happened."""
    return [Stage(words_of(name, True), "done", moments[name]) for name in STEPS if moments[name] and name != "ended"]


def last_words(call: View) -> str:
    if call["status"] == CallStatus.WITHDRAWN:
        return ENDS["withdrawn"]
    if call["incident_status"] is None:
        return ENDS["advice"]
    return ENDS.get(call["incident_status"], STEPS["ended"])
