"""When the server stops, dies or comes back, the page says so and nothing is lost."""

from __future__ import annotations

import signal
import time

import pytest
from playwright.sync_api import expect

from tests.web.browser.desk import DESKTOP, Open
from tests.web.browser.server import LiveServer

pytestmark = pytest.mark.browser


def test_check_25_told_when_it_breaks(visit: Open, own_server: LiveServer) -> None:
    one = visit(size=DESKTOP, lang="en", site=own_server)
    one.try_it()
    html = one.page.locator("html")
    fresh = one.look(
        "() => getComputedStyle(document.querySelector('.headline [data-f=last]')).color"
    )
    one.page.wait_for_timeout(1_000)
    own_server.send(signal.SIGSTOP)
    expect(html).to_have_attribute("data-ws", "stale", timeout=3_000)
    stale = one.look(
        "() => getComputedStyle(document.querySelector('.headline [data-f=last]')).color"
    )
    muted = one.look(
        """() => { const one = document.createElement("i"); one.className = "muted";
             document.body.append(one); return getComputedStyle(one).color; }"""
    )
    assert fresh != stale == muted
    expect(one.page.locator("[data-ws-chip]")).to_contain_text("Prices stopped")
    one.page.locator("#confirm").click()
    expect(one.page.locator("#confirm")).to_contain_text("Press again")
    assert not any(url.endswith("/orders") for url in one.requests)
    own_server.send(signal.SIGCONT)
    expect(html).to_have_attribute("data-ws", "live", timeout=2_000)


def test_check_25_nothing_is_lost_when_the_server_dies(visit: Open, own_server: LiveServer) -> None:
    one = visit(size=DESKTOP, lang="en", site=own_server)
    one.try_it()
    one.order(qty=10, price="1.00")
    one.received()
    orders = one.csv("orders")
    own_server.kill()
    html = one.page.locator("html")
    expect(html).to_have_attribute("data-ws", "off")
    own_server.start()
    began = time.monotonic()
    expect(html).to_have_attribute("data-ws", "live", timeout=10_000)
    assert time.monotonic() - began <= 10
    assert one.csv("orders") == orders
    one.complaints.clear()  # the browser reports refused connections itself
