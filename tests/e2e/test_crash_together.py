"""kill -9 while callers share transactions: whoever was answered is in the database, each exactly once."""

import http.client
import json
import os
import signal
import threading
from contextlib import ExitStack

from sqlalchemy import select

from cyberwehr.config import load_config, prepare
from cyberwehr.instance import open_instance
from cyberwehr.storage import Call, journal
from tests.e2e.conftest import Running, wait_for
from tests.e2e.test_crash import CALL, processes

CLIENTS = 12
BEFORE_THE_KILL, AFTER_IT = 100, 100


class Callers:
    """Ring again and again, without an Idempotency-Key: those who come together are written together."""

    def __init__(self, running: Running, token: str) -> None:
        self.running, self.enough = running, threading.Event()
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.acknowledged: list[str] = []
        self.odd: list[int] = []
        self.in_flight = 0

    def ring(self) -> None:
        while not self.enough.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self.running.port, timeout=30)
            try:
                self.in_flight += 1
                connection.request("POST", "/api/v1/calls", json.dumps(CALL), self.headers)
                answer = connection.getresponse()
                body = json.loads(answer.read())
                if answer.status == 201:
                    self.acknowledged.append(body["reference"])
                elif answer.status != 503:
                    self.odd.append(answer.status)
            except (OSError, http.client.HTTPException):
                self.enough.wait(0.05)  # nobody there, or he went away in the middle: no answer was given
            finally:
                self.in_flight -= 1
                connection.close()


def test_shared_transactions_survive_a_killed_worker(running_on_both: Running, afterwards: ExitStack) -> None:
    running = running_on_both
    instance = open_instance(prepare(load_config({**running.environ, "CYBERWEHR_DEMO": "1"})))
    afterwards.callback(instance.database.close)
    callers = Callers(running, running.token("operator"))
    threads = [threading.Thread(target=callers.ring) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
        afterwards.callback(thread.join)
    afterwards.callback(callers.enough.set)
    wait_for(lambda: len(callers.acknowledged) >= BEFORE_THE_KILL and callers.in_flight > 1)
    os.kill(processes(running)["worker"][0], signal.SIGKILL)
    known = len(callers.acknowledged)
    wait_for(lambda: len(callers.acknowledged) >= known + AFTER_IT)
    callers.enough.set()
    for thread in threads:
        thread.join()
    with instance.reading() as tx:
        kept = list(tx.scalars(select(Call.reference)))
    assert callers.odd == []
    assert set(callers.acknowledged) <= set(kept)
    assert len(kept) == len(set(kept)) <= len(callers.acknowledged) + 2 * CLIENTS
    with instance.reading() as tx:
        assert journal.verify(tx)[1] is None
