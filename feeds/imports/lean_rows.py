"""Rows of LEAN's zips as records: prices USD x 10,000, milliseconds since midnight in New York."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntFlag

import numpy as np
from numpy.typing import NDArray

from feeds.calendar import Int64s
from feeds.imports.number_rows import CLOCK, HEX, LETTERS
from feeds.records import BARS, TRADES, Records, TradeFlag, depth_dtype, snapshot_dtype

_MILLISECONDS = 6  # decimals of a millisecond are nanoseconds

DAILY_BAR = (CLOCK, 0, 0, 0, 0, 0)
TRADE_BAR = (_MILLISECONDS, 0, 0, 0, 0, 0)
QUOTE_BAR = (_MILLISECONDS, *([0] * 10))
TRADE_TICK = (_MILLISECONDS, 0, 0, LETTERS, HEX, 0)
QUOTE_TICK = (_MILLISECONDS, 0, 0, 0, 0, LETTERS, HEX, 0)

QUOTES = depth_dtype(1)
SHOTS = snapshot_dtype(1)
_DAY_NUMBER_OF_1970 = np.datetime64("1970-01-01", "D")


class Condition(IntFlag):
    """Sale conditions that matter here, as the vendor's own table numbers them."""

    CASH = 0x2
    NEXT_DAY = 0x4
    SELLER = 0x8
    SWEEP = 0x20  # an intermarket sweep order: the vendor's bars leave its price out
    DERIVATIVELY_PRICED = 0x200
    SOLD_LAST = 0x800
    STOPPED = 0x1000
    EXTENDED_HOURS = 0x2000
    OUT_OF_SEQUENCE = 0x4000
    OPTION_TRADE = 0x40000
    AVERAGE_PRICE = 0x100000
    OFF_MARKET_PRICE = 0x400000
    OFFICIAL_CLOSE = 0x1000000
    PRIOR_REFERENCE = 0x2000000
    OFFICIAL_OPEN = 0x4000000
    ODD_LOT = 0x80000000


# Told by the consolidated tape without moving the last price, the high or the low.
PRICELESS = (
    Condition.CASH | Condition.NEXT_DAY | Condition.SELLER | Condition.DERIVATIVELY_PRICED
    | Condition.SOLD_LAST | Condition.STOPPED | Condition.EXTENDED_HOURS
    | Condition.OUT_OF_SEQUENCE | Condition.OPTION_TRADE | Condition.AVERAGE_PRICE
    | Condition.OFF_MARKET_PRICE | Condition.OFFICIAL_CLOSE | Condition.PRIOR_REFERENCE
    | Condition.OFFICIAL_OPEN | Condition.ODD_LOT
)  # fmt: skip
# Reports of a price without a trade of their own.
_REPEATED = Condition.OFFICIAL_CLOSE | Condition.OFFICIAL_OPEN


def daily_bars(values: Int64s, index: int) -> Records:
    """Rows of ``DAILY_BAR``; a time that is no day becomes 0."""
    clock = values[:, 0]
    whole = clock // 10_000
    days = np.zeros(len(values), np.int64)
    year, month, day = whole // 10_000, whole // 100 % 100, whole % 100
    real = (clock % 10_000 == 0) & (year >= 1900) & (year < 2100) & (month >= 1) & (month <= 12)
    real &= (day >= 1) & (day <= 31)
    months = ((year[real] - 1970) * 12 + month[real] - 1).astype("datetime64[M]")
    found = months.astype("datetime64[D]") + (day[real] - 1)
    same = found.astype("datetime64[M]") == months
    days[real] = np.where(same, found.astype(np.int64), 0)
    return _bars(values, index, days)


def minute_bars(values: Int64s, index: int, midnight_ns: int) -> Records:
    """Rows of ``TRADE_BAR``."""
    return _bars(values, index, midnight_ns + values[:, 0])


def _bars(values: Int64s, index: int, time: Int64s) -> Records:
    bars = np.zeros(len(values), BARS)
    bars["time"], bars["instrument"] = time, index
    for column, name in enumerate(("open", "high", "low", "close"), 1):
        bars[f"{name}_ticks"] = values[:, column]
    bars["volume"] = values[:, 5]
    return bars


