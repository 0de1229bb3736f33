"""Errors are problem+json with a lasting code, in German and English; and the pages beside the API."""

from contextlib import closing
from typing import Any

import pytest
from werkzeug.test import TestResponse

from cyberwehr.config import load_config
from cyberwehr.instance import Instance, open_instance
from cyberwehr.services import heartbeats
from cyberwehr.storage import StorageAway, StorageFull
from tests.web.world import CALL, World, code

ELSEWHERE = {"REMOTE_ADDR": "192.0.2.1"}
"""Another machine (RFC 5737)."""


def test_each_status_is_a_problem(small_world: World) -> None:
    json = {"Content-Type": "application/json"}
    asked: list[tuple[TestResponse, int, str]] = [
        (small_world.post("/calls", who="operator", data=b"{", headers=json), 400, "malformed_json"),
        (small_world.post("/calls", CALL, None), 401, "no_token"),
        (small_world.post("/calls", CALL, "auditor"), 403, "wrong_role"),
        (small_world.get("/nothing"), 404, "not_found"),
        (small_world.ask("DELETE", "/calls"), 405, "method_not_allowed"),
        (small_world.post("/calls", who="operator", data={"phone": "1"}), 415, "wrong_media_type"),
        (small_world.post("/calls", {"phone": 5}, "operator"), 422, "invalid_body"),
        (small_world.post("/calls", who="operator", data=b" " * 1_100_000, headers=json), 413, "body_too_large"),
        (small_world.client.get("/metrics", environ_overrides=ELSEWHERE), 401, "no_token"),
    ]
    for answer, status, word in asked:
        assert code(answer) == (status, word)


def test_a_complaint_is_never_longer_than_somebody_reads(small_world: World) -> None:
    wide = {str(n): {str(m): 1 for m in range(200)} for n in range(200)}
    deep: Any = 1
    for _ in range(100):
        deep = {"company": deep}
    for body in (wide, {**CALL, "safe_contact": wide}, deep, {**CALL, "safe_contact": deep}):
        answer = small_world.post("/calls", body, "operator")
        assert code(answer) == (422, "invalid_body")
        assert len(answer.data) < 10_000


def test_headers_that_belong_to_a_status(small_world: World) -> None:
    assert small_world.get("/calls", None).headers["WWW-Authenticate"].startswith("Bearer")
    assert set(small_world.ask("DELETE", "/calls").headers["Allow"].split(", ")) >= {"GET", "POST"}


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer nonsense",
        "Basic {token}",
        "{token}",
        "Bearer {token}x",
        "Bearer \xff\xfe",
        "bearer",
    ],
)
def test_only_a_known_token_opens(small_world: World, header: str) -> None:
    told = {"Authorization": header.replace("{token}", small_world.token("operator"))}
    assert code(small_world.get("/calls", None, headers=told)) == (401, "no_token")


def test_the_scheme_is_not_case_sensitive(small_world: World) -> None:
    told = {"Authorization": f"bearer {small_world.token('operator')}"}
    assert small_world.get("/calls", None, headers=told).status_code == 200


@pytest.mark.parametrize(
    ("language", "detail", "field"),
    [
        ("de", "Einige Angaben", None),
        ("en", "Some fields are not valid.", "Not a valid string."),
        ("fr-FR, en;q=0.8, de;q=0.1", "Some fields are not valid.", "Not a valid string."),
        ("", "Einige Angaben", None),
    ],
)
def test_errors_speak_the_callers_language(small_world: World, language: str, detail: str, field: str | None) -> None:
    answer = small_world.post("/calls", {"phone": 5, "channel": "x"}, "operator", headers={"Accept-Language": language})
    body: Any = answer.json
    assert body["detail"].startswith(detail)
    assert set(body["errors"]) == {"phone", "channel"}
    assert (body["errors"]["phone"] == ["Not a valid string."]) is (field == "Not a valid string.")
    assert ("Must be one of" in str(body["errors"]["channel"])) is (field == "Not a valid string.")


def test_every_wrong_field_is_named(small_world: World) -> None:
    body = {"phone": 5, "employees": "many", "consent": {"forward": "yes"}, "safe_contact": {"kind": "phone"}}
    errors: Any = small_world.post("/calls", body, "operator").json["errors"]  # type: ignore[index]
    assert set(errors) == set(body)
    assert set(errors["consent"]) == {"forward"}
    assert set(errors["safe_contact"]) == {"value"}


