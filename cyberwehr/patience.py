"""How long a client may take to send a body.

A half-sent body would otherwise keep its place in the worker for ever; the worker has a thousand.
"""

import time
from typing import Any

QUIET_SECONDS = 20.0
BODY_SECONDS = 30.0


class PatientSocket:
    """What a request's body is read from: one silence may last 20 s, all waiting together 30 s; then TimeoutError.

    Only reading is timed: the socket itself is left without a timeout, so that slow readers get their answer.
    """

    def __init__(self, sock: Any) -> None:
        self.sock = sock
        self.left = BODY_SECONDS

    def recv(self, size: int) -> bytes:
        if self.left <= 0:
            raise TimeoutError("the body took too long")
        began = time.monotonic()
        self.sock.settimeout(min(QUIET_SECONDS, self.left))
        try:
            piece: bytes = self.sock.recv(size)
        finally:
            self.sock.settimeout(None)
            self.left -= time.monotonic() - began
        return piece
