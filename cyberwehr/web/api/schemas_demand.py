"""What /api/v1/demand takes and gives."""

from marshmallow import Schema, fields, validate

from cyberwehr.services.demand import GROUPS
from cyberwehr.web.api.fields import Day


class DemandIn(Schema):
    """A period, both days included, and one region; a group narrows the answer, not what is counted."""

    first = Day(data_key="from")
    last = Day(data_key="to")
    region = fields.String(validate=validate.Length(max=64))
    group = fields.String(validate=validate.OneOf(GROUPS))


class FigureOut(Schema):
    """How many calls of one key in one group, such as channel `phone`; each call counts once in every group."""

    group = fields.String(required=True, validate=validate.OneOf(GROUPS))
    key = fields.String(required=True)
    calls = fields.Integer(required=True)


class DemandOut(Schema):
    """The period asked for and its calls: all of them in `total`, and by group in the order to show them."""

    first = fields.Date(data_key="from", required=True, allow_none=True)
    last = fields.Date(data_key="to", required=True, allow_none=True)
    region = fields.String(required=True, allow_none=True)
    total = fields.Integer(required=True)
    items = fields.List(fields.Nested(FigureOut), required=True)
