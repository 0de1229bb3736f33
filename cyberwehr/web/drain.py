"""Read what is left of a refused body, so that the refusal arrives.

A server that answers 413 and closes while the client still sends makes most clients report a broken connection instead.
"""

from collections.abc import Iterable
from typing import Any

from flask import Flask

MOST = 16 * 1024 * 1024
CHUNK = 64 * 1024


def init(app: Flask) -> None:
    app.wsgi_app = Draining(app.wsgi_app)  # type: ignore[method-assign]


class Draining:
    """WSGI middleware: after the app has answered, read the rest of the body, up to 16 MiB."""

    def __init__(self, app: Any) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        source = environ["wsgi.input"]
        body: Iterable[bytes] = self.app(environ, start_response)
        if environ["REQUEST_METHOD"] in ("POST", "PUT", "PATCH", "DELETE"):
            drain(source, expected(environ))
        return body


def expected(environ: dict[str, Any]) -> int:
    """How much may come: the declared length; a chunked body says nothing, so at most 16 MiB."""
    declared = environ.get("CONTENT_LENGTH") or ""
    if declared.isdecimal():
        return min(int(declared), MOST)
    return MOST if environ.get("wsgi.input_terminated") else 0


def drain(source: Any, most: int) -> None:
    left = most
    while left > 0:
        try:
            chunk = source.read(min(CHUNK, left))
        except OSError:
            return
        if not chunk:
            return
        left -= len(chunk)
