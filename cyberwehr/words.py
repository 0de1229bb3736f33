"""Codes in words: every notice and every member of the vocabulary, in the reader's language."""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum

from babel.dates import format_date

from cyberwehr.domain import terms
from cyberwehr.domain.notices import Notice
from cyberwehr.i18n import N_, Texts

RANKING = {
    "off_duty": N_("Off duty, and not back on duty soon enough."),
    "absent": N_("Has reported itself absent."),
    "at_capacity": N_("Fully occupied: current call-outs {running}."),
    "lacking_skill": N_("Has no skill listed for this call type: {call_type}."),
    "qualification_expired": N_("Its qualification expired on {date}."),
    "conflict_of_interest": N_("It looks after the affected company's own IT and may not be sent there."),
    "declined_before": N_("Has declined this incident already."),
    "outside_radius": N_("Too far: {km} km by road, but it drives at most {radius} km."),
    "on_duty": N_("On duty now."),
    "on_duty_in": N_("On duty in {minutes} min."),
    "answers_in": N_("Usually answers within {minutes} min."),
    "distance": N_("About {km} km by road."),
    "distance_unknown": N_("Distance unknown: the place of the incident cannot be located yet."),
    "recent_callouts": N_("Call-outs in the last 30 days: {count}."),
}

INTAKE = {
    "odd_phone": N_("This telephone number looks wrong. Please check it, best by calling back."),
    "odd_email": N_("This e-mail address looks wrong. Please check it."),
    "no_way_back": N_("There is neither a usable telephone number nor a usable e-mail address. Please ask for one."),
    "future_time": N_("The time of the report lies in the future. Please check it."),
    "unknown_field": N_("The field “{field}” is unknown and was not kept. Please check its name."),
    "text_cleaned": N_("The text held unreadable characters, which were replaced. Please check what it means."),
    "region_open": N_("It is not known which region this belongs to. Please choose the region first."),
}

REFUSALS = {
    "unknown_call": N_("There is no such call. Please check the reference."),
    "unknown_incident": N_("There is no such incident. Please check the reference."),
    "unknown_alarm": N_("There is no such alarm. Please check the link or call the control centre."),
    "unknown_provider": N_("There is no provider “{provider}”. Please choose one from the ranking."),
    "unknown_region": N_("There is no region “{region}” here. Please choose one that this control centre serves."),
    "claimed_by_other": N_("Somebody else is already looking after this call. Please agree with that person."),
    "call_ended": N_("This call has been closed or withdrawn. Please take a new call if help is needed again."),
    "incident_ended": N_("This incident has ended. Please take a new call if help is needed again."),
    "callback_missing": N_("Nobody has called back yet. Please call back first, or give a reason for not doing so."),
    "consent_refused": N_("The company does not want its data passed on. Please ask it again before you raise the alarm."),
    "already_assigned": N_("A provider has already taken this incident. Release it first to alarm others."),
    "not_assigned": N_("No provider has taken this incident yet. Please raise the alarm first."),
    "override_reason_missing": N_("You are deciding otherwise than suggested. Please give the reason."),
    "already_taken": N_("Another provider was faster and has taken this incident. Thank you; you need not do anything."),
    "already_yours": N_("You have already taken this incident. Please carry on with it."),
    "alarm_expired": N_("The time to answer is over. Please call the control centre if you can still help."),
    "alarm_withdrawn": N_("This alarm has been withdrawn. You need not do anything."),
    "alarm_released": N_("You have given this incident back. Please call the control centre if you can help after all."),
    "alarm_declined": N_("You have declined this alarm. Please call the control centre if you can help after all."),
    "alarm_answered": N_("This alarm has been answered already. Please call the control centre to change the answer."),
    "backward_state": N_("The call-out is already further on than that. Please choose a later step."),
    "report_missing": N_("The report is still missing. Please write it before you close the incident."),
    "already_reported": N_("There is already a report on this call-out. Please call the control centre to change it."),
    "already_alarmed_region": N_("The alarm has been raised, so the region is fixed. Please withdraw the call to start over."),
    "has_incident": N_("This call already belongs to an incident. Please carry on there."),
}

REQUESTS = {
    "wrong_role": N_("Your role may not do this. Please ask somebody who may."),
    "no_token": N_("You are not signed in, or your token is unknown. Please sign in or send a valid token."),
    "malformed_json": N_("This is not valid JSON. Please correct the request."),
    "body_too_large": N_("The request is too large. Please send less."),
    "wrong_media_type": N_("This kind of content is not understood. Please send the type that is documented."),
    "invalid_body": N_("Some fields are not valid. Please correct the fields named."),
    "rate_limited": N_("Too many attempts. Please wait a moment and try again."),
    "storage_away": N_("The database cannot be reached. Nothing was saved. Please try again shortly."),
    "storage_full": N_("The disk is full. Nothing was saved. Please call the control centre."),
    "idempotency_mismatch": N_("This Idempotency-Key was used with other content before. Please use a new one."),
    "idempotency_running": N_("The same request is still being handled. Please wait a moment and try again."),
    "not_found": N_("There is nothing at this address. Please check the link."),
    "method_not_allowed": N_("This address does not accept that kind of request. Please see the documentation."),
    "fault": N_("Something went wrong on our side. Please try again, or call the control centre."),
}

ALERTS = {
    "unserved": N_("Nobody is left who could take this incident. Please call providers yourself or find help elsewhere."),
    "undeliverable": N_("The alarm to {provider} could not be delivered. Please call this provider."),
    "overdue": N_("{provider} should have arrived by now and has not reported in. Please call and ask."),
    "order_plugin_failed": N_("The ranking rule of region {region} failed; the usual order was used. Please check the order."),
    "gave_back": N_("{provider} has given the incident back; the next providers are being asked. Please keep an eye on it."),
    "alarm_blocked": N_("The alarm could not be raised by itself. {reason}"),
}

