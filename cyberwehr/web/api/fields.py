"""Fields that take exactly the JSON type they name: a number is no text, a text is no number, and nothing overflows."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from marshmallow import Schema, ValidationError, fields, pre_load, validate

from cyberwehr.domain.contacts import readable
from cyberwehr.i18n import N_
from cyberwehr.services import demand

SHORT, LONG = 300, 20_000
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
"""Beyond these, date arithmetic overflows somewhere; within them a doubtful time is kept and remarked upon."""


class Body(Schema):
    """A JSON object in which null means absent. Unknown keys are refused by name."""

    @pre_load
    def without_nulls(self, data: Any, **_: Any) -> Any:
        return {key: value for key, value in data.items() if value is not None} if isinstance(data, dict) else data


class Text(fields.String):
    """Any text; what no screen can carry (NUL, lone surrogates) is replaced, white space around it removed.

    Only-white-space counts as absent (None), unless the field is required.
    """

    def __init__(self, most: int = SHORT, **kwargs: Any) -> None:
        least = 1 if kwargs.get("required") else 0
        super().__init__(validate=validate.Length(min=least, max=most), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = readable(super()._deserialize(value, attr, data, **kwargs)).strip()
        return text if text or self.required else ""


class Flag(fields.Boolean):
    """true or false, nothing that looks like it."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Whole(fields.Integer):
    """A whole number; 30.0 is one, as JSON knows no difference."""

    def __init__(self, least: int, most: int, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(least, most), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.make_error("invalid", input=value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return super()._deserialize(value, attr, data, **kwargs)


class Number(fields.Float):
    def __init__(self, least: float, most: float, **kwargs: Any) -> None:
        super().__init__(validate=validate.Range(least, most), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class Moment(fields.AwareDateTime):
    """An ISO 8601 moment with its offset; given out in UTC."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        moment = super()._deserialize(value.upper(), attr, data, **kwargs)  # RFC 3339 allows t and z, Python does not
        if not EARLIEST <= moment <= LATEST:
            raise ValidationError(N_("Must lie between the years 1900 and 9000."))
        return moment

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return super()._serialize(value.astimezone(UTC) if value else None, attr, obj, **kwargs)


class Day(fields.Date):
    """A day like 2026-11-23, in this century."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        day = super()._deserialize(value, attr, data, **kwargs)
        if not (demand.EARLIEST <= day <= demand.LATEST and value == day.isoformat()):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return day


class Ready(fields.List[Any]):
    """A list whose members lie ready as they go out: they are handed on without a look, which costs nothing."""

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return value


def one_of(kind: type[StrEnum], **kwargs: Any) -> fields.Enum[Any]:
    """A value of an enumeration, by its fixed name."""
    return fields.Enum(kind, by_value=fields.String, **kwargs)
