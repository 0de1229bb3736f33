"""What a provider types on the page behind an alarm's link."""

from cyberwehr.domain.terms import CalloutStatus, DeclineReason, FollowUp
from cyberwehr.i18n import N_
from cyberwehr.services.answers import Acceptance, Refusal
from cyberwehr.services.callouts import CalloutReport
from cyberwehr.services.permissions import Permission
from cyberwehr.services.states import CALLOUT_STEPS
from cyberwehr.web.typed import LONG, Typed

USUAL_MINUTES = (15, 30, 60, 90)
LONGEST_WAY = 1440
"""Minutes: a day."""

NOTE, TECHNICIAN = 2_000, 200
REASONS = {reason.value: reason for reason in DeclineReason}
STEPS = {step.value: step for step in CALLOUT_STEPS if CALLOUT_STEPS[step]}
FOLLOW_UPS = {each.value: each for each in FollowUp}


def read_acceptance(typed: Typed) -> Acceptance:
    """A number typed counts more than one chosen: it was typed later."""
    wrong = N_("Please give the minutes as a number from {least} to {most}.")
    minutes = typed.number("eta_own", 1, LONGEST_WAY, wrong)
    if minutes is None and not typed.errors:
        minutes = typed.number("eta_minutes", 1, LONGEST_WAY, wrong)
    if minutes is None and not typed.errors:
        typed.fault("eta_minutes", N_("Please say in how many minutes you will be there."))
    return Acceptance(minutes or 0, typed.required("technician", N_("Please say who is coming."), TECHNICIAN))


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


AGREED = {
    "access": N_("You may work on the systems that are affected, and look at what lies on them."),
    "liability": N_("We were told who is liable for what. The first call-out is free of charge."),
    "data_protection": N_("We were told that everything stays confidential, and what is kept for how long."),
}
"""What the company agrees to, in its own voice."""


def read_permission(typed: Typed) -> Permission:
    agreed = {name: typed.choice(name, {"yes": True}) is True for name in AGREED}
    for name, given in agreed.items():
        if not given:
            typed.fault(name, N_("Please confirm this point. Without it you must not begin."))
    return Permission(typed.required("signed_by", N_("Please say who at the company agrees."), TECHNICIAN), **agreed)


def read_report(typed: Typed) -> CalloutReport:
    minutes_missing = N_("Please give the working time in minutes, as a number.")
    minutes = typed.number("minutes", 0, 100_000, minutes_missing)
    if minutes is None:
        typed.fault("minutes", minutes_missing)
    findings = typed.required("findings", N_("Please write what you found."), LONG)
    measures = typed.required("measures", N_("Please write what you did."), LONG)
    signed_off_by = typed.required("signed_off_by", N_("Please say who at the company confirmed the call-out."))
    follow_up = typed.choice("follow_up", FOLLOW_UPS)
    if follow_up is None:
        typed.fault("follow_up", N_("Please choose what should follow."))
    return CalloutReport(minutes or 0, findings, measures, signed_off_by, follow_up or FollowUp.NONE)
