"""The incident's page: whom to alarm and why, who was asked, who comes, the clocks, the journal."""

from collections.abc import Callable
from datetime import timedelta

from flask import request
from werkzeug.wrappers import Response

from cyberwehr.domain.contacts import dialable
from cyberwehr.domain.terms import LIVE_ALARM, CalloutStatus, DeclineReason, FollowUp
from cyberwehr.i18n import N_
from cyberwehr.services import alarming, answers, callouts, desk_cases
from cyberwehr.services.alarming import Wish
from cyberwehr.services.answers import Acceptance, Refusal
from cyberwehr.services.guidance import meet_duty
from cyberwehr.services.states import CALLOUT_STEPS
from cyberwehr.services.views import View
from cyberwehr.web.context import actor, texts, the_instance
from cyberwehr.web.desk.attempts import Attempt, Page, carry_out, here, no_attempt, picked, what_was_typed
from cyberwehr.web.desk.blueprint import desk
from cyberwehr.web.desk.journal_words import sentences
from cyberwehr.web.desk.moments import read_moment
from cyberwehr.web.desk.showing import live, show
from cyberwehr.web.provider.forms import LONGEST_WAY, NOTE, REASONS, read_report
from cyberwehr.web.typed import Typed
from cyberwehr.words import label

MOST_PROVIDERS = 100
SOON = timedelta(hours=12)
"""A clock of the law that runs out within this time is shown in red."""


@desk.get("/desk/incidents/<reference>")
def incident(reference: str) -> str:
    return show_incident(reference, no_attempt())


@desk.get("/desk/incidents/<reference>/live")
def live_incident(reference: str) -> Response:
    mark = desk_cases.incident_mark(the_instance(), reference)
    return live(mark, lambda: show_incident(reference, no_attempt(), "desk/incident_parts.html"))


def show_incident(reference: str, attempt: Attempt, template: str = "desk/incident.html") -> str:
    view = desk_cases.show_case_incident(the_instance(), reference)
    return show(
        template,
        view["now"],
        incident=view,
        case_region=view["region"],
        attempt=attempt,
        typed=attempt.typed,
        ways=ways_to_reach(view["speaker"]),
        running=[alarm for wave in view["waves"] for alarm in wave["alarms"] if alarm["status"] in LIVE_ALARM],
        wished=request.form.getlist("provider") if attempt.form == "chosen" else list(view["proposal"]),
        soon=lambda at: at - view["now"] < SOON,
        sentences=sentences(view["journal"]),
        steps=[(step.value, label(texts(), step)) for step in view["steps"]],
        decline_reasons=[(each.value, label(texts(), each)) for each in DeclineReason],
        follow_ups=[(each.value, label(texts(), each)) for each in FollowUp],
    )


def ways_to_reach(call: View) -> list[tuple[str, bool, bool]]:
    """How to reach the company, the safe way first: (number or address, can it be dialled, is it safe)."""
    safe, phone, email = call["safe_contact"], call["phone"], call["email"]
    found = [(safe["value"], dialable(safe["value"]) is not None, True)] if safe else []
    known = {value for value, _, _ in found}
    if phone and phone not in known:
        found.append((phone, True, False))
    if email and email not in known:
        found.append((email, False, bool(call["email_safe"])))
    return found


def on_incident(reference: str, form: str, typed: Typed, work: Callable[[], object], part: str = "") -> Page:
    return carry_out(
        form,
        typed,
        work,
        lambda: here(f"/desk/incidents/{reference}", part),
        lambda attempt: show_incident(reference, attempt),
    )


@desk.post("/desk/incidents/<reference>/alarm")
def raise_alarm(reference: str) -> Page:
    """As proposed. The reason is needed only where nobody has called back yet; the service says so."""
    typed = what_was_typed()
    wish = Wish((), typed.text("override_reason", NOTE))
    return on_incident(
        reference, "alarm", typed, lambda: alarming.raise_alarm(the_instance(), reference, wish, actor())
    )


