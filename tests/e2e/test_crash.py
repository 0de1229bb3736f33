"""kill -9 in the middle of the work: what was acknowledged stays, nothing happens twice, and it goes on by itself.

A small run for the suite. For a longer one: CRASH_ACKNOWLEDGEMENTS=20000 CRASH_ROUNDS=20 pytest -s THIS_FILE
"""

import http.client
import json
import os
import re
import secrets
import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import func, select

from cyberwehr.config import load_config, prepare
from cyberwehr.domain.terms import LIVE_ALARM
from cyberwehr.instance import Instance, open_instance
from cyberwehr.storage import Alarm, Call, Callout, Incident, OutboxMessage, OutboxState, journal
from tests.e2e.conftest import Running, Start, descendants, free_port, wait_for

ACKNOWLEDGEMENTS = int(os.environ.get("CRASH_ACKNOWLEDGEMENTS", "1000")) // 2
"""For each of the two databases."""
ROUNDS = int(os.environ.get("CRASH_ROUNDS", "1"))
"""How often each kind of process is killed."""
CLIENTS = 8
PROVIDERS = 30
VICTIMS = ("engine", "worker", "master")
REGION = Path(__file__).parents[2] / "regions" / "bochum"
PROVIDER = """
[[provider]]
key = "p-{n}"
name = "Beispiel {n}"
postal_code = "44801"
hours = "24/7"
capacity = 50
skills = ["ransomware"]
languages = ["de"]
qualified_until = 2099-12-31
contacts = [ {{ channel = "mail", to = "alarm@p-{n}.example" }} ]
"""
CALL = {"channel": "phone", "phone": "0234 5550100", "postal_code": "44801", "town": "Bochum", "company": "Muster"}
JUDGED = {"verdict": "emergency", "call_type": "ransomware", "urgency": "critical"}
REPORT = {"minutes": 60, "findings": "f", "measures": "m", "signed_off_by": "s", "follow_up": "none"}


