"""What the API gives. Moments are UTC; a field that has no value is null."""

from marshmallow import Schema, fields

from cyberwehr.domain.terms import (
    AlarmStatus,
    CallStatus,
    CallType,
    Channel,
    DeclineReason,
    IncidentStatus,
    Urgency,
    Verdict,
)
from cyberwehr.web.api.fields import Moment, Ready, one_of
from cyberwehr.web.api.schemas_callout import MAYBE, CalloutOut, DeadlineOut


class NoticeOut(Schema):
    code = fields.String(required=True)
    de = fields.String(required=True)
    en = fields.String(required=True)


class ReceiptOut(Schema):
    reference = fields.String(required=True)
    status = one_of(CallStatus, required=True)
    region = fields.String(required=True, **MAYBE)
    service_open = fields.Boolean(required=True)
    next_opening = Moment(required=True, **MAYBE)
    warnings = fields.List(fields.Nested(NoticeOut), required=True)
    first_aid = Ready(fields.Nested(NoticeOut), required=True)
    status_url = fields.String(required=True)


class ConsentOut(Schema):
    forward = fields.Boolean(**MAYBE)
    statistics = fields.Boolean(**MAYBE)
    police = fields.Boolean(**MAYBE)


class SafeContactOut(Schema):
    kind = fields.String(required=True)
    value = fields.String(required=True)


class CallLineOut(Schema):
    reference = fields.String(required=True)
    status = one_of(CallStatus, required=True)
    region = fields.String(required=True, **MAYBE)
    channel = one_of(Channel, required=True)
    received_at = Moment(required=True)
    company = fields.String(**MAYBE)
    town = fields.String(**MAYBE)
    verdict = one_of(Verdict, **MAYBE)
    call_type = one_of(CallType, **MAYBE)
    urgency = one_of(Urgency, **MAYBE)
    incident = fields.String(required=True, **MAYBE)


class CallNoteOut(Schema):
    """by: `caller`, or who in the control centre."""

    at = fields.String(required=True)
    by = fields.String(required=True)
    text = fields.String(required=True)


class CallOut(CallLineOut):
    language = fields.String(required=True)
    partner = fields.String(**MAYBE)
    suggested_out_of_area = fields.Boolean(required=True)
    service_open = fields.Boolean(required=True)
    claimed_by = fields.String(**MAYBE)
    verified = fields.Boolean(required=True)
    contact_name = fields.String(**MAYBE)
    phone = fields.String(**MAYBE)
    email = fields.String(**MAYBE)
    email_safe = fields.Boolean(**MAYBE)
    safe_contact = fields.Nested(SafeContactOut, **MAYBE)
    postal_code = fields.String(**MAYBE)
    street = fields.String(**MAYBE)
    sector = fields.String(**MAYBE)
    employees = fields.Integer(**MAYBE)
    turnover_million_eur = fields.Float(**MAYBE)
    description = fields.String(**MAYBE)
    reported_call_type = one_of(CallType, **MAYBE)
    consent = fields.Nested(ConsentOut)
    notes = fields.List(fields.Nested(CallNoteOut), required=True)


class AssessOut(Schema):
    """suggested_urgency: emergencies only. missing: keys of questions whose answer could change the suggestion."""

    suggested_verdict = one_of(Verdict, required=True)
    suggested_call_type = one_of(CallType, required=True)
    suggested_urgency = one_of(Urgency, required=True, **MAYBE)
    alarm_early = fields.Boolean(required=True)
    protocol = fields.String(required=True)
    reasons = fields.List(fields.Nested(NoticeOut), required=True)
    first_aid = fields.List(fields.Nested(NoticeOut), required=True)
    missing = fields.List(fields.String(), required=True)


class TriageOut(Schema):
    """suggested_urgency: emergencies only."""

    suggested_verdict = one_of(Verdict, required=True)
    suggested_urgency = one_of(Urgency, required=True, **MAYBE)
    verdict = one_of(Verdict, required=True)
    urgency = one_of(Urgency, required=True, **MAYBE)
    incident = fields.String(required=True, **MAYBE)


class SiteOut(Schema):
    town = fields.String(**MAYBE)
    postal_district = fields.String(**MAYBE)
    sector = fields.String(**MAYBE)
    size = fields.String(**MAYBE)


