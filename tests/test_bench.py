"""The measuring tools themselves, on a very small scale: no time is asserted, only that what is counted happened."""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import func, make_url, select

from bench import declining, processes, ranking
from bench.baseline import create_baseline, engine_for, received
from bench.databases import SQLITE, Place, instance_of, made_database, make_baseline_table, refuse_forgetful
from bench.figures import Figure, keep, p99, table
from bench.load import load
from bench.receiving import CALL, post
from bench.sizes import Sizes
from cyberwehr.app import create_app
from cyberwehr.domain.terms import Role
from cyberwehr.services.actors import ENGINE
from cyberwehr.services.api_tokens import create_token
from cyberwehr.services.reading import Filters, list_calls

SMALL = Sizes(declines=2, rankings=1, providers=30)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(SQLITE, tmp_path)


class Answering(BaseHTTPRequestHandler):
    """Answers in two pieces, and every third request with 503."""

    protocol_version = "HTTP/1.1"
    asked = 0

    def do_POST(self) -> None:
        type(self).asked += 1
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(503 if self.asked % 3 == 0 else 201)
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"do")
        self.wfile.flush()
        self.wfile.write(b"ne")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def answering_port() -> Iterator[int]:
    Answering.asked = 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def test_load_is_bounded_and_counts_every_answer(answering_port: int) -> None:
    outcome = load(answering_port, post("/calls", CALL), connections=2, seconds=20, most=9)
    assert Answering.asked == 9
    assert outcome.statuses == {"201": 6, "503": 3}
    assert outcome.refused == 3
    assert 0 < outcome.median <= outcome.p99 <= outcome.seconds


def test_load_ends_when_its_time_is_over(answering_port: int) -> None:
    outcome = load(answering_port, post("/calls", CALL), connections=3, seconds=0, most=1000)
    assert sum(outcome.statuses.values()) == 3


def test_a_round_with_a_refused_request_does_not_count(answering_port: int) -> None:
    with pytest.raises(RuntimeError, match="503"):
        processes.under_load(answering_port, post("/calls", CALL), Sizes(connections=1), most=3)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_the_baseline_keeps_what_it_is_sent(
    kind: str, place: Place, request: pytest.FixtureRequest, afterwards: ExitStack
) -> None:
    settings = place.settings("bare")
    if kind == "postgres":
        settings["CYBERWEHR_DATABASE_URL"] = request.getfixturevalue("postgres_url")
    make_baseline_table(settings)
    engine = engine_for(settings.get("CYBERWEHR_DATABASE_URL", f"sqlite:///{place.folder}/bare/cyberwehr.sqlite"), 2)
    afterwards.callback(engine.dispose)
    answer = create_baseline(engine).test_client().post("/calls", json=CALL)
    assert answer.status_code == 201
    with engine.connect() as connection:
        assert connection.execute(select(received.c.body)).scalar_one() == CALL
        assert connection.execute(select(func.count()).select_from(received)).scalar_one() == 1


def test_the_request_that_is_measured_is_a_call_that_the_api_takes(place: Place) -> None:
    with instance_of(place.settings("ours")) as instance:
        token = create_token(instance, Role.OPERATOR, "bench", ENGINE)
        head, body = post("/api/v1/calls", CALL, token).split(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().splitlines()[1:])
        app = create_app(instance.config, instance=instance)
        assert app.test_client().post("/api/v1/calls", data=body, headers=headers).status_code == 201
        assert len(list_calls(instance, Filters(None, None, None), 10, None).items) == 1


def test_declines_are_counted_only_with_a_further_alarm(place: Place) -> None:
    settings = place.settings("declines")
    with instance_of(settings) as instance:
        instance.database.clock = declining.database_clock(declining.working_hours(instance))
        steps: list[None] = []
        assert len(declining.by_services(instance, 2, lambda: steps.append(None))) == len(steps) == 2
        with pytest.raises(RuntimeError, match="no further alarm"):
            declining.timed(instance, declining.alarmed(instance), lambda _: None, lambda: None)


def test_ranking_judges_every_invented_provider(place: Place) -> None:
    figures = list(ranking.ranking(place, SMALL, lambda: None))
    assert [figure.what for figure in figures] == list(ranking.WORK)
    with instance_of(place.settings("crowd")) as own:
        crowd = ranking.crowded(own, SMALL.providers)
        assert sum(provider.region == next(iter(own.regions)) for provider in crowd.providers.values()) == 30
        assert len(ranking.rule(crowd, ranking.emergency(crowd))().candidates) == 30


def test_figures_are_shown_and_kept(tmp_path: Path) -> None:
    figures = [
        Figure("Calls", "a call / baseline", "SQLite", 0.512, "", aim=">= 0.5"),
        Figure("Start", "new", "", 4.25, "s"),
    ]
    console = Console(record=True, width=120)
    table(figures, console)
    shown = console.export_text()
    assert all(words in shown for words in ("Calls", "a call / baseline", "0.51", ">= 0.5", "4.25 s"))
    keep(figures, tmp_path / "figures.json")
    assert json.loads((tmp_path / "figures.json").read_text())["figures"][0]["value"] == 0.512
    assert p99([5.0]) == 5.0


def test_a_postgresql_that_forgets_is_not_measured(postgres_server: str) -> None:
    refuse_forgetful(postgres_server)
    made = made_database(postgres_server, "bench_forgets")
    assert make_url(made).database == "bench_forgets"
    with pytest.raises(RuntimeError, match="synchronous_commit"):
        refuse_forgetful(f"{made}{'&' if '?' in made else '?'}options=-csynchronous_commit%3Doff")
