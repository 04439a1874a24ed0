"""One Chromium and one server per worker, one context per test; nothing may complain."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, StorageState, expect, sync_playwright

from tests.web.browser.desk import PHONE, Open, Visit
from tests.web.browser.server import LiveServer

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    named = os.environ.get("SIMTRADE_CHROMIUM")
    return named or next((path for path in map(shutil.which, NAMES) if path), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.skip("no Chromium here: install it, or set SIMTRADE_CHROMIUM")
    expect.set_options(timeout=10_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    server = LiveServer(tmp_path_factory.mktemp("site"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[LiveServer]:
    """A server that the test may stop and kill."""
    server = LiveServer(tmp_path)
    server.start()
    yield server
    server.kill()


@contextmanager
def windows(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Open]:
    """Open windows: ``visit()`` is a phone in Chinese."""
    visits: list[Visit] = []

    def open_window(
        *,
        size: tuple[int, int] = PHONE,
        lang: str = "zh",
        dark: bool = False,
        scripts: bool = True,
        site: LiveServer | None = None,
        **options: Any,
    ) -> Visit:
        site = site or request.getfixturevalue("server")
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            has_touch=size[0] < 900,
            locale={"zh": "zh-CN", "en": "en-US"}[lang],
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            **options,
        )
        context.set_default_timeout(15_000)
        page = context.new_page()
        one = Visit(page, context, site.origin)
        one.listen()
        visits.append(one)
        return one

    yield open_window
    complaints = [text for one in visits for text in one.complaints]
    for one in visits:
        one.context.close()
    assert complaints == []


@pytest.fixture
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Open]:
    with windows(browser, request) as visit:
        yield visit


@pytest.fixture(scope="session")
def history(browser: Browser, request: pytest.FixtureRequest) -> StorageState:
    """The cookies of somebody who owns something and has an open order."""
    with windows(browser, request) as visit:
        one = visit()
        one.try_it()
        one.order(qty=20)
        one.filled()
        one.order(qty=10, price="1.00")
        one.received()
        return one.context.storage_state()
