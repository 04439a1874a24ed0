"""Whatever a feed says in the right form, an exchange bears it: a market cannot stop the desk.

Crossed and empty displays, the same price twice, the largest numbers, totals that shrink, halts and
silences in any order, with orders of every profile in between.
"""

from __future__ import annotations

import random
from datetime import date

import pytest

from feeds.live.markets import coin, mainland_share, us_share
from matching.exchange import Exchange
from matching.instrument import Instrument
from matching.market import (
    DataKind,
    Depth,
    Halt,
    Level,
    MarketEvent,
    Phase,
    PhaseChange,
    SessionOpen,
    Silence,
    Snapshot,
    Trade,
)
from matching.orders import (
    AccountId,
    FillProfile,
    OrderId,
    OrderKind,
    PlaceOrder,
    Side,
    TimeInForce,
)
from matching.units import NS_PER_SECOND, AtNs, PriceTicks, Qty
from simtrade.venues.rules import rule_books

BASE, LARGEST = 10_000, (1 << 31) - 1
KINDS = [
    (DataKind.DEPTH, coin("BTCUSDT", "USDT", "0.01", "0.00001")),
    (DataKind.QUOTES, us_share("AAPL")),
    (DataKind.TRADES, us_share("AAPL")),
    (DataKind.SNAPSHOTS, mainland_share("sh600000")),
]


class Wild:
    """A feed of one instrument that has lost its mind, and people who trade on it."""

    def __init__(self, kind: DataKind, instrument: Instrument, seed: int) -> None:
        self.draw, self.kind, self.key = random.Random(seed), kind, instrument.instrument_id
        self.exchange = Exchange([instrument], rule_books([instrument]), kind)
        self.at_ns = AtNs(1_767_600_000 * NS_PER_SECOND)
        self.seq = self.orders = self.volume = 0
        references = ((self.key, PriceTicks(BASE)),)
        self.on(SessionOpen(self.at_ns, 0, date(2026, 1, 5), references))
        for phase in (Phase.PRE_OPEN, Phase.CONTINUOUS):
            self.on(PhaseChange(self.at_ns, 0, phase))

    def on(self, event: MarketEvent) -> None:
        self.seq += 1
        self.exchange.on_market(event._replace(seq=self.seq))

    def price(self) -> PriceTicks:
        near = BASE + self.draw.randint(-5, 5)
        return PriceTicks(self.draw.choice((1, near, near, near, LARGEST)))

    def side(self, *, up: bool) -> tuple[Level, ...]:
        prices = sorted((self.price() for _ in range(self.draw.randint(0, 6))), reverse=not up)
        return tuple(Level(one, Qty(self.draw.choice((1, 500, 10**15)))) for one in prices)

    def place(self) -> None:
        draw = self.draw
        self.orders += 1
        kind = draw.choice((OrderKind.MARKET, OrderKind.LIMIT))
        limit = None if kind is OrderKind.MARKET else PriceTicks(BASE + draw.randint(-8, 8))
        order = PlaceOrder(
            order_id=OrderId(self.orders),
            account_id=AccountId(draw.randint(1, 3)),
            instrument_id=self.key,
            side=draw.choice((Side.BUY, Side.SELL)),
            kind=kind,
            qty=Qty(draw.choice((1, 100, 1_000))),
            limit_ticks=limit,
            time_in_force=draw.choice((TimeInForce.DAY, TimeInForce.IOC, TimeInForce.GTC)),
            profile=draw.choice(list(FillProfile)),
            at_ns=self.at_ns,
        )
        if self.exchange.check_place(order) is None:
            self.exchange.place(self.exchange.working_of(order))

    def happen(self) -> None:
        draw, at_ns = self.draw, self.at_ns
        what = draw.random()
        if what < 0.08:
            self.on(Silence(at_ns, 0, self.key))
        elif what < 0.12:
            self.on(Halt(at_ns, 0, self.key, halted=draw.random() < 0.3))
        elif self.kind is DataKind.SNAPSHOTS:
            self.volume = max(0, self.volume + draw.choice((0, 100, 10**6, -500, 10**13)))
            turnover = self.volume * draw.choice((1, BASE, BASE + 1, LARGEST))
            prices = [draw.choice((None, self.price())) for _ in range(3)]
            sides = self.side(up=False), self.side(up=True)
            self.on(
                Snapshot(
                    at_ns, at_ns, 0, self.key, *sides, 5, *prices, Qty(self.volume), turnover, 0
                )
            )
        elif self.kind is DataKind.TRADES or what < 0.5:
            taker = draw.choice((*Side, None))
            qty = Qty(draw.choice((1, 100, 10**15)))
            self.on(Trade(at_ns, at_ns, 0, self.key, self.price(), qty, taker))
        else:
            most = 1 if self.kind is DataKind.QUOTES else 10
            sides = self.side(up=False)[:most], self.side(up=True)[:most]
            self.on(Depth(at_ns, at_ns, 0, self.key, *sides, most))

    def run(self, steps: int) -> None:
        for _ in range(steps):
            passes = self.draw.choice((0, 1, 1_000, NS_PER_SECOND, 70 * NS_PER_SECOND))
            self.at_ns = AtNs(self.at_ns + passes)
            if self.draw.random() < 0.35:
                self.place()
            else:
                self.happen()


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("kind", "instrument"), KINDS, ids=[one[0].value for one in KINDS])
def test_nothing_that_a_feed_says_stops_an_exchange(
    kind: DataKind, instrument: Instrument, seed: int
) -> None:
    wild = Wild(kind, instrument, seed)
    wild.run(400)
    assert wild.orders > 50
