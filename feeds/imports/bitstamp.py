"""Bitstamp as recorded: changes of books by their clock, and every trade.

Source: bitstamp.net/websocket/v2.  ``type`` 0 of a trade is a purchase; its number
counts the trades of all pairs.  Times are microseconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from feeds.book_sync import BookChange
from feeds.live.heard import BookMove, Fault, Heard, Said, Talk
from feeds.live.vendor import Watch
from feeds.live.wire import (
    UnreadableError,
    field,
    json_of,
    ladder,
    millis_ns,
    of_symbol,
    price,
    quantity,
    unreadable,
    word,
)
from matching.market import Trade
from matching.orders import Side
from matching.units import AtNs

_TAKERS = {"0": Side.BUY, "1": Side.SELL}
BOOK, TRADES = "diff_order_book_", "live_trades_"


def decode(watch: Watch, body: str, heard_ns: int) -> list[Heard]:
    """Everything that a message says, in order; never an exception, whatever came."""
    try:
        return list(_event(watch, json_of(body), AtNs(heard_ns)))
    except UnreadableError as error:
        return [unreadable(error, body)]


def _event(watch: Watch, message: Any, heard_ns: AtNs) -> Iterator[Heard]:
    event, channel = word(message, "event"), message.get("channel", "")
    if event == "data" and channel.startswith(BOOK):
        instrument = of_symbol(watch, channel.removeprefix(BOOK).upper())
        data = field(message, "data")
        bids, asks = (ladder(instrument, field(data, side)) for side in ("bids", "asks"))
        at_ns = _moment(data)
        change = BookChange(at_ns // 1000, at_ns // 1000, 0, bids, asks)
        yield BookMove(instrument.instrument_id, at_ns, change)
    elif event == "trade" and channel.startswith(TRADES):
        yield from _trade(watch, channel.removeprefix(TRADES).upper(), message, heard_ns)
    elif event == "bts:error":
        yield Said(Talk.ERROR, str(field(message, "data")))
    elif event == "bts:request_reconnect":
        yield Said(Talk.ERROR, event)
    else:
        yield Said(Talk.SUBSCRIBED if "succeeded" in event else Talk.IGNORED, event)


def _trade(watch: Watch, symbol: str, message: Any, heard_ns: AtNs) -> Iterator[Heard]:
    instrument, data = of_symbol(watch, symbol), field(message, "data")
    taker = _TAKERS.get(word(data, "type"))
    if taker is None:
        raise UnreadableError(Fault.SHAPE, message)
    ticks = price(instrument, word(data, "price_str"))
    qty = quantity(instrument, word(data, "amount_str"))
    at_ns = _moment(data)
    if qty:
        yield Trade(at_ns, heard_ns, 0, instrument.instrument_id, ticks, qty, taker)


def _moment(data: Any) -> AtNs:
    """``microtimestamp``: microseconds since 1970 UTC."""
    text = word(data, "microtimestamp")
    if not text.isdigit() or len(text) < 13:
        raise UnreadableError(Fault.TIME, text)
    return AtNs(millis_ns(text[:-3]) + int(text[-3:]) * 1000)
