"""Sina's quotes of the mainland, asked every three seconds: five levels and the day's totals.

One line per symbol, in GBK: ``var hq_str_sh600000="name,open,previous close,last,high,low,bid,ask,
volume,amount, 5 x (quantity, price) bid, 5 x ask, date, time, status";`` with volumes in shares and
amounts in yuan; nothing between the quotes for a code that does not trade.  The service answers
only who comes from its own pages (Referer).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from feeds.live.heard import Fault, Heard, Said, Talk
from feeds.live.markets import mainland_share
from feeds.live.pictures import Picture, told
from feeds.live.vendor import Request, Vendor, Watch
from feeds.live.wire import (
    UnreadableError,
    each,
    local_ns,
    of_symbol,
    quantity,
    text_of,
)
from matching.instrument import Instrument
from matching.market import DataKind, Halt

LEVELS = 5
MAINLAND = "Asia/Shanghai"
_LINE = re.compile(r'var hq_str_(\w+)="([^"]*)"')
_FIELDS_LEAST = 32
# 01 to 05 and 07: halted for an hour, a day, longer, within the day, half a day, suspended (mem)
_HALTED, _TRADES = frozenset(("01", "02", "03", "04", "05", "07")), "00"


@dataclass(frozen=True, slots=True)
class Sina(Vendor):
    name: ClassVar[str] = "sina"
    kind: ClassVar[DataKind] = DataKind.SNAPSHOTS
    market: ClassVar[str] = "XSHG"
    source: ClassVar[str] = "Sina hq.sinajs.cn. Licence: the service states none"
    levels: ClassVar[int] = LEVELS

    http_url: str = "https://hq.sinajs.cn"

    def instruments(self, symbols: Sequence[str], body: bytes | None) -> dict[str, Instrument]:  # noqa: ARG002
        return {one: mainland_share(one) for one in symbols}

    def polls(self, watch: Watch) -> tuple[Request, ...]:
        referer = ("Referer", "https://finance.sina.com.cn")
        return (Request(f"{self.http_url}/list={','.join(watch)}", (referer,)),)

    def read(self, watch: Watch, body: str | bytes, heard_ns: int) -> Iterable[Heard]:
        text = text_of(body, "gbk")
        lines = _LINE.findall(text)
        if not lines:
            raise UnreadableError(Fault.SHAPE, text)
        return each(lines, lambda line: _line(watch, line[0], line[1], heard_ns))


def _line(watch: Watch, symbol: str, text: str, heard_ns: int) -> Iterator[Heard]:
    instrument = of_symbol(watch, symbol)
    if not text:
        yield Said(Talk.IGNORED, f"{symbol}: nothing is told of it")
        return
    cells = text.split(",")
    if len(cells) < _FIELDS_LEAST:
        raise UnreadableError(Fault.SHAPE, text)
    at_ns = local_ns(f"{cells[30]} {cells[31]}", "%Y-%m-%d %H:%M:%S", MAINLAND)
    status = cells[32] if len(cells) > 32 else _TRADES
    if status in _HALTED or status == _TRADES:
        yield Halt(at_ns, 0, instrument.instrument_id, status in _HALTED)
    bids, asks = (
        [(cells[k + 1], quantity(instrument, cells[k])) for k in range(first, first + 10, 2)]
        for first in (10, 20)
    )
    picture = Picture(
        at_ns=at_ns,
        last=cells[3],
        high=cells[4],
        low=cells[5],
        previous_close=cells[2],
        volume=quantity(instrument, cells[8]),
        amount=cells[9],
        bids=bids,
        asks=asks,
    )
    yield from told(instrument, picture, heard_ns, LEVELS)
