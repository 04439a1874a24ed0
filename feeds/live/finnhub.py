"""Finnhub websockets: the last trades of US shares, without quotes.

Source: finnhub.io/docs/api/websocket-trades.  Times are Unix milliseconds.  The key is part of
the address, which therefore is never shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import quote

from feeds.live.heard import Heard, Said, Talk
from feeds.live.markets import us_share
from feeds.live.polygon import NO_PRINT
from feeds.live.vendor import Keys, Vendor, Watch
from feeds.live.wire import (
    each,
    field,
    json_of,
    millis_ns,
    of_symbol,
    price,
    quantity,
    rows,
    word,
)
from matching.instrument import Instrument
from matching.market import DataKind, Trade
from matching.units import NS_PER_SECOND, AtNs


@dataclass(frozen=True, slots=True)
class Finnhub(Vendor):
    name: ClassVar[str] = "finnhub"
    kind: ClassVar[DataKind] = DataKind.TRADES
    market: ClassVar[str] = "US"
    source: ClassVar[str] = "Finnhub trades websocket. Licence: your own"
    needs_key: ClassVar[bool] = True
    levels: ClassVar[int] = 0
    silent_after_ns: ClassVar[int] = 90 * NS_PER_SECOND  # it says "ping" about once a minute
    pongs_count: ClassVar[bool] = True

    socket_url: str = "wss://ws.finnhub.io"

    def instruments(self, symbols: Sequence[str], body: bytes | None) -> dict[str, Instrument]:  # noqa: ARG002
        return {one: us_share(one) for one in symbols}

    def address(self, keys: Keys) -> str:
        return f"{self.socket_url}?token={quote(keys.key, safe='')}"

    def hello(self, watch: Watch, keys: Keys) -> tuple[str, ...]:  # noqa: ARG002
        return tuple(json.dumps({"type": "subscribe", "symbol": one}) for one in watch)

    def read(self, watch: Watch, body: str | bytes, heard_ns: int) -> Iterable[Heard]:
        message = json_of(body)
        match word(message, "type"):
            case "trade":
                parts = rows(field(message, "data"))
                return each(parts, lambda part: _trade(watch, part, AtNs(heard_ns)))
            case "ping":
                return [Said(Talk.BEAT)]
            case "error":
                return [Said(Talk.ERROR, word(message, "msg"))]
            case other:
                return [Said(Talk.IGNORED, other)]


def _trade(watch: Watch, part: Any, heard_ns: AtNs) -> Iterator[Heard]:
    """Conditions have the numbers that Polygon's have."""
    instrument = of_symbol(watch, word(part, "s"))
    if NO_PRINT.intersection(str(one) for one in rows(part.get("c") or [])):
        yield Said(Talk.IGNORED, "a print that is not of this moment")
        return
    ticks, qty = price(instrument, word(part, "p")), quantity(instrument, word(part, "v"))
    if qty:
        at_ns = millis_ns(word(part, "t"))
        yield Trade(at_ns, heard_ns, 0, instrument.instrument_id, ticks, qty, None)
