"""Bodies that come slowly, without a length or for nothing: read them to their end, but neither for ever nor in full.

A server that answers 413 and closes while the client still sends makes most clients report a broken connection instead.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, TypeVar

from flask import Flask, request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, RequestTimeout

MOST = 16 * 1024 * 1024
CHUNK = 64 * 1024
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
T = TypeVar("T")


def init(app: Flask) -> None:
    app.wsgi_app = Draining(app.wsgi_app)  # type: ignore[method-assign]
    app.before_request(refuse_cut_forms)


def refuse_cut_forms() -> None:
    """Of a chunked body werkzeug reads what is allowed and hides the rest: half a form must not pass for a whole."""
    most = request.max_content_length
    if most and request.content_length is None and request.mimetype in FORMS and len(request.get_data()) >= most:
        raise RequestEntityTooLarge


class Draining:
    """WSGI middleware: after the app has answered, read the rest of the body, up to 16 MiB."""

    def __init__(self, app: Any) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        source = environ["wsgi.input"] = Counted(environ["wsgi.input"])
        body: Iterable[bytes] = self.app(environ, start_response)
        if environ["REQUEST_METHOD"] in ("POST", "PUT", "PATCH", "DELETE"):
            drain(source, expected(environ))
        return body


class Counted:
    """A body that knows how much of it was read: asking for more than the client declared may wait for ever.

    One that comes too slowly (see cyberwehr.patience) is answered 408: werkzeug would take it for one that went away.
    One whose chunks cannot be told apart is answered 400. Neither can be read any further.
    """

    def __init__(self, source: Any) -> None:
        self.source = source
        self.count = 0
        self.unreadable = False

    def read(self, size: int = -1) -> bytes:
        return self._counted(self._readable(lambda: self.source.read(size)))

    def readline(self, size: int = -1) -> bytes:
        return self._counted(self._readable(lambda: self.source.readline(size)))

    def readlines(self, hint: int = -1) -> list[bytes]:
        return [self._counted(line) for line in self._readable(lambda: self.source.readlines(hint))]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def _readable(self, read: Callable[[], T]) -> T:
        try:
            return read()
        except TimeoutError:
            self.unreadable = True
            raise RequestTimeout from None
        except ParseException:
            self.unreadable = True
            raise BadRequest from None

    def _counted(self, piece: bytes) -> bytes:
        self.count += len(piece)
        return piece


def expected(environ: dict[str, Any]) -> int:
    """How much may come: the declared length; a chunked body says nothing, so at most 16 MiB."""
    declared = environ.get("CONTENT_LENGTH") or ""
    if declared.isdecimal():
        return min(int(declared), MOST)
    return MOST if environ.get("wsgi.input_terminated") else 0


def drain(source: Counted, most: int) -> None:
    """Read what is left, up to `most` bytes in all; a client that has gone away has gone away."""
    with suppress(OSError, RequestTimeout, BadRequest):
        while not source.unreadable and (left := most - source.count) > 0 and source.read(min(CHUNK, left)):
            pass
