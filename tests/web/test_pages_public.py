"""The public form and the caller's own page."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from typing import IO, Any
from urllib.parse import urlencode

import pytest
from gunicorn.http.errors import InvalidChunkSize
from werkzeug.test import TestResponse

from cyberwehr.domain.terms import CalloutStatus
from cyberwehr.instance import Instance
from tests.conftest import MovingClock
from tests.web.world import World

FORM = {"form_key": "one", "phone": "0234 5550100", "company": "Muster GmbH", "town": "Bochum", "postal_code": "44801"}


def send(world: World, address: str = "/report?lang=en", **fields: str) -> TestResponse:
    return world.client.post(address, data={**FORM, **fields})


def calls(world: World) -> list[dict[str, Any]]:
    listed = world.get("/calls").json["items"]  # type: ignore[index]
    return [world.get(f"/calls/{call['reference']}").json for call in listed]  # type: ignore[misc]


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def test_a_filled_in_form_is_a_call(small_world: World) -> None:
    answer = send(
        small_world,
        email="info@muster.example",
        email_safe="no",
        safe_contact_kind="sms",
        safe_contact_value="0170 5550100",
        employees="1.200",
        description="Erst das.\r\nDann das.",
        consent_forward="yes",
        consent_police="no",
    )
    assert answer.status_code == 303
    assert answer.location.startswith("/status/")
    (call,) = calls(small_world)
    assert (call["channel"], call["language"], call["region"], call["partner"]) == ("web", "en", "bochum", None)
    assert (call["company"], call["employees"]) == ("Muster GmbH", 1200)
    assert call["description"] == "Erst das.\nDann das."
    assert call["email_safe"] is False
    assert call["safe_contact"] == {"kind": "sms", "value": "0170 5550100"}
    assert call["consent"] == {"forward": True, "statistics": None, "police": False}


@pytest.mark.parametrize(("partner", "channel"), [("kammer-1", "partner"), ("Kammer 1", "web"), ("a" * 65, "web")])
def test_the_form_at_a_partner(small_world: World, partner: str, channel: str) -> None:
    small_world.client.post("/report", query_string={"partner": partner}, data=FORM)
    (call,) = calls(small_world)
    assert call["channel"] == channel
    assert call["partner"] == (partner if channel == "partner" else None)


@pytest.mark.parametrize(
    "doubtful",
    [
        {"phone": "none of your business"},
        {"phone": "", "email": "not an address"},
        {"postal_code": "ABC", "town": "Nirgends"},
        {"company": "<script>alert(1)</script>"},
        {"safe_contact_value": "my neighbour"},
        {"description": "\u202everkehrt 🚒 \x00"},
    ],
)
def test_doubtful_content_is_kept(small_world: World, doubtful: dict[str, str]) -> None:
    answer = send(small_world, **doubtful)
    assert answer.status_code == 303
    assert len(calls(small_world)) == 1
    assert "<script>" not in text(small_world.client.get(answer.location))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"phone": "", "email": " "}, "phone"),
        ({"employees": "many"}, "employees"),
        ({"employees": "12.5"}, "employees"),
        ({"employees": "9" * 5000}, "employees"),
        ({"company": "x" * 301}, "company"),
        ({"description": "x" * 20_001}, "description"),
        ({"email_safe": "perhaps"}, "email_safe"),
    ],
)
def test_wrong_shape_shows_the_form_again(small_world: World, wrong: dict[str, str], field: str) -> None:
    answer = send(small_world, **{"contact_name": 'Frau "Kept" & Co', **wrong})
    page = text(answer)
    assert answer.status_code == 422
    assert f'<a href="#{field}">' in page
    assert f'id="{field}"' in page
    assert "<title>Error: " in page
    assert "Frau &#34;Kept&#34; &amp; Co" in page
    assert 'name="form_key" value="one"' in page
    assert calls(small_world) == []
    german = text(send(small_world, "/report?lang=de", **wrong))
    assert '<html lang="de">' in german


def in_chunks(world: World, source: IO[bytes]) -> TestResponse:
    environ = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    mimetype = "application/x-www-form-urlencoded"
    return world.client.post("/report?lang=en", input_stream=source, content_type=mimetype, environ_overrides=environ)


def test_a_form_without_a_length_is_measured_too(small_world: World) -> None:
    form = urlencode(FORM).encode()
    assert in_chunks(small_world, BytesIO(form + b"&more=" + b"x" * 3_000_000)).status_code == 413
    assert calls(small_world) == []
    assert in_chunks(small_world, BytesIO(form)).status_code == 303
    assert len(calls(small_world)) == 1


class HalfSent(BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        raise TimeoutError


def test_half_a_form_is_told_that_it_was_too_slow(small_world: World) -> None:
    answer = in_chunks(small_world, HalfSent())
    assert answer.status_code == 408
    assert "The request took too long to arrive." in text(answer)


class BadlyCut(BytesIO):
    """Chunks that say "ZZZ" where their size should stand, as gunicorn reports them."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise InvalidChunkSize(b"ZZZ")


