"""Codes in words: every notice and every member of the vocabulary, in the reader's language."""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum

from babel.dates import format_date

from cyberwehr.domain import terms
from cyberwehr.domain.notices import Notice
from cyberwehr.i18n import N_, Texts
from cyberwehr.sentences import NOTICES

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
        "done": N_("Finished"),
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

SIZES = {
    "micro": N_("up to 9 employees"),
    "small": N_("10 to 49 employees"),
    "medium": N_("50 to 249 employees"),
    "large": N_("250 employees or more"),
}
"""The bands of `domain.call.size_class`."""


def size(texts: Texts, size_class: str | None) -> str:
    """How large a company is, in words; empty if nobody said."""
    return texts(SIZES[size_class]) if size_class else ""


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
