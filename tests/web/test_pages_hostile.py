"""Whatever comes to the pages is kept or refused in words; it is never a fault."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cyberwehr.instance import Instance
from cyberwehr.services import accounts
from tests.web.world import World

CORPUS = [
    "",
    " \t\r\n ",
    "\x00",
    "a\x00b",
    "\ufffd\ufffe\uffff",
    "🚒" * 20,
    "\u202egnp.exe",
    "ﷺ" * 60,
    "'; DROP TABLE calls; --",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }} {town} %s %(x)s",
    "../../etc/passwd",
    "-1",
    "1e9",
    "NaN",
    "٣٠",
    "²",
    "9" * 5000,
    "x" * 25_000,
]
FIELDS = [
    "form_key", "phone", "email", "email_safe", "safe_contact_kind", "safe_contact_value", "company", "postal_code",
    "town", "street", "sector", "employees", "description", "consent_forward", "eta_minutes", "eta_own", "technician",
    "reason", "note", "status", "minutes", "findings", "measures", "signed_off_by", "follow_up", "password",
    "password_again", "next", "csrf_token",
]  # fmt: skip
BODIES: list[dict[str, Any]] = [
    {"data": b"phone=\xff\xfe\xed\xa0\x80&%ff=%ed%a0%80&%00=%00"},
    {"data": "phone[]=1&phone=2&phone=3&company[x]=1"},
    {"data": "phone=0234+5550100", "content_type": "application/x-www-form-urlencoded; charset=utf-16"},
    {"data": "phone=1", "content_type": "application/x-www-form-urlencoded; charset=klingon"},
    {"data": b"\x00" * 100, "content_type": "multipart/form-data; boundary=x"},
    {"data": b"--x\r\nContent-Disposition: form-data; name=phone\r\n\r\n1", "content_type": "multipart/form-data"},
    {"data": b"{]", "content_type": "application/json"},
    {"json": ["0234 5550100"]},
    {"data": "&".join(f"f{n}=1" for n in range(5000))},
    {"data": "x" * 10_000_000, "content_type": "application/x-www-form-urlencoded"},
]


def report(_: World) -> str:
    return "/report"


def login(_: World) -> str:
    return "/desk/login"


def setup(world: World) -> str:
    return str(accounts.first_administrator_link(world.instance)).removeprefix(world.instance.url(""))


def on_status(action: str) -> Callable[[World], str]:
    return lambda world: f"{world.client.post('/report', data={'phone': '0234 5550100'}).location}/{action}"


def on_alarm(action: str) -> Callable[[World], str]:
    return lambda world: f"/alarm/{next(iter(world.links(world.alarmed()).values()))}/{action}"


def on_callout(action: str) -> Callable[[World], str]:
    return lambda world: f"/alarm/{world.links(world.assigned())['bochum/bo-1']}/{action}"


FORMS = {
    "report": report,
    "login": login,
    "setup": setup,
    "note": on_status("note"),
    "withdraw": on_status("withdraw"),
    "accept": on_alarm("accept"),
    "decline": on_alarm("decline"),
    "advance": on_callout("advance"),
    "callout report": on_callout("report"),
}


SLOW = {"login", "setup"}
"""Each attempt hashes a password."""


@pytest.fixture
def patient(instance: Instance) -> World:
    """Where nobody knocks too often."""
    limits = replace(instance.config.limits, forms_per_hour=1_000_000, logins_per_quarter_hour=1_000_000)
    return World(replace(instance, config=replace(instance.config, limits=limits)))


@pytest.mark.parametrize("form", FORMS)
def test_a_hostile_form_is_no_fault(patient: World, form: str) -> None:
    path = FORMS[form](patient)
    for value in CORPUS[:8] if form in SLOW else CORPUS:
        answer = patient.client.post(path, data=dict.fromkeys(FIELDS, value))
        assert answer.status_code < 500, (value[:40], answer.status_code)
        assert "<img" not in answer.get_data(as_text=True).replace('<img src="/static/mark.svg"', "")
    for body in BODIES:
        answer = patient.client.post(path, **body)
        assert answer.status_code < 500, (body, answer.status_code)


def test_a_hostile_value_in_one_field_is_kept(patient: World) -> None:
    """With a telephone number beside it, what is not too long arrives."""
    for value in CORPUS[2:]:
        for field, most in (("company", 300), ("postal_code", 40), ("description", 20_000), ("email", 300)):
            answer = patient.client.post("/report", data={"phone": "0234 5550100", field: value})
            assert answer.status_code == (303 if len(value) <= most else 422), (field, value[:40])


ADDRESSES = [
    "/status/%00",
    "/status/%ed%a0%80",
    "/status/%00/note",
    "/status/%ed%a0%80/withdraw",
    "/alarm/%00",
    "/alarm/%F0%9F%9A%92",
    f"/alarm/{'x' * 5000}",
    "/setup/%00",
    "/?lang=%00",
    "/report?partner=%ed%a0%80&lang=%ff",
    "/%ff",
    "//evil.example/",
    "/?%00=%00",
    "/desk/login?next=%00",
    "/office/demand?from=%00&to=%ff&region=%ed%a0%80",
]


def test_a_hostile_address_is_no_fault(patient: World) -> None:
    for address in ADDRESSES:
        answer = patient.client.get(address)
        assert answer.status_code < 500, address
        assert 'href="//' not in answer.get_data(as_text=True)


def test_a_hostile_cookie_is_no_fault(patient: World) -> None:
    for value in ("x", "\xff", "a" * 4000, '"\\000"'):
        answer = patient.client.get("/", headers={"Cookie": f"cyberwehr_session={value}"})
        assert answer.status_code == 200
