"""A call from the first word to the end, by clicks alone: operator, commander and technician."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e import scenes
from tests.e2e.conftest import Running, launch
from tests.e2e.scenes import alarm_links, sign_in
from tests.e2e.test_every_page import working_hours


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    up = launch(tmp_path_factory.mktemp("desk"), CYBERWEHR_CLOCK_OFFSET=str(working_hours()))
    try:
        up.wait_until_ready()
        yield up
    finally:
        up.end()


@pytest.fixture(scope="module")
def staff(running: Running, browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    sign_in(context, running)
    yield context
    context.close()


@pytest.mark.parametrize("language", ["de", "en"])
def test_by_clicks_from_the_call_to_the_report(
    running: Running, staff: BrowserContext, browser: Browser, language: str
) -> None:
    desk, outside = staff.new_page(), browser.new_context(java_script_enabled=False).new_page()
    take_down(desk, running, language)
    interview_and_decide(desk)
    incident = alarm(desk)
    word = help_on_its_way(outside, running, incident)
    assert word in desk_text(desk)
    outside.context.close()
    report_and_close(desk)
    desk.close()


def take_down(page: Page, running: Running, language: str) -> None:
    """The operator types what she hears, and takes the call."""
    page.goto(f"{running.url}/desk/calls/new?lang={language}")
    assert page.locator("html").get_attribute("lang") == language
    for name, value in {
        "phone": "+49 234 5550100",
        "company": "Beispiel & Kinder GmbH",
        "contact_name": "Erika Beispiel",
        "postal_code": "44787",
        "town": "Bochum",
        "street": "Beispielweg 1",
        "employees": "12",
        "description": "Alle Bildschirme sind schwarz, jemand will Geld.",
    }.items():
        page.locator(f"#new-{name}").fill(value)
    page.locator("#new button.big").click()
    page.locator("#claim button").click()


def interview_and_decide(page: Page) -> None:
    """The suggestion follows the answers; what is suggested is set already."""
    for question, answer in {"spreading": "yes", "business": "stopped", "ransom_note": "yes"}.items():
        page.locator(f"input[name='q-{question}'][value='{answer}']").check(force=True)
    page.locator(".save button").click()
    expect(page.locator(".early")).to_be_visible()
    assert page.locator("#interview-verdict").input_value() == "emergency"
    assert page.locator("input[name=urgency][value=critical]").is_checked()
    page.locator("#decision button.big").click()
    assert "/desk/incidents/" in page.url


def alarm(page: Page) -> str:
    """The commander alarms as proposed; what happens then appears by itself. The incident's reference."""
    page.locator("#alarm button").click()
    expect(page.locator("#waves .line").first).to_be_visible()
    return page.url.split("/incidents/")[1][:10]


def help_on_its_way(page: Page, running: Running, incident: str) -> str:
    """The technician, on a phone without JavaScript: accepts, has the permission signed, says how far he is."""
    link = alarm_links(running, incident)[0]
    page.goto(running.url + link)
    assert "Beispiel & Kinder" not in page.content()
    page.locator("[name=eta_minutes][value='30']").check()
    page.locator("[name=technician]").fill("Technik Beispiel")
    page.locator("form[action*='/accept'] button").first.click()
    expect(page.locator("main")).to_contain_text("Beispiel & Kinder GmbH")
    for name in ("access", "liability", "data_protection"):
        page.locator(f"#{name}").check()
    page.locator("#signed_by").fill("Erika Beispiel")
    page.locator("#permission button").click()
    for step in ("on_site", "done"):
        page.locator(f"button[value={step}]").click()
    return str(page.locator(".word").first.inner_text())


def desk_text(page: Page) -> str:
    page.reload()
    return str(page.locator("main").inner_text())


def report_and_close(page: Page) -> None:
    page.locator("#report summary").click()
    for name, value in {"minutes": "95", "findings": "Verschlüsselt", "measures": "Getrennt"}.items():
        page.locator(f"#report-{name}").fill(value)
    page.locator("#report-signed_off_by").fill("Erika Beispiel")
    page.locator("#report-follow_up").select_option("none")
    page.locator("#report button").click()
    page.locator("#close button").click()
    expect(page.locator("#close")).to_have_count(0)


def test_new_things_appear_by_themselves(running: Running, staff: BrowserContext) -> None:
    """Within two seconds, and without a touch."""
    board = staff.new_page()
    board.goto(f"{running.url}/desk/")
    scene = scenes.Scene(running, running.token("operator"))
    scene.call(company="Plötzlich AG")
    expect(board.locator("#live")).to_contain_text("Plötzlich AG", timeout=3_000)
    board.close()