NOTICES: Mapping[str, str] = RANKING | INTAKE | REFUSALS | REQUESTS | ALERTS
"""Every code a `Notice` may carry -> its sentence, in English."""

LABELS: Mapping[type[StrEnum], Mapping[str, str]] = {
    terms.Channel: {
        "phone": N_("Telephone"),
        "web": N_("Public form"),
        "partner": N_("Form at a partner"),
        "api": N_("Programming interface"),
        "mail": N_("E-mail"),
        "instance": N_("Another control centre"),
    },
    terms.CallType: {
        "ransomware": N_("Ransomware (encrypted data)"),
        "mailbox_compromise": N_("Hijacked mailbox"),
        "payment_fraud": N_("Payment fraud"),
        "phishing_credentials": N_("Credentials phished"),
        "remote_support_scam": N_("Fake support call"),
        "website_hacked": N_("Hacked website"),
        "ddos": N_("Overload attack (DDoS)"),
        "data_leak": N_("Data leak"),
        "account_takeover": N_("Hijacked account"),
        "malware_infection": N_("Malware"),
        "lost_device": N_("Lost or stolen device"),
        "supplier_outage": N_("Outage at a supplier"),
        "defect": N_("Technical defect (no attack)"),
        "other": N_("Something else"),
    },
    terms.Urgency: {"critical": N_("critical"), "high": N_("high"), "normal": N_("normal")},
    terms.Verdict: {
        "emergency": N_("Emergency"),
        "solved_by_phone": N_("Solved by phone"),
        "advice": N_("Advice given"),
        "referred": N_("Referred elsewhere"),
        "out_of_area": N_("Outside the area served"),
        "not_eligible": N_("Not entitled"),
        "duplicate": N_("Reported already"),
        "nuisance": N_("Nuisance"),
    },
    terms.CallStatus: {
        "waiting": N_("Waiting"),
        "claimed": N_("Being handled"),
        "triaged": N_("Assessed"),
        "closed": N_("Closed"),
        "withdrawn": N_("Withdrawn"),
    },
    terms.IncidentStatus: {
        "open": N_("Open"),
        "alarming": N_("Providers are being asked"),
        "assigned": N_("Taken by a provider"),
        "en_route": N_("On the way"),
        "on_site": N_("On site"),
        "done": N_("Call-out finished"),
        "nobody_there": N_("Nobody there"),
        "no_emergency": N_("No emergency found"),
        "withdrawn": N_("Withdrawn"),
        "reported": N_("Report written"),
        "closed": N_("Closed"),
        "unserved": N_("No provider found"),
    },
    terms.AlarmStatus: {
        "sent": N_("Asked"),
        "opened": N_("Link opened"),
        "accepted": N_("Accepted"),
        "declined": N_("Declined"),
        "expired": N_("No answer in time"),
        "withdrawn": N_("Withdrawn"),
        "released": N_("Given back"),
    },
    terms.CalloutStatus: {
        "assigned": N_("Accepted"),
        "en_route": N_("On the way"),
        "on_site": N_("On site"),
        "done": N_("Call-out finished"),
        "nobody_there": N_("Nobody there"),
        "no_emergency": N_("No emergency found"),
        "withdrawn": N_("Withdrawn"),
        "released": N_("Given back"),
    },
    terms.DeclineReason: {
        "no_capacity": N_("Nobody free"),
        "too_far": N_("Too far away"),
        "lacking_skill": N_("Lacking the skills"),
        "conflict_of_interest": N_("Conflict of interest"),
        "other": N_("Another reason"),
    },
    terms.FollowUp: {
        "none": N_("Nothing further"),
        "specialist": N_("Arrange a specialist"),
        "follow_up_call": N_("Follow-up call"),
    },
    terms.Role: {
        "operator": N_("Operator"),
        "commander": N_("Incident commander"),
        "coordinator": N_("Coordinator"),
        "auditor": N_("Auditor"),
        "administrator": N_("Administrator"),
        "provider": N_("Provider"),
        "partner": N_("Partner organisation"),
        "instance": N_("Another control centre"),
    },
    terms.Disclosure: {
        "staged": N_("Name and address after acceptance"),
        "direct": N_("Name and address at once"),
    },
}


def label(texts: Texts, member: StrEnum) -> str:
    """A member of the vocabulary in a word or two; an enumeration without words shows its value."""
    return texts(LABELS.get(type(member), {}).get(member.value, member.value))


def say(texts: Texts, notice: Notice) -> str:
    """A notice as a sentence. A code without words says itself: better than a page that fails."""
    params = {name: SPOKEN.get(name, _as_given)(texts, value) for name, value in notice.params.items()}
    return texts(NOTICES.get(notice.code, notice.code), **params)


def _as_given(_texts: Texts, value: str) -> str:
    return value


def _call_type(texts: Texts, value: str) -> str:
    return label(texts, terms.CallType(value)) if value in set(terms.CallType) else value


def _day(texts: Texts, value: str) -> str:
    """`value` is an ISO date."""
    return format_date(date.fromisoformat(value), "long", locale=texts.locale)


def _reason(texts: Texts, value: str) -> str:
    """The code of another notice, without parameters."""
    return texts(NOTICES.get(value, value))


SPOKEN: Mapping[str, Callable[[Texts, str], str]] = {"call_type": _call_type, "date": _day, "reason": _reason}
"""Parameters that are codes themselves -> how they are said."""
