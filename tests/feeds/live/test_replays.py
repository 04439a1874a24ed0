"""The recorded real messages of every vendor, sent by a server of this machine over a bad line.

Dropped, doubled, cut, garbled, mixed with HTML, the line broken in between: no mistake of ours, no
display that crosses where the vendor's does not, and after all of it the market is heard again.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from feeds.live.ear import Times
from feeds.live.market import LiveMarket
from feeds.live.vendor import Keys
from feeds.live.vendors import VENDORS, Watchlist
from feeds.live.wire import rfc3339_ns
from matching.market import Depth, Snapshot, Trade
from matching.units import NS_PER_SECOND
from tests.feeds.live.channel import FAULTS
from tests.feeds.live.samples import HTML, SHARED, recorded, unpacked
from tests.feeds.live.server import VendorServer, vendor_server
from tests.feeds.live.test_binance import listing
from tests.feeds.live.test_connection import until

CAPTURES = SHARED / "ws_multi_exchange_cryptofeed"


@dataclass(frozen=True)
class Case:
    """``at`` is when it was recorded; ``messages`` what came on the line or as answers to polls;
    ``answers`` what other requests are answered, by a part of their path."""

    vendor: str
    symbols: tuple[str, ...]
    at: str
    messages: Callable[[], list[bytes]]
    answers: Callable[[], dict[str, bytes]] = dict


def lines(name: str) -> Callable[[], list[bytes]]:
    return lambda: recorded(name).splitlines()


def gbk(name: str) -> Callable[[], list[bytes]]:
    return lambda: [recorded(name).decode("utf-8").encode("gbk")]


def captured(name: str, symbol: str, count: int) -> Callable[[], list[bytes]]:
    """What a capture has of a symbol."""

    def read() -> list[bytes]:
        bodies = [one.partition(": ")[2] for one in unpacked(CAPTURES / name)]
        told = [one for one in bodies if one.startswith("{") and symbol in one]
        return [one.encode() for one in told[:count]]

    return read


def binance_answers() -> dict[str, bytes]:
    listed = {"symbols": [listing("NKNUSDT", "USDT", "0.00010000", "1.00000000")]}
    images = [one for one in unpacked(CAPTURES / "BINANCE.http.0.0.zst") if "NKNUSDT" in one]
    image = images[0].partition(" -> ")[2].partition(": ")[2]
    return {"exchangeInfo": json.dumps(listed).encode(), "depth": image.encode()}


def coinbase_answers() -> dict[str, bytes]:
    body = unpacked(CAPTURES / "COINBASE.0.zst")[0].partition(" -> ")[2].partition(": ")[2]
    return {"products": body.encode()}


CASES = [
    Case("alpaca", ("AAPL", "MSFT", "SPY"), "2024-03-28T16:59:01Z", lines("alpaca_stream.jsonl")),
    Case("finnhub", ("AAPL",), "2023-03-31T18:15:40Z", lines("finnhub_ws.jsonl")),
    Case("polygon", ("NVDA",), "2026-08-13T19:39:17Z", lines("polygon_ws.jsonl")),
    Case(
        "binance",
        ("NKNUSDT",),
        "2021-10-12T00:28:32Z",
        captured("BINANCE.ws.1.0.zst", "nknusdt", 160),
        binance_answers,
    ),
    Case(
        "coinbase",
        ("SKL-USD",),
        "2021-04-17T16:43:38Z",
        captured("COINBASE.ws.28.0.zst", "SKL-USD", 300),
        coinbase_answers,
    ),
    Case("sina", ("sh600000", "sz162411"), "2015-04-10T07:03:06Z", gbk("sina_hq.txt")),
    Case(
        "tencent",
        ("sh600000", "sh600519", "sz000001"),
        "2026-09-11T04:06:00Z",
        gbk("tencent_qt_a_shares_20260911.txt"),
    ),
    Case(
        "eastmoney",
        ("sh601238",),
        "2026-09-11T04:06:00Z",
        lambda: [recorded("eastmoney_stock_get_601238.json")],
    ),
]


class Replay:
    """A market of a case, whose wall clock shows the time of the recording."""

    def __init__(self, case: Case, server: VendorServer, folder: Path) -> None:
        self.case, self.server = case, server
        self.messages, answers = case.messages(), case.answers()
        self.polled: list[bytes] = []
        self.greeted = len(server.received)

        def answer(path: str) -> tuple[int, bytes]:
            for part, body in answers.items():
                if part in path:
                    return 200, body
            return 200, self.polled[0] if self.polled else b""

        server.answer = answer
        vendor = VENDORS[case.vendor]
        quick = type("Quick", (type(vendor),), {"every_ns": NS_PER_SECOND // 50})
        urls = {"http_url": server.http_url}
        if vendor.socket_url:
            urls["socket_url"] = server.socket_url
        wanted = Watchlist("x", replace(quick(), **urls), case.symbols)
        began, shift = time.monotonic_ns(), rfc3339_ns(case.at)
        times = Times(lambda: shift + time.monotonic_ns() - began, time.monotonic_ns)
        self.market = LiveMarket(wanted, folder, Keys("KEY", "SECRET"), times, lambda n: n // 2)
        self.market.start()
        until(lambda: self.market.feed is not None)
        self.connect()

    def connect(self) -> None:
        """Wait for another connection than those there were."""
        if VENDORS[self.case.vendor].socket_url:
            until(lambda: len(self.server.received) > self.greeted)
            self.greeted = len(self.server.received)

    def give(self, body: bytes) -> None:
        """A message on the line, or the answer of the next polls."""
        if VENDORS[self.case.vendor].socket_url:
            try:
                self.server.send(body.decode("utf-8"))
            except UnicodeDecodeError:
                self.server.send(body)
        else:
            self.polled[:] = [body]
            time.sleep(0.03)

    def events(self) -> list[object]:
        feed = self.market.feed
        assert feed is not None
        return list(feed.recording.events(0, 1 << 62))


@pytest.fixture
def server() -> Iterator[VendorServer]:
    with vendor_server() as server:
        yield server


@pytest.mark.parametrize("case", CASES, ids=[one.vendor for one in CASES])
def test_a_bad_line(
    case: Case, server: VendorServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feeds.live.connection.FIRST_WAIT_NS", NS_PER_SECOND // 50)
    monkeypatch.setattr("feeds.live.connection.LISTEN_SECONDS", 0.02)
    monkeypatch.setattr("feeds.live.ear.ASK_AGAIN_NS", NS_PER_SECOND // 20)
    monkeypatch.setattr("feeds.live.market.FLUSH_SECONDS", 0.05)
    replay, draw = Replay(case, server, tmp_path / "x"), random.Random(3)
    for number in range(60):
        body = draw.choice(replay.messages)
        spoil = FAULTS[draw.choice(list(FAULTS))]
        text = body.decode("gbk" if case.vendor in ("sina", "tencent") else "utf-8")
        for one in spoil(text, draw) if draw.random() < 0.6 else [body]:
            encoding = "gbk" if case.vendor in ("sina", "tencent") else "utf-8"
            replay.give(one if isinstance(one, bytes) else one.encode(encoding))
        if number % 20 == 19:
            time.sleep(0.1)  # what is on the way still arrives
            server.cut(half_frame=number == 39)
            replay.connect()
            replay.give(HTML)
    time.sleep(0.2)
    for event in replay.events():
        if isinstance(event, Depth | Snapshot) and event.bids and event.asks:
            assert event.bids[0].price_ticks < event.asks[0].price_ticks
    replay.market.stop()
    counts = replay.market.status().counts
    assert counts["internal"] == 0
    assert counts["unreadable"] > 0
    told = " ".join(text for _, text in replay.market.status().errors)
    assert "SECRET" not in told

    again = Replay(case, server, tmp_path / "again")
    for body in again.messages:
        again.give(body)
    wanted = Trade if case.vendor == "finnhub" else Depth | Snapshot
    until(lambda: any(isinstance(one, wanted) for one in again.events()))
    again.market.stop()
    assert again.market.status().counts["internal"] == 0
