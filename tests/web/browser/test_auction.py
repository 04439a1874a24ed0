"""Join an opening auction on a phone: see what it would give, then how it filled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.web.browser.desk import Open
from tests.web.browser.server import LiveServer
from tests.world import World, shared_tapes

pytestmark = pytest.mark.browser


@pytest.fixture
def morning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveServer]:
    """A site whose floor stands at the beginning of its first opening auction."""
    tapes, data = tmp_path / "tapes", tmp_path / "site"
    tapes.mkdir()
    shared_tapes(tapes)
    with monkeypatch.context() as patch:
        patch.setattr("simtrade.desk.shard.floor_start", lambda feed: feed.start_ns)
        World.open(data, tapes).close()
    server = LiveServer(data)
    server.start()
    yield server
    server.kill()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_join_an_opening_auction(visit: Open, morning: LiveServer, lang: str) -> None:
    words = {
        "en": ("Opening auction", "waits for the opening auction", "In a call auction all orders"),
        "zh": ("开盘集合竞价", "等待开盘集合竞价", "集合竞价时，所有委托"),
    }[lang]
    one = visit(lang=lang, site=morning)
    one.go("/floor")
    one.tap('form[action="/floor"] button')
    expect(one.page.locator("html")).to_have_attribute("data-ws", "live", timeout=15_000)
    panel = one.page.locator("#auction")
    expect(panel).to_be_visible()
    expect(panel.locator("[data-a=title]")).to_have_text(words[0])
    # Any price allowed today is good enough: the order trades at the auction's own.
    limits = one.page.locator(".headline .facts dd").last.inner_text().split("–")
    one.order(qty=100, price=limits[1].strip())
    one.received()
    expect(one.page.locator("#order-form.result")).to_be_visible()
    one.tab("orders")
    expect(one.page.locator("#orders")).to_contain_text(words[1])
    price = panel.locator("[data-a=price]")
    expect(price).to_have_text(re.compile(r"^\d+\.\d\d$"), timeout=20_000)
    expect(panel.locator("[data-a=qty]")).to_have_text(re.compile(r"^[\d,]+$"))
    width = one.look("() => document.documentElement.scrollWidth - innerWidth")
    assert width <= 0, "the page scrolls sideways"
    # The price is made; the panel goes, the fill says why.
    expect(panel).to_be_hidden(timeout=60_000)
    one.tab("fills")
    fills = one.page.locator("#fills")
    expect(fills).to_contain_text("609001")
    fills.locator("summary, a").first.click()
    expect(one.page.locator("body")).to_contain_text(words[2])
