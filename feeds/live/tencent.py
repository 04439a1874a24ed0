"""Tencent's quotes of the mainland and Hong Kong, asked every three seconds.

One line per symbol, in GBK, fields between ``~``: 3 last, 4 previous close, 5 open, 6 volume, 9 to
28 five bids and five asks as price and quantity, 30 the time, 33 high, 34 low, 35
last/volume/amount, 37 amount in ten thousands.  Mainland quantities are hands of 100 shares; on
boards where the service tells shares its own amount shows it (``lot_of``).  Hong Kong has shares,
whole amounts, another way of writing the time, and no depth: it shows prices and fills nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from feeds.live.heard import Fault, Heard, Said, Talk
from feeds.live.markets import hong_kong_share, mainland_share
from feeds.live.pictures import Picture, lot_of, told
from feeds.live.sina import LEVELS, MAINLAND
from feeds.live.vendor import Request, SymbolError, Vendor, Watch
from feeds.live.wire import (
    UnreadableError,
    each,
    local_ns,
    of_symbol,
    quantity,
    text_of,
)
from matching.instrument import Instrument
from matching.market import DataKind
from matching.units import Qty

_LINE = re.compile(r'v_(?:r_)?(\w+)="([^"]*)"')
_FIELDS_LEAST = 38
_NONE = "pv_none_match"
_HONG_KONG = "Asia/Hong_Kong"


@dataclass(frozen=True, slots=True)
class Tencent(Vendor):
    name: ClassVar[str] = "tencent"
    kind: ClassVar[DataKind] = DataKind.SNAPSHOTS
    market: ClassVar[str] = "XSHG"
    source: ClassVar[str] = "Tencent qt.gtimg.cn. Licence: the service states none"
    levels: ClassVar[int] = LEVELS

    http_url: str = "https://qt.gtimg.cn"

    def instruments(self, symbols: Sequence[str], body: bytes | None) -> dict[str, Instrument]:  # noqa: ARG002
        hong_kong = [one.startswith("hk") for one in symbols]
        if any(hong_kong) and not all(hong_kong):
            raise SymbolError("Hong Kong and the mainland keep other hours: a feed for each")
        return {
            one: hong_kong_share(one) if one.startswith("hk") else mainland_share(one)
            for one in symbols
        }

    def polls(self, watch: Watch) -> tuple[Request, ...]:
        names = ",".join(f"r_{one}" if one.startswith("hk") else one for one in watch)
        return (Request(f"{self.http_url}/q={names}"),)

    def read(self, watch: Watch, body: str | bytes, heard_ns: int) -> Iterable[Heard]:
        text = text_of(body, "gbk")
        lines = _LINE.findall(text)
        if not lines:
            raise UnreadableError(Fault.SHAPE, text)
        return each(lines, lambda line: _line(watch, line[0], line[1], heard_ns))


def _line(watch: Watch, symbol: str, text: str, heard_ns: int) -> Iterator[Heard]:
    if symbol == _NONE:
        yield Said(Talk.ERROR, "no such code")
        return
    instrument = of_symbol(watch, symbol)
    cells = text.split("~")
    if len(cells) < _FIELDS_LEAST:
        raise UnreadableError(Fault.SHAPE, text)
    hong_kong = symbol.startswith("hk")
    picture = _hong_kong(instrument, cells) if hong_kong else _mainland(instrument, cells)
    yield from told(instrument, picture, heard_ns, LEVELS)


def _mainland(instrument: Instrument, cells: list[str]) -> Picture:
    trio = cells[35].split("/")
    if len(trio) != 3:
        raise UnreadableError(Fault.SHAPE, cells[35])
    picture = Picture(
        at_ns=local_ns(cells[30], "%Y%m%d%H%M%S", MAINLAND),
        last=cells[3],
        high=cells[33],
        low=cells[34],
        previous_close=cells[4],
        volume=quantity(instrument, cells[6]),
        amount=trio[2],
    )
    lot = lot_of(instrument, picture)
    picture.volume = Qty(picture.volume * lot)
    picture.bids, picture.asks = (
        [(cells[k], quantity(instrument, cells[k + 1], lot)) for k in range(first, first + 10, 2)]
        for first in (9, 19)
    )
    return picture


def _hong_kong(instrument: Instrument, cells: list[str]) -> Picture:
    return Picture(
        at_ns=local_ns(cells[30], "%Y/%m/%d %H:%M:%S", _HONG_KONG),
        last=cells[3],
        high=cells[33],
        low=cells[34],
        previous_close=cells[4],
        volume=quantity(instrument, cells[6]),
        amount=cells[37],
    )
