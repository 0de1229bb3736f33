"""What flask-smorest cannot know by itself: credentials, errors, and which route needs which."""

import re
from typing import Any

from flask import Flask
from flask_smorest import Api

from cyberwehr.web.api.schemas_out import ProblemOut
from cyberwehr.web.policy import POLICY

ERRORS = {
    "400": "The request cannot be read.",
    "404": "There is no such thing, or it is not yours.",
    "409": "It is not in the state for this.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "422": "The body's shape is wrong; `errors` names the fields.",
    "429": "Too many requests; see Retry-After.",
    "503": "The database does not answer; nothing was written.",
    "507": "The disk is full; nothing was written.",
}
GUARDED = {"401": "No token, or an unknown one.", "403": "This token's role may not do this."}
LAPSED = {"410": "The alarm has expired or was withdrawn."}
KEY_HEADER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key with the same body gets the first answer again, for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}


def describe(app: Flask, api: Api) -> None:
    """Complete the document after all routes are registered."""
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    api.spec.components.schema("Problem", schema=ProblemOut)
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
        for method, operation in api.spec._paths.get(path, {}).items():
            if method.upper() in (rule.methods or ()):
                complete(method, operation, rule.endpoint)


def complete(method: str, operation: dict[str, Any], endpoint: str) -> None:
    kind = POLICY[endpoint].kind
    operation["operationId"] = endpoint
    operation["security"] = [{"token": []}] if kind == "bearer" else []
    for status, words in errors_of(kind).items():
        operation["responses"][status] = {
            "description": words,
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    operation["responses"].pop("default", None)
    if method == "post":
        operation.setdefault("parameters", []).append(KEY_HEADER)


def errors_of(kind: str) -> dict[str, str]:
    """Errors that any route of this kind may give."""
    return {**ERRORS, **(GUARDED if kind == "bearer" else {}), **(LAPSED if kind == "link" else {})}
