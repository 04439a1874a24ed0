"""A practice market on what happens now: opened, traded on, lost and found again, on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.feeds.live.coin_vendor import CoinVendor, coin_vendor
from tests.web.browser.desk import Open
from tests.web.browser.server import LiveServer

pytestmark = pytest.mark.browser


@pytest.fixture
def vendor() -> Iterator[CoinVendor]:
    with coin_vendor() as vendor:
        yield vendor


@pytest.fixture
def site(vendor: CoinVendor, tmp_path: Path) -> Iterator[LiveServer]:
    (tmp_path / "simtrade.toml").write_text(f'live = ["coins={vendor.words}"]\n', encoding="utf-8")
    server = LiveServer(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_trade_on_a_live_market(
    visit: Open, site: LiveServer, vendor: CoinVendor, lang: str
) -> None:
    words = {
        "en": ("Live market", "These prices are old", "ahead"),
        "zh": ("实时行情", "行情已过时", "前面"),
    }[lang]
    one = visit(lang=lang, site=site)
    one.try_it()
    one.go("/practice")
    one.page.locator("#tape").select_option("live:coins")
    expect(one.page.locator("#date")).to_be_hidden()
    one.tap("form[action='/practice'] button.fill")
    one.live()
    one.ticks(5)
    expect(one.page.locator("#clock .source")).to_have_text(words[0])
    expect(one.page.locator("#clock .drive")).to_have_count(0)
    expect(one.page.locator("canvas").first).to_be_visible()
    assert one.bars("1m", 5)
    one.order(qty="0.002")
    one.filled()
    price = one.page.locator(".headline [data-f=last]").inner_text()
    one.order(qty="0.001", price=f"{float(price.replace(',', '')) - 0.03:.2f}")
    one.received()
    one.tab("orders")
    expect(one.page.locator("#orders table")).to_be_visible()
    width = one.look("() => document.documentElement.scrollWidth - innerWidth")
    assert width <= 0, "the page scrolls sideways"

    vendor.quiet.set()
    vendor.server.cut()
    old = one.page.locator(".headline [data-f=old]")
    expect(old).to_have_text(re.compile(words[1]), timeout=20_000)
    vendor.quiet.clear()
    expect(old).to_have_text("", timeout=30_000)
