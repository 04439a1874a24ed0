"""Arrays of hftbacktest: one row for each change of a level and each trade, prices as floats.

A row's ``ev`` is its kind in the lowest byte and flags in the highest bits.  Rows that the exchange
does not process (they are there for the recorder's clock only) are left out.  Source:
hftbacktest.readthedocs.io, "Data", and its constants.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from enum import IntEnum, StrEnum
from typing import IO, NamedTuple

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from feeds.calendar import Int64s
from feeds.imports.opening import Part
from feeds.imports.report import FileFault, StopImportError

FIELDS = ("ev", "exch_ts", "local_ts", "px", "qty", "order_id", "ival", "fval")
_EXCHANGE, _BUY, _SELL = 1 << 31, 1 << 29, 1 << 28
_KIND = 0xFF
_MOST_DECIMALS = 9
_CHUNK_ROWS = 1 << 16
_LARGEST = 1 << 50
_MOST_HEADER = 1 << 16

Floats = NDArray[np.float64]


class Kind(IntEnum):
    DEPTH = 1
    TRADE = 2
    CLEAR = 3
    SNAPSHOT = 4
    BEST = 5


class EventFault(StrEnum):
    """Why a row can't be used."""

    UNKNOWN_TYPE = "unknown_type"
    UNKNOWN_SIDE = "unknown_side"
    NOT_A_NUMBER = "not_a_number"
    NOT_POSITIVE = "not_positive"
    TOO_LARGE = "too_large"
    OUT_OF_ORDER = "out_of_order"


class Scale(NamedTuple):
    """Decimals of prices and quantities; None where no nine decimals are enough."""

    price_decimals: int | None
    qty_decimals: int | None


class Events(NamedTuple):
    """Rows [first_row, ...) of the exchange: ``kind``, ``side`` (0 buys, 1 sells, -1 both),
    ``at_ns``, ``heard_ns``, ``price_ticks`` and ``qty``; ``rows`` are their numbers from 1."""

    rows: Int64s
    kind: Int64s
    side: Int64s
    at_ns: Int64s
    heard_ns: Int64s
    price_ticks: Int64s
    qty: Int64s


def raw_rows(part: Part) -> Iterator[tuple[int, NDArray[np.void]]]:
    """Number of the first row (from 1) and the rows, a piece at a time.  StopImportError for what
    is no array of these rows."""
    count, dtype = _header(part)
    row = 1
    while row <= count:
        wanted = min(_CHUNK_ROWS, count + 1 - row) * dtype.itemsize
        data = _exactly(part.stream, wanted)
        if len(data) < wanted:
            raise StopImportError(part.name, row, FileFault.DAMAGED_FILE, "it breaks off")
        rows = np.frombuffer(data, dtype)
        yield row, rows
        row += len(rows)


def _header(part: Part) -> tuple[int, np.dtype[np.void]]:
    """How many rows there are, and what they are like."""
    try:
        version = npy.read_magic(part.stream)
        size = int.from_bytes(_exactly(part.stream, 2 if version == (1, 0) else 4), "little")
        told = ast.literal_eval(_exactly(part.stream, min(size, _MOST_HEADER)).decode("latin1"))
        dtype, shape = npy.descr_to_dtype(told["descr"]), tuple(told["shape"])
        plain = told["fortran_order"] is False and isinstance(shape[0], int) and shape[0] >= 0
    except (ValueError, SyntaxError, KeyError, TypeError, IndexError, RecursionError) as error:
        said = str(error).partition("\n")[0]
        raise StopImportError(part.name, 0, FileFault.NOT_THIS_FORMAT, said) from None
    names = dtype.names or ()
    numeric = all(dtype[name].kind in "iuf" and dtype[name].itemsize == 8 for name in names)
    if names != FIELDS or not numeric or len(shape) != 1 or not plain:
        said = f"not a row of {', '.join(FIELDS)}"
        raise StopImportError(part.name, 0, FileFault.NOT_THIS_FORMAT, said)
    return shape[0], dtype


