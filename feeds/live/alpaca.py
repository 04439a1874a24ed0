"""Alpaca market data v2 for US shares: quotes, trades and halts of IEX or of all exchanges.

Source: docs.alpaca.markets, "Real-time Stock Data".  Prices are dollars, times RFC 3339 in UTC to
the nanosecond.  Sizes of quotes were counted in round lots of 100 until the exchanges' feeds began
to show shares on 2025-11-03 (mem).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from feeds.live.heard import Fault, Heard, Said, Talk
from feeds.live.markets import us_share
from feeds.live.vendor import Keys, Vendor, Watch
from feeds.live.wire import (
    UnreadableError,
    best_first,
    each,
    json_of,
    of_symbol,
    price,
    quantity,
    rfc3339_ns,
    rows,
    word,
)
from matching.instrument import Instrument
from matching.market import DataKind, Depth, Halt, Trade
from matching.orders import Side
from matching.units import NS_PER_SECOND, AtNs

SHARES_SINCE_NS = 1_762_128_000 * NS_PER_SECOND  # 2025-11-03
ROUND_LOT = 100
# Not at the market's price of the moment, or told before: average price, derivatively priced, prior
# reference, out of sequence, official open and close (mem: the tapes' sale conditions).
NO_PRINT = frozenset("W4PZUMQ")
HALTED, RESUMED = ("H", "2", "P"), ("T", "3")

_TALK = {"connected": Talk.CONNECTED, "authenticated": Talk.AUTHENTICATED}


def quote_lot(at_ns: int) -> int:
    """How many shares one of a quote's size is."""
    return 1 if at_ns >= SHARES_SINCE_NS else ROUND_LOT


@dataclass(frozen=True, slots=True)
class Alpaca(Vendor):
    """``socket_url`` ends with the feed: ``/v2/iex`` or ``/v2/sip``."""

    name: ClassVar[str] = "alpaca"
    kind: ClassVar[DataKind] = DataKind.QUOTES
    market: ClassVar[str] = "US"
    source: ClassVar[str] = "Alpaca market data (IEX: one exchange's quotes). Licence: your own"
    needs_key: ClassVar[bool] = True
    silent_after_ns: ClassVar[int] = 30 * NS_PER_SECOND
    pongs_count: ClassVar[bool] = True

    socket_url: str = "wss://stream.data.alpaca.markets/v2/iex"

    def instruments(self, symbols: Sequence[str], body: bytes | None) -> dict[str, Instrument]:  # noqa: ARG002
        return {one: us_share(one) for one in symbols}

    def hello(self, watch: Watch, keys: Keys) -> tuple[str, ...]:  # noqa: ARG002
        return (json.dumps({"action": "auth", "key": keys.key, "secret": keys.secret}),)

    def reply(self, said: Said, watch: Watch, keys: Keys) -> tuple[str, ...]:  # noqa: ARG002
        if said.talk is not Talk.AUTHENTICATED:
            return ()
        wanted = {name: list(watch) for name in ("trades", "quotes", "statuses")}
        return (json.dumps({"action": "subscribe", **wanted}),)

    def read(self, watch: Watch, body: str | bytes, heard_ns: int) -> Iterable[Heard]:
        parts = rows(json_of(body))
        return each(parts, lambda part: _part(watch, part, AtNs(heard_ns)))


def _part(watch: Watch, part: Any, heard_ns: AtNs) -> Iterator[Heard]:
    match word(part, "T"):
        case "t":
            yield from _trade(watch, part, heard_ns)
        case "q":
            yield _quote(watch, part, heard_ns)
        case "s":
            yield from _status(watch, part)
        case "success":
            yield Said(_TALK.get(word(part, "msg"), Talk.IGNORED), word(part, "msg"))
        case "subscription":
            yield Said(Talk.SUBSCRIBED)
        case "error":
            yield Said(Talk.ERROR, f"{part.get('code', '')} {word(part, 'msg')}".strip())
        case other:
            yield Said(Talk.IGNORED, other)


def _trade(watch: Watch, part: Any, heard_ns: AtNs) -> Iterator[Heard]:
    instrument = of_symbol(watch, word(part, "S"))
    conditions = rows(part.get("c") or [])
    if NO_PRINT.intersection(str(one) for one in conditions):
        yield Said(Talk.IGNORED, "a print that is not of this moment")
        return
    at_ns = rfc3339_ns(word(part, "t"))
    ticks, qty = price(instrument, word(part, "p")), quantity(instrument, word(part, "s"))
    if qty:
        yield Trade(at_ns, heard_ns, 0, instrument.instrument_id, ticks, qty, None)


def _quote(watch: Watch, part: Any, heard_ns: AtNs) -> Depth:
    instrument = of_symbol(watch, word(part, "S"))
    at_ns = rfc3339_ns(word(part, "t"))
    sides = [
        best_first(side, side_of_quote(instrument, part, names, quote_lot(at_ns)))
        for side, names in ((Side.BUY, ("bp", "bs")), (Side.SELL, ("ap", "as")))
    ]
    return Depth(at_ns, heard_ns, 0, instrument.instrument_id, sides[0], sides[1], 1)


def side_of_quote(
    instrument: Instrument, part: Any, names: tuple[str, str], lot: int
) -> list[tuple[int, int]]:
    """One side of a quote; a size or a price of 0 means that nobody stands there."""
    qty = quantity(instrument, word(part, names[1]), lot)
    text = word(part, names[0])
    if not qty or not text.strip("0."):
        return []
    return [(price(instrument, text), qty)]


def _status(watch: Watch, part: Any) -> Iterator[Heard]:
    instrument = of_symbol(watch, word(part, "S"))
    code, at_ns = word(part, "sc"), rfc3339_ns(word(part, "t"))
    if code in HALTED or code in RESUMED:
        yield Halt(at_ns, 0, instrument.instrument_id, code in HALTED)
    elif not code:
        raise UnreadableError(Fault.SHAPE, part)
    else:
        yield Said(Talk.IGNORED, f"status {code}")
