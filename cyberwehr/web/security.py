"""The outer wall: headers on every answer, requests from foreign sites refused, addresses behind known proxies."""

from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from cyberwehr.config import Config
from cyberwehr.domain.notices import Notice
from cyberwehr.web.problems import Problem

CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
WITH_LIVE_PARTS = CONTENT_POLICY.replace("style-src", "script-src 'self'; connect-src 'self'; style-src")
"""For the control room, whose pages keep themselves up to date; nobody else's need a script."""

HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer browsers send "Origin: null" with our own forms, too
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def init(app: Flask, config: Config) -> None:
    if config.web.proxies:
        fix = ProxyFix(app.wsgi_app, x_for=config.web.proxies, x_proto=config.web.proxies, x_host=config.web.proxies)
        app.wsgi_app = fix  # type: ignore[method-assign]
    app.before_request(refuse_foreign_forms)
    app.after_request(add_headers)


def refuse_foreign_forms() -> None:
    """A form sent from another site's page is not ours; programs with a token send no Origin."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    origin = request.headers.get("Origin")
    if origin is not None and site_of(origin) != request.host:
        raise Problem(403, Notice("foreign_form"))


def site_of(origin: str) -> str:
    """Host and port of an Origin; empty if it is none."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def add_headers(response: Response) -> Response:
    if request.path.startswith("/desk/"):
        response.headers.setdefault("Content-Security-Policy", WITH_LIVE_PARTS)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if not request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
