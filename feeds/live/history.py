"""Daily bars from AKShare and yfinance, two libraries that an operator may install beside simtrade.

They are extras: ``pip install 'simtrade[akshare]'`` or ``[yfinance]``.  Both give prices as floats;
the shortest text of each is taken and moved half up to the tick, and how many moved is told.

AKShare's ``stock_zh_a_hist`` gives mainland shares unadjusted, volumes in hands of 100.  Yahoo's
prices are in shares of today (splits are in them already), its volumes in shares.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from numbers import Real
from typing import Any, NamedTuple

import numpy as np

from feeds.calendar import day_number
from feeds.live.markets import mainland_share, us_share
from feeds.live.pictures import HAND
from feeds.schedule import schedule_of
from feeds.tape import BarColumns, Tape, TapeKind, make_tape
from matching.instrument import Instrument

Frames = Callable[[str, date, date], Any]  # symbol, first and last day: a pandas frame

SOURCES = ("akshare", "yfinance")


class HistoryError(Exception):
    """Nothing could be fetched; the message is a sentence for the operator."""


class DailyBar(NamedTuple):
    """One row as a library gives it, numbers still of its own kind; ``volume`` in shares."""

    day: date
    prices: tuple[Any, Any, Any, Any]  # open, high, low, close
    volume: Any


@dataclass(frozen=True, slots=True)
class History:
    """A tape, the rows that were left out with their reason, and how many prices were moved."""

    tape: Tape
    refused: tuple[str, ...]
    rounded: int


def daily_history(
    source: str,
    symbols: Sequence[str],
    first: date,
    last: date,
    *,
    name: str = "",
    frames: Frames | None = None,
) -> History:
    """Daily bars of [first, last] as a tape.  ``frames`` stands in for the library.

    HistoryError for an unknown source, a library that is not installed, or an answer without
    bars; SymbolError for what is no symbol of that market.
    """
    if source not in SOURCES:
        raise HistoryError(f"There is no source {source!r}; there are {', '.join(SOURCES)}")
    read, make = (_akshare_rows, mainland_share) if source == "akshare" else (_yahoo_rows, us_share)
    instruments = [make(one) for one in symbols]
    fetch = frames or _library(source)
    columns, refused, rounded = list[BarColumns](), list[str](), 0
    for symbol, instrument in zip(symbols, instruments, strict=True):
        rows, faults, moved = _bars(instrument, read(fetch(symbol, first, last)), first, last)
        refused += faults
        rounded += moved
        if not len(rows):
            raise HistoryError(f"{source} has no bars of {symbol} from {first} to {last}")
        columns.append(BarColumns(*np.array(rows, np.int64).T.copy()))
    tape = make_tape(
        name=name or source,
        kind=TapeKind.DAILY_BARS,
        source=f"{source}, fetched for {first} to {last}",
        licence="that of the source behind the library; your own agreement",
        hours=schedule_of(instruments[0].market).records[-1].hours,
        instruments=tuple(instruments),
        columns=tuple(columns),
        origin=source,
    )
    return History(tape, tuple(refused), rounded)


def _library(source: str) -> Frames:
    """The function of a library that fetches one symbol."""
    try:
        library = importlib.import_module(source)
    except ImportError as error:
        raise HistoryError(
            f"{source} is not installed: pip install 'simtrade[{source}]' brings it"
        ) from error
    return _akshare(library) if source == "akshare" else _yahoo(library)


def _akshare(library: Any) -> Frames:
    def fetch(symbol: str, first: date, last: date) -> Any:
        return library.stock_zh_a_hist(
            symbol=symbol[2:],
            period="daily",
            start_date=f"{first:%Y%m%d}",
            end_date=f"{last:%Y%m%d}",
            adjust="",
        )

    return fetch


def _yahoo(library: Any) -> Frames:
    def fetch(symbol: str, first: date, last: date) -> Any:
        ticker = library.Ticker(symbol.replace(".", "-"))
        after = last + timedelta(days=1)
        return ticker.history(
            start=first.isoformat(), end=after.isoformat(), auto_adjust=False, actions=False
        )

    return fetch


def _akshare_rows(frame: Any) -> Iterator[DailyBar]:
    for row in frame.to_dict("records"):
        prices = row["开盘"], row["最高"], row["最低"], row["收盘"]
        yield DailyBar(_day(row["日期"]), prices, row["成交量"] * HAND)


def _yahoo_rows(frame: Any) -> Iterator[DailyBar]:
    for moment, row in frame.to_dict("index").items():
        prices = row["Open"], row["High"], row["Low"], row["Close"]
        yield DailyBar(_day(moment), prices, row["Volume"])


def _day(found: Any) -> date:
    """A date, a moment, or its text."""
    return date.fromisoformat(str(found)[:10])


def _bars(
    instrument: Instrument, rows: Iterable[DailyBar], first: date, last: date
) -> tuple[list[tuple[int, ...]], list[str], int]:
    """Rows of a tape in order, sentences for those left out, and how many prices were moved."""
    kept: dict[date, tuple[int, ...]] = {}
    refused: list[str] = []
    rounded = 0
    for one in rows:
        where = f"{instrument.symbol} {one.day}"
        texts = [*one.prices, one.volume]
        if any(not isinstance(cell, Real) or not math.isfinite(cell) for cell in texts):
            refused.append(f"{where}: a number is missing")
            continue
        ticks = [_ticks(instrument, cell) for cell in one.prices]
        low, high = min(value for value, _ in ticks), max(value for value, _ in ticks)
        told = [value for value, _ in ticks]
        if not first <= one.day <= last or one.day in kept:
            refused.append(f"{where}: not asked for, or twice")
        elif low <= 0 or told[1] != high or told[2] != low or one.volume < 0:
            refused.append(f"{where}: the prices contradict each other")
        else:
            rounded += sum(moved for _, moved in ticks)
            kept[one.day] = (day_number(one.day), *told, int(one.volume))
    return [kept[day] for day in sorted(kept)], refused, rounded


def _ticks(instrument: Instrument, number: float) -> tuple[int, bool]:
    """The shortest text of a float in ticks, half up, and whether it was between two."""
    exact = Decimal(repr(float(number))).scaleb(instrument.price_decimals) / instrument.tick
    whole = exact.to_integral_value(ROUND_HALF_UP)
    return int(whole), whole != exact
