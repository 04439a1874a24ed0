"""The venues whose recorded connections are understood: what their messages are about.

Decoders are those of the live connectors, where there is one; what is added is what a recording
needs beforehand: which pairs it has, and how fine their numbers are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import msgspec

from feeds.book_sync import Chain
from feeds.imports import bitstamp, gemini
from feeds.live.binance import Binance
from feeds.live.coinbase import Coinbase
from feeds.live.heard import Heard
from feeds.live.vendor import Watch

Decode = Callable[[Watch, str, int], list[Heard]]
_BINANCE, _COINBASE = Binance(), Coinbase()


class Amount(NamedTuple):
    """A price and a quantity as written, of a pair (empty: the only one of the file)."""

    symbol: str
    price: object
    qty: object


class BestPrices(NamedTuple):
    """A venue's own word of its best prices: after which update, and when if it says so (ms)."""

    symbol: str
    last_id: int
    bid: object
    bid_qty: object
    ask: object
    ask_qty: object
    at_ms: int


@dataclass(frozen=True, slots=True)
class Venue:
    """``amounts`` are the numbers of a message, ``whole`` says of which pair it has the whole book
    (empty: the only one of the file; None: of none), ``best`` reads best prices."""

    name: str
    chain: Chain
    decode: Decode
    amounts: Callable[[Any], Iterator[Amount]]
    whole: Callable[[Any], str | None]
    best: Callable[[Any], BestPrices | None] = lambda _message: None


def parsed(text: str) -> Any:
    """A message as it is; None for what is none (its decoder says why)."""
    try:
        message = msgspec.json.decode(text)
    except msgspec.MsgspecError:
        return None
    if isinstance(message, dict) and isinstance(message.get("data"), dict) and "stream" in message:
        return message["data"]
    return message


def asked_symbol(address: str) -> str:
    """The pair that a request was about."""
    return (parse_qs(urlsplit(address).query).get("symbol") or [""])[0].upper()


def told_steps(body: Any) -> Iterator[Amount]:
    """Steps of prices and quantities from a venue's list of its pairs."""
    if isinstance(body, Mapping):
        for one in _rows(body.get("symbols")):
            filters = {two.get("filterType"): two for two in _rows(_of(one, "filters"))}
            price = _of(filters.get("PRICE_FILTER"), "tickSize")
            yield Amount(str(_of(one, "symbol")), price, _of(filters.get("LOT_SIZE"), "stepSize"))
        return
    for one in _rows(body):
        if "quote_increment" in one:
            yield Amount(str(_of(one, "id")), one["quote_increment"], _of(one, "base_increment"))


def _of(thing: object, name: str) -> Any:
    return thing.get(name) if isinstance(thing, Mapping) else None


def _rows(found: object) -> list[Mapping[str, Any]]:
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _levels(symbol: str, found: object, first: int = 0) -> Iterator[Amount]:
    """Prices and quantities of rows that begin with ``first`` other cells."""
    for row in found if isinstance(found, list) else ():
        if isinstance(row, list) and len(row) >= first + 2:
            yield Amount(symbol, row[first], row[first + 1])


def _of_binance(message: Any) -> Iterator[Amount]:
    if not isinstance(message, dict):
        return
    symbol = str(message.get("s", ""))
    for side in ("b", "a", "bids", "asks"):
        yield from _levels(symbol, message.get(side))
    if message.get("e") in ("trade", "aggTrade"):
        yield Amount(symbol, message.get("p"), message.get("q"))
    best = _best_of_binance(message)
    if best is not None:
        yield Amount(symbol, best.bid, best.bid_qty)
        yield Amount(symbol, best.ask, best.ask_qty)


def _whole_of_binance(message: Any) -> str | None:
    if isinstance(message, dict) and "lastUpdateId" in message and "bids" in message:
        return str(message.get("symbol", ""))
    return None


def _best_of_binance(message: Any) -> BestPrices | None:
    if not isinstance(message, dict) or not {"s", "u", "b", "B", "a", "A"} <= message.keys():
        return None
    if isinstance(message["b"], list) or not isinstance(message["u"], int):
        return None
    told = message.get("T", message.get("E"))
    at_ms = told if isinstance(told, int) else 0
    bid, bid_qty, ask, ask_qty = (message[one] for one in ("b", "B", "a", "A"))
    return BestPrices(str(message["s"]), message["u"], bid, bid_qty, ask, ask_qty, at_ms)


def _decode_binance(watch: Watch, text: str, heard_ns: int) -> list[Heard]:
    if '"lastUpdateId"' in text[:40] and len(watch) == 1:
        return _BINANCE.image(watch, next(iter(watch)), text.encode(), heard_ns)
    return _BINANCE.decode(watch, text, heard_ns)


def _of_coinbase(message: Any) -> Iterator[Amount]:
    if not isinstance(message, dict):
        return
    symbol = str(message.get("product_id", ""))
    for side in ("bids", "asks"):
        yield from _levels(symbol, message.get(side))
    yield from _levels(symbol, message.get("changes"), 1)
    if message.get("type") in ("match", "last_match"):
        yield Amount(symbol, message.get("price"), message.get("size"))


def _whole_of_coinbase(message: Any) -> str | None:
    is_whole = isinstance(message, dict) and message.get("type") == "snapshot"
    return str(message.get("product_id", "")) if is_whole else None


def _of_bitstamp(message: Any) -> Iterator[Amount]:
    if not isinstance(message, dict) or not isinstance(message.get("data"), dict):
        return
    channel, data = str(message.get("channel", "")), message["data"]
    symbol = channel.removeprefix(bitstamp.BOOK).removeprefix(bitstamp.TRADES).upper()
    for side in ("bids", "asks"):
        yield from _levels(symbol, data.get(side))
    if "price_str" in data:
        yield Amount(symbol, data["price_str"], data.get("amount_str"))


def _of_gemini(message: Any) -> Iterator[Amount]:
    if not isinstance(message, dict):
        return
    symbol = str(message.get("symbol", ""))
    yield from _levels(symbol, message.get("changes"), 1)
    if message.get("type") == "trade":
        yield Amount(symbol, message.get("price"), message.get("quantity"))


def _whole_of_gemini(message: Any) -> str | None:
    is_whole = isinstance(message, dict) and "trades" in message and "changes" in message
    return str(message.get("symbol", "")) if is_whole else None


def _binance(name: str) -> Venue:
    return Venue(
        name, Chain.CONTIGUOUS, _decode_binance, _of_binance, _whole_of_binance, _best_of_binance
    )


VENUES = {
    one.name: one
    for one in (
        _binance("binance"),
        _binance("binance_us"),
        _binance("binance_futures"),
        Venue("coinbase", Chain.UNNUMBERED, _COINBASE.decode, _of_coinbase, _whole_of_coinbase),
        Venue("bitstamp", Chain.ASCENDING, bitstamp.decode, _of_bitstamp, lambda _message: None),
        Venue("gemini", Chain.UNNUMBERED, gemini.decode, _of_gemini, _whole_of_gemini),
    )
}