def trades(values: Int64s, index: int, midnight_ns: int) -> Records:
    """Rows of ``TRADE_TICK``.  What the vendor suspects is told, and counts for nothing."""
    rows = np.zeros(len(values), TRADES)
    rows["at_ns"] = rows["heard_ns"] = midnight_ns + values[:, 0]
    rows["instrument"] = index
    rows["price_ticks"], rows["qty"] = values[:, 1], values[:, 2]
    suspicious = values[:, 5] != 0
    priceless = ((values[:, 4] & int(PRICELESS)) != 0) | suspicious
    repeated = ((values[:, 4] & int(_REPEATED)) != 0) | suspicious
    rows["flags"] = priceless * int(TradeFlag.NO_PRICE) + repeated * int(TradeFlag.NO_VOLUME)
    return rows


@dataclass(slots=True)
class BestQuotes:
    """Ticks of the national best bid and ask, one side each, into displays of both.

    A bid that is followed by the ask of the same moment and exchange is told with it.  Suspicious
    ticks are left out and counted.
    """

    index: int
    midnight_ns: int
    suspicious: int = 0
    _held: Int64s = field(default_factory=lambda: np.zeros((0, len(QUOTE_TICK)), np.int64))
    _bid: tuple[int, int] = (0, 0)
    _ask: tuple[int, int] = (0, 0)

    def take(self, values: Int64s, *, last: bool = False) -> Records:
        """Rows of ``QUOTE_TICK``; the newest one waits for the next until ``last``."""
        self.suspicious += int((values[:, 7] != 0).sum())
        rows = np.concatenate((self._held, values[values[:, 7] == 0]))
        split = len(rows) if last else max(0, len(rows) - 1)
        following, rows, self._held = rows[1:], rows[:split], rows[split:]
        if not len(rows):
            return np.zeros(0, QUOTES)
        told = np.zeros(len(rows), QUOTES)
        told["at_ns"] = told["heard_ns"] = self.midnight_ns + rows[:, 0]
        told["instrument"] = self.index
        self._bid = _filled(told, "bid", rows[:, 1:3], self._bid)
        self._ask = _filled(told, "ask", rows[:, 3:5], self._ask)
        paired = np.zeros(len(rows), bool)
        after = following[: len(rows)]
        same = (rows[: len(after), [0, 5]] == after[:, [0, 5]]).all(axis=1)
        paired[: len(after)] = same & (rows[: len(after), 1] > 0) & (after[:, 3] > 0)
        return told[~paired]


def _filled(told: Records, side: str, cells: Int64s, before: tuple[int, int]) -> tuple[int, int]:
    """Give each row the newest price and size of a side; what they are after the last row."""
    places = np.where(cells[:, 0] > 0, np.arange(len(cells)), -1)
    newest = np.maximum.accumulate(places)
    known = newest >= 0
    for column, name in enumerate(("ticks", "qty")):
        values = np.where(known, cells[newest, column], before[column])
        told[f"{side}_{name}"][:, 0] = values
    return int(told[f"{side}_ticks"][-1, 0]), int(told[f"{side}_qty"][-1, 0])


def shots(trade: Int64s, quote: Int64s, index: int, midnight_ns: int, step_ns: int) -> Records:
    """Rows of ``TRADE_BAR`` and of ``QUOTE_BAR`` of one session as what was shown at the end of
    each bar of ``step_ns``.

    Turnover is not recorded: a bar's volume counts at the mean of its four prices, and each bar
    counts as one trade.
    """
    times = np.union1d(trade[:, 0], quote[:, 0])
    found = np.zeros(len(times), SHOTS)
    found["at_ns"] = found["heard_ns"] = midnight_ns + times + step_ns
    found["instrument"] = index
    shown = np.searchsorted(quote[:, 0], times, side="right") - 1
    for side, price, size in (("bid", 4, 5), ("ask", 9, 10)):
        for name, cell in (("ticks", price), ("qty", size)):
            values = np.where(shown >= 0, quote[shown, cell], 0) if len(quote) else 0
            found[f"{side}_{name}"][:, 0] = values
    traded = np.searchsorted(trade[:, 0], times, side="right") - 1
    some = traded >= 0
    mean = trade[:, 1:5].sum(axis=1)
    columns: tuple[tuple[str, NDArray[np.int64]], ...] = (
        ("last_ticks", trade[:, 4]),
        ("high_ticks", np.maximum.accumulate(trade[:, 2])),
        ("low_ticks", np.minimum.accumulate(trade[:, 3])),
        ("volume", np.cumsum(trade[:, 5])),
        ("turnover", np.cumsum((mean * trade[:, 5] + 2) // 4)),
        ("trades", np.arange(1, len(trade) + 1)),
    )
    for name, column in columns:
        found[name] = np.where(some, column[traded], 0) if len(trade) else 0
    return found
