"""A recorded day as what came in: takers put together again from their trades and remainders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from matching.market import StreetCancel, StreetOrder, Trade
from matching.orders import Side
from matching.street_book import StreetEvent


class Made(NamedTuple):
    """A trade: buyer's and seller's order, price in ticks, quantity."""

    buyer: int
    seller: int
    price_ticks: int
    qty: int


class Incoming(NamedTuple):
    """An order as it came in, and the trades that the record says it made at once."""

    first_row: int
    at_ns: int
    order_id: int
    side: Side
    price_ticks: int
    qty: int
    trades: tuple[Made, ...]


class Auction(NamedTuple):
    """The trades of one call auction, which name no aggressor."""

    first_row: int
    at_ns: int
    trades: tuple[Made, ...]


Step = Incoming | Auction | StreetCancel


def steps(events: Iterable[StreetEvent]) -> Iterator[Step]:
    """The record as what came in: trades and the remainder of one taker become one order."""
    waiting: list[Trade] = []
    for event in events:
        if waiting and not _continues(waiting[-1], event):
            yield _joined(waiting, None)
            waiting.clear()
        if isinstance(event, Trade):
            waiting.append(event)
        elif isinstance(event, StreetCancel):
            yield event
        elif waiting:
            yield _joined(waiting, event)
            waiting.clear()
        else:
            yield _incoming(event, ())
    if waiting:
        yield _joined(waiting, None)


def _taker(trade: Trade) -> int | None:
    return trade.buy_order_id if trade.aggressor is Side.BUY else trade.sell_order_id


def _continues(trade: Trade, event: StreetEvent) -> bool:
    """Whether an event belongs to the same taker, or to the same auction, as the trade before."""
    if isinstance(event, Trade):
        same = event.aggressor is trade.aggressor
        return same and (trade.aggressor is None or _taker(event) == _taker(trade))
    return (
        isinstance(event, StreetOrder)
        and event.side is trade.aggressor
        and event.street_order_id == _taker(trade)
    )


def _made(trade: Trade) -> Made:
    assert trade.buy_order_id is not None
    assert trade.sell_order_id is not None
    return Made(trade.buy_order_id, trade.sell_order_id, trade.price_ticks, trade.qty)


def _joined(trades: list[Trade], rest: StreetOrder | None) -> Incoming | Auction:
    first, made = trades[0], tuple(_made(one) for one in trades)
    if first.aggressor is None:
        return Auction(first.seq, first.at_ns, made)
    if rest is not None:
        return _incoming(rest, made)
    # Its limit is not told; the last price it paid is one that gives these trades.
    qty = sum(one.qty for one in made)
    order_id = _taker(first)
    assert order_id is not None
    price = made[-1].price_ticks
    return Incoming(first.seq, first.at_ns, order_id, first.aggressor, price, qty, made)


def _incoming(order: StreetOrder, made: tuple[Made, ...]) -> Incoming:
    qty = order.qty + sum(one.qty for one in made)
    row = order.seq - len(made)
    return Incoming(
        row, order.at_ns, order.street_order_id, order.side, order.price_ticks, qty, made
    )
