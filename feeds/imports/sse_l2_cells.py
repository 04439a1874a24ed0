"""Cells of Shanghai's level-2 files: which columns there are, and exact integers from their text.

Prices come as yuan times 1,000, quantities as shares times 1,000, turnover as yuan times 100,000,
times as the digits of the clock (``9150004`` is 09:15:00.04).  A snapshot has whole seconds.
"""

from __future__ import annotations

from enum import StrEnum

from feeds.order_tape import LARGEST_PRICE_TICKS, LARGEST_QTY
from matching.units import NS_PER_SECOND

_LEVELS = tuple(
    f"{side}Level[{k}].{word}"
    for side in ("Bid", "Ask")
    for k in range(10)
    for word in ("Price", "Qty")
)
ORDERS_HEADER = (
    *("line", "BizIndex", "ApplSeqNum", "ChannelNo", "OrderNo"),
    *("OrdType", "Side", "Price", "OrderQty", "TransactTime"),
)
TRADES_HEADER = (
    *("line", "BizIndex", "ApplSeqNum", "ChannelNo", "BidApplSeqNum", "OfferApplSeqNum"),
    *("LastPx", "LastQty", "ExecType", "TransactTime"),
)
SNAPSHOTS_HEADER = (
    *("line", "DataTimeStamp", "TradingPhase", "TradingPhaseCodePack", "NumTrades"),
    *("TotalVolumeTrade", "TotalValueTrade", "PrevClosePx", "LastPx", "OpenPx", "HighPx", "LowPx"),
    *("BidWeightPx", "BidWeightSize", "AskWeightPx", "AskWeightSize"),
    *_LEVELS,
)

_MOST_DIGITS = 18
_FILE_PRICE_PER_TICK = 10  # a share's tick is 0.01 yuan
_FILE_QTY_PER_SHARE = 1000
_FILE_VALUE_PER_TICK_SHARE = 1000  # 10^5 a yuan against 10^2 ticks a yuan
_CENTISECOND_NS = NS_PER_SECOND // 100


class Fault(StrEnum):
    """Why a file or a line can't be used, in order of precedence."""

    MISSING_FILE = "missing_file"
    DAMAGED_FILE = "damaged_file"
    NOT_TEXT = "not_text"
    EMPTY_FILE = "empty_file"
    NOT_CSV = "not_csv"
    WRONG_HEADER = "wrong_header"
    NO_ORDERS = "no_orders"
    NO_REFERENCE = "no_reference"
    WRONG_NUMBER_OF_CELLS = "wrong_number_of_cells"
    NOT_A_NUMBER = "not_a_number"
    TOO_LARGE = "too_large"
    NOT_A_TIME = "not_a_time"
    UNKNOWN_TYPE = "unknown_type"
    UNKNOWN_SIDE = "unknown_side"
    UNKNOWN_PHASE = "unknown_phase"
    NOT_POSITIVE = "not_positive"
    OFF_TICK = "off_tick"
    TOO_PRECISE = "too_precise"
    OUT_OF_ORDER = "out_of_order"
    DUPLICATE_PLACE = "duplicate_place"
    TIME_RUNS_BACK = "time_runs_back"
    ANOTHER_REFERENCE = "another_reference"
    DUPLICATE_ORDER = "duplicate_order"
    UNKNOWN_ORDER = "unknown_order"
    MORE_THAN_RESTS = "more_than_rests"
    ANOTHER_PRICE = "another_price"


class CellError(Exception):
    """A cell that can't be used."""

    def __init__(self, fault: Fault, text: str) -> None:
        super().__init__(fault.value, text)
        self.fault = fault
        self.text = text


def whole_number(word: str, text: str) -> int:
    """A count as written: ASCII digits only."""
    if not (text.isascii() and text.isdigit()):
        raise CellError(Fault.NOT_A_NUMBER, f"{word}={text}")
    if len(text) > _MOST_DIGITS:
        raise CellError(Fault.TOO_LARGE, f"{word}={text}")
    return int(text)


def price_ticks(word: str, text: str, *, may_be_none: bool = False) -> int:
    """A price in ticks; 0 is no price where there may be none."""
    value = whole_number(word, text)
    ticks, rest = divmod(value, _FILE_PRICE_PER_TICK)
    if rest:
        raise CellError(Fault.OFF_TICK, f"{word}={text}")
    return _positive(word, text, ticks, LARGEST_PRICE_TICKS, or_none=may_be_none)


def shares(word: str, text: str, *, may_be_none: bool = False) -> int:
    """A quantity in shares; 0 where there may be none."""
    value, rest = divmod(whole_number(word, text), _FILE_QTY_PER_SHARE)
    if rest:
        raise CellError(Fault.TOO_PRECISE, f"{word}={text}")
    return _positive(word, text, value, LARGEST_QTY, or_none=may_be_none)


def turnover(word: str, text: str) -> int:
    """A value traded as price in ticks times shares."""
    value, rest = divmod(whole_number(word, text), _FILE_VALUE_PER_TICK_SHARE)
    if rest:
        raise CellError(Fault.TOO_PRECISE, f"{word}={text}")
    return value


def _positive(word: str, text: str, value: int, most: int, *, or_none: bool) -> int:
    if not value and not or_none:
        raise CellError(Fault.NOT_POSITIVE, f"{word}={text}")
    if value > most:
        raise CellError(Fault.TOO_LARGE, f"{word}={text}")
    return value


def clock_ns(word: str, text: str) -> int:
    """``HMMSScc``: nanoseconds since the local midnight."""
    value = whole_number(word, text)
    return _clock(word, text, value // 100) * NS_PER_SECOND + value % 100 * _CENTISECOND_NS


def clock_second_ns(word: str, text: str) -> int:
    """``HMMSS``: nanoseconds since the local midnight."""
    return _clock(word, text, whole_number(word, text)) * NS_PER_SECOND


def _clock(word: str, text: str, digits: int) -> int:
    hour, minute, second = digits // 10_000, digits // 100 % 100, digits % 100
    if hour > 23 or minute > 59 or second > 59:
        raise CellError(Fault.NOT_A_TIME, f"{word}={text}")
    return hour * 3600 + minute * 60 + second
