"""A hostile world: whatever arrives, on whatever route, nothing breaks; and a call is kept whatever its words are."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.conftest import MovingClock, make_instance, with_database
from tests.web.world import ACCEPT, CALL, EMERGENCY, REPORT, World

TEXTS = {
    "emoji": "👩‍🚒🔥" * 20,
    "nul": "a\x00b",
    "lone surrogate": "x\ud800y",
    "reversed surrogates": "\udc00\ud800",
    "right to left": "\u202egro.live\u202c",
    "sql": "'; DROP TABLE calls; --",
    "percent": "100%s %(x)s %n {0} {reference} {{7*7}}",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "mail header": "x\r\nBcc: all@victims.example\r\n\r\nbody",
    "control characters": "\x07\x1b[2J\x7f",
    "combining": "Z̷̢̛͔a̸l̶g̴o̵" * 10,
    "path": "../../../../etc/passwd",
    "byte order mark": "\ufeffBochum",
    "only spaces": "   \u2003 ",
    "non-characters": "\ufffe\uffff",
    "astral": "\U0010ffff",
}
WRONG = {
    "number": 5,
    "float": 1.5,
    "true": True,
    "list": [],
    "nested list": [[["x"]]],
    "object": {"a": 1},
    "huge number": 10**300,
    "beyond 64 bits": 2**63,
    "beyond 32 bits": 2**31,
    "negative": -(2**63) - 1,
    "tiny": 5e-324,
    "long text": "x" * 30_000,
}
MOMENTS = [
    "0001-01-01T00:00:00+14:00",
    "0001-01-01T00:00:00-14:00",
    "9999-12-31T23:59:59+14:00",
    "9999-12-31T23:59:59.999999-14:00",
    "1970-01-01T00:00:00Z",
    "2099-12-31T23:59:59Z",
    "2026-02-30T00:00:00Z",
    "2026-10-25T02:30:00+02:00",
    "2026-03-29T02:30:00+01:00",
    "2026-11-23T25:00:00Z",
    "2026-11-23T10:00:00+99:99",
    "2026-11-23T10:00:00+23:59:59.999999",
    "2026-11-23T10:00:00",
    "2026-11-23",
    "20261123T100000Z",
    "2026-W48-1T10:00:00Z",
    "now",
    "",
    "１２３４-０１-０１T00:00:00Z",
]
DEEP = 100_000
JSON = "application/json"
BODIES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", JSON),
    "white space": (b" \r\n\t", JSON),
    "null": (b"null", JSON),
    "list": (b"[]", JSON),
    "text": (b'"x"', JSON),
    "number": (b"5", JSON),
    "cut off": (b'{"phone": "1', JSON),
    "trailing": (b'{"phone": "1"}{}', JSON),
    "not a number": (b'{"employees": NaN}', JSON),
    "infinity": (b'{"turnover_million_eur": -Infinity, "eta_minutes": 1e999}', JSON),
    "5,000 digits": (b'{"employees": ' + b"9" * 5000 + b"}", JSON),
    "5,000 decimals": (b'{"employees": 0.' + b"9" * 5000 + b"}", JSON),
    "deep lists": (b"[" * DEEP, JSON),
    "deep lists, closed": (b"[" * DEEP + b"]" * DEEP, JSON),
    "deep objects": (b'{"a":' * DEEP, JSON),
    "deep value": (b'{"description": ' + b"[" * 900 + b"]" * 900 + b"}", JSON),
    "deep unknown key": (b'{"channel": "phone", "x": ' + b"[" * 900 + b"]" * 900 + b"}", JSON),
    "duplicate keys": (b'{"phone": "1", "phone": {}, "phone": "2"}', JSON),
    "many keys": (json.dumps({f"k{i}": i for i in range(20_000)}).encode(), JSON),
    "long key": (json.dumps({"channel": "phone", "k" * 100_000: 1}).encode(), JSON),
    "odd keys": (b'{"channel": "phone", "\\u0000": 1, "\\ud800": 2, "": 3, "__proto__": 4, "_schema": 5}', JSON),
    "byte order mark": (b"\xef\xbb\xbf{}", JSON),
    "utf-16": ('{"phone": "1"}'.encode("utf-16"), "application/json; charset=utf-16"),
    "latin-1": ('{"company": "Müller"}'.encode("latin-1"), "application/json; charset=iso-8859-1"),
    "unknown charset": (b'{"phone": "1"}', "application/json; charset=klingon"),
    "invalid utf-8": (b'{"phone": "\xff\xfe"}', JSON),
    "form": (b"phone=1&channel=phone", "application/x-www-form-urlencoded"),
    "multipart": (b"--x\r\nContent-Disposition: form-data\r\n\r\n", "multipart/form-data; boundary=x"),
    "multipart without boundary": (b"x", "multipart/form-data"),
    "no type": (b'{"phone": "1"}', ""),
    "odd type": (b'{"phone": "1"}', "application/\xff;;;="),
    "xml": (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>', "text/xml"),
    "900 kB": (json.dumps({"channel": "phone", "description": "x" * 900_000}).encode(), JSON),
    "10 MB": (b'{"description": "' + b"x" * 10_000_000 + b'"}', JSON),
    "20 MB": (b"[" * 20_000_000, JSON),
}
SEGMENTS = [
    "x",
    "%00",
    "%FF%FE",
    "%ED%A0%80",
    "%E2%80%AE",
    "'%20OR%201=1--",
    "..%2F..%2Fetc%2Fpasswd",
    "-1",
    "2147483648",
    "9" * 30,
    "a" * 8000,
    "👩‍🚒",
    "%25s",
    "CW-%00-22",
]
QUERY_VALUES = [
    *SEGMENTS,
    "",
    "%2B",
    "0",
    "1e3",
    "1.5",
    "true",
    "null",
    "１２",
    "LTU",
    "OTk5OTk5OTk5OTk5OTk5OTk5",
    "MjE0NzQ4MzY0OA",
    "%0A5",
]


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One instance for the whole module: what survives a thousand blows in a row survives one, too."""
    url = None
    if request.param == "postgres":
        server = request.getfixturevalue("postgres_template")
        admin = create_engine(server, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text("CREATE DATABASE hostile TEMPLATE template_walk STRATEGY FILE_COPY"))
        admin.dispose()
        url = with_database(server, "hostile")
    instance = make_instance(tmp_path_factory.mktemp("hostile"), url)
    instance.database.clock = MovingClock()
    yield World(instance)
    instance.database.close()