@pytest.mark.parametrize(
    ("fault", "status", "word"), [(StorageAway, 503, "storage_away"), (StorageFull, 507, "storage_full")]
)
def test_a_database_in_trouble(
    small_world: World, monkeypatch: pytest.MonkeyPatch, fault: type[Exception], status: int, word: str
) -> None:
    token = small_world.token("operator")

    def broken(*_: object) -> Any:
        raise fault("gone")

    monkeypatch.setattr(small_world.instance.database, "begin", broken)
    answer = small_world.client.post("/api/v1/calls", json=CALL, headers={"Authorization": f"Bearer {token}"})
    assert code(answer) == (status, word)
    assert (answer.headers.get("Retry-After") is not None) is (status == 503)


def test_regions_say_whether_they_are_open(world: World, clock: Any) -> None:
    listed: Any = world.get("/regions", None).json
    assert set(listed) == {"items", "next"}
    assert {r["key"] for r in listed["items"]} == {"bochum", "essen", "gelsenkirchen"}
    one: Any = world.get("/regions/essen", None).json
    assert (one["open_now"], one["next_opening"]) == (True, None)
    clock.forward(hours=9)
    one = world.get("/regions/essen", None).json
    assert (one["open_now"], one["next_opening"]) == (False, "2026-11-24T07:00:00+00:00")
    assert code(world.get("/regions/atlantis", None)) == (404, "unknown_region")


def test_meta_names_every_fixed_word(small_world: World) -> None:
    meta: Any = small_world.get("/meta", None).json
    enums = meta["enums"]
    assert enums["call_status"] == ["waiting", "claimed", "triaged", "closed", "withdrawn"]
    assert enums["alarm_status"] == ["sent", "opened", "accepted", "declined", "expired", "withdrawn", "released"]
    assert set(enums["incident_status"]) == {
        "open",
        "alarming",
        "assigned",
        "en_route",
        "on_site",
        "done",
        "nobody_there",
        "no_emergency",
        "withdrawn",
        "reported",
        "closed",
        "unserved",
    }
    assert enums["decline_reason"] == ["no_capacity", "too_far", "lacking_skill", "conflict_of_interest", "other"]
    assert enums["channel"] == ["phone", "web", "partner", "api", "mail", "instance"]
    assert enums["follow_up"] == ["none", "specialist", "follow_up_call"]
    assert enums["urgency"] == ["critical", "high", "normal"]
    assert enums["verdict"] == (
        ["emergency", "solved_by_phone", "advice", "referred", "out_of_area", "not_eligible", "duplicate", "nuisance"]
    )
    assert set(meta["rsit"]) == set(enums["call_type"])


def test_alive_and_ready(world: World) -> None:
    assert world.client.get("/healthz").status_code == 200
    waiting = world.client.get("/readyz")
    assert waiting.status_code == 503
    assert waiting.json == {"database": True, "schema": True, "regions": True, "engine": False}
    heartbeats.beat(world.instance, "engine-1")
    ready = world.client.get("/readyz")
    assert (ready.status_code, set(ready.json.values())) == (200, {True})  # type: ignore[union-attr]


def test_not_ready_without_a_schema(postgres_server: str, tmp_path: Any) -> None:
    settings = {"CYBERWEHR_DEMO": "1", "CYBERWEHR_DATA_DIR": str(tmp_path), "CYBERWEHR_SECRET_KEY": "x" * 32}
    for url in (postgres_server, f"sqlite:///{tmp_path / 'empty.sqlite'}"):
        bare: Instance = open_instance(load_config({**settings, "CYBERWEHR_DATABASE_URL": url}))
        with closing(bare.database):
            answer = World(bare).client.get("/readyz")
        assert (answer.status_code, answer.json["schema"]) == (503, False)  # type: ignore[index]


def test_figures_need_a_token_unless_asked_for_on_the_machine_itself(small_world: World) -> None:
    assert small_world.client.get("/metrics").status_code == 200
    through_a_proxy = {"X-Forwarded-For": "192.0.2.7"}
    assert code(small_world.client.get("/metrics", headers=through_a_proxy)) == (401, "no_token")
    operator = {"Authorization": f"Bearer {small_world.token('operator')}"}
    refused = small_world.client.get("/metrics", headers=operator, environ_overrides=ELSEWHERE)
    assert code(refused) == (403, "wrong_role")


def test_figures_for_prometheus(world: World) -> None:
    world.alarmed()
    token = world.token("auditor")
    bearer = {"Authorization": f"Bearer {token}"}
    text = world.client.get("/metrics", headers=bearer, environ_overrides=ELSEWHERE).get_data(as_text=True)
    assert 'cyberwehr_alarms{status="sent"} 3' in text
    assert 'cyberwehr_calls{status="triaged"} 1' in text
