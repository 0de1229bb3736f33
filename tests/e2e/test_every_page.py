"""Every page in a real browser, in both languages, light and dark, wide and narrow: accessible, quiet, complete."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from cyberwehr.app import create_app
from cyberwehr.config import load_config, prepare
from cyberwehr.domain.hours import hours
from tests.e2e import scenes
from tests.e2e.conftest import Running, launch
from tests.e2e.scenes import Scene

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
LOOKS = [("de", "light", 1280), ("de", "dark", 320), ("en", "light", 320), ("en", "dark", 1280)]
LOUD = ("error", "warning")
NO_PAGES = {
    *("static", "health.alive", "health.ready", "health.metrics", "api-docs.openapi_json"),
    *("desk.live_board", "desk.live_call", "desk.live_incident", "desk.find", "office.demand_table"),
}
"""Routes that answer with something else than a page."""


def working_hours() -> int:
    """Seconds from now until the middle of a working day: providers are on duty."""
    now = datetime.now(UTC)
    opening = hours("Mo-Fr 08:00-18:00; PH off").next_opening(now)
    assert opening is not None
    return int((opening + timedelta(hours=3) - now).total_seconds())


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    running = launch(tmp_path_factory.mktemp("pages"), CYBERWEHR_CLOCK_OFFSET=str(working_hours()))
    try:
        running.wait_until_ready()
        yield scenes.play(running)
    finally:
        running.end()


@pytest.fixture(scope="module")
def session(scene: Scene, browser: Browser) -> Iterator[list[Any]]:
    """The cookies of somebody signed in."""
    context = browser.new_context()
    scenes.sign_in(context, scene.running)
    yield context.cookies()
    context.close()


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_every_page(scene: Scene, session: list[Any], browser: Browser, language: str, scheme: Any, width: int) -> None:
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 900}, locale=language, reduced_motion="reduce"
    )
    context.add_cookies(session)
    faults = [fault for path in paths(scene) for fault in look_at(context, scene.running, path, language)]
    context.close()
    assert not faults, "\n".join(faults)


def paths(scene: Scene) -> list[str]:
    return [path for some in scene.paths.values() for path in some]


def look_at(context: BrowserContext, running: Running, path: str, language: str) -> list[str]:
    """What is wrong with a page, in words."""
    page, faults = context.new_page(), list[str]()
    page.on("console", lambda said: faults.append(f"{path}: {said.text}") if said.type in LOUD else None)
    page.on("pageerror", lambda error: faults.append(f"{path}: {error}"))
    page.on("request", lambda asked: None if asked.url.startswith((running.url, "data:")) else faults.append(asked.url))
    answer = page.goto(f"{running.url}{path}{'&' if '?' in path else '?'}lang={language}")
    assert answer is not None
    if answer.status != 200:
        faults.append(f"{path}: status {answer.status}")
    faults += [f"{path}: {fault}" for fault in (*violations(page), *sideways(page), *spoken(page, language))]
    page.close()
    return faults


def violations(page: Page) -> list[str]:
    """What axe-core finds. It runs beside the page's own rules for scripts, as a reader's tool would."""
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    return [f"{one['id']}: {one['help']} ({', '.join(str(n['target']) for n in one['nodes'][:3])})" for one in found]


def sideways(page: Page) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{wide} pixels wider than the window"] if wide > 0 else []


def spoken(page: Page, language: str) -> list[str]:
    own = page.locator("html").get_attribute("lang")
    return [] if own == language else [f"in {own} instead of {language}"]


def test_no_page_is_left_out(scene: Scene, tmp_path: Path) -> None:
    config = prepare(load_config({"CYBERWEHR_DEMO": "1", "CYBERWEHR_DATA_DIR": str(tmp_path)}))
    routes = {
        rule.endpoint
        for rule in create_app(config).url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.rule.startswith("/api/")
    }
    assert routes - NO_PAGES - set(scene.paths) == set()
    assert set(scene.paths) - routes == set()
