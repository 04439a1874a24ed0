"""Recordings that ``simtrade bench import`` makes and imports as a person would: CSV and ITCH."""

from __future__ import annotations

import struct
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from feeds.calendar import Int64s
from feeds.imports.formats import FORMATS
from feeds.imports.importer import Job, Wanted, run_import
from feeds.imports.report import Report

_BATCH = 200_000
_ORDERS = 400  # that stand in the book at once
_DAY = date(2024, 1, 30)
_OPEN_NS = 34_200 * 10**9


def import_file(name: str, root: Path, wanted: Wanted) -> int:
    """Import with one of the formats; how many rows the tapes have."""
    made = run_import(FORMATS[name].load(), Job(wanted, root, Report(1_000, lambda *_: None)))
    return sum(one.rows for one in made)


def make_bars(folder: Path, rows: int) -> Path:
    """Minutes of ten shares that never rest, one line each."""
    path = folder / "bars.csv"
    with path.open("wb") as file:
        for first in range(0, rows, _BATCH):
            frame = _bars(first, min(first + _BATCH, rows))
            file.write(frame.write_csv(include_header=not first, float_precision=2).encode())
    return path


def _bars(first: int, stop: int) -> pl.DataFrame:
    number = np.arange(first, stop)
    price = 10_000 + number * 7919 % 211
    return pl.DataFrame({
        "symbol": pl.Series(number % 10).cast(pl.String),
        "time": (946_684_800 + number // 10 * 60) * 1_000,
        "open": price / 100,
        "high": (price + number % 7) / 100,
        "low": (price - number % 5) / 100,
        "close": price / 100,
        "volume": number % 900,
    }).with_columns(("S" + pl.col("symbol")).alias("symbol"))  # fmt: skip


def make_parquet(folder: Path, rows: int) -> Path:
    """The same minutes as a folder of Parquet files, prices as floats."""
    path = folder / "bars"
    path.mkdir()
    for first in range(0, rows, _BATCH):
        frame = _bars(first, min(first + _BATCH, rows))
        frame.write_parquet(path / f"{first:012}.parquet")
    return path


def import_parquet(root: Path, path: Path, rows: int) -> int:  # noqa: ARG001
    """As ``import_bars``, from Parquet."""
    return import_file("parquet", root, _bars_wanted(path))


def import_bars(root: Path, path: Path, rows: int) -> int:  # noqa: ARG001
    """The bars as those of a coin venue: every minute is one of trading."""
    return import_file("csv", root, _bars_wanted(path))


def _bars_wanted(path: Path) -> Wanted:
    return Wanted(
        path=path, market="COIN", currency="USD", time_format="unix_ms", interval="1m", decimals=2
    )


def make_ticks(folder: Path, rows: int) -> Path:
    """Trades of ten shares, a millisecond apart."""
    path = folder / "ticks.csv"
    with path.open("wb") as file:
        for first in range(0, rows, _BATCH):
            number = np.arange(first, min(first + _BATCH, rows))
            frame = pl.DataFrame({
                "symbol": pl.Series(number % 10).cast(pl.String),
                "time": 1_706_572_800_000 + number,
                "price": (10_000 + number * 7919 % 211) / 100,
                "qty": number % 900 + 1,
                "side": np.where(number % 2, "B", "S"),
            }).with_columns(("S" + pl.col("symbol")).alias("symbol"))  # fmt: skip
            file.write(frame.write_csv(include_header=not first, float_precision=2).encode())
    return path


def import_ticks(root: Path, path: Path, rows: int) -> int:  # noqa: ARG001
    """The trades as those of a coin venue."""
    wanted = Wanted(
        path=path, kind="ticks", market="COIN", currency="USD", time_format="unix_ms", decimals=2
    )
    return import_file("csv", root, wanted)


def _head(kind: bytes) -> np.dtype[np.void]:
    return np.dtype([("size", ">u2"), ("kind", "S1"), ("share", ">u2"), ("track", ">u2"),
                     ("high", ">u2"), ("low", ">u4"), ("order", ">u8"), *_REST[kind]])  # fmt: skip


_REST: dict[bytes, list[tuple[str, str]]] = {
    b"A": [("side", "S1"), ("shares", ">u4"), ("stock", "S8"), ("price", ">u4")],
    b"D": [],
    b"E": [("shares", ">u4"), ("match", ">u8")],
}


def make_itch(folder: Path, rows: int) -> Path:
    """A Nasdaq day of one share: orders come, and each is deleted when so many others have come."""
    path = folder / f"{_DAY:%m%d%Y}.NASDAQ_ITCH50"
    directory = struct.pack(
        ">H8sccIcc2scccccIc",
        1, b"AAPL    ", b"Q", b"N", 100, b"N", b"C", b"Z ", b"P", b"N", b"N", b"1", b"N", 0, b"N",
    )  # fmt: skip
    directory = b"R" + directory[:2] + b"\0\0" + (10**9).to_bytes(6, "big") + directory[2:]
    with path.open("wb") as file:
        file.write(struct.pack(">H", len(directory)) + directory)
        for first in range(0, rows, _BATCH):
            file.write(_messages(np.arange(first, min(first + _BATCH, rows)), rows).tobytes())
    return path


def _messages(number: Int64s, rows: int) -> NDArray[np.uint8]:
    """Messages by their numbers: odd ones end what an even one before them brought, every tenth of
    them by a trade."""
    ends = (number % 2 == 1) & (number > 2 * _ORDERS)
    order = np.where(ends, number - 2 * _ORDERS - 1, number)
    kinds = np.where(~ends, b"A", np.where(number % 20 == 1, b"E", b"D"))
    at_ns = _OPEN_NS + number * max(1, 23_000 * 10**9 // rows)
    pieces = []
    for kind in _REST:
        places = np.flatnonzero(kinds == kind)
        own = order[places]
        made = np.zeros(len(places), _head(kind))
        made["size"] = made.dtype.itemsize - 2
        made["kind"], made["share"], made["order"] = kind, 1, own + 1
        made["high"], made["low"] = at_ns[places] >> 32, at_ns[places] & 0xFFFFFFFF
        if kind != b"D":
            made["shares"] = own % 900 + 1
        if kind == b"A":
            buys = own // 2 % 2 == 0
            made["side"], made["stock"] = np.where(buys, b"B", b"S"), b"AAPL    "
            made["price"] = np.where(buys, 1_000_000 - own % 97 * 100, 1_010_000 + own % 89 * 100)
        pieces.append((places, made.view(np.uint8).reshape(len(made), made.dtype.itemsize)))
    widths = np.zeros(len(number), np.int64)
    for places, table in pieces:
        widths[places] = table.shape[1]
    starts = np.cumsum(widths) - widths
    whole = np.empty(int(widths.sum()), np.uint8)
    for places, table in pieces:
        whole[starts[places][:, None] + np.arange(table.shape[1])] = table
    return whole


def import_itch(root: Path, path: Path, rows: int) -> int:  # noqa: ARG001
    """The share as a tape of orders."""
    return import_file("itch", root, Wanted(path=path, symbol="AAPL"))
