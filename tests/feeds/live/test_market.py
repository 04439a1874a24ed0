"""A whole live market on a server of this machine: from a watchlist to a feed, and again after."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from feeds.live.ear import Times
from feeds.live.market import LiveMarket, LiveMarkets
from feeds.live.vendor import Keys
from feeds.live.vendors import Watchlist, WatchlistError, watchlist
from matching.units import NS_PER_SECOND, AtNs
from tests.feeds.live.channel import LISTINGS, CoinMarket
from tests.feeds.live.server import VendorServer, vendor_server
from tests.feeds.live.test_connection import step, until

TIMES = Times(time.time_ns, time.monotonic_ns)


@pytest.fixture
def server() -> Iterator[VendorServer]:
    with vendor_server() as server:
        yield server


@pytest.fixture
def coins(server: VendorServer) -> CoinMarket:
    market = CoinMarket("binance", 1)

    def answer(path: str) -> tuple[int, bytes]:
        if "exchangeInfo" in path:
            return 200, LISTINGS["binance"].encode()
        return 200, market.image(time.time_ns()).encode()

    server.answer = answer
    return market


def listed(server: VendorServer, symbols: str = "BTCUSDT") -> Watchlist:
    addresses = f"socket={server.socket_url} http={server.http_url}"
    return watchlist(f"coins = binance {symbols} {addresses}")


def opened(wanted: Watchlist, folder: Path) -> LiveMarket:
    made = LiveMarket(wanted, folder, Keys(), TIMES, lambda below: below // 2)
    made.start()
    return made


def test_a_watchlist_becomes_a_feed_and_goes_on_after_a_restart(
    server: VendorServer, coins: CoinMarket, tmp_path: Path
) -> None:
    market = opened(listed(server), tmp_path)
    until(lambda: market.feed is not None and len(server.received) == 1)
    step(server, coins, 20)
    assert market.feed is not None
    feed = market.feed
    key = feed.instruments[0].instrument_id

    def shown() -> object:
        state = feed.recording.state_at(feed.recording.upto_ns)
        display = state.displays.get(key)
        return display and (display.bids, display.asks)

    until(lambda: shown() == coins.best())
    assert market.heard()
    status = market.status()
    assert (status.connected, status.trouble, status.counts["gaps"]) == (True, "", 0)
    until(lambda: feed.recording.state_at(feed.recording.upto_ns).opened)
    before = list(feed.events(AtNs(0), AtNs(feed.recording.upto_ns), lambda _: None))  # type: ignore[arg-type, return-value]
    market.stop()
    assert not market.heard()

    again = opened(listed(server), tmp_path)
    assert again.feed is not None  # at once: what it is was written down
    until(lambda: len(server.received) == 2)
    upto = AtNs(again.feed.recording.upto_ns)
    found = list(again.feed.events(AtNs(0), upto, lambda _: None))  # type: ignore[arg-type, return-value]
    assert found[: len(before)] == before
    again.stop()


def test_another_watchlist_needs_another_name(
    server: VendorServer, coins: CoinMarket, tmp_path: Path
) -> None:
    market = opened(listed(server), tmp_path)
    until(lambda: market.feed is not None)
    market.stop()
    with pytest.raises(WatchlistError, match="needs another name"):
        opened(replace(listed(server), symbols=("BTCUSDT", "ETHUSDT")), tmp_path)


def test_a_symbol_that_is_not_listed_is_told_and_asked_again(
    server: VendorServer, coins: CoinMarket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feeds.live.connection.FIRST_WAIT_NS", NS_PER_SECOND // 50)
    market = opened(listed(server, "XYZUSDT"), tmp_path)
    until(lambda: "does not list 'XYZUSDT'" in market.status().trouble)
    until(lambda: len(server.asked) >= 3)
    assert market.feed is None
    assert not market.heard()
    market.stop()


def test_nothing_at_the_other_end(tmp_path: Path) -> None:
    wanted = watchlist("x = binance BTCUSDT socket=ws://127.0.0.1:9 http=http://127.0.0.1:9")
    market = opened(wanted, tmp_path)
    until(lambda: "refused" in market.status().trouble)
    market.stop()


def test_several(server: VendorServer, coins: CoinMarket, tmp_path: Path) -> None:
    one = LiveMarket(listed(server), tmp_path / "coins", Keys(), TIMES, lambda below: below // 2)
    markets = LiveMarkets({"coins": one})
    assert (markets.feed("coins"), markets.feed("nothing"), markets.heard("nothing")) == (
        None,
        None,
        False,
    )
    markets.start()
    until(lambda: markets.heard("coins"))
    assert [name for name, _ in markets.ready()] == ["coins"]
    assert [status.symbols for status in markets.status()] == [("BTCUSDT",)]
    markets.stop()
