"""Which trade sends a stop, and what a feed may leave out while one waits."""

from __future__ import annotations

import pytest

from matching.market import DataKind, Level, Trade
from matching.orders import Side
from matching.triggers import print_of
from matching.units import AtNs, PriceTicks, Qty
from tests.matching.scenario import INSTRUMENT, Scenario


def trade(price: int) -> Trade:
    now = AtNs(1)
    return Trade(now, now, 1, INSTRUMENT.instrument_id, PriceTicks(price), Qty(5), None)


@pytest.mark.parametrize(
    ("bids", "asks", "price", "counts"),
    [
        ([9_999], [10_001], 10_000, True),
        ([9_999], [10_001], 9_999, True),
        ([9_999], [10_001], 9_998, False),
        ([9_999], [10_001], 10_002, False),
        ([9_999], [], 10_002, True),  # nobody sells: no quote to be outside of
        ([], [], 9_000, True),
    ],
)
def test_only_a_trade_inside_the_quote_counts(
    bids: list[int], asks: list[int], price: int, counts: bool
) -> None:
    made = Scenario()
    made.listing.street.visible = (
        tuple(Level(PriceTicks(one), Qty(10)) for one in bids),
        tuple(Level(PriceTicks(one), Qty(10)) for one in asks),
    )
    assert print_of(made.listing, trade(price)) == (price if counts else None)


@pytest.mark.parametrize(
    ("order", "band"),
    [
        ("A sell 10 stop 9990", (9_990, None)),
        ("A buy 10 stop 10010", (None, 10_010)),
        ("A sell 10 trail 20", (9_980, 10_001)),  # a new high moves it
        ("A buy 10 trail 20", (9_999, 10_020)),
    ],
)
def test_the_band_of_a_bar_feed_ends_where_a_trigger_stands(
    order: str, band: tuple[int | None, int | None]
) -> None:
    made = Scenario(data=DataKind.BARS)
    made.run("open 10000")
    made.step(order)
    assert made.listing.band == (*band, False)
    made.step("A2 buy 5 @ 9985")
    made.run("bar 10000 10000 10000 10000 x0\nopen 10000")
    assert made.listing.band.low_ticks == max(band[0] or 0, 9_985)


def test_a_sale_gets_its_collar_from_the_trade_that_sent_it() -> None:
    made = Scenario()
    made.run("depth 9999x300 / 10001x200\nA sell 100 stop 9990 => stop 9990")
    assert made.listing.orders[made.orders["A"]].limit_ticks == 8_991  # a tenth below the stop
    made.run("depth 8000x300 / 8002x200\ntrade sell 1 @ 8000 => A sent 8000")
    working = made.listing.orders[made.orders["A"]]
    assert (working.limit_ticks, working.triggered_ticks) == (7_200, 8_000)
    assert working.side is Side.SELL


def test_a_purchase_keeps_the_collar_that_its_cash_was_set_aside_for() -> None:
    made = Scenario()
    made.run("depth 9999x300 / 10001x200\nA buy 100 stop 10010 => stop 10010")
    made.run("depth 12000x300 / 12002x200\ntrade buy 1 @ 12002 => A sent 12002")
    assert made.listing.orders[made.orders["A"]].limit_ticks == 11_011


def test_a_stop_that_would_meet_an_own_order_ends_as_the_newest() -> None:
    made = Scenario()
    made.run(
        """
        depth 9999x300 / 10001x200
        A sell 100 stop 9990                => stop 9990
        A2 buy 50 @ 9990                    => ahead 0
        depth 9985x10 / 9990x200            => A2 50@9990
        A3 buy 50 @ 9980                    => ahead 0
        trade sell 10 @ 9985                => A sent 9985
        """
    )
    made = Scenario()
    made.run(
        """
        depth 9999x300 / 10001x200
        A sell 100 @ 9970 stop 9990         => stop 9990
        A2 buy 50 @ 9980                    => ahead 0
        depth 9985x10 / 9999x200
        trade sell 10 @ 9985                => A sent 9985 A self_trade
        """
    )
