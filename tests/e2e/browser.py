"""Debian's Chromium through Playwright; where there is none, browser tests are skipped loudly (or fail in CI)."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def executable() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = executable()
    if path is None:
        if os.environ.get("CYBERWEHR_REQUIRE_BROWSER"):
            pytest.fail("no Chromium found, and CYBERWEHR_REQUIRE_BROWSER says there must be one")
        pytest.skip("NO CHROMIUM FOUND: the browser tests did not run (install the package chromium)")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield found
        found.close()
