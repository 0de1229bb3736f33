"""What a provider types on the page behind an alarm's link."""

from cyberwehr.domain.terms import CalloutStatus, DeclineReason, FollowUp
from cyberwehr.i18n import N_
from cyberwehr.services.answers import Acceptance, Refusal
from cyberwehr.services.callouts import CalloutReport
from cyberwehr.services.states import CALLOUT_STEPS
from cyberwehr.web.public.typed import LONG, Typed

USUAL_MINUTES = (15, 30, 60, 90)
LONGEST_WAY = 1440
"""Minutes: a day."""

NOTE, TECHNICIAN = 2_000, 200
REASONS = {reason.value: reason for reason in DeclineReason}
STEPS = {step.value: step for step in CALLOUT_STEPS if CALLOUT_STEPS[step]}
FOLLOW_UPS = {each.value: each for each in FollowUp}


def read_acceptance(typed: Typed) -> Acceptance:
    """A number typed counts more than one chosen: it was typed later."""
    own = typed.number("eta_own", 1, LONGEST_WAY)
    chosen = None if own else typed.number("eta_minutes", 1, LONGEST_WAY)
    minutes = own or chosen
    if minutes is None:
        typed.fault("eta_minutes", N_("Please say in how many minutes you will be there."))
    return Acceptance(minutes or 0, typed.required("technician", TECHNICIAN))


def read_refusal(typed: Typed) -> Refusal:
    reason = typed.choice("reason", REASONS)
    if reason is None:
        typed.fault("reason", N_("Please choose the reason."))
    return Refusal(reason or DeclineReason.OTHER, typed.text("note", NOTE))


def read_step(typed: Typed) -> tuple[CalloutStatus, str | None]:
    step = typed.choice("status", STEPS)
    if step is None:
        typed.fault("status", N_("Please choose how far you are."))
    return step or CalloutStatus.ASSIGNED, typed.text("note", NOTE)


def read_report(typed: Typed) -> CalloutReport:
    minutes = typed.number("minutes", 0, 100_000)
    if minutes is None:
        typed.fault("minutes", N_("Please give the working time in minutes, travel included."))
    follow_up = typed.choice("follow_up", FOLLOW_UPS)
    if follow_up is None:
        typed.fault("follow_up", N_("Please choose what should follow."))
    return CalloutReport(
        minutes=minutes or 0,
        findings=typed.required("findings", LONG),
        measures=typed.required("measures", LONG),
        signed_off_by=typed.required("signed_off_by"),
        follow_up=follow_up or FollowUp.NONE,
    )
