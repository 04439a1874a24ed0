"""A coin market that tells its book in three ways, and a line that spoils what it carries."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from feeds.live.ear import Ear, Times, Wants
from feeds.live.recorder import Recorder
from feeds.live.recording import FORMAT, Description, Recording, write_description
from feeds.live.vendor import Keys, Vendor
from feeds.live.vendors import VENDORS
from matching.instrument import Instrument
from matching.market import Level
from matching.units import PriceTicks, Qty
from tests.feeds.live.made import OPENED, START_NS, Wall
from tests.feeds.live.samples import HTML
from tests.feeds.live.test_binance import listing

SYMBOL = {"binance": "BTCUSDT", "coinbase": "BTC-USD", "okx": "BTC-USDT"}
LISTINGS = {
    "binance": json.dumps({"symbols": [listing("BTCUSDT", "USDT", "0.01", "0.001")]}),
    "coinbase": json.dumps(
        [
            {
                "id": "BTC-USD",
                "quote_currency": "USD",
                "quote_increment": "0.01",
                "base_increment": "0.001",
            }
        ]
    ),
    "okx": json.dumps(
        {
            "data": [
                {
                    "instId": "BTC-USDT",
                    "quoteCcy": "USDT",
                    "tickSz": "0.01",
                    "lotSz": "0.001",
                }
            ]
        }
    ),
}


class CoinMarket:
    """A book of prices in cents and quantities in thousandths, never crossed; ``shown`` are all
    the ten best levels that it ever had."""

    def __init__(self, vendor: str, seed: int) -> None:
        self.vendor, self.symbol = vendor, SYMBOL[vendor]
        self.draw = random.Random(seed)
        self.bids = {10_000 - k: 5 + k for k in range(1, 16)}
        self.asks = {10_000 + k: 5 + k for k in range(1, 16)}
        self.number = self.trades = 100
        self.shown = {self.best()}

    def best(self) -> tuple[tuple[Level, ...], tuple[Level, ...]]:
        bids = sorted(self.bids.items(), reverse=True)[:10]
        asks = sorted(self.asks.items())[:10]
        return tuple(tuple(Level(PriceTicks(p), Qty(q)) for p, q in side) for side in (bids, asks))  # type: ignore[return-value]

    def change(self, now_ns: int) -> str:
        """Something happens in the book; the message that tells it."""
        buys = self.draw.random() < 0.5
        side, other = (self.bids, self.asks) if buys else (self.asks, self.bids)
        edge = (
            (min(other) - 1 if other else 10_000) if buys else (max(other) + 1 if other else 10_000)
        )
        price = edge - self.draw.randint(0, 12) if buys else edge + self.draw.randint(0, 12)
        qty = self.draw.choice((0, 0, self.draw.randint(1, 99)))
        if qty:
            side[price] = qty
        elif len(side) > 3:
            side.pop(price, None)
        else:
            qty = side.get(price, 0)
        before, self.number = self.number, self.number + self.draw.randint(1, 3)
        self.shown.add(self.best())
        row = [f"{price / 100:.2f}", f"{qty / 1000:.3f}"]
        bids, asks = ([row], []) if buys else ([], [row])
        return self._change(before, bids, asks, now_ns)

    def _change(
        self, before: int, bids: list[list[str]], asks: list[list[str]], now_ns: int
    ) -> str:
        millis = now_ns // 1_000_000
        match self.vendor:
            case "binance":
                data = {"e": "depthUpdate", "E": millis, "s": self.symbol}
                data |= {"U": before + 1, "u": self.number, "b": bids, "a": asks}
                return json.dumps({"stream": "x", "data": data})
            case "okx":
                part = {"bids": bids, "asks": asks, "ts": str(millis)}
                return self._okx("update", {**part, "prevSeqId": before, "seqId": self.number})
            case _:
                changes = [["buy", *one] for one in bids] + [["sell", *one] for one in asks]
                told = {"type": "l2update", "product_id": self.symbol, "changes": changes}
                return json.dumps({**told, "time": iso(now_ns)})

    def _okx(self, action: str, part: object) -> str:
        arg = {"channel": "books", "instId": self.symbol}
        return json.dumps({"arg": arg, "action": action, "data": [part]})

    def image(self, now_ns: int) -> str:
        """The whole book as the vendor tells it: on the line, or as an answer."""
        sides = [
            [[f"{p / 100:.2f}", f"{q / 1000:.3f}"] for p, q in sorted(side.items())]
            for side in (self.bids, self.asks)
        ]
        match self.vendor:
            case "binance":
                told = {"lastUpdateId": self.number, "bids": sides[0], "asks": sides[1]}
                return json.dumps(told)
            case "okx":
                part = {"bids": sides[0], "asks": sides[1], "ts": str(now_ns // 1_000_000)}
                return self._okx("snapshot", {**part, "prevSeqId": -1, "seqId": self.number})
            case _:
                told = {"type": "snapshot", "product_id": self.symbol}
                return json.dumps({**told, "bids": sides[0], "asks": sides[1]})

    def trade(self, now_ns: int) -> str:
        self.trades += 1
        price, millis = f"{min(self.asks) / 100:.2f}", now_ns // 1_000_000
        match self.vendor:
            case "binance":
                data = {"e": "trade", "s": self.symbol, "t": self.trades, "p": price, "q": "0.002"}
                return json.dumps({"stream": "x", "data": {**data, "T": millis, "m": False}})
            case "okx":
                part = {"instId": self.symbol, "tradeId": str(self.trades), "px": price}
                part |= {"sz": "0.002", "side": "buy", "ts": str(millis)}
                return json.dumps({"arg": {"channel": "trades"}, "data": [part]})
            case _:
                told = {"type": "match", "product_id": self.symbol, "trade_id": self.trades}
                told |= {"price": price, "size": "0.002", "side": "sell", "time": iso(now_ns)}
                return json.dumps(told)


def iso(now_ns: int) -> str:
    from datetime import UTC, datetime

    moment = datetime.fromtimestamp(now_ns // 1_000_000_000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{now_ns % 1_000_000_000 // 1000:06}Z"


FAULTS: dict[str, Callable[[str, random.Random], list[str | bytes]]] = {
    "drop": lambda text, draw: [],
    "twice": lambda text, draw: [text, text],
    "half": lambda text, draw: [text[: draw.randint(0, len(text) - 1)]],
    "types": lambda text, draw: [
        text.replace('"', "1", draw.randint(1, 3)),
        text.replace(":", ":[]"),
    ],
    "html": lambda text, draw: [HTML, text],
    "nonsense": lambda text, draw: [bytes(draw.randrange(256) for _ in range(40)), text],
    "fields": lambda text, draw: [text.replace("100.", "x").replace("U", "V")],
}


@dataclass
class Line:
    """An ear with a manual clock on a market, without sockets."""

    vendor: Vendor
    market: CoinMarket
    ear: Ear
    recorder: Recorder
    wall: Wall
    instrument: Instrument
    late: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, name: str, folder: Path, seed: int = 1) -> Line:
        vendor, symbol, wall = VENDORS[name], SYMBOL[name], Wall(START_NS)
        watch = vendor.instruments([symbol], LISTINGS[name].encode())
        description = Description(
            FORMAT, name, name, vendor.kind, vendor.levels, "UTC", "made up", watch
        )
        write_description(folder, description)
        made = Recorder(Recording(folder, description), wall)
        OPENED.append(made)
        ear = Ear(vendor, watch, Keys(), made, Times(wall, wall))
        return cls(vendor, CoinMarket(name, seed), ear, made, wall, watch[symbol])

    def connect(self) -> None:
        self.do(self.ear.connected())
        self.resend()

    def resend(self) -> None:
        """What the vendor sends first; Binance does not, it is asked."""
        if self.vendor.image_request(self.market.symbol) is None:
            self.give(self.market.image(self.wall()))

    def give(self, body: str | bytes) -> None:
        self.do(self.ear.message(body))

    def do(self, wants: Wants) -> None:
        """Carry out what the ear wants as the connection would."""
        if wants.again:
            self.ear.lost(wants.again)
            self.connect()
            return
        for symbol in wants.images:
            self.do(self.ear.image(symbol, self.market.image(self.wall()).encode()))
        if any("unsubscribe" in one for one in wants.send):
            self.resend()

    def pass_seconds(self, seconds: float) -> None:
        self.wall.pass_seconds(seconds)
        self.do(self.ear.tick())

    def step(self, fault: str = "") -> None:
        """A change or a trade on the line, spoilt or not."""
        now, draw = self.wall(), self.market.draw
        text = self.market.change(now) if draw.random() < 0.8 else self.market.trade(now)
        if fault == "swap":
            self.late.append(text)
            if len(self.late) < 3:
                return
            for one in reversed(self.late):
                self.give(one)
            self.late.clear()
            return
        for one in self.late:
            self.give(one)
        self.late.clear()
        for body in FAULTS[fault](text, draw) if fault else [text]:
            self.give(body)

    @property
    def display(self) -> tuple[tuple[Level, ...], tuple[Level, ...]] | None:
        """What a venue would see now; None while it is out of sight."""
        state, key = self.recorder.state, self.instrument.instrument_id
        shown = state.displays.get(key)
        return None if shown is None or key in state.silent else (shown.bids, shown.asks)
