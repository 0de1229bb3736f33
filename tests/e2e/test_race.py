"""A hundred providers click at the same moment, through the real server: exactly one is sent."""

import http.client
import json
import re
import shutil
import socket
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import select

from cyberwehr.config import load_config, prepare
from cyberwehr.instance import open_instance
from cyberwehr.storage import Alarm, Callout, OutboxMessage, journal
from tests.e2e.conftest import Running, Start

MANY = 100
REGION = Path(__file__).parents[2] / "regions" / "bochum"
PROVIDER = """
[[provider]]
key = "p-{n}"
name = "Beispiel {n}"
postal_code = "44801"
hours = "24/7"
capacity = 9
skills = ["ransomware"]
languages = ["de"]
qualified_until = 2099-12-31
contacts = [ {{ channel = "mail", to = "alarm@p-{n}.example" }} ]
"""
CALL = {"channel": "phone", "phone": "0234 5550100", "postal_code": "44801", "town": "Bochum"}
JUDGED = {"verdict": "emergency", "call_type": "ransomware", "urgency": "critical"}


@pytest.fixture(params=["sqlite", "postgres"])
def crowded(request: pytest.FixtureRequest, start: Start, tmp_path: Path) -> Running:
    """An exercise with a city of a hundred providers, of whom each wave asks half."""
    folder = tmp_path / "data" / "regions" / "bochum"
    shutil.copytree(REGION, folder, ignore=shutil.ignore_patterns("__pycache__"))
    plan = (folder / "region.toml").read_text()
    (folder / "region.toml").write_text(re.sub(r"fan_out = \d+", f"fan_out = {MANY // 2}", plan))
    (folder / "providers.toml").write_text("".join(PROVIDER.format(n=n) for n in range(MANY)))
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    running = start(database_url=url)
    running.wait_until_ready()
    return running


def alarmed(running: Running) -> str:
    """Raise the alarm for an incident; returns its reference."""
    token = running.token("commander")
    _, call = running.post("/api/v1/calls", CALL, token)
    _, judged = running.post(f"/api/v1/calls/{call['reference']}/triage", JUDGED, token)
    for _ in range(2):
        status, raised = running.post(f"/api/v1/incidents/{judged['incident']}/alarm", {}, token)
        assert (status, len(raised["alarms"])) == (201, MANY // 2), raised
    return str(judged["incident"])


def click(running: Running, token: str, barrier: threading.Barrier) -> int:
    """Connect, wait for all others, accept."""
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)
    connection.connect()
    body = json.dumps({"eta_minutes": 20, "technician": token[:6]})
    barrier.wait()
    connection.request("POST", f"/api/v1/alarms/{token}/accept", body, {"Content-Type": "application/json"})
    status = connection.getresponse().status
    connection.close()
    return status


def test_one_winner(crowded: Running, afterwards: ExitStack) -> None:
    alarmed(crowded)
    instance = open_instance(prepare(load_config({**crowded.environ, "CYBERWEHR_DEMO": "1"})))
    afterwards.callback(instance.database.close)
    with instance.reading() as tx:
        tokens = [alarm.link.rsplit("/", 1)[1] for alarm in tx.scalars(select(Alarm))]
    barrier = threading.Barrier(MANY)
    with ThreadPoolExecutor(MANY) as crowd:
        answers = Counter(crowd.map(lambda token: click(crowded, token, barrier), tokens))
    assert answers[200] == 1, answers
    assert answers[409] + answers[410] == MANY - 1, answers
    with instance.reading() as tx:
        assert Counter(a.status.value for a in tx.scalars(select(Alarm))) == {"accepted": 1, "withdrawn": MANY - 1}
        assert len(tx.scalars(select(Callout)).all()) == 1
        told = Counter(m.kind for m in tx.scalars(select(OutboxMessage)))
        assert (told["assigned"], told["taken"]) == (1, MANY - 1)
        assert journal.verify(tx)[1] is None


def send_all_then_read(port: int, head: str, body: bytes) -> str:
    """The status line of the answer to a client that reads only after it has sent everything."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(head.replace("\n", "\r\n").encode() + body)
        return client.makefile("rb").readline().decode().strip()


HEAD = """POST {path} HTTP/1.1
Host: localhost
Content-Type: application/json
Authorization: Bearer {token}
Content-Length: {length}

"""


@pytest.mark.parametrize("megabytes", [2, 12, 15])
def test_a_refusal_arrives_at_whoever_sends_too_much(running: Running, megabytes: int) -> None:
    body = b'{"description": "' + b"x" * (megabytes * 1_000_000) + b'"}'
    head = HEAD.format(path="/api/v1/calls", token=running.token("operator"), length=len(body))
    assert send_all_then_read(running.port, head, body).startswith("HTTP/1.1 413")
    without_token = HEAD.format(path="/api/v1/calls", token="nobody", length=len(body))
    assert send_all_then_read(running.port, without_token, body).startswith("HTTP/1.1 401")
    nowhere = HEAD.format(path="/api/v1/nothing", token="nobody", length=len(body))
    assert send_all_then_read(running.port, nowhere, body).startswith("HTTP/1.1 404")


def chunked(body: bytes, size: int = 65536) -> bytes:
    parts = (body[i : i + size] for i in range(0, len(body), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def test_a_body_in_chunks_is_measured_too(running: Running) -> None:
    token = running.token("operator")
    head = HEAD.format(path="/api/v1/calls", token=token, length=0).replace(
        "Content-Length: 0", "Transfer-Encoding: chunked"
    )
    small = json.dumps(CALL).encode()
    assert send_all_then_read(running.port, head, chunked(small, 7)).startswith("HTTP/1.1 201")
    assert send_all_then_read(running.port, head, chunked(b"[" * 12_000_000)).startswith("HTTP/1.1 413")
    assert send_all_then_read(running.port, head, chunked(b"[" * 500_000)).startswith("HTTP/1.1 400")
