"""Load for a web server: one process, a bounded number of connections kept open, one request after the other on each.

Run as `python -m bench.load PORT CONNECTIONS SECONDS MOST` with the request's bytes on stdin; answers with JSON. It
works on bare sockets, because on two cores whatever the client computes is taken from the server.
"""

import json
import re
import selectors
import socket
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from statistics import median

from bench.figures import p99

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)
SILENCE = 30.0


@dataclass
class Outcome:
    """What came of a round. statuses: HTTP status -> answers; times in seconds."""

    seconds: float = 0.0
    statuses: dict[str, int] = field(default_factory=dict)
    median: float = 0.0
    p99: float = 0.0
    client_cpu: float = 0.0

    @property
    def per_second(self) -> float:
        return self.statuses.get("201", 0) / self.seconds

    @property
    def refused(self) -> int:
        return sum(n for status, n in self.statuses.items() if status != "201")


class Connection:
    """One connection with at most one request under way."""

    def __init__(self, port: int, request: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=SILENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request = request
        self.began = 0.0
        self._received = b""

    def ask(self) -> None:
        self.began, self._received = time.perf_counter(), b""
        self.socket.sendall(self.request)

    def answer(self) -> str | None:
        """The status, once the whole answer is there; `closed` if the server hung up."""
        chunk = self.socket.recv(65536)
        self._received += chunk
        if not chunk:
            return "closed"
        head, separator, body = self._received.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if not separator or length is None or len(body) < int(length[1]):
            return None
        return head[9:12].decode()


def load(port: int, request: bytes, connections: int, seconds: float, most: int) -> Outcome:
    """Ask until `seconds` have passed or `most` requests were sent, then wait for the answers under way."""
    selector = selectors.DefaultSelector()
    times: list[float] = []
    statuses: Counter[str] = Counter()
    start, left = time.perf_counter(), most
    for _ in range(min(connections, most)):
        connection = Connection(port, request)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.ask()
        left -= 1
    while selector.get_map():
        ready = selector.select(SILENCE)
        if not ready:
            raise TimeoutError("the server has stopped answering")
        for key, _ in ready:
            status = key.data.answer()
            if status is None:
                continue
            times.append(time.perf_counter() - key.data.began)
            statuses[status] += 1
            if left > 0 and status != "closed" and time.perf_counter() - start < seconds:
                key.data.ask()
                left -= 1
            else:
                selector.unregister(key.fileobj)
                key.data.socket.close()
    took = time.perf_counter() - start
    return Outcome(took, dict(statuses), median(times), p99(times), time.process_time())


def main(port: str, connections: str, seconds: str, most: str) -> None:
    outcome = load(int(port), sys.stdin.buffer.read(), int(connections), float(seconds), int(most))
    json.dump(asdict(outcome), sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
