"""Polygon (Massive) websockets for US shares: quotes and trades of all exchanges.

Source: polygon.io/docs/websocket/stocks.  Prices are dollars, times Unix milliseconds; sizes of
quotes as with Alpaca (the same tapes).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from feeds.live.alpaca import quote_lot, side_of_quote
from feeds.live.heard import Heard, Said, Talk
from feeds.live.markets import us_share
from feeds.live.vendor import Keys, Vendor, Watch
from feeds.live.wire import (
    best_first,
    each,
    json_of,
    millis_ns,
    of_symbol,
    price,
    quantity,
    rows,
    word,
)
from matching.instrument import Instrument
from matching.market import DataKind, Depth, Trade
from matching.orders import Side
from matching.units import NS_PER_SECOND, AtNs

# Sale conditions of prints that are not of the moment: average price 2, derivatively priced 10,
# prior reference 33, out of sequence 32 and 13, official open and close 15 to 17 (mem).
NO_PRINT = frozenset(("2", "10", "13", "15", "16", "17", "32", "33"))
_TALK = {
    "connected": Talk.CONNECTED,
    "auth_success": Talk.AUTHENTICATED,
    "success": Talk.SUBSCRIBED,
}


@dataclass(frozen=True, slots=True)
class Polygon(Vendor):
    name: ClassVar[str] = "polygon"
    kind: ClassVar[DataKind] = DataKind.QUOTES
    market: ClassVar[str] = "US"
    source: ClassVar[str] = "Polygon (Massive) stocks websocket. Licence: your own"
    needs_key: ClassVar[bool] = True
    silent_after_ns: ClassVar[int] = 30 * NS_PER_SECOND
    pongs_count: ClassVar[bool] = True

    socket_url: str = "wss://socket.polygon.io/stocks"

    def instruments(self, symbols: Sequence[str], body: bytes | None) -> dict[str, Instrument]:  # noqa: ARG002
        return {one: us_share(one) for one in symbols}

    def hello(self, watch: Watch, keys: Keys) -> tuple[str, ...]:  # noqa: ARG002
        return (json.dumps({"action": "auth", "params": keys.key}),)

    def reply(self, said: Said, watch: Watch, keys: Keys) -> tuple[str, ...]:  # noqa: ARG002
        if said.talk is not Talk.AUTHENTICATED:
            return ()
        wanted = ",".join(f"{kind}.{one}" for one in watch for kind in ("T", "Q"))
        return (json.dumps({"action": "subscribe", "params": wanted}),)

    def read(self, watch: Watch, body: str | bytes, heard_ns: int) -> Iterable[Heard]:
        parts = rows(json_of(body))
        return each(parts, lambda part: _part(watch, part, AtNs(heard_ns)))


def _part(watch: Watch, part: Any, heard_ns: AtNs) -> Iterator[Heard]:
    match word(part, "ev"):
        case "T":
            yield from _trade(watch, part, heard_ns)
        case "Q":
            yield _quote(watch, part, heard_ns)
        case "status":
            status, text = word(part, "status"), str(part.get("message", ""))
            yield Said(_TALK.get(status, Talk.ERROR), text or status)
        case other:
            yield Said(Talk.IGNORED, other)


def _trade(watch: Watch, part: Any, heard_ns: AtNs) -> Iterator[Heard]:
    instrument = of_symbol(watch, word(part, "sym"))
    if NO_PRINT.intersection(str(one) for one in rows(part.get("c") or [])):
        yield Said(Talk.IGNORED, "a print that is not of this moment")
        return
    ticks, qty = price(instrument, word(part, "p")), quantity(instrument, word(part, "s"))
    if qty:
        at_ns = millis_ns(word(part, "t"))
        yield Trade(at_ns, heard_ns, 0, instrument.instrument_id, ticks, qty, None)


def _quote(watch: Watch, part: Any, heard_ns: AtNs) -> Depth:
    instrument = of_symbol(watch, word(part, "sym"))
    at_ns = millis_ns(word(part, "t"))
    sides = [
        best_first(side, side_of_quote(instrument, part, names, quote_lot(at_ns)))
        for side, names in ((Side.BUY, ("bp", "bs")), (Side.SELL, ("ap", "as")))
    ]
    return Depth(at_ns, heard_ns, 0, instrument.instrument_id, sides[0], sides[1], 1)
