"""Reading a JSON body from a hostile world: wrong type 415, unreadable 400, wrong shape 422, and never a fault."""

import json
from typing import Any, NoReturn

from flask import Request, g
from marshmallow import ValidationError
from webargs import core
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import RequestEntityTooLarge

from cyberwehr.domain.notices import Notice
from cyberwehr.web.api.complaints import in_words
from cyberwehr.web.context import texts
from cyberwehr.web.problems import Problem


class BodyParser(FlaskParser):
    """webargs' parser with our own eyes for JSON and our own words for what is wrong."""

    DEFAULT_VALIDATION_STATUS = 422

    def load_json(self, req: Request, schema: Any) -> Any:  # noqa: ARG002  (webargs' signature)
        """The parsed body stays in `g.given` for views that want to see what the schema left out."""
        g.given = read_json(req)
        return g.given

    def handle_error(self, error: ValidationError, *_: Any, **__: Any) -> NoReturn:
        """Every field that is wrong, with what is wrong with it."""
        messages: Any = error.normalized_messages()  # type: ignore[no-untyped-call]
        inner = messages.get("json", messages.get("query", messages))
        errors = inner if isinstance(inner, dict) else {"_schema": inner}
        raise Problem(422, Notice("invalid_body"), errors=in_words(texts(), errors))


def read_json(req: Request) -> Any:
    """The body as JSON; `core.missing` if there is none."""
    raw = req.get_data()
    if req.max_content_length and size_of(req, raw) > req.max_content_length:
        raise RequestEntityTooLarge
    if not raw:
        return core.missing
    if req.mimetype != "application/json" and not req.mimetype.endswith("+json"):
        raise Problem(415, Notice("wrong_media_type"))
    try:
        return json.loads(raw.decode("utf-8"), parse_constant=no_constant)
    except (ValueError, RecursionError):
        raise Problem(400, Notice("malformed_json")) from None


def size_of(req: Request, raw: bytes) -> int:
    """Of a chunked body werkzeug reads what is allowed and hides the rest: a full measure is too much."""
    return req.content_length if req.content_length is not None else len(raw) + 1


def no_constant(name: str) -> NoReturn:
    """NaN and Infinity are no JSON (RFC 8259)."""
    raise ValueError(name)
