"""What flask-smorest cannot know by itself: credentials, errors, examples, and that null means absent."""

import re
from typing import Any

from flask import Flask
from flask_smorest import Api

from cyberwehr.web.api.openapi_words import CONDITIONS, EXAMPLES, FIELDS, OPERATIONS, PARAMETERS, SAYS_SOMETHING
from cyberwehr.web.api.schemas_out import ProblemOut
from cyberwehr.web.context import EXTENSION
from cyberwehr.web.policy import POLICY

ALWAYS = {
    "400": "The request cannot be read.",
    "429": "Too many requests; see Retry-After.",
    "503": "The database does not answer; nothing was written.",
}
WITH_BODY = {
    "409": "It is not in the state for this.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "422": "The content's shape is wrong; `errors` names the fields.",
    "507": "The disk is full; nothing was written.",
}
GUARDED = {"401": "No token, or an unknown one.", "403": "This token's role may not do this."}
LAPSED = {"410": "The alarm has expired or was withdrawn."}
ABSENT = {"404": "There is no such thing, or it is not yours."}
QUERIED = {"422": "A parameter is wrong; `errors` names it."}
RANKED = {"409": "The incident's region is not known yet."}
KEY_HEADER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key with the same body gets the first answer again, for 24 hours; refusals are not kept.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
INFO = {
    "description": "Calls for help, incidents, alarms and call-outs of a regional cyber emergency service. "
    "Moments are ISO 8601, given out in UTC; in bodies null means absent; errors are RFC 9457 problem details "
    "with a lasting `code`."
}
TOKEN = {"type": "http", "scheme": "bearer", "description": "Made with `cyberwehr token create`; shown once."}


def describe(app: Flask, api: Api) -> None:
    """Complete the document after all routes are registered."""
    served = sorted(app.extensions[EXTENSION].regions)
    api.spec.options["info"] = INFO
    api.spec.components.security_scheme("token", TOKEN)
    api.spec.components.schema("Problem", schema=ProblemOut)
    for name, schema in api.spec.components.schemas.items():
        if name.endswith("In"):
            complete_body(name, schema, served)
    for rule in app.url_map.iter_rules():
        path = api.spec._paths.get(re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule), {})
        explain_parameters(path.get("parameters", []), served)
        for method, operation in path.items():
            if method.upper() in (rule.methods or ()):
                explain_parameters(operation.get("parameters", []), served)
                complete(method, operation, rule.endpoint, "<" in rule.rule)


def complete_body(name: str, schema: dict[str, Any], regions: list[str]) -> None:
    """null is as good as absent; a text that is required says something; a region is one of those served."""
    required = schema.get("required", [])
    for key, described in schema.get("properties", {}).items():
        field = schema["properties"][key] = FIELDS.get((name, key), described)
        if field.get("type") == "string" and key in required and "enum" not in field:
            field["pattern"] = SAYS_SOMETHING
        if field.get("minLength") == 0:
            del field["minLength"]
        if key == "region":
            field.update(enum=regions)
        if field.get("format") == "date-time":
            field["pattern"] = "^20[0-9]{2}-"
        if key not in required:
            schema["properties"][key] = {"anyOf": [field, {"type": "null"}]}
    if name in EXAMPLES:
        schema["examples"] = [EXAMPLES[name]]
    if name in CONDITIONS:
        schema["anyOf"] = CONDITIONS[name]
    if name not in KEEPS_UNKNOWN:
        schema["additionalProperties"] = False


KEEPS_UNKNOWN = frozenset({"CallIn", "ConsentIn", "SafeContactIn"})
"""A call is never refused for a key that nobody knows."""


def explain_parameters(parameters: list[Any], regions: list[str]) -> None:
    for parameter in parameters:
        parameter.update(PARAMETERS.get(parameter["name"], {}))
        if parameter["name"] == "region":
            parameter["schema"] = {"type": "string", "enum": regions}
        if parameter["name"] in ("since", "from", "to"):
            parameter["schema"]["pattern"] = "^20[0-9]{2}-"


def complete(method: str, operation: dict[str, Any], endpoint: str, has_parts: bool) -> None:
    kind = POLICY[endpoint].kind
    operation["operationId"] = OPERATIONS.get(endpoint, endpoint)
    operation["security"] = [{"token": []}] if kind == "bearer" else []
    good = {s: r for s, r in operation["responses"].items() if s.startswith("2")}
    bad = errors_of(method, kind, endpoint, has_parts, bool(operation.get("parameters")))
    operation["responses"] = {**good, **{status: problem(words) for status, words in sorted(bad.items())}}
    if method == "post":
        operation.setdefault("parameters", []).append(KEY_HEADER)


def problem(words: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": words, "content": content}


def errors_of(method: str, kind: str, endpoint: str, has_parts: bool, has_query: bool) -> dict[str, str]:
    """Errors that this route may give."""
    return {
        **ALWAYS,
        **(QUERIED if has_query else {}),
        **(WITH_BODY if method == "post" else {}),
        **(GUARDED if kind == "bearer" else {}),
        **(LAPSED if kind == "link" or endpoint == "incidents.answer" else {}),
        **(ABSENT if has_parts else {}),
        **(RANKED if endpoint == "incidents.ranking" else {}),
    }