@desk.post("/desk/incidents/<reference>/alarm/chosen")
def alarm_chosen(reference: str) -> Page:
    typed = what_was_typed()
    providers = tuple(request.form.getlist("provider"))[:MOST_PROVIDERS]
    if not providers:
        typed.fault("provider", N_("Please choose at least one provider."))
    wish = Wish(providers, typed.text("override_reason", NOTE))
    return on_incident(
        reference, "chosen", typed, lambda: alarming.raise_alarm(the_instance(), reference, wish, actor())
    )


@desk.post("/desk/incidents/<reference>/alarms/<int(max=2147483647):alarm_id>/answer")
def answer(reference: str, alarm_id: int) -> Page:
    """What a provider said on the telephone."""
    typed = what_was_typed()
    accepted = picked(typed, "answer", {"accepted": 1, "declined": 1}, N_("Please say what the answer was."))
    told = read_acceptance(typed) if accepted == "accepted" else read_refusal(typed)
    form = f"alarm-{alarm_id}-{'yes' if accepted == 'accepted' else 'no'}"
    return on_incident(
        reference, form, typed, lambda: answers.answer_by_phone(the_instance(), reference, alarm_id, told, actor())
    )


SPOKEN_WITH = N_("Please say whom you spoke with.")


def read_acceptance(typed: Typed) -> Acceptance:
    """Who comes is often not settled yet when somebody says yes on the telephone."""
    minutes = typed.number(
        "eta_minutes", 0, LONGEST_WAY, N_("Please give the minutes as a number from {least} to {most}.")
    )
    if minutes is None:
        typed.fault("eta_minutes", N_("Please say in how many minutes somebody will be there."))
    return Acceptance(minutes or 0, typed.text("technician"), typed.required("spoken_with", SPOKEN_WITH))


def read_refusal(typed: Typed) -> Refusal:
    reason = REASONS.get(picked(typed, "reason", REASONS, N_("Please choose the reason.")), DeclineReason.OTHER)
    return Refusal(reason, typed.text("note", NOTE), typed.required("spoken_with", SPOKEN_WITH))


@desk.post("/desk/incidents/<reference>/release")
def release(reference: str) -> Page:
    typed = what_was_typed()
    reason = typed.required("reason", N_("Please say why."), NOTE)
    return on_incident(
        reference, "release", typed, lambda: callouts.release(the_instance(), reference, reason, actor())
    )


@desk.post("/desk/incidents/<reference>/callout")
def advance(reference: str) -> Page:
    typed = what_was_typed()
    known = {step.value: step for step, rank in CALLOUT_STEPS.items() if rank}
    step = known.get(picked(typed, "status", known, N_("Please choose how far the call-out is.")), CalloutStatus.DONE)
    at, note = read_moment(typed, "at"), typed.text("note", NOTE)
    return on_incident(
        reference,
        "callout",
        typed,
        lambda: callouts.advance(the_instance(), reference, step, actor(), at=at, note=note),
    )


@desk.post("/desk/incidents/<reference>/report")
def report(reference: str) -> Page:
    typed = what_was_typed()
    told = read_report(typed)
    return on_incident(reference, "report", typed, lambda: callouts.report(the_instance(), reference, told, actor()))


@desk.post("/desk/incidents/<reference>/close")
def close(reference: str) -> Page:
    return on_incident(reference, "close", what_was_typed(), lambda: callouts.close(the_instance(), reference, actor()))


@desk.post("/desk/incidents/<reference>/duties/<code>")
def duty(reference: str, code: str) -> Page:
    """A duty to report was met, now or at the time given."""
    typed = what_was_typed()
    at = read_moment(typed, "at")
    return on_incident(
        reference, f"duty-{code}", typed, lambda: meet_duty(the_instance(), reference, code, actor(), at), part="clocks"
    )
