"""A small recorded market for the tests of the recorder and of the feed on it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from feeds.live.events import Kept
from feeds.live.markets import coin
from feeds.live.recorder import Recorder
from feeds.live.recording import FORMAT, Description, Recording, write_description
from matching.market import (
    DataKind,
    Depth,
    Halt,
    Level,
    Phase,
    PhaseChange,
    SessionOpen,
    Silence,
    Trade,
)
from matching.orders import Side
from matching.units import NS_PER_SECOND, AtNs, PriceTicks, Qty

DAY = date(2026, 1, 5)
START_NS = 1_767_571_200 * NS_PER_SECOND  # that day, midnight UTC
COIN = coin("BTCUSDT", "USDT", "0.01", "0.00001")
OTHER = coin("ETHUSDT", "USDT", "0.01", "0.0001")
KEY = COIN.instrument_id
_NOW = AtNs(0)
OPENED: list[Recorder] = []  # by tests, to be closed after them


class Wall:
    """A wall clock that tests move."""

    def __init__(self, now_ns: int = START_NS) -> None:
        self.now_ns = now_ns

    def pass_seconds(self, seconds: float) -> None:
        self.now_ns += int(seconds * NS_PER_SECOND)

    def __call__(self) -> int:
        return self.now_ns


def described(folder: Path) -> Description:
    symbols = {"BTCUSDT": COIN, "ETHUSDT": OTHER}
    found = Description(FORMAT, "coins", "binance", DataKind.DEPTH, 10, "UTC", "made up", symbols)
    write_description(folder, found)
    return found


def recorder(folder: Path, wall: Wall) -> Recorder:
    """The recorder that goes on with whatever the folder has."""
    made = Recorder(Recording(folder, described(folder)), wall)
    OPENED.append(made)
    return made


def killed(made: Recorder) -> None:
    """What is left of a recorder when its process is gone: its files, unlocked."""
    made.failed = "killed"
    made._file.close()
    made._guard.close()


def display(bid: int, ask: int, qty: int = 300, key: object = KEY) -> Depth:
    bids = tuple(Level(PriceTicks(bid - k), Qty(qty + k)) for k in range(3))
    asks = tuple(Level(PriceTicks(ask + k), Qty(qty + k)) for k in range(3))
    return Depth(_NOW, _NOW, 0, key, bids, asks, 10)  # type: ignore[arg-type]


def trade(price: int, qty: int, taker: Side | None = Side.BUY, key: object = KEY) -> Trade:
    return Trade(_NOW, _NOW, 0, key, PriceTicks(price), Qty(qty), taker)  # type: ignore[arg-type]


def opening(reference: int = 10_000) -> list[Kept]:
    references = ((KEY, PriceTicks(reference)), (OTHER.instrument_id, PriceTicks(reference)))
    return [SessionOpen(_NOW, 0, DAY, references), PhaseChange(_NOW, 0, Phase.CONTINUOUS)]


def told(events: list[Kept]) -> list[tuple[int, Kept]]:
    return [(1, one) for one in events]


def market(seed: int, count: int) -> Iterator[Kept]:
    """Displays and trades of two instruments, with a halt and a silence now and then."""
    draw = random.Random(seed)
    middle = 10_000
    for _ in range(count):
        key = draw.choice((KEY, OTHER.instrument_id))
        middle = max(100, middle + draw.randint(-3, 3))
        what = draw.random()
        if what < 0.5:
            yield display(middle - 1, middle + draw.randint(0, 2), draw.randint(1, 900), key)
        elif what < 0.95:
            yield trade(middle, draw.randint(1, 50), draw.choice((*Side, None)), key)
        elif what < 0.98:
            yield Silence(_NOW, 0, key)
        else:
            yield Halt(_NOW, 0, key, draw.random() < 0.3)
