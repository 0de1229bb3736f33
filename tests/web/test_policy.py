"""Who may use which route, written down a second time: a change of the policy must be made twice, knowingly."""

from typing import Any

import pytest
from flask import Flask

from cyberwehr.domain.terms import Role
from cyberwehr.web import policy
from tests.web.world import World

ALL = {role.value for role in Role}
DESK = {"operator", "commander"}
READERS = DESK | {"coordinator", "auditor"}
ON_SCENE = DESK | {"provider"}

BY_TOKEN: dict[tuple[str, str], set[str]] = {
    ("POST", "/api/v1/calls"): DESK | {"partner", "instance"},
    ("GET", "/api/v1/calls"): READERS,
    ("GET", "/api/v1/calls/<reference>"): READERS,
    ("POST", "/api/v1/calls/<reference>/claim"): DESK,
    ("POST", "/api/v1/calls/<reference>/place"): DESK,
    ("POST", "/api/v1/calls/<reference>/callback"): DESK,
    ("POST", "/api/v1/calls/<reference>/withdraw"): DESK,
    ("POST", "/api/v1/calls/<reference>/attach"): DESK,
    ("POST", "/api/v1/calls/<reference>/assess"): DESK,
    ("POST", "/api/v1/calls/<reference>/triage"): DESK,
    ("GET", "/api/v1/incidents"): READERS | {"provider"},
    ("GET", "/api/v1/incidents/<reference>"): READERS | {"provider"},
    ("GET", "/api/v1/incidents/<reference>/ranking"): READERS,
    ("POST", "/api/v1/incidents/<reference>/alarm"): {"commander"},
    ("POST", "/api/v1/incidents/<reference>/alarms/<alarm_id>/answer"): DESK,
    ("POST", "/api/v1/incidents/<reference>/release"): {"commander"},
    ("POST", "/api/v1/incidents/<reference>/callout"): ON_SCENE,
    ("POST", "/api/v1/incidents/<reference>/report"): ON_SCENE,
    ("POST", "/api/v1/incidents/<reference>/close"): DESK,
    ("GET", "/api/v1/demand"): READERS | {"administrator"},
}
FOR_EVERYBODY = {
    ("GET", "/api/v1/meta"),
    ("GET", "/api/v1/openapi.json"),
    ("GET", "/api/v1/regions"),
    ("GET", "/api/v1/regions/<key>"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),  # from this machine; from elsewhere see test_api_errors
}
BY_LINK = {("POST", f"/api/v1/alarms/<token>/{action}") for action in ("accept", "decline", "looking")}


def routes(app: Flask) -> set[tuple[str, str]]:
    """Method and path of all the routes that programs use, converters left out."""
    found = set()
    for rule in app.url_map.iter_rules():
        path = "".join(f"<{text}>" if dynamic else text for dynamic, text in rule._trace)[1:]
        if path.startswith(("/api/", "/healthz", "/readyz", "/metrics")):
            found |= {(method, path) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    return found


def filled(path: str) -> str:
    return path.replace("<reference>", "CW-2222-22").replace("<alarm_id>", "1").replace("<key>", "bochum")


def test_every_route_is_in_this_table(small_world: World) -> None:
    assert routes(small_world.app) == BY_TOKEN.keys() | FOR_EVERYBODY | BY_LINK


def test_every_route_has_its_row_and_every_row_its_route(small_world: World) -> None:
    assert {rule.endpoint for rule in small_world.app.url_map.iter_rules()} == policy.POLICY.keys()


def test_a_route_without_a_row_stops_the_start() -> None:
    app = Flask("bare", static_folder=None)
    app.add_url_rule("/back-door", "back_door", lambda: "")
    with pytest.raises(RuntimeError, match="back_door"):
        policy.init(app, "all")


@pytest.mark.parametrize("role", sorted(ALL))
def test_each_role_may_do_what_the_table_says(small_world: World, role: str) -> None:
    headers = {"Authorization": f"Bearer {small_world.token(role)}"}
    for (method, path), roles in BY_TOKEN.items():
        answer = small_world.client.open(filled(path), method=method, headers=headers, json=_body(method))
        assert (answer.status_code != 403) is (role in roles), (role, method, path, answer.status_code)
        assert answer.status_code not in (401, 405, 500), (role, method, path)


def test_without_a_token_only_what_is_meant_for_everybody(small_world: World) -> None:
    for method, path in BY_TOKEN:
        answer = small_world.client.open(filled(path), method=method, json=_body(method))
        assert answer.status_code == 401, (method, path)
    for method, path in FOR_EVERYBODY:
        assert small_world.client.open(filled(path), method=method).status_code in (200, 503), (method, path)


def test_a_revoked_token_opens_nothing(small_world: World) -> None:
    from sqlalchemy import update

    from cyberwehr.storage import ApiToken, now

    token = small_world.token("operator")
    with small_world.instance.begin() as tx:
        tx.execute(update(ApiToken).values(revoked_at=now(tx)))
    answer = small_world.client.get("/api/v1/calls", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_the_auditor_reads_all_and_changes_nothing(small_world: World) -> None:
    incident = small_world.assigned()
    call = small_world.incident(incident)["calls"][0]
    before = small_world.incident(incident)
    for method, path in BY_TOKEN:
        real = path.replace("/calls/<reference>", f"/calls/{call}").replace("<reference>", incident)
        answer = small_world.ask(method, filled(real), "auditor") if path.startswith("/api/") else None
        assert answer is None or answer.status_code == (200 if method == "GET" else 403), (method, path)
    assert small_world.incident(incident) == before


def test_a_partner_sends_and_sees_nothing(small_world: World) -> None:
    call = small_world.call("partner")
    assert small_world.get(f"/calls/{call}", "partner").status_code == 403
    assert small_world.get("/calls", "partner").status_code == 403
    seen: Any = small_world.get(f"/calls/{call}").json
    assert (seen["channel"], seen["partner"]) == ("partner", "partner")


def _body(method: str) -> Any:
    return {} if method == "POST" else None
