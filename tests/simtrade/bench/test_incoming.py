from __future__ import annotations

from matching.instrument import InstrumentId
from matching.market import StreetCancel, StreetOrder, Trade
from matching.orders import Side
from matching.units import AtNs, PriceTicks, Qty
from simtrade.bench.incoming import Auction, Incoming, Made, steps

T = AtNs(0)
NAME = InstrumentId("XSHG:600001")


def order(seq: int, number: int, side: Side, price: int, qty: int) -> StreetOrder:
    return StreetOrder(T, T, seq, NAME, number, side, PriceTicks(price), Qty(qty))


def trade(seq: int, buyer: int, seller: int, price: int, qty: int, side: Side | None) -> Trade:
    return Trade(T, T, seq, NAME, PriceTicks(price), Qty(qty), side, buyer, seller)


def test_a_taker_is_its_trades_and_what_is_left() -> None:
    told = [
        trade(0, 9, 1, 100, 30, Side.BUY),
        trade(1, 9, 2, 101, 20, Side.BUY),
        order(2, 9, Side.BUY, 102, 50),
        order(3, 10, Side.BUY, 99, 10),
    ]
    assert list(steps(told)) == [
        Incoming(0, T, 9, Side.BUY, 102, 100, (Made(9, 1, 100, 30), Made(9, 2, 101, 20))),
        Incoming(3, T, 10, Side.BUY, 99, 10, ()),
    ]


def test_a_taker_of_which_nothing_is_left_paid_its_last_price_at_most() -> None:
    told = [trade(0, 5, 8, 100, 30, Side.SELL), trade(1, 4, 8, 98, 30, Side.SELL)]
    made = (Made(5, 8, 100, 30), Made(4, 8, 98, 30))
    assert list(steps(told)) == [Incoming(0, T, 8, Side.SELL, 98, 60, made)]


def test_takers_are_kept_apart() -> None:
    cancel = StreetCancel(T, T, 3, NAME, 4, Side.BUY, Qty(1))
    told = [
        trade(0, 7, 1, 100, 1, Side.BUY),
        trade(1, 8, 1, 100, 1, Side.BUY),
        trade(2, 5, 9, 99, 1, Side.SELL),
        cancel,
        order(4, 9, Side.SELL, 101, 1),  # another order of the same number comes too late
    ]
    found = list(steps(told))
    assert [one.order_id if isinstance(one, Incoming) else one for one in found] == [
        7,
        8,
        9,
        cancel,
        9,
    ]


def test_an_auction_is_one_step() -> None:
    told = [
        order(0, 1, Side.BUY, 101, 5),
        trade(1, 1, 2, 100, 3, None),
        trade(2, 1, 3, 100, 2, None),
        trade(3, 6, 2, 100, 2, Side.BUY),
    ]
    found = list(steps(told))
    assert found[1] == Auction(1, T, (Made(1, 2, 100, 3), Made(1, 3, 100, 2)))
    assert isinstance(found[2], Incoming)
