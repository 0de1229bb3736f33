"""`python -m tests.e2e.screenshots FOLDER`: the pictures of the documents, from a running exercise."""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright
from rich.progress import track

from tests.e2e import scenes
from tests.e2e.browser import ARGUMENTS, executable
from tests.e2e.conftest import launch
from tests.e2e.scenes import Scene
from tests.e2e.test_every_page import working_hours

DESKTOP, PHONE = (1280, 1000), (390, 844)


@dataclass(frozen=True, slots=True)
class Shot:
    """number: which of the route's pages. A picture is taken in German and in English."""

    name: str
    route: str
    number: int = 0
    size: tuple[int, int] = DESKTOP


SHOTS = (
    Shot("home", "public.home"),
    Shot("report", "public.report_form", size=PHONE),
    Shot("status", "public.status", 1, PHONE),
    Shot("first-aid", "public.first_aid_for", size=PHONE),
    Shot("board", "desk.board"),
    Shot("call", "desk.call"),
    Shot("incident", "desk.incident", 1),
    Shot("demand", "office.demand_page"),
    Shot("alarm", "provider.alarm", 2, PHONE),
    Shot("callout", "provider.alarm", 1, PHONE),
)


def main(folder: str) -> None:
    with tempfile.TemporaryDirectory() as room, sync_playwright() as playwright:
        running = launch(Path(room), CYBERWEHR_CLOCK_OFFSET=str(working_hours()))
        try:
            running.wait_until_ready()
            browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
            take_all(scenes.play(running), browser, Path(folder))
            browser.close()
        finally:
            running.end()


def take_all(scene: Scene, browser: Browser, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    context = browser.new_context()
    scenes.sign_in(context, scene.running)
    cookies = context.cookies()
    for shot in track(SHOTS, "Taking pictures"):
        for language in ("de", "en"):
            take(scene, browser, cookies, shot, language, folder / f"{shot.name}-{language}.png")


def take(scene: Scene, browser: Browser, cookies: list[Any], shot: Shot, language: str, file: Path) -> None:
    width, height = shot.size
    context = browser.new_context(viewport={"width": width, "height": height}, locale=language)
    if shot.route.startswith(("desk.", "office.")):
        context.add_cookies(cookies)
    page = context.new_page()
    page.goto(f"{scene.running.url}{scene.paths[shot.route][shot.number]}?lang={language}")
    page.screenshot(path=file)
    context.close()


if __name__ == "__main__":
    main(sys.argv[1])
