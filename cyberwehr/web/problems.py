"""Errors as people and machines can use them: problem+json (RFC 9457) for the API, a page in plain words elsewhere."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, jsonify, render_template, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, SecurityError

from cyberwehr.domain.contacts import readable
from cyberwehr.domain.notices import Notice
from cyberwehr.services.errors import Refused, TooMany
from cyberwehr.storage import StorageAway, StorageFull
from cyberwehr.web.context import texts, the_instance
from cyberwehr.words import say

JSON_PATHS = ("/api/", "/healthz", "/readyz", "/metrics", "/hooks/")
CODES = {
    400: "malformed_request",
    401: "no_token",
    403: "wrong_role",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    408: "too_slow",
    409: "conflict",
    411: "length_required",
    413: "body_too_large",
    414: "address_too_long",
    415: "wrong_media_type",
    422: "invalid_body",
    429: "rate_limited",
    500: "fault",
    503: "storage_away",
    507: "storage_full",
}


class Problem(HTTPException):
    """An error this program raises on purpose. errors: field -> what is wrong with it."""

    def __init__(
        self, status: int, notice: Notice, errors: Mapping[str, Any] | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__()
        self.code = status
        self.notice = notice
        self.errors = errors
        self.retry_after = retry_after


def init(app: Flask) -> None:
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(SecurityError, on_strange_host)
    app.register_error_handler(Refused, on_refusal)
    app.register_error_handler(StorageFull, lambda _: answer(Problem(507, Notice("storage_full"))))
    app.register_error_handler(StorageAway, lambda _: answer(Problem(503, Notice("storage_away"), retry_after=2)))


def on_refusal(refusal: Refused) -> Response:
    wait = refusal.retry_after if isinstance(refusal, TooMany) else None
    return answer(Problem(refusal.status, refusal.notice, retry_after=wait))


def on_strange_host(_: SecurityError) -> Response:
    """Mostly a proxy or an address that the settings do not know: say which, to the visitor and in the log."""
    host = readable(request.environ.get("HTTP_HOST", ""))[:100]
    current_app.logger.warning("a request for the host %r was refused: it is not in [security] trusted_hosts", host)
    return answer(Problem(400, Notice("strange_host", {"host": host})))


def on_http_error(error: HTTPException) -> Response:
    """Redirects pass; everything else is said in our own words."""
    if isinstance(error, Problem):
        return answer(error)
    if error.response is not None or (error.code or 500) < 400:
        return current_app.make_response(error.get_response())
    code = 413 if isinstance(error, RequestEntityTooLarge) else error.code or 500
    problem = Problem(code, Notice(CODES.get(code, "fault")), getattr(error, "data", {}).get("messages"))
    response = answer(problem)
    if code == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))  # type: ignore[attr-defined]
    return response


def answer(problem: Problem) -> Response:
    response = as_json(problem) if wants_json() else as_page(problem)
    response.status_code = problem.code or 500
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    if problem.code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="cyberwehr"'
    return response


def wants_json() -> bool:
    return request.path.startswith(JSON_PATHS)


def as_json(problem: Problem) -> Response:
    status = problem.code or 500
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": say(texts(), problem.notice),
        "code": problem.notice.code,
    }
    if problem.errors:
        body["errors"] = problem.errors
    response = jsonify(body)
    response.mimetype = "application/problem+json"
    return response


def as_page(problem: Problem) -> Response:
    hotline = the_instance().config.instance.hotline
    page = render_template("problem.html", status=problem.code, words=say(texts(), problem.notice), hotline=hotline)
    return current_app.make_response(page)
