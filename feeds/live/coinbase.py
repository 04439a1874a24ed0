"""Coinbase Exchange: the whole book on the same connection, its changes, and every trade.

Source: docs.cdp.coinbase.com, "Exchange WebSocket channels".  Changes have no number: what is lost
is seen by the running number of the trades and by the book crossing.  ``side`` of a match is the
maker's.  Times are RFC 3339.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from feeds.book_sync import BookChange, BookSnapshot, Chain
from feeds.live.heard import BookImage, BookMove, Fault, Heard, Said, Talk, TradeNumber
from feeds.live.markets import coin
from feeds.live.vendor import MEGABYTE, Keys, Request, SymbolError, Vendor, Watch
from feeds.live.wire import (
    UnreadableError,
    field,
    json_of,
    ladder,
    of_symbol,
    price,
    quantity,
    rfc3339_ns,
    rows,
    whole,
    word,
)
from matching.instrument import Instrument
from matching.market import DataKind, Trade
from matching.orders import Side
from matching.units import AtNs

_SIDES = {"buy": Side.BUY, "sell": Side.SELL}
CHANNELS = ("level2_batch", "matches", "heartbeat")


@dataclass(frozen=True, slots=True)
class Coinbase(Vendor):
    name: ClassVar[str] = "coinbase"
    kind: ClassVar[DataKind] = DataKind.DEPTH
    market: ClassVar[str] = "COIN"
    source: ClassVar[str] = "Coinbase Exchange, public channels"
    levels: ClassVar[int] = 10
    chain: ClassVar[Chain | None] = Chain.UNNUMBERED
    largest_bytes: ClassVar[int] = 16 * MEGABYTE  # a snapshot has every level there is

    socket_url: str = "wss://ws-feed.exchange.coinbase.com"
    http_url: str = "https://api.exchange.coinbase.com"

    def listing_request(self, symbols: Sequence[str]) -> Request | None:  # noqa: ARG002
        return Request(f"{self.http_url}/products", (("User-Agent", "simtrade"),))

    def instruments(self, symbols: Sequence[str], body: bytes | None) -> dict[str, Instrument]:
        listed = {word(one, "id"): one for one in rows(json_of(body or b""))}
        found: dict[str, Instrument] = {}
        for symbol in symbols:
            if symbol not in listed:
                raise SymbolError(f"Coinbase does not list {symbol!r}")
            one = listed[symbol]
            steps = word(one, "quote_increment"), word(one, "base_increment")
            found[symbol] = coin(symbol, word(one, "quote_currency"), *steps)
        return found

    def hello(self, watch: Watch, keys: Keys) -> tuple[str, ...]:  # noqa: ARG002
        return (_ask("subscribe", list(watch), list(CHANNELS)),)

    def resubscribe(self, symbol: str) -> tuple[str, ...]:
        book = [CHANNELS[0]]
        return (_ask("unsubscribe", [symbol], book), _ask("subscribe", [symbol], book))

    def read(self, watch: Watch, body: str | bytes, heard_ns: int) -> Iterable[Heard]:
        return _event(watch, json_of(body), AtNs(heard_ns))


def _ask(what: str, symbols: list[str], channels: list[str]) -> str:
    return json.dumps({"type": what, "product_ids": symbols, "channels": channels})


def _event(watch: Watch, message: Any, heard_ns: AtNs) -> Iterator[Heard]:
    match word(message, "type"):
        case "l2update":
            yield _move(watch, message)
        case "match" | "last_match" as kind:
            yield from _trade(watch, message, heard_ns, happened=kind == "match")
        case "snapshot":
            instrument = of_symbol(watch, word(message, "product_id"))
            bids, asks = (ladder(instrument, field(message, name)) for name in ("bids", "asks"))
            yield BookImage(instrument.instrument_id, heard_ns, BookSnapshot(0, bids, asks))
        case "heartbeat":  # its trade number may run ahead of the trades themselves
            yield Said(Talk.BEAT)
        case "subscriptions":
            yield Said(Talk.SUBSCRIBED)
        case "error":
            reason = message.get("reason", "")
            yield Said(Talk.ERROR, f"{word(message, 'message')} {reason}".strip())
        case other:
            yield Said(Talk.IGNORED, other)


def _move(watch: Watch, message: Any) -> BookMove:
    instrument = of_symbol(watch, word(message, "product_id"))
    sides: dict[Side, list[list[Any]]] = {Side.BUY: [], Side.SELL: []}
    for row in rows(field(message, "changes")):
        if not isinstance(row, list) or len(row) != 3 or row[0] not in _SIDES:
            raise UnreadableError(Fault.SHAPE, row)
        sides[_SIDES[row[0]]].append(row[1:])
    bids, asks = (ladder(instrument, sides[side]) for side in (Side.BUY, Side.SELL))
    change = BookChange(0, 0, 0, bids, asks)
    return BookMove(instrument.instrument_id, rfc3339_ns(word(message, "time")), change)


def _trade(watch: Watch, message: Any, heard_ns: AtNs, *, happened: bool) -> Iterator[Heard]:
    """``last_match`` is the trade before the subscription: only its number is news."""
    instrument = of_symbol(watch, word(message, "product_id"))
    ticks, qty = (
        price(instrument, word(message, "price")),
        quantity(instrument, word(message, "size")),
    )
    at_ns, maker = rfc3339_ns(word(message, "time")), _SIDES.get(word(message, "side"))
    if maker is None:
        raise UnreadableError(Fault.SHAPE, message)
    yield TradeNumber(instrument.instrument_id, whole(word(message, "trade_id")))
    if happened and qty:
        yield Trade(at_ns, heard_ns, 0, instrument.instrument_id, ticks, qty, maker.opposite)