class ContactOut(Schema):
    company = fields.String(**MAYBE)
    contact_name = fields.String(**MAYBE)
    phone = fields.String(**MAYBE)
    safe_contact = fields.Nested(SafeContactOut, **MAYBE)
    email = fields.String(**MAYBE)
    street = fields.String(**MAYBE)
    postal_code = fields.String(**MAYBE)
    town = fields.String(**MAYBE)
    language = fields.String(**MAYBE)
    description = fields.String(**MAYBE)


class AlarmOut(Schema):
    id = fields.Integer(required=True)
    wave = fields.Integer(required=True)
    round = fields.Integer(required=True)
    provider = fields.String(required=True)
    status = one_of(AlarmStatus, required=True)
    sent_at = Moment(required=True)
    expires_at = Moment(required=True)
    opened_at = Moment(**MAYBE)
    answered_at = Moment(**MAYBE)
    eta_minutes = fields.Integer(**MAYBE)
    decline_reason = one_of(DeclineReason, **MAYBE)
    note = fields.String(**MAYBE)


class IncidentLineOut(Schema):
    reference = fields.String(required=True)
    status = one_of(IncidentStatus, required=True)
    region = fields.String(required=True, **MAYBE)
    call_type = one_of(CallType, required=True)
    urgency = one_of(Urgency, required=True)
    opened_at = Moment(required=True)


class IncidentOut(IncidentLineOut):
    """contact and code_word: null for a provider who has not accepted. alarms: a provider sees its own only.

    deadlines: those that probably run first; empty for providers.
    """

    rsit = fields.String(required=True)
    code_word = fields.String(required=True, **MAYBE)
    site = fields.Nested(SiteOut, required=True)
    contact = fields.Nested(ContactOut, required=True, **MAYBE)
    calls = fields.List(fields.String(), required=True)
    alarms = fields.List(fields.Nested(AlarmOut), required=True)
    callout = fields.Nested(CalloutOut, required=True, **MAYBE)
    deadlines = fields.List(fields.Nested(DeadlineOut), required=True)


class CandidateOut(Schema):
    provider = fields.String(required=True)
    rank = fields.Integer(required=True, **MAYBE)
    eligible = fields.Boolean(required=True)
    eta_minutes = fields.Float(required=True, **MAYBE)
    road_km = fields.Float(required=True, **MAYBE)
    reasons = fields.List(fields.Nested(NoticeOut), required=True)


class RankingOut(Schema):
    computed_at = Moment(required=True)
    items = fields.List(fields.Nested(CandidateOut), required=True)


class RaisedAlarmOut(Schema):
    id = fields.Integer(required=True)
    provider = fields.String(required=True)
    status = one_of(AlarmStatus, required=True)
    expires_at = Moment(required=True)


class RaisedOut(Schema):
    wave = fields.Integer(required=True, **MAYBE)
    alarms = fields.List(fields.Nested(RaisedAlarmOut), required=True)
    status = one_of(IncidentStatus, required=True)


class AlarmPageOut(IncidentLineOut):
    """An alarm as its provider sees it; contact and code_word appear after acceptance (disclosure: staged)."""

    alarm_status = one_of(AlarmStatus, required=True)
    provider = fields.String(required=True)
    expires_at = Moment(required=True)
    site = fields.Nested(SiteOut, required=True)
    contact = fields.Nested(ContactOut, required=True, **MAYBE)
    code_word = fields.String(required=True, **MAYBE)
    callout = fields.Nested(CalloutOut, required=True, **MAYBE)
    taken = fields.Boolean(required=True)


class CallPageOut(Schema):
    items = fields.List(fields.Nested(CallLineOut), required=True)
    next = fields.String(required=True, **MAYBE)


class IncidentPageOut(Schema):
    items = fields.List(fields.Nested(IncidentLineOut), required=True)
    next = fields.String(required=True, **MAYBE)


class RegionOut(Schema):
    key = fields.String(required=True)
    name = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    districts = fields.List(fields.String(), required=True)
    hotline = fields.String(required=True)
    languages = fields.List(fields.String(), required=True)
    open_now = fields.Boolean(required=True)
    next_opening = Moment(required=True, **MAYBE)


class RegionPageOut(Schema):
    items = fields.List(fields.Nested(RegionOut), required=True)
    next = fields.String(required=True, **MAYBE)


class MetaOut(Schema):
    enums = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)
    rsit = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class ProblemOut(Schema):
    """RFC 9457 problem details, with a code that never changes and the fields that are wrong."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True)
    errors = fields.Dict()
