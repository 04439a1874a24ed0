"""OKX spot: the book of 400 levels on the same connection, its changes, and every trade.

Source: okx.com/docs-v5, "Order book channel" and "Trades channel".  Every change names the one
before it (``prevSeqId``).  Times are Unix milliseconds; ``ping`` as a plain text keeps the line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from feeds.book_sync import BookChange, BookSnapshot, Chain
from feeds.live.heard import BookImage, BookMove, Fault, Heard, Said, Talk
from feeds.live.markets import coin
from feeds.live.vendor import Beat, Keys, Request, SymbolError, Vendor, Watch
from feeds.live.wire import (
    UnreadableError,
    each,
    field,
    json_of,
    ladder,
    millis_ns,
    of_symbol,
    price,
    quantity,
    rows,
    scaled,
    whole,
    word,
)
from matching.instrument import Instrument
from matching.market import DataKind, Trade
from matching.orders import Side
from matching.units import NS_PER_SECOND, AtNs

_SIDES = {"buy": Side.BUY, "sell": Side.SELL}


@dataclass(frozen=True, slots=True)
class Okx(Vendor):
    name: ClassVar[str] = "okx"
    kind: ClassVar[DataKind] = DataKind.DEPTH
    market: ClassVar[str] = "COIN"
    source: ClassVar[str] = "OKX spot, public channels; one dollar token counts one dollar"
    levels: ClassVar[int] = 10
    chain: ClassVar[Chain | None] = Chain.LINKED
    silent_after_ns: ClassVar[int] = 30 * NS_PER_SECOND
    beat: ClassVar[Beat | None] = Beat("ping", 15 * NS_PER_SECOND)

    socket_url: str = "wss://ws.okx.com:8443/ws/v5/public"
    http_url: str = "https://www.okx.com"

    def listing_request(self, symbols: Sequence[str]) -> Request | None:  # noqa: ARG002
        return Request(f"{self.http_url}/api/v5/public/instruments?instType=SPOT")

    def instruments(self, symbols: Sequence[str], body: bytes | None) -> dict[str, Instrument]:
        listed = {word(one, "instId"): one for one in rows(field(json_of(body or b""), "data"))}
        found: dict[str, Instrument] = {}
        for symbol in symbols:
            if symbol not in listed:
                raise SymbolError(f"OKX does not list {symbol!r}")
            one = listed[symbol]
            steps = word(one, "tickSz"), word(one, "lotSz")
            found[symbol] = coin(symbol, word(one, "quoteCcy"), *steps)
        return found

    def hello(self, watch: Watch, keys: Keys) -> tuple[str, ...]:  # noqa: ARG002
        wanted = [
            {"channel": channel, "instId": one} for one in watch for channel in ("books", "trades")
        ]
        return (json.dumps({"op": "subscribe", "args": wanted}),)

    def resubscribe(self, symbol: str) -> tuple[str, ...]:
        book = [{"channel": "books", "instId": symbol}]
        return tuple(json.dumps({"op": op, "args": book}) for op in ("unsubscribe", "subscribe"))

    def read(self, watch: Watch, body: str | bytes, heard_ns: int) -> Iterable[Heard]:
        if body in ("pong", b"pong"):
            return [Said(Talk.BEAT)]
        message = json_of(body)
        if isinstance(message, dict) and "event" in message:
            return [_told(message)]
        channel = field(message, "arg")
        parts = rows(field(message, "data"))
        match word(channel, "channel"):
            case "trades":
                return each(parts, lambda part: _trade(watch, part, AtNs(heard_ns)))
            case "books":
                instrument = of_symbol(watch, word(channel, "instId"))
                image = word(message, "action") == "snapshot"
                return each(parts, lambda part: _book(instrument, part, image=image))
            case other:
                return [Said(Talk.IGNORED, other)]


def _told(message: Any) -> Said:
    match word(message, "event"):
        case "subscribe":
            return Said(Talk.SUBSCRIBED)
        case "error":
            return Said(Talk.ERROR, f"{message.get('code', '')} {message.get('msg', '')}".strip())
        case other:
            return Said(Talk.IGNORED, other)


def _book(instrument: Instrument, part: Any, *, image: bool) -> Iterator[Heard]:
    at_ns, number = millis_ns(word(part, "ts")), scaled(word(part, "seqId"), 0)
    bids, asks = (ladder(instrument, field(part, side)) for side in ("bids", "asks"))
    if image:
        yield BookImage(instrument.instrument_id, at_ns, BookSnapshot(number, bids, asks))
    else:
        change = BookChange(number, number, scaled(word(part, "prevSeqId"), 0), bids, asks)
        yield BookMove(instrument.instrument_id, at_ns, change)


def _trade(watch: Watch, part: Any, heard_ns: AtNs) -> Iterator[Heard]:
    """The trades of one taker at one price come as one, so their numbers have holes."""
    instrument = of_symbol(watch, word(part, "instId"))
    taker = _SIDES.get(word(part, "side"))
    if taker is None:
        raise UnreadableError(Fault.SHAPE, part)
    ticks, qty = price(instrument, word(part, "px")), quantity(instrument, word(part, "sz"))
    at_ns = millis_ns(word(part, "ts"))
    whole(word(part, "tradeId"))
    if qty:
        yield Trade(at_ns, heard_ns, 0, instrument.instrument_id, ticks, qty, taker)
