"""Signing in and out, the board, the set-up link, and the demo's messages."""

from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from cyberwehr.app import create_app
from cyberwehr.domain.terms import Role
from cyberwehr.instance import Instance
from cyberwehr.services import accounts, outbox
from cyberwehr.services.actors import ENGINE
from cyberwehr.storage import LoginSession
from cyberwehr.web import context
from cyberwehr.web.policy import COOKIE
from tests.conftest import MovingClock
from tests.web.test_pages import PASSWORD, sign_in, without_demo
from tests.web.world import World

EMAIL = "frau@leitstelle.example"


def login(world: World, password: str = PASSWORD, address: str = "/desk/login", **fields: str) -> TestResponse:
    return world.client.post(address, data={"email": EMAIL, "password": password, **fields})


def invited(world: World) -> str:
    """The path of a set-up link for an operator."""
    return accounts.invite(world.instance, EMAIL, Role.OPERATOR, ENGINE).removeprefix(world.instance.url(""))


def test_signing_in(small_world: World) -> None:
    accounts.create_user(small_world.instance, EMAIL, Role.OPERATOR, PASSWORD, ENGINE)
    wrong = login(small_world, "fifteen letters and less")
    unknown = small_world.client.post("/desk/login", data={"email": "x@leitstelle.example", "password": PASSWORD})
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert COOKIE not in wrong.headers.get("Set-Cookie", "")
    right = login(small_world)
    assert (right.status_code, right.location) == (303, "/desk/")
    cookie = right.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert small_world.client.get("/desk/").status_code == 200


def test_the_start_page_of_the_control_room_is_the_board(sqlite_instance: Instance) -> None:
    client = create_app(sqlite_instance.config, "desk", sqlite_instance).test_client()
    answer = client.get("/?lang=en")
    assert (answer.status_code, answer.location) == (302, "/desk/?lang=en")
    assert client.get("/report").status_code == 404


def test_over_https_the_cookie_is_secure(sqlite_instance: Instance) -> None:
    own = replace(sqlite_instance.config.instance, desk_url="https://localhost")
    world = World(replace(sqlite_instance, config=replace(sqlite_instance.config, instance=own)))
    accounts.create_user(world.instance, EMAIL, Role.OPERATOR, PASSWORD, ENGINE)
    assert "Secure" in login(world).headers["Set-Cookie"].split("; ")


@pytest.mark.parametrize(
    ("wanted", "seen"),
    [
        ("/desk/?a=1", "/desk/?a=1"),
        ("//evil.example/", "/desk/"),
        ("/\\evil.example", "/desk/"),
        ("/\t/evil.example", "/desk/"),
        ("https://evil.example/", "/desk/"),
        ("/ok\r\nSet-Cookie: a=b", "/desk/"),
        ("", "/desk/"),
    ],
)
def test_after_signing_in_one_stays_here(small_world: World, wanted: str, seen: str) -> None:
    accounts.create_user(small_world.instance, EMAIL, Role.OPERATOR, PASSWORD, ENGINE)
    assert login(small_world, next=wanted).location == seen


def test_the_way_to_the_board_leads_through_the_login(small_world: World) -> None:
    answer = small_world.client.get("/desk/?lang=en")
    assert answer.status_code == 302
    form = small_world.client.get(answer.location).get_data(as_text=True)
    assert 'name="next" value="/desk/?lang=en"' in form


def test_guessing_many_names_is_slow(sqlite_instance: Instance) -> None:
    limits = replace(sqlite_instance.config.limits, logins_per_quarter_hour=1)
    world = World(replace(sqlite_instance, config=replace(sqlite_instance.config, limits=limits)))
    tries = [{"email": f"{n}@all.example", "password": "wrong wrong wrong"} for n in range(6)]
    assert [world.client.post("/desk/login", data=each).status_code for each in tries] == [401] * 5 + [429]


