"""Repeated market orders: what our exchange lets them pay, against what they would have paid.

The exchange sees the ten displayed levels of a generated market and remembers what an account has
taken.  Beside it two simple models: everything at the best price, and a walk over the display that
remembers nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import count

import numpy as np

from feeds.order_day import TIME, levels_of
from feeds.order_feed import OrderFeed
from matching.events import OrderFilled
from matching.market import DataKind
from matching.orders import AccountId, FillProfile, OrderId, OrderKind, PlaceOrder, TimeInForce
from matching.units import AtNs, Qty
from simtrade.bench.deep_market import DeepMarket, Episode, Paid, episodes, generate, true_prices
from simtrade.bench.fidelity_figures import MARKET_BIAS_TICKS
from simtrade.bench.paper_fills import exchange_for

CASES = ((300, 5), (1_000, 5), (1_000, 40))  # shares each, messages apart
MESSAGES = 20_000
Model = Callable[[DeepMarket, OrderFeed, list[Episode]], list[Paid]]


@dataclass(frozen=True, slots=True)
class MarketFigures:
    """Mean error of the average price in ticks, minus is too cheap; ``episodes`` were filled
    wholly in truth and by the model."""

    model: str
    qty: int
    apart: int
    episodes: int
    error_ticks: float

    @property
    def holds(self) -> bool | None:
        return abs(self.error_ticks) <= MARKET_BIAS_TICKS if self.model == "exchange" else None

    def as_json(self) -> dict[str, object]:
        return asdict(self) | {"holds": self.holds}


def measure(seed: int, number: int, report: Callable[[int, int], None]) -> list[MarketFigures]:
    """Every model on every case, ``number`` episodes each."""
    market = generate(seed, MESSAGES)
    feed = OrderFeed(market.tape, DataKind.DEPTH)
    found: list[MarketFigures] = []
    for done, (qty, apart) in enumerate(CASES):
        report(done, len(CASES))
        wanted = episodes(market, seed, number, qty=qty, apart=apart)
        truth = true_prices(market, wanted)
        for name, model in MODELS.items():
            paid = model(market, feed, wanted)
            errors = [
                one.side.sign * (ours.turnover / ours.qty - true.turnover / true.qty)
                for one, ours, true in zip(wanted, paid, truth, strict=True)
                if ours.qty == true.qty == one.qty * one.children
            ]
            mean = round(sum(errors) / len(errors), 3) if errors else 0.0
            found.append(MarketFigures(name, qty, apart, len(errors), mean))
    return found


def _exchange(market: DeepMarket, feed: OrderFeed, wanted: list[Episode]) -> list[Paid]:
    """Our exchange; each episode has an account of its own."""
    exchange, found = exchange_for(feed), [Paid(0, 0)] * len(wanted)
    coming = sorted(
        (
            (one.after(child), number)
            for number, one in enumerate(wanted)
            for child in range(one.children)
        ),
        reverse=True,
    )
    ids = count(1)
    for event in feed.events(AtNs(feed.start_ns - 1), feed.end_ns, exchange.band):
        while coming and market.at_ns(coming[-1][0]) < event.at_ns:
            after, number = coming.pop()
            order = PlaceOrder(
                order_id=OrderId(next(ids)),
                account_id=AccountId(number + 1),
                instrument_id=market.tape.instrument.instrument_id,
                side=wanted[number].side,
                kind=OrderKind.MARKET,
                qty=Qty(wanted[number].qty),
                limit_ticks=None,
                time_in_force=TimeInForce.DAY,
                profile=FillProfile.STANDARD,
                at_ns=market.at_ns(after),
            )
            refused = exchange.check_place(order)
            assert refused is None, refused
            for filled in exchange.place(exchange.working_of(order)):
                if isinstance(filled, OrderFilled):
                    before = found[number]
                    value = filled.price_ticks * filled.qty
                    found[number] = Paid(before.qty + filled.qty, before.turnover + value)
        exchange.on_market(event)
    return found


def _display(
    market: DeepMarket, feed: OrderFeed, one: Episode, child: int
) -> list[tuple[int, int]]:
    """The side that a child takes from, as it is displayed when it comes."""
    at_ns = market.at_ns(one.after(child))
    row = int(np.searchsorted(market.tape.street[TIME], at_ns, side="right")) - 1
    sides = levels_of(feed.day.displays[row].tolist())
    return [(price, qty) for price, qty in sides[one.side.opposite]]


def _at_best(market: DeepMarket, feed: OrderFeed, wanted: list[Episode]) -> list[Paid]:
    """All of it at the best price, whatever stands there."""
    found: list[Paid] = []
    for one in wanted:
        prices = [_display(market, feed, one, child)[0][0] for child in range(one.children)]
        found.append(Paid(one.qty * one.children, sum(prices) * one.qty))
    return found


def _walk(market: DeepMarket, feed: OrderFeed, wanted: list[Episode]) -> list[Paid]:
    """Level by level, as if nothing had been taken before."""
    found: list[Paid] = []
    for one in wanted:
        filled = turnover = 0
        for child in range(one.children):
            left = one.qty
            for price, qty in _display(market, feed, one, child):
                taken = min(left, qty)
                filled, turnover, left = filled + taken, turnover + price * taken, left - taken
        found.append(Paid(filled, turnover))
    return found


MODELS: dict[str, Model] = {"exchange": _exchange, "all_at_best": _at_best, "walk": _walk}
