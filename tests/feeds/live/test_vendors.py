from __future__ import annotations

import json

import pytest

from feeds.live.heard import Unreadable
from feeds.live.vendors import SYMBOLS_MAX, VENDORS, WatchlistError, watchlist
from matching.market import DataKind
from tests.feeds.live.samples import HEARD_NS, HTML


def test_a_watchlist() -> None:
    found = watchlist("coins = binance BTCUSDT ETHUSDT BTCUSDT")
    assert (found.name, found.vendor.name, found.symbols) == (
        "coins",
        "binance",
        ("BTCUSDT", "ETHUSDT"),
    )
    assert found.vendor.socket_url.startswith("wss://stream.binance.com")


def test_another_address_of_the_same_service() -> None:
    text = "x=binance BTCUSDT socket=ws://127.0.0.1:9/stream http=http://127.0.0.1:8"
    found = watchlist(text)
    assert (found.vendor.socket_url, found.vendor.http_url) == (
        "ws://127.0.0.1:9/stream",
        "http://127.0.0.1:8",
    )
    assert VENDORS["binance"].http_url == "https://api.binance.com"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "binance BTCUSDT",
        "Coins=binance BTCUSDT",
        "x=nobody A",
        "x=binance",
        "x=",
        "../x=binance A",
        "x=binance " + " ".join(f"A{k}" for k in range(SYMBOLS_MAX + 1)),
    ],
)
def test_what_is_no_watchlist(text: str) -> None:
    with pytest.raises(WatchlistError):
        watchlist(text)


def test_no_vendor_falls_over_a_page_of_html() -> None:
    for vendor in VENDORS.values():
        found = vendor.decode({}, HTML, HEARD_NS)
        assert [type(one) for one in found] == [Unreadable], vendor.name
        json.dumps(found[0])


def test_polled_vendors_tell_pictures() -> None:
    for vendor in VENDORS.values():
        assert (vendor.kind is DataKind.SNAPSHOTS) == (not vendor.socket_url)
        assert (vendor.chain is not None) == (vendor.kind is DataKind.DEPTH)
        assert vendor.levels <= 10
