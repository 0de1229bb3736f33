"""The journal in plain words: one sentence per entry, with names instead of ids."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from cyberwehr.domain import terms
from cyberwehr.i18n import N_
from cyberwehr.sentences import NOTICES
from cyberwehr.services.views import View
from cyberwehr.web.context import texts, the_instance
from cyberwehr.web.desk.showing import provider_name, region_name
from cyberwehr.words import label

SENTENCES: Mapping[str, str] = {
    "call_received": N_("The call came in: {channel}."),
    "call_claimed": N_("Took over the call."),
    "call_placed": N_("Set the region: {region}."),
    "call_back": N_("Called back. Reached: {reached}."),
    "call_assessed": N_("Saved answers of the interview."),
    "call_judged": N_("Decided: {verdict}, {call_type} {urgency}"),
    "call_attached": N_("Attached the call to the incident."),
    "call_withdrawn": N_("Withdrew the call: help is no longer needed."),
    "call_noted": N_("Added a note."),
    "incident_opened": N_("An incident was opened, urgency {urgency}."),
    "incident_ended": N_("The incident ended: {status}."),
    "incident_closed": N_("Closed the incident."),
    "incident_unserved": N_("Nobody is left who could be asked. The commander was alerted."),
    "wave_sent": N_("Raised the alarm, wave {wave}: {providers}."),
    "alarm_sent": N_("{provider} was asked."),
    "alarm_opened": N_("{provider}: the link was opened."),
    "alarm_looking": N_("{provider}: somebody is reading it."),
    "alarm_reminded": N_("{provider} was reminded."),
    "alarm_accepted": N_("{provider} accepted and will be there in {eta_minutes} min."),
    "alarm_declined": N_("{provider} declined: {reason}."),
    "alarm_expired": N_("{provider} did not answer in time."),
    "alarm_withdrawn": N_("The alarm to {provider} was withdrawn."),
    "auto_alarm_held_back": N_("The automatic alarm was held back. {obstacle}"),
    "order_plugin_failed": N_("The region's own ranking rule failed; the usual order was used."),
    "callout_en_route": N_("The technician is on the way."),
    "callout_on_site": N_("The technician is on site."),
    "callout_done": N_("The call-out is finished."),
    "callout_nobody_there": N_("Nobody was at the site."),
    "callout_no_emergency": N_("On site it turned out to be no emergency."),
    "callout_released": N_("{provider} does not come after all; the incident is free again."),
    "callout_reported": N_("The report was written: {minutes} min, follow-up: {follow_up}."),
    "permission_signed": N_("The permission to work was signed on site."),
    "report_reminded": N_("{provider} was reminded of the report."),
    "arrival_overdue": N_("{provider} is overdue. The commander was alerted."),
    "message_failed": N_("A message could not be delivered ({channel})."),
    "timer_failed": N_("The program could not do what was due. The commander was alerted."),
    "duty_met": N_("A duty to report was met: {duty}."),
}
"""What an entry's action says, in English."""

OTHER = N_("An entry of another kind ({action}).")
NOBODY = {"engine": N_("The program"), "caller": N_("The caller"), "public": N_("Somebody without a login")}


@dataclass(frozen=True, slots=True)
class Sentence:
    id: int
    at: datetime
    who: str
    words: str
    note: str | None


def sentences(journal: Sequence[View]) -> list[Sentence]:
    return [Sentence(e["id"], e["at"], who(e), in_words(e["action"], e["facts"]), e["note"]) for e in journal]


def who(entry: View) -> str:
    kind, _, rest = entry["actor"].partition(":")
    if kind == "provider":
        return provider_name(the_instance(), rest)
    return str(entry["person"] or texts()(NOBODY.get(kind, str(entry["actor"]))))


def in_words(action: str, facts: Mapping[str, Any]) -> str:
    spoken = {name: SPOKEN.get(name, plain)(value) for name, value in facts.items()}
    blank = {"urgency": "", "reason": "", "providers": ""}
    obstacle = texts()(NOTICES.get(str(facts.get("reason")), ""))
    sentence = texts()(SENTENCES.get(action, OTHER), **{"action": action, "obstacle": obstacle, **blank, **spoken})
    return sentence.strip()


def plain(value: Any) -> str:
    return "" if value is None else str(value)


def member(kind: type[StrEnum]) -> Callable[[Any], str]:
    """The label of a member of the vocabulary; anything else as it is."""
    return lambda value: label(texts(), kind(value)) if value in set(kind) else plain(value)


def yes_no(value: Any) -> str:
    return texts()(N_("yes")) if value else texts()(N_("no"))


def channel(value: Any) -> str:
    """How a call came in; of a message, the way it was sent."""
    return member(terms.Channel)(value)


SPOKEN: Mapping[str, Callable[[Any], str]] = {
    "channel": channel,
    "region": region_name,
    "reached": yes_no,
    "verdict": member(terms.Verdict),
    "call_type": member(terms.CallType),
    "urgency": member(terms.Urgency),
    "status": member(terms.IncidentStatus),
    "reason": member(terms.DeclineReason),
    "follow_up": member(terms.FollowUp),
    "provider": lambda value: provider_name(the_instance(), str(value)),
    "providers": lambda value: ", ".join(provider_name(the_instance(), str(each)) for each in value),
}
"""Facts that are codes -> how they are said."""
