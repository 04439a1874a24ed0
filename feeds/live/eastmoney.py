"""East Money's quotes of the mainland, asked every three seconds, one request per symbol.

JSON, sometimes in a callback or after ``data:``.  f43 last, f44 high, f45 low, f47 volume in hands,
f48 amount in yuan, f60 previous close, f57 code, f59 decimals, f86 the time in Unix seconds; bids
are f19/f20, f17/f18 ... f11/f12, asks f39/f40, f37/f38 ... f31/f32.  Prices are whole numbers of
10^-f59 unless they have a point; a whole number without f59 has no meaning and is refused.  A dash
is nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from feeds.live.heard import Fault, Heard, Said, Talk
from feeds.live.markets import mainland_share
from feeds.live.pictures import Picture, lot_of, told
from feeds.live.sina import LEVELS
from feeds.live.vendor import Request, Vendor, Watch
from feeds.live.wire import (
    UnreadableError,
    field,
    json_of,
    millis_ns,
    quantity,
    text_of,
    whole,
    word,
)
from matching.instrument import Instrument
from matching.market import DataKind
from matching.units import AtNs, Qty, decimal_text

_WRAPPED = re.compile(r"\s*(?:[\w.$]+\(|data:\s*)?(\{.*\})\)?;?\s*", re.DOTALL)
_MARKETS = {"sh": "1", "sz": "0", "bj": "0"}
_BIDS, _ASKS = range(19, 9, -2), range(39, 29, -2)
_FIELDS = ",".join(
    f"f{k}" for k in (43, 44, 45, 47, 48, 57, 59, 60, 86, *range(11, 21), *range(31, 41))
)


@dataclass(frozen=True, slots=True)
class EastMoney(Vendor):
    name: ClassVar[str] = "eastmoney"
    kind: ClassVar[DataKind] = DataKind.SNAPSHOTS
    market: ClassVar[str] = "XSHG"
    source: ClassVar[str] = "East Money push2 quotes. Licence: the service states none"
    levels: ClassVar[int] = LEVELS

    http_url: str = "https://push2.eastmoney.com"

    def instruments(self, symbols: Sequence[str], body: bytes | None) -> dict[str, Instrument]:  # noqa: ARG002
        return {one: mainland_share(one) for one in symbols}

    def polls(self, watch: Watch) -> tuple[Request, ...]:
        return tuple(
            Request(
                f"{self.http_url}/api/qt/stock/get?secid={_MARKETS[one[:2]]}.{one[2:]}"
                f"&fltt=1&fields={_FIELDS}"
            )
            for one in watch
        )

    def read(self, watch: Watch, body: str | bytes, heard_ns: int) -> Iterable[Heard]:
        data = field(json_of(_unwrapped(text_of(body))), "data")
        if not data:
            return [Said(Talk.ERROR, "no such code")]
        return _quote(watch, data, heard_ns)


def _unwrapped(text: str) -> str:
    """The object inside a callback or a line of an event stream."""
    found = _WRAPPED.fullmatch(text)
    if found is None:
        raise UnreadableError(Fault.SHAPE, text)
    return found[1]


def _quote(watch: Watch, data: Any, heard_ns: int) -> Iterator[Heard]:
    code = word(data, "f57")
    named = [one for symbol, one in watch.items() if symbol[2:] == code]
    if len(named) != 1:
        raise UnreadableError(Fault.SYMBOL, code)
    instrument = named[0]
    picture = Picture(
        at_ns=_moment(data, heard_ns),
        last=_price(data, 43),
        high=_price(data, 44),
        low=_price(data, 45),
        previous_close=_price(data, 60),
        volume=quantity(instrument, _cell(data, 47) or "0"),
        amount=_cell(data, 48) or "0",
    )
    lot = lot_of(instrument, picture)
    picture.volume = Qty(picture.volume * lot)
    picture.bids, picture.asks = (
        [(_price(data, k), quantity(instrument, _cell(data, k + 1) or "0", lot)) for k in places]
        for places in (_BIDS, _ASKS)
    )
    yield from told(instrument, picture, heard_ns, LEVELS)


def _cell(data: Any, number: int) -> str:
    """A field as text; empty for a dash and for what is not there."""
    found = data.get(f"f{number}", "") if isinstance(data, dict) else ""
    if not isinstance(found, str):
        raise UnreadableError(Fault.SHAPE, data)
    return "" if found == "-" else found


def _price(data: Any, number: int) -> str:
    text = _cell(data, number)
    if not text or "." in text:
        return text
    decimals = _cell(data, 59)
    if not text.strip("0"):
        return "0"
    if not decimals:
        raise UnreadableError(Fault.NUMBER, f"f{number}={text} without decimals")
    places = whole(decimals)
    if places > 9:
        raise UnreadableError(Fault.NUMBER, decimals)
    return decimal_text(whole(text), places)


def _moment(data: Any, heard_ns: int) -> AtNs:
    text = _cell(data, 86)
    return millis_ns(text + "000") if text else AtNs(heard_ns)