def _exactly(stream: IO[bytes], size: int) -> bytes:
    pieces: list[bytes] = []
    while size and (piece := stream.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def decimals_of(values: Floats) -> int | None:
    """How many decimals make every value exactly: the float nearest to such a decimal is the value
    itself.  What is no number, or too large to tell, makes none."""
    good = values[np.isfinite(values) & (np.abs(values) < _LARGEST)]
    for decimals in range(_MOST_DECIMALS + 1):
        scaled = np.rint(good * 10.0**decimals)
        if (np.abs(scaled) < 1 << 53).all() and (scaled / 10.0**decimals == good).all():
            return decimals
    return None


def told_of(rows: NDArray[np.void]) -> NDArray[np.bool_]:
    """Which rows are events of the exchange that are used."""
    ev = rows["ev"].astype(np.int64)
    used = np.isin(ev & _KIND, (Kind.DEPTH, Kind.TRADE, Kind.CLEAR, Kind.SNAPSHOT))
    mine: NDArray[np.bool_] = ((ev & _EXCHANGE) != 0) & used
    return mine


def scale_of(part: Part) -> Scale:
    """The decimals of a whole array."""
    found = [(0, 0)]
    for _, rows in raw_rows(part):
        own = rows[told_of(rows)]
        priced = own[(own["ev"].astype(np.int64) & _KIND) != Kind.CLEAR]
        price, qty = decimals_of(priced["px"]), decimals_of(priced["qty"])
        if price is None or qty is None:
            return Scale(price, qty)
        found.append((price, qty))
    return Scale(max(one[0] for one in found), max(one[1] for one in found))


def events_of(
    first_row: int, rows: NDArray[np.void], price_decimals: int, qty_decimals: int
) -> tuple[Events, list[tuple[int, EventFault]]]:
    """The events of a piece, and the numbers of rows that are none."""
    ev = rows["ev"].astype(np.int64)
    kind, mine = ev & _KIND, told_of(rows)
    side = np.where((ev & _BUY) != 0, 0, np.where((ev & _SELL) != 0, 1, -1))
    price, qty = rows["px"], rows["qty"]
    clear = kind == Kind.CLEAR
    finite = np.isfinite(price) & np.isfinite(qty)
    bounded = (np.abs(price) * 10.0**price_decimals < 1 << 31) & (
        np.abs(qty) * 10.0**qty_decimals < _LARGEST
    )
    known = np.isin(kind, [*Kind])
    least = np.where(kind == Kind.TRADE, qty > 0, qty >= 0) & (price > 0)
    rules = (
        (EventFault.UNKNOWN_TYPE, ((ev & _EXCHANGE) != 0) & ~known),
        (EventFault.UNKNOWN_SIDE, mine & (side < 0) & np.isin(kind, (Kind.DEPTH, Kind.SNAPSHOT))),
        (EventFault.NOT_A_NUMBER, mine & ~clear & ~finite),
        (EventFault.NOT_POSITIVE, mine & ~clear & finite & ~least),
        (EventFault.TOO_LARGE, mine & ~clear & finite & ~bounded),
    )
    bad = np.zeros(len(rows), bool)
    told: list[tuple[int, EventFault]] = []
    for fault, broken in rules:
        told += [(first_row + row, fault) for row in np.flatnonzero(broken & ~bad).tolist()]
        bad |= broken
    kept = np.flatnonzero(mine & ~bad)
    # A clear may say no price: the whole side.
    own = np.where(np.isfinite(price[kept]) & bounded[kept], price[kept], 0.0)
    ticks = np.rint(own * 10.0**price_decimals).astype(np.int64)
    size = np.where(clear[kept], 0.0, qty[kept])
    found = Events(
        kept + first_row,
        kind[kept],
        side[kept],
        rows["exch_ts"][kept].astype(np.int64),
        rows["local_ts"][kept].astype(np.int64),
        ticks,
        np.rint(size * 10.0**qty_decimals).astype(np.int64),
    )
    return found, sorted(told)
