"""A Shanghai morning of any size, made and imported for ``simtrade bench import``.

Of three rows one joins, one trades with it and one cancels the rest of it.
"""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

from feeds.imports.importer import Wanted
from feeds.imports.sse_l2 import ORDERS, PICTURES, TRADES
from feeds.imports.sse_l2_cells import ORDERS_HEADER, SNAPSHOTS_HEADER, TRADES_HEADER
from simtrade.bench.import_files import import_file

_DAY = date(2023, 2, 7)
_OPEN_SECOND, _MORNING_SECONDS = 34_200, 7_200


def make_sse(folder: Path, rows: int) -> Path:
    """The three files, in ``folder`` itself."""
    count = -(-rows // 3)
    with (
        gzip.open(folder / ORDERS, "wt", 1, encoding="ascii") as orders,
        gzip.open(folder / TRADES, "wt", 1, encoding="ascii") as trades,
    ):
        orders.write(",".join(ORDERS_HEADER) + "\n")
        trades.write(",".join(TRADES_HEADER) + "\n")
        for k in range(1, count + 1):
            at, place = _clock(k * _MORNING_SECONDS * 100 // (count + 1)), 3 * k
            orders.write(f"{k},{place},{k},6,{k},A,B,1800000,500000,{at}\n")
            trades.write(f"{k},{place + 1},{k},6,{k},0,1800000,200000,S,{at}\n")
            orders.write(f"{k},{place + 2},{k},6,{k},D,B,1800000,300000,{at}\n")
    shown = ["1", "92500", "2", "x", "0", "0", "0", "1800000", *(["0"] * 48)]
    with gzip.open(folder / PICTURES, "wt", encoding="ascii") as pictures:
        pictures.write(f"{','.join(SNAPSHOTS_HEADER)}\n{','.join(shown)}\n")
    return folder


def _clock(hundredths: int) -> int:
    """So long after the opening as the digits of a clock."""
    seconds, part = divmod(_OPEN_SECOND * 100 + hundredths, 100)
    minutes, second = divmod(seconds, 60)
    return ((minutes // 60 * 100 + minutes % 60) * 100 + second) * 100 + part


def import_sse(root: Path, path: Path, rows: int) -> int:  # noqa: ARG001
    """The folder as a tape of orders; its one snapshot is not counted."""
    wanted = Wanted(path=path, symbol="600519", session=_DAY, name="bench")
    return import_file("sse-l2", root, wanted) - 1
