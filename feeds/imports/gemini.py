"""Gemini as recorded: a book on the same connection, its changes, and every trade.

Source: docs.gemini.com, "Market data version 2".  The first message about a book has all of it, and
trades of before; changes tell no time.  ``side`` of a trade is the taker's.  Times are Unix
milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from feeds.book_sync import BookChange, BookSnapshot
from feeds.live.heard import BookImage, BookMove, Fault, Heard, Said, Talk
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
    rows,
    unreadable,
    word,
)
from matching.market import Trade
from matching.orders import Side
from matching.units import AtNs

_SIDES = {"buy": Side.BUY, "sell": Side.SELL}


def decode(watch: Watch, body: str, heard_ns: int) -> list[Heard]:
    """Everything that a message says, in order; never an exception, whatever came."""
    try:
        return list(_event(watch, json_of(body), AtNs(heard_ns)))
    except UnreadableError as error:
        return [unreadable(error, body)]


def _event(watch: Watch, message: Any, heard_ns: AtNs) -> Iterator[Heard]:
    match word(message, "type"):
        case "l2_updates":
            yield _book(watch, message, heard_ns)
        case "trade":
            yield from _trade(watch, message, heard_ns)
        case "heartbeat":
            yield Said(Talk.BEAT)
        case other:
            yield Said(Talk.IGNORED, other)


def _book(watch: Watch, message: Any, heard_ns: AtNs) -> Heard:
    instrument = of_symbol(watch, word(message, "symbol"))
    sides: dict[Side, list[list[Any]]] = {Side.BUY: [], Side.SELL: []}
    for row in rows(field(message, "changes")):
        if not isinstance(row, list) or len(row) != 3 or row[0] not in _SIDES:
            raise UnreadableError(Fault.SHAPE, row)
        sides[_SIDES[row[0]]].append(row[1:])
    bids, asks = (ladder(instrument, sides[side]) for side in (Side.BUY, Side.SELL))
    if "trades" in message:
        return BookImage(instrument.instrument_id, heard_ns, BookSnapshot(0, bids, asks))
    return BookMove(instrument.instrument_id, heard_ns, BookChange(0, 0, 0, bids, asks))


def _trade(watch: Watch, message: Any, heard_ns: AtNs) -> Iterator[Heard]:
    instrument = of_symbol(watch, word(message, "symbol"))
    taker = _SIDES.get(word(message, "side"))
    if taker is None:
        raise UnreadableError(Fault.SHAPE, message)
    ticks = price(instrument, word(message, "price"))
    qty = quantity(instrument, word(message, "quantity"))
    at_ns = millis_ns(word(message, "timestamp"))
    if qty:
        yield Trade(at_ns, heard_ns, 0, instrument.instrument_id, ticks, qty, taker)
