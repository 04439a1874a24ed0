"""Orders at the closing price: their receipt, and a restart between the auction and the close.

The rest is in tests/scenarios/fixed_price.txt.
"""

from __future__ import annotations

import copy

import pytest

from matching.events import FillRule, OrderFilled
from matching.market import AuctionCross, DataKind, Phase, PhaseChange, SessionClose
from matching.orders import Side
from matching.scope import Scope
from matching.units import AtNs, PriceTicks, Qty
from tests.matching.scenario import INSTRUMENT, Scenario, rules

ID = INSTRUMENT.instrument_id
BOOK = rules(kinds__code="fixed_price", kinds__times="day")


def closed(made: Scenario, close: int = 10_000) -> list[OrderFilled]:
    event = SessionClose(made.at_ns, 900, made.day, ((ID, PriceTicks(close)),))
    return [one for one in made.exchange.on_market(event) if isinstance(one, OrderFilled)]


def evening(data: DataKind = DataKind.DEPTH, scope: Scope = Scope.ACCOUNT) -> Scenario:
    made = Scenario(data=data, book=BOOK, scope=scope)
    made.run(
        """
        A buy 200 @ 10005 fixed_price => waits
        A2 buy 100 @ 10010 fixed_price => waits
        B sell 100 @ 9990 fixed_price => waits
        phase closing_locked
        cross 10000 x1000
        phase after_hours
        """
    )
    return made


def test_the_receipt_has_what_decided() -> None:
    fills = closed(evening())
    assert [(one.price_ticks, one.qty) for one in fills] == [
        (10_000, 200),
        (10_000, 50),
        (10_000, 100),
    ]
    receipt = fills[1].receipt
    assert receipt.rule is FillRule.AFTER_HOURS
    assert (receipt.event_seq, receipt.budget_qty, receipt.reference_ticks) == (900, 50, 10_000)


@pytest.mark.parametrize("data", [one for one in DataKind if one is not DataKind.BARS])
def test_every_data_without_bars_takes_the_auction_for_its_volume(data: DataKind) -> None:
    assert sum(one.qty for one in closed(evening(data)) if one.side is Side.BUY) == 250


def test_a_price_that_the_order_does_not_accept_never_fills_it() -> None:
    assert {one.side for one in closed(evening(), 10_006)} == {Side.BUY, Side.SELL}
    assert {one.side for one in closed(evening(), 10_011)} == {Side.SELL}
    assert {one.side for one in closed(evening(), 9_989)} == {Side.BUY}


def test_a_restart_before_the_close_changes_nothing() -> None:
    made, again = evening(), Scenario(book=BOOK)
    again.at_ns = at_ns = made.at_ns
    again.exchange.see(PhaseChange(at_ns, 700, Phase.CLOSING_LOCKED))
    cross = AuctionCross(at_ns, at_ns, 701, ID, PriceTicks(10_000), Qty(1_000), None, Qty(0))
    again.exchange.see(cross)
    again.exchange.see(PhaseChange(AtNs(at_ns), 702, Phase.AFTER_HOURS))
    for one in reversed(made.listing.orders.values()):
        again.exchange.restore(copy.deepcopy(one))
    assert closed(again) == closed(made)
