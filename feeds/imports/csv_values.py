"""Cells of a CSV bar: which columns there are, and exact prices and quantities from text."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from feeds.tape import LARGEST_PRICE_TICKS
from matching.instrument import Instrument
from matching.units import LARGEST, NumberFault, divide_half_up, scaled_integer


class Field(StrEnum):
    SYMBOL = "symbol"
    DATE = "date"
    TIME = "time"
    OPEN = "open"
    HIGH = "high"
    LOW = "low"
    CLOSE = "close"
    VOLUME = "volume"


# Header words in lower case that are understood without a map.
DEFAULT_NAMES = {
    "ticker": Field.SYMBOL, "symbol": Field.SYMBOL, "code": Field.SYMBOL, "ts_code": Field.SYMBOL,
    "代码": Field.SYMBOL, "股票代码": Field.SYMBOL, "证券代码": Field.SYMBOL,
    "date": Field.DATE, "datetime": Field.DATE, "timestamp": Field.DATE, "trade_date": Field.DATE,
    "日期": Field.DATE, "交易日期": Field.DATE,
    "time": Field.TIME, "时间": Field.TIME,
    "open": Field.OPEN, "开盘": Field.OPEN, "开盘价": Field.OPEN,
    "high": Field.HIGH, "最高": Field.HIGH, "最高价": Field.HIGH,
    "low": Field.LOW, "最低": Field.LOW, "最低价": Field.LOW,
    "close": Field.CLOSE, "收盘": Field.CLOSE, "收盘价": Field.CLOSE,
    "volume": Field.VOLUME, "vol": Field.VOLUME, "成交量": Field.VOLUME,
}  # fmt: skip
# Header words that are known to be of no use: what follows from the others.
NO_USE = frozenset({"amount", "turnover", "成交额", "成交金额"})


class BarFault(StrEnum):
    """Why a file, a column or a line can't be used, in order of precedence."""

    EMPTY_FILE = "empty_file"
    DAMAGED_FILE = "damaged_file"
    NOT_TEXT = "not_text"
    NOT_CSV = "not_csv"
    MISSING_COLUMN = "missing_column"
    UNKNOWN_COLUMN = "unknown_column"
    DUPLICATE_COLUMN = "duplicate_column"
    WRONG_NUMBER_OF_CELLS = "wrong_number_of_cells"
    UNKNOWN_SYMBOL = "unknown_symbol"
    TOO_MANY_SYMBOLS = "too_many_symbols"
    NOT_A_TIME = "not_a_time"
    NOT_A_WHOLE_MINUTE = "not_a_whole_minute"
    NOT_ON_THE_GRID = "not_on_the_grid"
    OUTSIDE_HOURS = "outside_hours"
    DUPLICATE_TIME = "duplicate_time"
    OUT_OF_ORDER = "out_of_order"
    LEVELS_OUT_OF_ORDER = "levels_out_of_order"
    NOT_A_NUMBER = "not_a_number"
    NOT_POSITIVE = "not_positive"
    NEGATIVE_VOLUME = "negative_volume"
    TOO_LARGE = "too_large"
    OFF_TICK = "off_tick"
    TOO_PRECISE = "too_precise"
    HIGH_BELOW_LOW = "high_below_low"
    OPEN_OUTSIDE = "open_outside"
    CLOSE_OUTSIDE = "close_outside"


class OffTick(StrEnum):
    """What happens to a price between two ticks."""

    REFUSE = "refuse"
    ROUND_HALF_UP = "round_half_up"


class ReadPrice(NamedTuple):
    ticks: int
    rounded: bool


class BarProblem(NamedTuple):
    field: Field
    code: BarFault


def price_ticks(
    instrument: Instrument, text: str, off_tick: OffTick, divisor_digits: int = 0
) -> ReadPrice | BarFault:
    """A written price in ticks: exact, or rounded half up where ``off_tick`` says so.  The file
    has it times 10^``divisor_digits``."""
    decimals = len(text.strip().partition(".")[2])
    value = scaled_integer(text, decimals)
    if isinstance(value, NumberFault):
        return BarFault(value.value)
    finer = decimals + divisor_digits - instrument.price_decimals
    value *= 10 ** max(0, -finer)
    step = instrument.tick * 10 ** max(0, finer)
    rounded = value % step != 0
    if rounded and off_tick is OffTick.REFUSE:
        return BarFault.OFF_TICK
    ticks = divide_half_up(value, step)
    if ticks < 1:
        return BarFault.NOT_POSITIVE
    if ticks >= LARGEST_PRICE_TICKS:
        return BarFault.TOO_LARGE
    return ReadPrice(ticks, rounded)


def traded_qty(instrument: Instrument, text: str, multiplier: int = 1) -> int | BarFault:
    """A written volume in base units; zero is a bar without trades.  The file counts in lots of
    ``multiplier``."""
    value = instrument.qty_from_text(text)
    if isinstance(value, NumberFault):
        return BarFault(value.value)
    if value * multiplier > LARGEST:
        return BarFault.TOO_LARGE
    return BarFault.NEGATIVE_VOLUME if value < 0 else value * multiplier


def bar_problem(values: Sequence[int]) -> BarProblem | None:
    """What contradicts itself in (open, high, low, close, ...)."""
    bar_open, high, low, close = values[:4]
    if high < low:
        return BarProblem(Field.HIGH, BarFault.HIGH_BELOW_LOW)
    if not low <= bar_open <= high:
        return BarProblem(Field.OPEN, BarFault.OPEN_OUTSIDE)
    if not low <= close <= high:
        return BarProblem(Field.CLOSE, BarFault.CLOSE_OUTSIDE)
    return None
