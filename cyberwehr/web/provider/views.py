"""The page behind an alarm's link. Only forms change anything: mail scanners open links, too."""

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from cyberwehr.domain.notices import Notice
from cyberwehr.domain.terms import LIVE_ALARM, AlarmStatus, CalloutStatus, DeclineReason, FollowUp
from cyberwehr.i18n import N_
from cyberwehr.services import answers, callouts, permissions, reading
from cyberwehr.services.actors import Actor, provider_by_link
from cyberwehr.services.errors import Conflict, Refused
from cyberwehr.services.states import CALLOUT_OVER, CALLOUT_STEPS
from cyberwehr.services.views import View
from cyberwehr.web.context import texts, the_instance
from cyberwehr.web.frame import prefer, see
from cyberwehr.web.provider.forms import (
    AGREED,
    USUAL_MINUTES,
    read_acceptance,
    read_permission,
    read_refusal,
    read_report,
    read_step,
)
from cyberwehr.web.typed import Typed
from cyberwehr.words import label, say

provider = Blueprint("provider", __name__, template_folder="templates")

OVER = {
    AlarmStatus.EXPIRED: "alarm_expired",
    AlarmStatus.DECLINED: "alarm_declined",
    AlarmStatus.RELEASED: "alarm_released",
    AlarmStatus.WITHDRAWN: "alarm_withdrawn",
}
"""Why an alarm can no longer be answered."""

STEP_WORDS = {
    CalloutStatus.EN_ROUTE: N_("We are on our way"),
    CalloutStatus.ON_SITE: N_("We are on site"),
    CalloutStatus.DONE: N_("We are done"),
    CalloutStatus.NOBODY_THERE: N_("Nobody is there"),
    CalloutStatus.NO_EMERGENCY: N_("It is not an emergency"),
}

Page = str | tuple[str, int] | Response


@provider.get("/alarm/<token>")
def alarm(token: str) -> Page:
    if request.method != "HEAD":
        answers.open_alarm(the_instance(), token)
    return show(look(token), nothing_typed())


@provider.post("/alarm/<token>/accept")
def accept(token: str) -> Page:
    view, typed = look(token), what_was_typed()
    acceptance = read_acceptance(typed)
    if typed.errors:
        return show(view, typed), 422
    answers.accept(the_instance(), token, acceptance)
    return see(f"/alarm/{token}")


@provider.post("/alarm/<token>/decline")
def decline(token: str) -> Page:
    view, typed = look(token), what_was_typed()
    refusal = read_refusal(typed)
    if typed.errors:
        return show(view, typed), 422
    answers.decline(the_instance(), token, refusal)
    return see(f"/alarm/{token}")


@provider.post("/alarm/<token>/advance")
def advance(token: str) -> Page:
    view, typed = look(token), what_was_typed()
    actor, (step, note) = winner(view), read_step(typed)
    if typed.errors:
        return show(view, typed), 422
    callouts.advance(the_instance(), view["reference"], step, actor, note=note)
    return see(f"/alarm/{token}")


@provider.post("/alarm/<token>/looking")
def looking(token: str) -> Page:
    look(token)
    answers.looking(the_instance(), token)
    return see(f"/alarm/{token}")


@provider.post("/alarm/<token>/permission")
def permission(token: str) -> Page:
    view, typed = look(token), what_was_typed()
    actor, signed = winner(view), read_permission(typed)
    if typed.errors:
        return show(view, typed), 422
    permissions.sign_permission(the_instance(), view["reference"], signed, actor)
    return see(f"/alarm/{token}")


@provider.post("/alarm/<token>/report")
def report(token: str) -> Page:
    view, typed = look(token), what_was_typed()
    actor, told = winner(view), read_report(typed)
    if typed.errors:
        return show(view, typed), 422
    callouts.report(the_instance(), view["reference"], told, actor)
    return see(f"/alarm/{token}")


@provider.errorhandler(Refused)
def refused(refusal: Refused) -> Page:
    """Too late, or out of turn: said kindly, with the way back."""
    token = None if refusal.status == 404 else (request.view_args or {}).get("token")
    thanks = refusal.code == "already_taken"
    page = render_template("provider/refused.html", words=say(texts(), refusal.notice), token=token, thanks=thanks)
    return page, refusal.status


def look(token: str) -> View:
    """The alarm as its holder may see it; from here on in the provider's language."""
    instance = the_instance()
    view = reading.show_alarm(instance, token)
    return {**view, "token": token, "provider_name": speak_to(view["provider"], view["region"])}


def speak_to(provider_id: str, region: str | None = None) -> str:
    """From here on in the first of the provider's languages that we speak; returns its name."""
    instance = the_instance()
    known = instance.providers.get(provider_id)
    spoken = [language for language in (known.languages if known else ()) if language in instance.catalogues.languages]
    prefer((spoken or [texts().language])[0], region)
    return known.name if known else provider_id


def what_was_typed() -> Typed:
    """Which form it was is kept, so that a fault is shown where it was made."""
    typed = Typed(request.form, texts())
    typed.values["form"] = (request.endpoint or "").rpartition(".")[2]
    return typed


def nothing_typed() -> Typed:
    return Typed({}, texts())


def winner(view: View) -> Actor:
    """Whoever holds the link of the accepted alarm acts for its provider; the links of other alarms no longer do."""
    state = view["alarm_status"]
    if state is not AlarmStatus.ACCEPTED:
        raise Conflict(OVER.get(state, "not_assigned"))
    return provider_by_link(view["provider"])


def show(view: View, typed: Typed) -> str:
    callout = view["callout"]
    over = callout is not None and callout["status"] in CALLOUT_OVER
    return render_template(
        "provider/alarm.html",
        alarm=view,
        typed=typed,
        zone=the_instance().zone_of(view["region"]),
        live=view["alarm_status"] in LIVE_ALARM and not view["taken"],
        over=over,
        why_not=say(texts(), Notice(why_not(view))),
        steps=[] if callout is None or over else later_steps(callout["status"]),
        usual_minutes=USUAL_MINUTES,
        steps_in_words={step: texts()(words) for step, words in STEP_WORDS.items()},
        permission_words=[(name, texts()(words)) for name, words in AGREED.items()],
        answers_in_words=[(reason.value, label(texts(), reason)) for reason in DeclineReason],
        follow_ups_in_words=[(each.value, label(texts(), each)) for each in FollowUp],
    )


def why_not(view: View) -> str:
    taken = view["taken"] and view["alarm_status"] in LIVE_ALARM | {AlarmStatus.WITHDRAWN, AlarmStatus.EXPIRED}
    return "already_taken" if taken else OVER.get(view["alarm_status"], "alarm_answered")


def later_steps(present: CalloutStatus) -> list[CalloutStatus]:
    reached = CALLOUT_STEPS.get(present, len(CALLOUT_STEPS))
    return [step for step, rank in CALLOUT_STEPS.items() if rank > reached]