class Mailbox:
    """A real SMTP server that counts Message-IDs."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.seen[str(message_from_bytes(envelope.content)["Message-ID"])] += 1
        return "250 OK"

    @property
    def repeats(self) -> int:
        return self.seen.total() - len(self.seen)


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    yield box, f"smtp://127.0.0.1:{server.port}"
    server.stop()


@pytest.fixture(params=["sqlite", "postgres"])
def centre(
    request: pytest.FixtureRequest, start: Start, tmp_path: Path, mailbox: tuple[Mailbox, str]
) -> tuple[Running, Mailbox]:
    """A control centre whose providers are on duty day and night, with a mail server."""
    folder = tmp_path / "data" / "regions" / "bochum"
    shutil.copytree(REGION, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "providers.toml").write_text("".join(PROVIDER.format(n=n) for n in range(PROVIDERS)))
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    running = start(database_url=url, CYBERWEHR_MAIL_URL=mailbox[1])
    running.wait_until_ready()
    return running, mailbox[0]


@dataclass
class Load:
    """Clients that walk calls to their alarm, every second one to its report, and remember what was acknowledged."""

    running: Running
    instance: Instance
    token: str
    enough: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    in_flight: int = 0
    answered: int = 0
    retried: int = 0
    acknowledged: dict[str, set[Any]] = field(default_factory=lambda: {k: set() for k in KINDS})
    refused: list[str] = field(default_factory=list)

    def work(self) -> None:
        while not self.enough.is_set():
            self.walk()

    def walk(self) -> None:
        call = self.ask("/api/v1/calls", CALL)["reference"]
        self.note("call", call)
        incident = self.ask(f"/api/v1/calls/{call}/triage", JUDGED)["incident"]
        self.note("triage", incident)
        alarms = [alarm["id"] for alarm in self.ask(f"/api/v1/incidents/{incident}/alarm", {})["alarms"]]
        self.note("alarm", *alarms)
        if secrets.randbelow(2):
            return  # these alarms stay open, so their letters have to arrive
        winner = secrets.choice(alarms)
        self.ask(f"/api/v1/alarms/{self.link(winner)}/accept", {"eta_minutes": 20, "technician": "x"})
        self.note("acceptance", winner)
        self.ask(f"/api/v1/incidents/{incident}/callout", {"status": "done"})
        self.ask(f"/api/v1/incidents/{incident}/report", REPORT)
        self.note("report", incident)

    def note(self, kind: str, *things: Any) -> None:
        with self.lock:
            self.acknowledged[kind].update(things)

    def link(self, alarm_id: int) -> str:
        with self.instance.reading() as tx:
            alarm = tx.get(Alarm, alarm_id)
            assert alarm is not None, f"alarm {alarm_id} was acknowledged and is gone"
            return str(alarm.link).rsplit("/", 1)[1]

    def ask(self, path: str, body: Any) -> dict[str, Any]:
        """Until it is answered, always with the same Idempotency-Key."""
        key = secrets.token_hex(8)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            status, answer = self.once(path, body, key)
            if status in (200, 201):
                self.answered += 1
                return answer
            if status not in (0, 503) and answer.get("code") != "idempotency_running":
                self.refused.append(f"{path}: {status} {answer}")
                raise AssertionError(self.refused[-1])
            self.retried += 1
            time.sleep(0.1)
        raise AssertionError(f"nobody answered {path} for a minute")

    def once(self, path: str, body: Any, key: str) -> tuple[int, dict[str, Any]]:
        """(status, answer); status 0 if the connection broke."""
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key, "Content-Type": "application/json"}
        connection = http.client.HTTPConnection("127.0.0.1", self.running.port, timeout=30)
        self.count(+1)
        try:
            connection.request("POST", path, json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError):
            return 0, {}
        finally:
            self.count(-1)
            connection.close()

    def count(self, change: int) -> None:
        with self.lock:
            self.in_flight += change


KINDS = ("call", "triage", "alarm", "acceptance", "report")


def processes(running: Running) -> dict[str, list[int]]:
    """The processes by what they do; workers are those whose parent is gunicorn, too."""
    commands = running.descendants()
    web = [pid for pid, command in commands.items() if "gunicorn" in command]
    workers = {pid for master in web for pid in descendants(master)}
    engines = [pid for pid, command in commands.items() if "gunicorn" not in command and " engine" in command]
    return {"engine": engines, "worker": sorted(workers), "master": sorted(set(web) - workers)}


def kill(running: Running, load: Load, victim: str) -> int:
    """kill -9, at a moment with requests in flight; returns how many there were."""
    wait_for(lambda: running.status("/readyz") == 200 and processes(running)[victim], running.read_log)
    wait_for(lambda: load.in_flight > 1, lambda: f"no load: {load.refused}")
    flying = load.in_flight
    os.kill(processes(running)[victim][0], signal.SIGKILL)
    return flying


def test_nothing_is_lost_and_nothing_happens_twice(centre: tuple[Running, Mailbox], afterwards: ExitStack) -> None:
    running, box = centre
    instance = open_instance(prepare(load_config({**running.environ, "CYBERWEHR_DEMO": "1"})))
    afterwards.callback(instance.database.close)
    load = Load(running, instance, running.token("commander"))
    clients = [threading.Thread(target=load.work) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
        afterwards.callback(client.join)
    afterwards.callback(load.enough.set)
    kills = [(victim, kill(running, load, victim)) for _ in range(ROUNDS) for victim in VICTIMS]
    wait_for(lambda: load.answered >= ACKNOWLEDGEMENTS or load.refused, seconds=300)
    load.enough.set()
    for client in clients:
        client.join()
    wait_for(lambda: not waiting(instance), lambda: f"{waiting(instance)} messages still wait", seconds=120)
    print(
        f"\n{instance.database.url.get_backend_name()}: kills (with requests in flight) {kills};"
        f" acknowledged { {k: len(v) for k, v in load.acknowledged.items()} } in {load.answered} answers;"
        f" retried {load.retried}; mails {box.seen.total()}, repeated {box.repeats}"
    )
    assert not load.refused
    assert load.answered >= ACKNOWLEDGEMENTS
    assert all(flying > 0 for _, flying in kills)
    nothing_lost(instance, load)
    nothing_twice(instance, load)
    assert box.repeats <= len([victim for victim, _ in kills if victim == "engine"])
    everything_delivered(instance, box)
    assert running.status("/readyz") == 200


def waiting(instance: Instance) -> int:
    with instance.reading() as tx:
        queued = select(func.count()).where(OutboxMessage.state == OutboxState.QUEUED)
        return tx.scalar(queued) or 0


def nothing_lost(instance: Instance, load: Load) -> None:
    with instance.reading() as tx:
        found: dict[str, Callable[[], set[Any]]] = {
            "call": lambda: set(tx.scalars(select(Call.reference))),
            "triage": lambda: set(tx.scalars(select(Incident.reference))),
            "alarm": lambda: set(tx.scalars(select(Alarm.id))),
            "acceptance": lambda: set(tx.scalars(select(Callout.alarm_id))),
            "report": lambda: set(
                tx.scalars(select(Incident.reference).join(Callout).where(Callout.reported_at.is_not(None)))
            ),
        }
        for kind, things in load.acknowledged.items():
            assert things <= found[kind](), f"{kind}: acknowledged and lost"
        assert journal.verify(tx)[1] is None


def nothing_twice(instance: Instance, load: Load) -> None:
    """Every request was repeated until it was answered; each did what it does once."""
    with instance.reading() as tx:
        assert tx.scalar(select(func.count()).select_from(Call)) == len(load.acknowledged["call"])
        assert tx.scalar(select(func.count()).select_from(Alarm)) == len(load.acknowledged["alarm"])
        same = select(func.count(Alarm.id)).group_by(Alarm.incident_id, Alarm.provider, Alarm.round)
        assert set(tx.scalars(same)) == {1}


def everything_delivered(instance: Instance, box: Mailbox) -> None:
    """Nothing failed but offers that had been answered before their letter left; all others arrived."""
    with instance.reading() as tx:
        live = {a.id for a in tx.scalars(select(Alarm)) if a.status in LIVE_ALARM}
        rows = list(tx.scalars(select(OutboxMessage)))
    left = {row.message_id for row in rows if row.state is OutboxState.HANDED_OVER}
    failed = [row for row in rows if row.message_id not in left]
    assert all(row.kind == "alarm" and row.alarm_id not in live for row in failed), Counter(
        r.last_error for r in failed
    )
    assert {row.alarm_id for row in rows if row.kind == "alarm" and row.message_id in left} >= live
    assert left == {re.sub(r"^<|@.*$", "", each) for each in box.seen}
