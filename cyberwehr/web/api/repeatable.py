"""Idempotency-Key on every POST of the API: the same request again gets the first answer."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, Response, current_app, g, jsonify, request

from cyberwehr.domain.notices import Notice
from cyberwehr.services.idempotency import Answer, once
from cyberwehr.services.reading import show_alarm
from cyberwehr.services.tokens import token_hash
from cyberwehr.web.api.schemas_out import AlarmPageOut
from cyberwehr.web.context import actor, the_instance
from cyberwehr.web.problems import Problem

HEADER = "Idempotency-Key"
LONGEST = 255


def init(app: Flask) -> None:
    """Wrap every POST route of the API."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/") and "POST" in (rule.methods or ()):
            app.view_functions[rule.endpoint] = repeatable(app.view_functions[rule.endpoint])


def repeatable(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def wrapped(**arguments: Any) -> Any:
        key = request.headers.get(HEADER)
        if key is None:
            return view(**arguments)
        if not 1 <= len(key) <= LONGEST:
            raise Problem(400, Notice("bad_idempotency_key"))
        route = f"{request.method} {token_hash(request.path)}"
        answer = once(the_instance(), credential(), route, key, request.get_data(), lambda: run(view, arguments))
        response = jsonify(as_seen_now(arguments["token"]) if "token" in arguments else answer.body)
        response.status_code = answer.status
        return response

    return wrapped


def run(view: Callable[..., Any], arguments: dict[str, Any]) -> Answer:
    response: Response = current_app.make_response(view(**arguments))
    return Answer(response.status_code, None if "token" in arguments else response.get_json())


def as_seen_now(token: str) -> Any:
    """Behind an alarm's link the status is repeated, not the view: what was disclosed then may be over by now."""
    return AlarmPageOut().dump(show_alarm(the_instance(), token))


def credential() -> str:
    """Whose key it is: a token's bearer, or the holder of an alarm link."""
    if "actor" in g:
        return actor().id
    return f"link:{token_hash(request.path)[:40]}"
