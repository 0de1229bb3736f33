"""The processes of an instance: they start, they stop, they come back, and none is left behind."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from cyberwehr.domain.call import Details, Report
from cyberwehr.domain.terms import CallType, Channel, Role, Urgency, Verdict
from cyberwehr.instance import Instance
from cyberwehr.services import alarming
from cyberwehr.services.actors import Actor
from cyberwehr.services.intake import receive_call
from cyberwehr.services.triage import Judgement, judge_call
from tests.conftest import make_instance
from tests.e2e.conftest import Running, Start, cyberwehr, environment, free_port, is_alive, is_free, wait_for

COMMANDER = Actor("user:1", Role.COMMANDER)

SLOW_CHANNEL = """\
import time
from pathlib import Path
from cyberwehr import HandedOver, hookimpl

HERE = Path(__file__).parent

class Slow:
    name, kinds = "slow", ("*",)

    def deliver(self, message):
        (HERE / "begun").touch()
        time.sleep(2)
        (HERE / "finished").touch()
        return HandedOver()

@hookimpl
def cyberwehr_channels(settings):
    return [Slow()]
"""

TWO_GREENLETS = """\
from gevent import monkey
monkey.patch_all()
import os, time, gevent
from sqlalchemy import create_engine, text
from cyberwehr.storage.database import postgres_engine
from sqlalchemy.engine import make_url

engine = postgres_engine(make_url(os.environ["DATABASE"]), 5)
ticks = []

def query():
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_sleep(1)"))

def tick():
    while True:
        ticks.append(time.monotonic())
        gevent.sleep(0.05)

beside = gevent.spawn(tick)
gevent.spawn(query).get()
beside.kill()
engine.dispose()
print(len(ticks))
"""


def ids(running: Running, part: str) -> set[int]:
    return {pid for pid, command in running.descendants().items() if part in command}


def masters(running: Running) -> set[int]:
    """Direct children that are gunicorn: its workers are grandchildren."""
    return {pid for pid in ids(running, "gunicorn") if f"PPid:\t{running.pid}\n" in status_file(pid)}


def status_file(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return ""


def nothing_left(family: set[int], port: int) -> Callable[[], bool]:
    return lambda: not any(map(is_alive, family)) and is_free(port)


def test_a_killed_parent_leaves_nothing_behind(start: Start) -> None:
    running = start("up", "--demo", "--workers", "1")
    running.wait_until_ready()
    family = set(running.descendants())
    assert len(family) == 3, running.descendants()  # gunicorn, its worker, engine
    running.process.kill()
    wait_for(nothing_left(family, running.port), running.descendants, seconds=5)
    for told in (f"http://localhost:{running.port}\n", "/setup/", "/office/messages"):
        assert told in running.read_log()


def test_what_dies_comes_back_and_ctrl_c_stops_everything(running: Running) -> None:
    for find in (
        lambda: ids(running, "cyberwehr engine"),
        lambda: ids(running, "gunicorn") - masters(running),
        lambda: masters(running),
    ):
        before = find()
        victim = min(before)
        os.kill(victim, signal.SIGKILL)
        wait_for(lambda before=before, find=find: len(find()) == len(before) and find() != before, running.read_log)
        running.wait_until_ready()
    family = set(running.descendants())
    assert running.stop(signal.SIGINT) == 0, running.read_log()
    assert nothing_left(family, running.port)()


def test_the_engine_finishes_the_message_in_hand(start: Start, tmp_path: Path) -> None:
    plugin = tmp_path / "data" / "plugins" / "slow"
    plugin.mkdir(parents=True)
    (plugin / "__init__.py").write_text(SLOW_CHANNEL)
    instance = make_instance(tmp_path / "data")
    raise_an_alarm(instance)
    instance.database.close()
    engine = start("engine", "--demo", CYBERWEHR_PLUGINS__ENABLED='["slow"]')
    wait_for((plugin / "begun").exists, engine.read_log)
    assert not (plugin / "finished").exists()
    assert engine.stop() == 0, engine.read_log()
    assert (plugin / "finished").exists()


def raise_an_alarm(instance: Instance) -> None:
    told = Details(company="Muster GmbH", phone="0234 5550100", postal_code="44801", town="Bochum")
    receipt = receive_call(instance, Report(Channel.PHONE, "de", told), COMMANDER)
    judgement = Judgement(Verdict.EMERGENCY, CallType.RANSOMWARE, Urgency.CRITICAL)
    call = judge_call(instance, receipt.reference, judgement, COMMANDER)
    assert call.incident is not None
    alarming.raise_alarm(instance, call.incident.reference, alarming.Wish(), COMMANDER)


def test_without_demo_every_example_file_is_named(tmp_path: Path) -> None:
    settings = {
        "CYBERWEHR_SECRET_KEY": "k" * 32,
        "CYBERWEHR_REGIONS__ENABLED": '["bochum", "essen", "gelsenkirchen"]',
    }
    environ = environment(tmp_path, free_port(), **settings)
    refused, checked = cyberwehr(environ, "up"), cyberwehr(environ, "check")
    assert (refused.returncode, checked.returncode) == (1, 1)
    for key in ("bochum", "essen", "gelsenkirchen"):
        assert f"regions/{key}/providers.toml: replace" in refused.stderr
        assert str(tmp_path / "data" / "regions" / key / "providers.toml") in refused.stderr
    assert refused.stderr.strip() in checked.stdout
    assert not (tmp_path / "data" / "cyberwehr.sqlite").exists()


def test_a_taken_port_is_said_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        for command in ("up", "web"):
            environ = environment(tmp_path, port)
            refused = cyberwehr(environ, command, "--demo")
            assert refused.returncode == 1
            assert refused.stderr.startswith(f"127.0.0.1:{port}: cannot listen there: ")
            assert len(refused.stderr.splitlines()) == 1
            assert not (tmp_path / "data").exists()


def test_public_pages_and_control_room_can_be_apart(start: Start, tmp_path: Path) -> None:
    made = cyberwehr(environment(tmp_path, free_port(), CYBERWEHR_DEMO="1"), "db", "upgrade")
    assert made.returncode == 0, made.stderr
    public, desk = (start("web", "--audience", audience, CYBERWEHR_DEMO="1") for audience in ("public", "desk"))
    for web in (public, desk):
        wait_for(lambda web=web: web.status("/healthz") == 200, web.read_log)
    assert (public.status("/report"), public.status("/desk/login")) == (200, 404)
    assert (desk.status("/report"), desk.status("/desk/login")) == (404, 200)
    assert public.status("/api/v1/meta") == desk.status("/api/v1/meta") == 200
    workers = set(public.descendants())
    public.process.kill()
    wait_for(nothing_left(workers, public.port), seconds=5)
    assert desk.stop() == 0


def test_web_and_engine_need_a_migrated_database(tmp_path: Path) -> None:
    for command in ("web", "engine"):
        refused = cyberwehr(environment(tmp_path, free_port()), command, "--demo")
        assert refused.returncode == 1
        assert "run: cyberwehr db upgrade" in refused.stderr


def test_a_query_holds_up_nobody_beside_it(postgres_url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TWO_GREENLETS],
        env={**os.environ, "DATABASE": postgres_url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 10
