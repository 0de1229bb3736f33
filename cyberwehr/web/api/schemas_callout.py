"""What the API gives of a call-out and of the clocks beside it. Moments are UTC; a field that has no value is null."""

from typing import Any

from marshmallow import Schema, fields, validate

from cyberwehr.domain.terms import CalloutStatus, FollowUp
from cyberwehr.web.api.fields import Moment, one_of

MAYBE: dict[str, Any] = {"allow_none": True}


class NoteOut(Schema):
    at = fields.String(required=True)
    text = fields.String(required=True)


class ReportOut(Schema):
    minutes = fields.Integer(required=True)
    findings = fields.String(required=True)
    measures = fields.String(required=True)
    signed_off_by = fields.String(required=True)
    follow_up = fields.String(required=True, validate=validate.OneOf([each.value for each in FollowUp]))


class PermissionOut(Schema):
    """What the company signed before work began."""

    at = Moment(required=True)
    signed_by = fields.String(required=True)
    access = fields.Boolean(required=True)
    liability = fields.Boolean(required=True)
    data_protection = fields.Boolean(required=True)


class CalloutOut(Schema):
    provider = fields.String(required=True)
    technician = fields.String(**MAYBE)
    status = one_of(CalloutStatus, required=True)
    accepted_at = Moment(required=True)
    eta_at = Moment(required=True)
    en_route_at = Moment(**MAYBE)
    on_site_at = Moment(**MAYBE)
    ended_at = Moment(**MAYBE)
    notes = fields.List(fields.Nested(NoteOut), required=True)
    report = fields.Nested(ReportOut, required=True, **MAYBE)
    permission = fields.Nested(PermissionOut, required=True, **MAYBE)


class WordsOut(Schema):
    de = fields.String(required=True)
    en = fields.String(required=True)


class DeadlineOut(Schema):
    """A duty to report. due_at: null if there is no limit in hours or the clock has not begun (`begins` says when).

    likely: false: probably not this company. source: law and paragraph, with the month in which the text was read.
    """

    code = fields.String(required=True)
    name = fields.Nested(WordsOut, required=True)
    authority = fields.Nested(WordsOut, required=True)
    url = fields.String(required=True)
    begins = fields.Nested(WordsOut, required=True)
    started_at = Moment(required=True, **MAYBE)
    due_at = Moment(required=True, **MAYBE)
    likely = fields.Boolean(required=True)
    source = fields.String(required=True)
    done_at = Moment(required=True, **MAYBE)
