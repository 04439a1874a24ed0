"""Binance spot: the whole book as a snapshot and its changes every 100 ms, and every trade.

Source: developers.binance.com, "WebSocket Streams" and "How to manage a local order book
correctly".  A trade of which the buyer was the maker was taken by a seller.  Times are Unix
milliseconds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import quote

from feeds.book_sync import BookChange, BookSnapshot, Chain
from feeds.live.heard import BookImage, BookMove, Fault, Heard, Said, Talk, TradeNumber
from feeds.live.markets import coin
from feeds.live.vendor import Keys, Request, SymbolError, Vendor, Watch
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
    whole,
    word,
)
from matching.instrument import Instrument
from matching.market import DataKind, Trade
from matching.orders import Side
from matching.units import AtNs

IMAGE_LEVELS = 1_000


@dataclass(frozen=True, slots=True)
class Binance(Vendor):
    name: ClassVar[str] = "binance"
    kind: ClassVar[DataKind] = DataKind.DEPTH
    market: ClassVar[str] = "COIN"
    source: ClassVar[str] = "Binance spot, public streams; one dollar token counts one dollar"
    levels: ClassVar[int] = 10
    chain: ClassVar[Chain | None] = Chain.CONTIGUOUS

    socket_url: str = "wss://stream.binance.com:9443/stream"
    http_url: str = "https://api.binance.com"

    def listing_request(self, symbols: Sequence[str]) -> Request | None:
        names = quote(json.dumps(list(symbols), separators=(",", ":")))
        return Request(f"{self.http_url}/api/v3/exchangeInfo?symbols={names}")

    def instruments(self, symbols: Sequence[str], body: bytes | None) -> dict[str, Instrument]:
        listed = {word(one, "symbol"): one for one in rows(field(json_of(body or b""), "symbols"))}
        found: dict[str, Instrument] = {}
        for symbol in symbols:
            if symbol not in listed:
                raise SymbolError(f"Binance does not list {symbol!r}")
            steps = {word(one, "filterType"): one for one in rows(field(listed[symbol], "filters"))}
            price_step = word(field(steps, "PRICE_FILTER"), "tickSize")
            qty_step = word(field(steps, "LOT_SIZE"), "stepSize")
            quoted = word(listed[symbol], "quoteAsset")
            found[symbol] = coin(symbol, quoted, price_step, qty_step)
        return found

    def hello(self, watch: Watch, keys: Keys) -> tuple[str, ...]:  # noqa: ARG002
        streams = [f"{one.lower()}@{kind}" for one in watch for kind in ("depth@100ms", "trade")]
        return (json.dumps({"method": "SUBSCRIBE", "params": streams, "id": 1}),)

    def image_request(self, symbol: str) -> Request | None:
        path = f"/api/v3/depth?symbol={quote(symbol)}&limit={IMAGE_LEVELS}"
        return Request(self.http_url + path)

    def read_image(self, watch: Watch, symbol: str, body: bytes, heard_ns: int) -> Iterable[Heard]:
        message = json_of(body)
        if isinstance(message, dict) and "msg" in message:
            return [Said(Talk.ERROR, f"{message.get('code', '')} {message['msg']}".strip())]
        instrument = of_symbol(watch, symbol)
        book = BookSnapshot(
            whole(word(message, "lastUpdateId")),
            ladder(instrument, field(message, "bids")),
            ladder(instrument, field(message, "asks")),
        )
        return [BookImage(instrument.instrument_id, AtNs(heard_ns), book)]

    def read(self, watch: Watch, body: str | bytes, heard_ns: int) -> Iterable[Heard]:
        message = json_of(body)
        if isinstance(message, dict) and "stream" in message:
            message = field(message, "data")
        return _event(watch, message, AtNs(heard_ns))


def _event(watch: Watch, message: Any, heard_ns: AtNs) -> Iterator[Heard]:
    if not isinstance(message, dict):
        raise UnreadableError(Fault.SHAPE, message)
    error = message.get("error", message if "msg" in message else None)
    if error is not None:
        yield Said(Talk.ERROR, f"{field(error, 'code')} {field(error, 'msg')}")
    elif "result" in message:
        yield Said(Talk.SUBSCRIBED)
    else:
        match message.get("e"):
            case "depthUpdate":
                yield _move(watch, message)
            case "trade" | "aggTrade" as kind:
                yield from _trade(watch, message, heard_ns, numbered=kind == "trade")
            case other:
                yield Said(Talk.IGNORED, str(other))


def _move(watch: Watch, message: Any) -> BookMove:
    instrument = of_symbol(watch, word(message, "s"))
    first, last = whole(word(message, "U")), whole(word(message, "u"))
    if last < first:
        raise UnreadableError(Fault.DISAGREES, message)
    previous = whole(word(message, "pu")) if "pu" in message else first - 1  # futures
    bids, asks = (ladder(instrument, field(message, side)) for side in ("b", "a"))
    change = BookChange(first, last, previous, bids, asks)
    return BookMove(instrument.instrument_id, millis_ns(word(message, "E")), change)


def _trade(watch: Watch, message: Any, heard_ns: AtNs, *, numbered: bool) -> Iterator[Heard]:
    instrument = of_symbol(watch, word(message, "s"))
    ticks, qty = price(instrument, word(message, "p")), quantity(instrument, word(message, "q"))
    at_ns, maker_bought = millis_ns(word(message, "T")), field(message, "m")
    if not isinstance(maker_bought, bool):
        raise UnreadableError(Fault.SHAPE, message)
    if numbered:
        yield TradeNumber(instrument.instrument_id, whole(word(message, "t")))
    if qty:
        taker = Side.SELL if maker_bought else Side.BUY
        yield Trade(at_ns, heard_ns, 0, instrument.instrument_id, ticks, qty, taker)
