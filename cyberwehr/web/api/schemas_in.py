"""What the API takes. Doubtful content passes; only wrong shape or size is refused."""

from typing import Any

from marshmallow import EXCLUDE, ValidationError, fields, post_load, validate, validates_schema

from cyberwehr.domain.contacts import readable
from cyberwehr.domain.terms import (
    CalloutStatus,
    CallStatus,
    CallType,
    Channel,
    DeclineReason,
    FollowUp,
    IncidentStatus,
    Urgency,
    Verdict,
)
from cyberwehr.i18n import N_
from cyberwehr.web.api.fields import LONG, Body, Flag, Moment, Number, Text, Whole, one_of

REPORTABLE = [
    CalloutStatus.EN_ROUTE,
    CalloutStatus.ON_SITE,
    CalloutStatus.DONE,
    CalloutStatus.NOBODY_THERE,
    CalloutStatus.NO_EMERGENCY,
]


class ConsentIn(Body):
    class Meta:
        unknown = EXCLUDE

    forward = Flag()
    statistics = Flag()
    police = Flag()


class SafeContactIn(Body):
    class Meta:
        unknown = EXCLUDE

    kind = Text(40, required=True)
    value = Text(required=True)


class CallIn(Body):
    """A call for help. Required: phone or email, or channel phone. Unknown keys are left out, with a warning."""

    class Meta:
        unknown = EXCLUDE

    channel = one_of(Channel)
    language = Text(35)  # the longest tag RFC 5646, section 4.4.1, asks programs to take
    company = Text()
    contact_name = Text()
    phone = Text()
    email = Text()
    email_safe = Flag()
    safe_contact = fields.Nested(SafeContactIn)
    postal_code = Text(40)
    town = Text()
    street = Text()
    sector = Text()
    employees = Whole(0, 10_000_000)
    turnover_million_eur = Number(0, 10_000_000)
    description = Text(LONG)
    call_type = one_of(CallType)
    consent = fields.Nested(ConsentIn)
    received_at = Moment()

    @validates_schema
    def reachable(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("channel") is not Channel.PHONE and not data.get("phone") and not data.get("email"):
            raise ValidationError(N_("Give a phone number or a mail address, so that we can reach you."), "phone")


class PlaceIn(Body):
    region = Text(64, required=True)


class CallbackIn(Body):
    reached = Flag(required=True)
    spoken_with = Text()
    consent = fields.Nested(ConsentIn)


class ReasonIn(Body):
    reason = Text(2000, required=True)


class AttachIn(Body):
    incident = Text(20, required=True)


class AssessIn(Body):
    """The answers so far: they replace those of the same keys, null takes one back."""

    answers = fields.Dict(keys=Text(80), values=fields.Raw(allow_none=True), required=True)
    call_type = one_of(CallType)

    @validates_schema
    def answers_are_plain(self, data: dict[str, Any], **_: Any) -> None:
        """An answer is a word, a number or yes/no; nothing nested."""
        answers = data.get("answers", {})
        if len(answers) > 100 or not all(plain(value) for value in answers.values()):
            raise ValidationError(N_("Each answer must be a short text, a number, true or false."), "answers")

    @post_load
    def readable_answers(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        answers = {key: readable(v) if isinstance(v, str) else v for key, v in data.get("answers", {}).items()}
        return {**data, "answers": answers}


class TriageIn(AssessIn):
    answers = fields.Dict(keys=Text(80), values=fields.Raw(allow_none=True))
    verdict = one_of(Verdict, required=True)
    call_type = one_of(CallType, required=True)
    urgency = one_of(Urgency)
    override_reason = Text(2000)


def plain(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= 2000
    return value is None or isinstance(value, bool) or (isinstance(value, int | float) and abs(value) < 1e15)


class AlarmIn(Body):
    providers = fields.List(Text(130, required=True), validate=validate.Length(max=100))
    override_reason = Text(2000)


class AcceptIn(Body):
    eta_minutes = Whole(0, 1440, required=True)
    technician = Text(required=True)


class DeclineIn(Body):
    reason = one_of(DeclineReason, required=True)
    note = Text(2000)


class AnswerIn(Body):
    """A provider's answer given by phone: an acceptance needs eta_minutes, a decline its reason.

    Who comes is often not settled yet when somebody says yes on the phone.
    """

    answer = fields.String(required=True, validate=validate.OneOf(["accepted", "declined"]))
    eta_minutes = Whole(0, 1440)
    technician = Text()
    reason = one_of(DeclineReason)
    note = Text(2000)
    spoken_with = Text(required=True)

    @validates_schema
    def complete(self, data: dict[str, Any], **_: Any) -> None:
        needed = "eta_minutes" if data.get("answer") == "accepted" else "reason"
        if data.get(needed) is None:
            raise ValidationError(N_("Missing data for required field."), needed)


class CalloutIn(Body):
    status = fields.Enum(
        CalloutStatus,
        by_value=fields.String,
        required=True,
        validate=validate.OneOf(REPORTABLE, [s.value for s in REPORTABLE]),
    )
    at = Moment()
    note = Text(2000)


class ReportIn(Body):
    minutes = Whole(0, 100_000, required=True)
    findings = Text(LONG, required=True)
    measures = Text(LONG, required=True)
    signed_off_by = Text(required=True)
    follow_up = one_of(FollowUp, required=True)


class NothingIn(Body):
    """An empty object."""


class PageIn(Body):
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))
    cursor = fields.String(validate=validate.Length(max=40))
    region = fields.String(validate=validate.Length(max=64))
    since = Moment()


class CallPageIn(PageIn):
    status = one_of(CallStatus)


class IncidentPageIn(PageIn):
    status = one_of(IncidentStatus)
