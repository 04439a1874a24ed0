"""The line itself, against a server on this machine that cuts, halves, floods and refuses."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from feeds.live.connection import (
    FIRST_WAIT_NS,
    LONGEST_WAIT_NS,
    Connection,
    LostError,
    fetch,
    wait_ns,
)
from feeds.live.ear import Count, Ear, Times
from feeds.live.recorder import Recorder
from feeds.live.recording import FORMAT, Description, Recording, write_description
from feeds.live.vendor import Keys, Request, Vendor
from feeds.live.vendors import VENDORS
from matching.units import NS_PER_SECOND
from tests.feeds.live.channel import LISTINGS, CoinMarket
from tests.feeds.live.made import OPENED
from tests.feeds.live.samples import HTML
from tests.feeds.live.server import VendorServer, vendor_server
from tests.feeds.live.test_sina import LINE


@pytest.fixture
def server() -> Iterator[VendorServer]:
    with vendor_server() as server:
        yield server


@pytest.fixture(autouse=True)
def no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeds.live.connection.FIRST_WAIT_NS", NS_PER_SECOND // 50)
    monkeypatch.setattr("feeds.live.connection.LISTEN_SECONDS", 0.02)
    monkeypatch.setattr("feeds.live.ear.ASK_AGAIN_NS", NS_PER_SECOND // 20)


def until(holds: Callable[[], bool], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


class Live:
    """A running line of one vendor into a recorder."""

    def __init__(self, vendor: Vendor, symbol: str, listing: bytes | None, folder: Path) -> None:
        watch = vendor.instruments([symbol], listing)
        description = Description(
            FORMAT, "x", vendor.name, vendor.kind, vendor.levels, "UTC", "made up", watch
        )
        write_description(folder, description)
        self.recorder = Recorder(Recording(folder, description), time.time_ns)
        OPENED.append(self.recorder)
        times = Times(time.time_ns, time.monotonic_ns)
        self.ear = Ear(vendor, watch, Keys("SECRETKEY"), self.recorder, times)
        self.key = watch[symbol].instrument_id
        self.connection = Connection(
            vendor, watch, Keys("SECRETKEY"), self.ear, times, lambda below: below // 2
        )
        self.connection.start()

    def shown(self) -> object:
        state = self.recorder.state
        display = state.displays.get(self.key)
        return None if display is None or self.key in state.silent else (display.bids, display.asks)

    def count(self, what: Count) -> int:
        return self.ear.status.counts[what]


@pytest.fixture
def binance(server: VendorServer, tmp_path: Path) -> Iterator[tuple[Live, CoinMarket]]:
    market = CoinMarket("binance", 3)
    server.answer = lambda _path: (200, market.image(time.time_ns()).encode())
    vendor = replace(VENDORS["binance"], socket_url=server.socket_url, http_url=server.http_url)
    live = Live(vendor, "BTCUSDT", LISTINGS["binance"].encode(), tmp_path)
    until(lambda: len(server.received) == 1)
    yield live, market
    live.connection.stop()


def step(server: VendorServer, market: CoinMarket, count: int = 5) -> None:
    for _ in range(count):
        server.send(market.change(time.time_ns()))


def test_subscribe_fetch_the_book_and_follow_it(
    server: VendorServer, binance: tuple[Live, CoinMarket]
) -> None:
    live, market = binance
    assert json.loads(server.received[0])["method"] == "SUBSCRIBE"
    step(server, market)
    until(lambda: live.shown() is not None)
    step(server, market, 20)
    until(lambda: live.shown() == market.best())
    assert server.asked[0].startswith("/api/v3/depth?symbol=BTCUSDT")
    assert live.ear.status.connected


@pytest.mark.parametrize("half_frame", [False, True])
def test_a_cut_line_is_silent_and_comes_back(
    half_frame: bool, server: VendorServer, binance: tuple[Live, CoinMarket]
) -> None:
    live, market = binance
    step(server, market)
    until(lambda: live.shown() == market.best())
    server.cut(half_frame=half_frame)
    until(lambda: live.count(Count.LOSSES) == 1)
    until(lambda: len(server.received) == 2)
    step(server, market)
    until(lambda: live.shown() == market.best())
    assert "ConnectionClosed" in live.ear.status.errors[0][1]


def test_html_and_frames_without_end_do_no_harm(
    server: VendorServer, binance: tuple[Live, CoinMarket]
) -> None:
    live, market = binance
    server.send(HTML.decode(), b"\x00\xff", "null", "[]")
    step(server, market)
    until(lambda: live.shown() == market.best())
    assert live.count(Count.UNREADABLE) >= 3
    server.send("x" * (live.ear._vendor.largest_bytes + 1))
    until(lambda: len(server.received) == 2)
    assert "too big" in live.ear.status.errors[-1][1].lower()
    step(server, market)
    until(lambda: live.shown() == market.best())


def test_a_lost_change_is_mended_by_a_new_book(
    server: VendorServer, binance: tuple[Live, CoinMarket]
) -> None:
    live, market = binance
    step(server, market)
    until(lambda: live.shown() == market.best())
    market.change(time.time_ns())  # nobody hears of it
    step(server, market, 1)
    until(lambda: live.count(Count.GAPS) == 1)
    until(lambda: live.shown() == market.best())
    assert len(server.asked) >= 2


def test_a_book_that_is_refused_is_told_and_asked_for_again(
    server: VendorServer, binance: tuple[Live, CoinMarket]
) -> None:
    live, market = binance
    good = server.answer
    server.answer = lambda _path: (429, b'{"code":-1003,"msg":"Too many requests of SECRETKEY"}')
    step(server, market)
    until(lambda: live.count(Count.IMAGES) >= 2)
    assert live.shown() is None
    assert "binance: -1003 Too many requests of ***" in [text for _, text in live.ear.status.errors]
    server.answer = good
    until(lambda: live.shown() == market.best())


def test_a_server_that_refuses_is_asked_later_and_later(
    server: VendorServer, binance: tuple[Live, CoinMarket]
) -> None:
    live, market = binance
    server.accepts = False
    server.cut()
    until(lambda: server.connects >= 4)
    assert "try again later" in live.ear.status.errors[-1][1]
    server.accepts = True
    until(lambda: len(server.received) == 2)
    step(server, market)
    until(lambda: live.shown() == market.best())


def test_waits_grow_to_a_minute_and_are_never_the_same_for_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("feeds.live.connection.FIRST_WAIT_NS", FIRST_WAIT_NS)
    shortest = [wait_ns(attempt, lambda _below: 0) for attempt in range(12)]
    longest = [wait_ns(attempt, lambda below: below - 1) for attempt in range(12)]
    assert shortest[0] == FIRST_WAIT_NS // 2
    assert longest[:3] == [FIRST_WAIT_NS, 2 * FIRST_WAIT_NS, 4 * FIRST_WAIT_NS]
    assert longest[-1] == LONGEST_WAIT_NS
    assert shortest == sorted(shortest)


def test_an_answer_has_limits(server: VendorServer) -> None:
    server.answer = lambda _path: (200, b"x" * 5_000)
    assert fetch(Request(server.http_url), 5_000) == (200, b"x" * 5_000)
    with pytest.raises(LostError, match="more than 4999"):
        fetch(Request(server.http_url), 4_999)
    for url in ("file:///etc/passwd", "ftp://127.0.0.1/x", "nothing"):
        with pytest.raises(ValueError, match=r".*"):
            fetch(Request(url))
    server.answer = lambda _path: (302, b"elsewhere")
    assert fetch(Request(server.http_url))[0] == 302  # not followed


def test_polls(server: VendorServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def line(last: str) -> bytes:
        now = time.strftime("%Y-%m-%d,%H:%M:%S", time.gmtime(time.time() + 8 * 3600))
        return (
            LINE.replace("2015-04-10,15:03:05", now)
            .replace("17.53,17.57", f"{last},17.57")
            .encode("gbk")
        )

    class Quick(type(VENDORS["sina"])):  # type: ignore[misc]
        every_ns = NS_PER_SECOND // 20

    monkeypatch.setattr(Quick, "name", "sina")
    server.answer = lambda _path: (200, line("17.50"))
    live = Live(Quick(http_url=server.http_url), "sh600000", None, tmp_path)
    until(lambda: live.shown() is not None)
    assert server.asked[0] == "/list=sh600000"
    server.answer = lambda _path: (502, HTML)
    until(lambda: live.shown() is None)
    assert any("502" in text for _, text in live.ear.status.errors)
    server.answer = lambda _path: (200, line("17.51"))
    until(lambda: live.shown() is not None)
    live.connection.stop()
    assert live.shown() is None


def test_a_mistake_of_ours_is_counted_and_the_line_goes_on(
    server: VendorServer, binance: tuple[Live, CoinMarket], monkeypatch: pytest.MonkeyPatch
) -> None:
    live, market = binance
    with monkeypatch.context() as patch:
        patch.setattr(live.ear, "message", lambda _body: 1 // 0)
        step(server, market, 1)
        until(lambda: live.count(Count.INTERNAL) == 1)
    until(lambda: len(server.received) == 2)
    step(server, market)
    until(lambda: live.shown() == market.best())