def survives(answer: TestResponse, what: object) -> None:
    assert answer.status_code < 500 or answer.request.path == "/readyz", (
        what,
        answer.status_code,
        answer.get_data(as_text=True)[:300],
    )
    if answer.status_code >= 400 and answer.request.path.startswith("/api/"):
        assert answer.mimetype == "application/problem+json", what


def all_paths(world: World, method: str, segment: str = "CW-2222-22") -> Iterator[str]:
    """Every route that takes this method, its parameters filled with `segment`."""
    for rule in world.app.url_map.iter_rules():
        if method in (rule.methods or ()):
            yield with_segment(rule, segment)


def with_segment(rule: Rule, segment: str) -> str:
    return "".join(segment if dynamic else text for dynamic, text in rule._trace)[1:]


def authorized(world: World, **headers: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {world.token('commander')}", **headers}


@pytest.mark.parametrize("name", BODIES)
def test_any_body_on_any_route(world: World, name: str) -> None:
    body, kind = BODIES[name]
    for path in all_paths(world, "POST"):
        answer = world.client.post(path, data=body, headers=authorized(world, **{"Content-Type": kind}))
        survives(answer, (path, name))


def test_a_body_of_any_depth(world: World) -> None:
    """Around the depth at which the parser gives up, every single step."""
    headers = authorized(world, **{"Content-Type": JSON})
    for depth in range(850, 1010, 2):
        body = b'{"channel": "phone", "x": ' + b"[" * depth + b"]" * depth + b"}"
        answer = world.client.post("/api/v1/calls", data=body, headers=headers)
        assert answer.status_code in (201, 400), (depth, answer.status_code)


@pytest.mark.parametrize("name", TEXTS)
def test_any_text_in_any_field_of_a_call_is_kept(world: World, name: str) -> None:
    value = TEXTS[name]
    for field in (
        "company",
        "contact_name",
        "phone",
        "email",
        "postal_code",
        "town",
        "street",
        "sector",
        "description",
    ):
        told = {**CALL, field: value[:40], "channel": "phone"}
        answer = world.post("/calls", told, "operator")
        assert answer.status_code == 201, (field, answer.get_data(as_text=True)[:300])
        shown = world.get(f"/calls/{answer.json['reference']}")  # type: ignore[index]
        assert shown.status_code == 200
        shown.get_data().decode("utf-8").encode("utf-8")
    everywhere = dict.fromkeys(CALL, value[:40]) | {"channel": "phone", "language": "de", "employees": 1}
    safe = {"kind": "mail", "value": value}
    told = {**everywhere, "safe_contact": safe if value.strip() else None, "email_safe": True}
    call = world.call(**told)
    incident = world.emergency(call)
    assert world.post(f"/calls/{call}/place", {"region": "bochum"}).status_code == 200
    world.alarmed(incident)
    provider, token = next(iter(world.links(incident).items()))
    assert world.post(f"/alarms/{token}/accept", ACCEPT, None).status_code == 200
    assert world.incident(incident)["callout"]["provider"] == provider


@pytest.mark.parametrize("kind", WRONG)
def test_the_wrong_type_in_any_field_of_a_call_is_said_clearly(world: World, kind: str) -> None:
    fields = [*CALL, "email_safe", "safe_contact", "turnover_million_eur", "call_type", "consent", "received_at"]
    for field in fields:
        answer = world.post("/calls", {**CALL, field: WRONG[kind]}, "operator")
        survives(answer, field)
        assert answer.status_code in (201, 422), field
        if answer.status_code == 422:
            assert field in answer.json["errors"], field  # type: ignore[index]


@pytest.mark.parametrize("moment", MOMENTS)
def test_any_moment(world: World, moment: str) -> None:
    answer = world.post("/calls", {**CALL, "received_at": moment}, "operator")
    assert answer.status_code in (201, 422)
    survives(answer, moment)
    for listing in ("calls", "incidents"):
        survives(world.get(f"/{listing}", query_string={"since": moment}), moment)


@pytest.mark.parametrize("value", [*TEXTS.values(), *WRONG.values(), None], ids=[*TEXTS, *WRONG, "null"])
def test_any_value_in_any_field_of_any_other_body(world: World, value: Any) -> None:
    """Every field of every body in turn, on things that exist and are in the right state."""
    call, incident, done = world.call(), world.alarmed(), world.assigned("bochum/bo-4")
    link = next(iter(world.links(incident).values()))
    alarm = world.incident(incident)["alarms"][0]["id"]
    world.post(f"/incidents/{done}/callout", {"status": "done"})
    spoken = {**ACCEPT, "answer": "accepted", "reason": "other", "note": "x", "spoken_with": "x"}
    bodies: list[tuple[str, str | None, dict[str, Any]]] = [
        (f"/calls/{call}/place", "operator", {"region": "essen"}),
        (f"/calls/{call}/callback", "operator", {"reached": True, "spoken_with": "x"}),
        (f"/calls/{call}/attach", "operator", {"incident": incident}),
        (f"/calls/{call}/assess", "operator", {"answers": {"business": "stopped"}, "call_type": "ransomware"}),
        (f"/calls/{call}/triage", "operator", {**EMERGENCY, "answers": {"a": "b"}, "override_reason": "x"}),
        (f"/incidents/{incident}/alarm", "commander", {"providers": ["essen/es-1"], "override_reason": "x"}),
        (f"/alarms/{link}/looking", None, {"x": 1}),
        (f"/alarms/{link}/decline", None, {"reason": "other", "note": "x"}),
        (f"/incidents/{incident}/alarms/{alarm}/answer", "operator", spoken),
        (f"/alarms/{link}/accept", None, {**ACCEPT}),
        (f"/incidents/{done}/callout", "commander", {"status": "done", "at": "2026-11-23T09:00:00Z", "note": "x"}),
        (f"/incidents/{done}/report", "commander", REPORT),
        (f"/incidents/{incident}/release", "commander", {"reason": "x"}),
        (f"/incidents/{done}/close", "commander", {"x": 1}),
        (f"/calls/{call}/withdraw", "operator", {"reason": "x"}),
    ]
    for path, who, body in bodies:
        for field in body:
            odd = {str(value)[:50]: value} if field == "answers" else value
            survives(world.post(path, {**body, field: odd}, who), (path, field))
    survives(world.get(f"/incidents/{incident}"), incident)
    survives(world.get(f"/calls/{call}"), call)


@pytest.mark.parametrize("segment", SEGMENTS)
def test_anything_in_any_path(world: World, segment: str) -> None:
    for method in ("GET", "POST"):
        for path in all_paths(world, method, segment):
            for headers in (authorized(world), authorized(world, **{"Idempotency-Key": "k"})):
                survives(world.client.open(path, method=method, headers=headers), (method, path))


@pytest.mark.parametrize("value", QUERY_VALUES)
def test_anything_in_any_query(world: World, value: str) -> None:
    names = ("limit", "cursor", "status", "region", "since", "lang", "partner", "next", "%00", "x" * 2000)
    everything = "&".join(f"{name}={value}" for name in names)
    for path in all_paths(world, "GET", "CW-2222-22"):
        survives(world.client.get(f"{path}?{everything}", headers=authorized(world)), path)
    for path in ("/api/v1/calls", "/api/v1/incidents"):
        for name in names:
            survives(world.client.get(f"{path}?{name}={value}", headers=authorized(world)), (path, name))


@pytest.mark.parametrize(
    "header",
    [
        "Authorization",
        "Idempotency-Key",
        "Accept-Language",
        "Accept",
        "Content-Type",
        "Origin",
        "Cookie",
        "X-Forwarded-For",
        "Range",
        "If-Modified-Since",
    ],
)
@pytest.mark.parametrize(
    "value",
    [
        "",
        "\x80\xff",
        "x" * 8000,
        "Bearer \xc3\x28",
        "de;q=NaN, *;q=-1, \xff",
        "http://[::1",
        "cyberwehr_session=%00",
        "bytes=9-1",
        "\t",
    ],
)
def test_anything_in_any_header(world: World, header: str, value: str) -> None:
    for method, path in (("POST", "/api/v1/calls"), ("GET", "/api/v1/calls"), ("GET", "/"), ("POST", "/report")):
        headers = {**authorized(world), header: value}
        survives(world.client.open(path, method=method, headers=headers, data=b"{}"), (method, path))


@pytest.mark.parametrize("host", ["", "evil.example", "localhost:99999", "[::1", "a b", "x" * 5000, "localhost\x00"])
def test_any_host(world: World, host: str) -> None:
    for path in ("/api/v1/calls", "/healthz"):
        survives(world.client.get(path, headers={**authorized(world), "Host": host}), host)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "BREW", "x" * 500])
def test_any_method(world: World, method: str) -> None:
    for path in ("/api/v1/calls", "/api/v1/incidents/CW-2222-22", "/healthz", "/"):
        survives(world.client.open(path, method=method, headers=authorized(world)), (method, path))


def test_answers_to_odd_words_are_valid_json(world: World) -> None:
    """No lone surrogate leaves the house: strict parsers refuse it."""
    body = b'{"channel": "phone", "company": "\\ud800", "\\udfff": 1, "description": "\\u0000"}'
    answer = world.client.post("/api/v1/calls", data=body, headers=authorized(world, **{"Content-Type": JSON}))
    assert answer.status_code == 201
    json.dumps(answer.json, ensure_ascii=False).encode("utf-8")
    refused = world.post(f"/calls/{answer.json['reference']}/claim", {"\ud800": 1}, "operator")  # type: ignore[index]
    assert refused.status_code == 422
    json.dumps(refused.json, ensure_ascii=False).encode("utf-8")