@pytest.mark.parametrize("path", ["/report?lang=en", "/api/v1/calls", "/api/v1/nothing"])
def test_chunks_that_cannot_be_told_apart_are_no_fault_of_ours(small_world: World, path: str) -> None:
    headers = {"Authorization": f"Bearer {small_world.token('operator')}"}
    environ = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    mimetype = "application/json" if "/api/" in path else "application/x-www-form-urlencoded"
    answer = small_world.client.post(
        path, input_stream=BadlyCut(), content_type=mimetype, headers=headers, environ_overrides=environ
    )
    assert answer.status_code == (404 if "nothing" in path else 400)


def test_sent_twice_it_is_one_call(small_world: World) -> None:
    first, again = send(small_world), send(small_world)
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.location == again.location
    assert len(calls(small_world)) == 1
    assert send(small_world, phone="0234 5550199").location != first.location
    assert len(calls(small_world)) == 2


def test_a_double_click_is_one_call(world: World) -> None:
    """At the same moment, from several connections, on both databases."""

    def click(_: int) -> TestResponse:
        return world.app.test_client().post("/report", data=FORM)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(click, range(6)))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.location for answer in answers}) == 1
    assert len(calls(world)) == 1


def test_switching_the_language_keeps_what_was_typed(small_world: World) -> None:
    answer = send(small_world, "/report?lang=de&partner=kammer", switch="de", employees="many")
    assert answer.status_code == 200
    assert "Muster GmbH" in text(answer)
    assert '<html lang="de">' in text(answer)
    assert 'action="/report?lang=de&amp;partner=kammer"' in text(answer)
    assert calls(small_world) == []


def limited(instance: Instance, forms: int) -> World:
    limits = replace(instance.config.limits, forms_per_hour=forms)
    return World(replace(instance, config=replace(instance.config, limits=limits)))


def test_too_many_reports_from_one_address(sqlite_instance: Instance, clock: MovingClock) -> None:
    world = limited(sqlite_instance, 2)
    assert [send(world, form_key=str(n)).status_code for n in range(3)] == [303, 303, 429]
    refused = send(world, form_key="4")
    assert int(refused.headers["Retry-After"]) > 0
    assert "0800 1191112" in text(refused)
    assert "Muster GmbH" in text(refused)
    assert len(calls(world)) == 2
    clock.forward(hours=1)
    assert send(world, form_key="5").status_code == 303


def test_ten_megabytes_are_refused(small_world: World) -> None:
    answer = send(small_world, description="x" * 10_000_000)
    assert answer.status_code == 413
    assert "0800 1191112" in text(answer)


def test_the_status_page_from_report_to_arrival(small_world: World, clock: MovingClock) -> None:
    page = send(small_world).location
    waiting = text(small_world.client.get(page))
    assert "The control centre is open now" in waiting
    assert "Monday, 23 November 2026, 10:00" in waiting
    (call,) = calls(small_world)
    small_world.post(f"/calls/{call['reference']}/callback", {"reached": True, "spoken_with": "Frau Muster"})
    incident = small_world.emergency(call["reference"])
    assert "emergency" in text(small_world.client.get(page))
    small_world.alarmed(incident)
    assert "We are asking IT companies" in text(small_world.client.get(page))
    token = next(iter(small_world.links(incident).values()))
    small_world.post(f"/alarms/{token}/accept", {"eta_minutes": 30, "technician": "Herr Beispiel"}, None)
    coming = text(small_world.client.get(page))
    code_word = small_world.incident(incident)["code_word"]
    assert "Herr Beispiel" in coming
    assert "10:30" in coming
    assert code_word in coming
    small_world.post(f"/incidents/{incident}/callout", {"status": CalloutStatus.DONE})
    over = text(small_world.client.get(page))
    assert "The call-out has ended" in over
    assert code_word not in over


def test_the_status_page_speaks_the_callers_language(small_world: World) -> None:
    page = send(small_world, "/report?lang=de").location.partition("?")[0]
    assert '<html lang="de">' in text(small_world.client.get(page, headers={"Accept-Language": "en"}))
    assert '<html lang="en">' in text(small_world.client.get(f"{page}?lang=en"))


def test_at_night_the_status_page_says_when_we_open(small_world: World, clock: MovingClock) -> None:
    clock.forward(hours=12)
    page = text(small_world.client.get(send(small_world).location))
    assert "The control centre is closed now" in page
    assert "Tuesday, 24 November 2026, 08:00" in page


def test_two_weeks_after_the_end_the_status_page_is_gone(small_world: World, clock: MovingClock) -> None:
    page = send(small_world).location
    (call,) = calls(small_world)
    assert small_world.post(f"/calls/{call['reference']}/withdraw", {"reason": "erledigt"}).status_code == 200
    assert "withdrawn" in text(small_world.client.get(page))
    clock.forward(days=15)
    assert small_world.client.get(page).status_code == 410
    assert small_world.client.get("/status/unknown").status_code == 404
