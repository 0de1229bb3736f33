"""The whole walk as its people live it: a form, a mail from a real SMTP server, a click, and help comes."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Running, Start, free_port, wait_for


class Mailbox:
    """What the SMTP server took in."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if address in str(mail["To"])]

    def link(self, address: str, path: str) -> str:
        """The newest link of a kind that was mailed to an address; waits for it."""
        wait_for(lambda: self.links(address, path), lambda: f"no {path} for {address}")
        return self.links(address, path)[-1]

    def links(self, address: str, path: str) -> list[str]:
        return [link for mail in self.to(address) for link in re.findall(rf"http://\S+{path}[\w-]+", plain(mail))]


def plain(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    yield box, f"smtp://127.0.0.1:{server.port}"
    server.stop()


@pytest.fixture
def walk(start: Start, mailbox: tuple[Mailbox, str]) -> tuple[Running, Mailbox]:
    box, url = mailbox
    running = start(CYBERWEHR_MAIL_URL=url)
    running.wait_until_ready()
    return running, box


@pytest.mark.parametrize("language", ["de", "en"])
def test_from_the_form_to_the_report(walk: tuple[Running, Mailbox], browser: Browser, language: str) -> None:
    running, box = walk
    caller, technician = browser.new_page(), browser.new_page()
    status = fill_in_form(caller, running, language)
    incident = judge_and_alarm(running)
    assert_staged(box)
    technician.goto(local(running, box.link("alarm@", "/alarm/")))
    assert "Geheimnis GmbH" not in technician.content()
    accept(technician)
    assert "Geheimnis GmbH" in technician.content()
    word = code_word(technician)
    caller.goto(status)
    expect(caller.locator("body")).to_contain_text("Technik Beispiel")
    expect(caller.locator("body")).to_contain_text(word)
    assert not [mail for mail in box.mails if word in plain(mail)]
    assert incident["status"] == "alarming"
    caller.close()
    technician.close()


def fill_in_form(page: Page, running: Running, language: str) -> str:
    """The caller's side, without JavaScript; returns the address of the status page."""
    page.goto(f"{running.url}/report?lang={language}")
    assert page.locator("html").get_attribute("lang") == language
    for name, value in {
        "company": "Geheimnis GmbH",
        "contact_name": "Erika Beispiel",
        "phone": "+49 30 23125 100",
        "email": "erika@geheimnis.example",
        "postal_code": "44787",
        "town": "Bochum",
        "street": "Beispielweg 1",
        "employees": "12",
        "description": "Alles verschlüsselt <b>sofort</b> 🚒",
    }.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("form#report button.big").click()
    assert "/status/" in page.url
    return page.url


def judge_and_alarm(running: Running) -> dict[str, Any]:
    """The control centre's side, by API."""
    token = running.token("commander")
    _, listed = running.get("/api/v1/calls?status=waiting", token)
    (call,) = listed["items"]
    path = f"/api/v1/calls/{call['reference']}"
    judged = {"verdict": "emergency", "call_type": "ransomware", "urgency": "critical"}
    status, answer = running.post(f"{path}/triage", judged, token)
    assert status == 200, answer
    alarm = f"/api/v1/incidents/{answer['incident']}/alarm"
    assert running.post(alarm, {}, token)[1]["code"] == "callback_missing"
    assert running.post(f"{path}/callback", {"reached": True, "spoken_with": "Frau Beispiel"}, token)[0] == 200
    status, raised = running.post(alarm, {}, token)
    assert status == 201, raised
    return raised


def assert_staged(box: Mailbox) -> None:
    """The alarm says where roughly and what, not who; nothing went to the company's own mailbox."""
    box.link("alarm@", "/alarm/")
    alarm = box.to("alarm@")[0]
    assert "ÜBUNG" in str(alarm["Subject"]) or "EXERCISE" in str(alarm["Subject"])
    assert not any("Geheimnis" in plain(mail) or "Beispielweg" in plain(mail) for mail in box.to("alarm@"))
    assert box.to("geheimnis.example") == []
    assert alarm["Message-ID"]


def accept(page: Page) -> None:
    page.locator("[name=eta_minutes][value='30']").check()
    page.locator("[name=technician]").fill("Technik Beispiel")
    page.locator("form[action$='/accept'] button").first.click()


def code_word(page: Page) -> str:
    found = re.search(r"[A-ZÄÖÜ]\w+ [A-ZÄÖÜ]\w+ \d\d\b", page.locator("main").inner_text())
    assert found
    return found[0]


def local(running: Running, link: str) -> str:
    """The link as mailed (public address), reached on the test's port."""
    return running.url + re.sub(r"^http://[^/]+", "", link)
