"""All kinds of orders on random paths with halts, breaks and nights.

No order is both filled and cancelled, filled beyond its quantity, outside the price limits, or
from the same displayed size twice; the exits of an entry never sell more than it bought, and a
restart at any point changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching.events import Event, FillRule, OrderCancelled, OrderFilled
from matching.exchange import Exchange
from matching.market import DataKind, Depth, MarketEvent
from matching.orders import GroupKind, OrderId, PlaceOrder, Side
from tests.matching.scenario import INSTRUMENT, Scenario, rules

PRICES = st.integers(9_990, 10_010)
QTYS = st.integers(1, 60)
FORCES = st.sampled_from(["day", "gtc", "ioc", "fok"])
WAITS = st.sampled_from(["day", "gtc"])


@st.composite
def orders(draw: st.DrawFn) -> str:
    side, qty, price, other = (
        draw(st.sampled_from(["buy", "sell"])), draw(QTYS), draw(PRICES), draw(PRICES),
    )  # fmt: skip
    away = abs(price - other) + 1
    up = 1 if side == "buy" else -1
    terms = draw(
        st.sampled_from(
            [
                f"{draw(FORCES)}",
                f"@ {price} {draw(FORCES)}",
                f"stop {price} {draw(WAITS)}",
                f"@ {price} stop {other} {draw(WAITS)}",
                f"trail {away} {draw(WAITS)}",
                f"trail 0.1% {draw(WAITS)}",
                f"@ {price} {draw(WAITS)} or stop {price + up * away}",
                f"@ {price} {draw(WAITS)} profit {price + up * away} loss {price - up * away}",
                f"profit {price + up * away}",
                f"@ {price} loss {price - up * away}",
            ]
        )
    )
    return f"{side} {qty} {terms}"


@st.composite
def paths(draw: st.DrawFn) -> list[str]:
    steps: list[str] = []
    middle = 10_000
    for number in range(draw(st.integers(5, 30))):
        middle = max(9_950, min(10_050, middle + draw(st.integers(-6, 6))))
        kind = draw(st.sampled_from("ddddttttoooookcrhpn"))
        match kind:
            case "d":
                bids = " ".join(f"{middle - 1 - k}x{draw(QTYS)}" for k in range(3))
                asks = " ".join(f"{middle + 1 + k}x{draw(QTYS)}" for k in range(3))
                steps.append(f"depth {bids} / {asks}")
            case "t":
                taker = draw(st.sampled_from(["buy", "sell", "unknown"]))
                steps.append(f"trade {taker} {draw(QTYS)} @ {middle + draw(st.integers(-2, 2))}")
            case "o":
                steps.append(f"{draw(st.sampled_from('AB'))}{number} {draw(orders())}")
            case "c" | "k":
                steps.append(f"cancel {draw(st.integers(0, 20))}")
            case "r":
                steps.append("restart")
            case "h":
                steps.append(f"halt {draw(st.sampled_from(['on', 'off']))}")
            case "p":
                steps.append("break")
            case _:
                steps.append("night")
    return steps


class Watched(Scenario):
    """Keeps what happened, and checks it as it does."""

    def __init__(self) -> None:
        self.happened: list[MarketEvent] = []
        self.filled: dict[OrderId, int] = defaultdict(int)
        self.ended: dict[OrderId, str] = {}
        self.placed: dict[OrderId, PlaceOrder] = {}
        super().__init__(book=rules(limit__permille=10))

    def _market(self, event: MarketEvent) -> list[Event]:
        self.happened.append(event)
        told = super()._market(event)
        if isinstance(event, Depth):
            self._never_more_than_shown(event, told)
        return told

    def _with_exits(self, events: list[Event]) -> list[Event]:
        told = super()._with_exits(events)
        for event in told:
            self._check(event)
        return told

    def _check(self, event: Event) -> None:
        assert event.order_id not in self.ended, f"something happened to an ended order: {event}"
        if isinstance(event, OrderFilled):
            self.filled[event.order_id] += event.qty
            band = self.listing.price_band
            assert band is not None
            assert band[0] <= event.price_ticks <= band[1]
            if not event.leaves:
                self.ended[event.order_id] = "filled"
        if isinstance(event, OrderCancelled):
            assert event.leaves > 0
            self.ended[event.order_id] = event.cause.value

    def _never_more_than_shown(self, event: Depth, told: list[Event]) -> None:
        taken: dict[tuple[int, int, int], int] = defaultdict(int)
        for one in told:
            if isinstance(one, OrderFilled) and one.receipt.rule is FillRule.TAKER:
                taken[one.account_id, one.side, one.price_ticks] += one.qty
        shown = {(Side.SELL, level.price_ticks): level.qty for level in event.bids}
        shown |= {(Side.BUY, level.price_ticks): level.qty for level in event.asks}
        for (_, side, price), qty in taken.items():
            assert qty <= shown[Side(side), price]

    def restart(self) -> None:
        """What a new process makes of the stored orders and takings."""
        old, again = (
            self.exchange,
            Exchange([INSTRUMENT], rules(limit__permille=10), DataKind.DEPTH),
        )
        for event in self.happened:
            again.see(event)
        listing = again.listings[INSTRUMENT.instrument_id]
        known = old.listings[INSTRUMENT.instrument_id]
        for working in known.in_order():
            again.restore(replace(working))
        for group, side, price, milli, at_ns in known.consumed.entries():
            listing.consumed.put(group, side, price, milli, at_ns)
        self.exchange, self.listing = again, listing

    def go(self, step: str) -> str:
        word, *rest = step.split()
        if word == "cancel":
            names = [name for name, one in self.orders.items() if one in self.listing.orders]
            return self.step(f"{names[int(rest[0]) % len(names)]} cancel") if names else ""
        if word == "break":
            return self.step("phase lunch") + self.step("phase continuous")
        if word == "night":
            return self.step("halt off") + self.step("close 10000") + self.step("session")
        if word in ("depth", "trade", "halt"):
            return self.step(step)
        told = self.step(step)
        for name, order_id in self.orders.items():
            if order_id in self.listing.orders and name.startswith(word):
                self.placed[order_id] = self.listing.orders[order_id].order
        return told


@pytest.mark.parametrize("often", [False, True], ids=["at times", "at every step"])
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=paths())
def test_whatever_comes_the_orders_keep_their_word(often: bool, steps: list[str]) -> None:
    plain, stopped = Watched(), Watched()
    for step in steps:
        if often or step == "restart":
            stopped.restart()
        if step != "restart":
            assert plain.go(step) == stopped.go(step)
    for order_id, order in plain.placed.items():
        assert plain.filled[order_id] <= order.qty
    groups: dict[OrderId, list[OrderId]] = defaultdict(list)
    for order_id, order in plain.placed.items():
        if order.group_id is not None:
            groups[order.group_id].append(order_id)
    for group_id, members in groups.items():
        others = sum(plain.filled[one] for one in members if one != group_id)
        if plain.placed[members[0]].group is GroupKind.OCO:
            assert others + plain.filled[group_id] <= plain.placed[members[0]].qty
        else:
            assert others <= plain.filled[group_id]
