"""The fixed vocabulary: every enumeration that appears in the database, the API and the region files."""

from enum import StrEnum


class Channel(StrEnum):
    """How a call reached the control centre."""

    PHONE = "phone"
    WEB = "web"
    PARTNER = "partner"
    API = "api"
    MAIL = "mail"
    INSTANCE = "instance"


BY_FORM = frozenset({Channel.WEB, Channel.PARTNER})
"""Channels on which anybody may claim to be anybody: a call-back comes first."""


class CallType(StrEnum):
    """What happened, in the caller's world (Einsatzstichwort); `RSIT` maps each to the ENISA taxonomy."""

    RANSOMWARE = "ransomware"
    MAILBOX_COMPROMISE = "mailbox_compromise"
    PAYMENT_FRAUD = "payment_fraud"
    PHISHING_CREDENTIALS = "phishing_credentials"
    REMOTE_SUPPORT_SCAM = "remote_support_scam"
    WEBSITE_HACKED = "website_hacked"
    DDOS = "ddos"
    DATA_LEAK = "data_leak"
    ACCOUNT_TAKEOVER = "account_takeover"
    MALWARE_INFECTION = "malware_infection"
    LOST_DEVICE = "lost_device"
    SUPPLIER_OUTAGE = "supplier_outage"
    DEFECT = "defect"
    OTHER = "other"


RSIT: dict[CallType, str] = {
    CallType.RANSOMWARE: 'rsit:malicious-code="infected-system"',
    CallType.MAILBOX_COMPROMISE: 'rsit:intrusions="unprivileged-account-compromise"',
    CallType.PAYMENT_FRAUD: 'rsit:fraud="masquerade"',
    CallType.PHISHING_CREDENTIALS: 'rsit:fraud="phishing"',
    CallType.REMOTE_SUPPORT_SCAM: 'rsit:information-gathering="social-engineering"',
    CallType.WEBSITE_HACKED: 'rsit:intrusions="application-compromise"',
    CallType.DDOS: 'rsit:availability="ddos"',
    CallType.DATA_LEAK: 'rsit:information-content-security="data-leak"',
    CallType.ACCOUNT_TAKEOVER: 'rsit:intrusions="unprivileged-account-compromise"',
    CallType.MALWARE_INFECTION: 'rsit:malicious-code="infected-system"',
    CallType.LOST_DEVICE: 'rsit:information-content-security="data-loss"',
    CallType.SUPPLIER_OUTAGE: 'rsit:availability="outage"',
    CallType.DEFECT: 'rsit:availability="misconfiguration"',
    CallType.OTHER: 'rsit:other="other"',
}
"""Reference Security Incident Taxonomy, version 1003 (ENISA task force), one tag per call type."""


class Urgency(StrEnum):
    CRITICAL = "critical"
    HIGH = "high"
    NORMAL = "normal"


class Verdict(StrEnum):
    """What a person decided about a call; only EMERGENCY opens an incident."""

    EMERGENCY = "emergency"
    SOLVED_BY_PHONE = "solved_by_phone"
    ADVICE = "advice"
    REFERRED = "referred"
    OUT_OF_AREA = "out_of_area"
    NOT_ELIGIBLE = "not_eligible"
    DUPLICATE = "duplicate"
    NUISANCE = "nuisance"


class CallStatus(StrEnum):
    WAITING = "waiting"
    CLAIMED = "claimed"
    TRIAGED = "triaged"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class IncidentStatus(StrEnum):
    OPEN = "open"
    ALARMING = "alarming"
    ASSIGNED = "assigned"
    EN_ROUTE = "en_route"
    ON_SITE = "on_site"
    DONE = "done"
    NOBODY_THERE = "nobody_there"
    NO_EMERGENCY = "no_emergency"
    WITHDRAWN = "withdrawn"
    REPORTED = "reported"
    CLOSED = "closed"
    UNSERVED = "unserved"


class AlarmStatus(StrEnum):
    SENT = "sent"
    OPENED = "opened"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    RELEASED = "released"


LIVE_ALARM = frozenset({AlarmStatus.SENT, AlarmStatus.OPENED})
"""States in which a provider may still accept."""


class CalloutStatus(StrEnum):
    """How far the accepted alarm has come; the last four end it."""

    ASSIGNED = "assigned"
    EN_ROUTE = "en_route"
    ON_SITE = "on_site"
    DONE = "done"
    NOBODY_THERE = "nobody_there"
    NO_EMERGENCY = "no_emergency"
    WITHDRAWN = "withdrawn"
    RELEASED = "released"


class DeclineReason(StrEnum):
    NO_CAPACITY = "no_capacity"
    TOO_FAR = "too_far"
    LACKING_SKILL = "lacking_skill"
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    OTHER = "other"


class FollowUp(StrEnum):
    NONE = "none"
    SPECIALIST = "specialist"
    FOLLOW_UP_CALL = "follow_up_call"


class Role(StrEnum):
    OPERATOR = "operator"
    COMMANDER = "commander"
    COORDINATOR = "coordinator"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    PROVIDER = "provider"
    PARTNER = "partner"
    INSTANCE = "instance"


class Disclosure(StrEnum):
    """What a provider sees before accepting: STAGED hides name, address, contact and description; DIRECT does not."""

    STAGED = "staged"
    DIRECT = "direct"