def test_passwords_wait_for_their_turn(small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checking one keeps a processor busy: those beyond two at a time are sent away before they hold up the others."""
    monkeypatch.setattr(context, "APART_SECONDS", 0.01)
    with context.PLACES_APART, context.PLACES_APART:
        assert login(small_world, "wrong wrong wrong").status_code == 429
    assert login(small_world, "wrong wrong wrong").status_code == 401


def test_guessing_is_slow(sqlite_instance: Instance, clock: MovingClock) -> None:
    limits = replace(sqlite_instance.config.limits, logins_per_quarter_hour=2)
    world = World(replace(sqlite_instance, config=replace(sqlite_instance.config, limits=limits)))
    accounts.create_user(world.instance, EMAIL, Role.OPERATOR, PASSWORD, ENGINE)
    assert [login(world, "wrong wrong wrong").status_code for _ in range(3)] == [401, 401, 429]
    refused = login(world)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    clock.forward(minutes=15)
    assert login(world).status_code == 303


def test_a_session_ends_in_silence_and_after_a_shift(small_world: World, clock: MovingClock) -> None:
    sign_in(small_world)
    for _ in range(23):
        clock.forward(minutes=29)
        assert small_world.client.get("/desk/").status_code == 200
    clock.forward(minutes=60)
    assert small_world.client.get("/desk/").status_code == 302
    assert login(small_world).status_code == 303
    clock.forward(minutes=31)
    assert small_world.client.get("/desk/").status_code == 302


@pytest.mark.parametrize("forged", ["", "wrong", "ü", "🚒"])
def test_nobody_else_can_sign_one_out(small_world: World, forged: str) -> None:
    sign_in(small_world)
    assert small_world.client.post("/desk/logout", data={"csrf_token": forged}).status_code == 403
    assert small_world.client.get("/desk/").status_code == 200


def test_signing_out_ends_the_session_for_good(small_world: World) -> None:
    sign_in(small_world)
    stolen = small_world.client.get_cookie(COOKIE)
    assert stolen is not None
    with small_world.instance.reading() as tx:
        csrf_token = tx.query(LoginSession).one().csrf_token
    assert csrf_token in small_world.client.get("/desk/").get_data(as_text=True)
    answer = small_world.client.post("/desk/logout", data={"csrf_token": csrf_token})
    assert (answer.status_code, answer.location) == (303, "/desk/login")
    small_world.client.set_cookie(COOKIE, stolen.value)
    assert small_world.client.get("/desk/").status_code == 302


def test_the_board_shows_what_waits_and_runs(small_world: World) -> None:
    waiting = small_world.call(company="Wartend GmbH")
    incident = small_world.alarmed()
    unserved = small_world.emergency(small_world.call(company="Allein GmbH"))
    set_unserved(small_world, unserved)
    sign_in(small_world)
    page = small_world.client.get("/desk/?lang=en").get_data(as_text=True)
    for known in (waiting, "Wartend GmbH", incident, "Muster GmbH", "Providers are being asked", "Asked", unserved):
        assert known in page
    assert page.index(unserved) < page.index(waiting)
    assert '<noscript><meta http-equiv="refresh"' in page


def set_unserved(world: World, incident: str) -> None:
    """Everybody declines."""
    world.alarmed(incident)
    for _ in range(20):
        live = {a["provider"] for a in world.incident(incident)["alarms"] if a["status"] == "sent"}
        for provider, token in world.links(incident).items():
            if provider in live:
                world.post(f"/alarms/{token}/decline", {"reason": "no_capacity"}, None)
    assert world.incident(incident)["status"] == "unserved"


def test_the_set_up_link_works_once(small_world: World) -> None:
    link = invited(small_world)
    assert EMAIL in small_world.client.get(link).get_data(as_text=True)
    twice = {"password": PASSWORD, "password_again": PASSWORD}
    assert small_world.client.post(link, data={**twice, "password_again": "x"}).status_code == 422
    assert small_world.client.post(link, data={"password": "short", "password_again": "short"}).status_code == 422
    answer = small_world.client.post(link, data=twice)
    assert (answer.status_code, answer.location) == (303, "/desk/login")
    assert small_world.client.get(link).status_code == 410
    assert small_world.client.post(link, data=twice).status_code == 410
    assert login(small_world).status_code == 303
    assert small_world.client.get("/setup/unknown").status_code == 404


def test_the_first_administrator_names_himself(small_world: World) -> None:
    link = str(accounts.first_administrator_link(small_world.instance)).removeprefix(small_world.instance.url(""))
    twice = {"password": PASSWORD, "password_again": PASSWORD}
    for wrong in ("", "not an address", "a\x00b"):
        answer = small_world.client.post(link, data={"email": wrong, **twice})
        assert answer.status_code == 422
        assert '<a href="#email">' in answer.get_data(as_text=True)
    assert small_world.client.post(link, data={"email": EMAIL, **twice}).status_code == 303
    assert login(small_world).status_code == 303


def deliver(world: World) -> None:
    (channel,) = [c for c in world.instance.plugins.channels(world.instance.channel_settings()) if "*" in c.kinds]
    while job := outbox.claim_next(world.instance, "test"):
        outbox.settle(world.instance, job, "test", channel.deliver(job.message))


def test_the_demos_messages(small_world: World) -> None:
    small_world.call(email="a@b.example", email_safe=True, language="en", company="<b>Evil</b> http://evil.example/x")
    incident = small_world.alarmed()
    deliver(small_world)
    client = create_app(small_world.instance.config, instance=small_world.instance).test_client()
    page = client.get("/office/messages?lang=en").get_data(as_text=True)
    for token in small_world.links(incident).values():
        link = small_world.instance.url(f"/alarm/{token}")
        assert f'<a href="{link}">{link}</a>' in page
    assert "a@b.example" in page
    assert 'href="http://evil.example' not in page
    assert "<b>Evil" not in page
    assert client.get(f"/alarm/{token}").status_code == 200


def test_outside_of_a_demo_messages_are_nobodys_to_read(sqlite_instance: Instance) -> None:
    world = World(without_demo(sqlite_instance))
    assert world.client.get("/office/messages").status_code == 404
