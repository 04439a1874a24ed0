"""LEAN factor files: dividends and splits told as what past prices are multiplied with.

A line is ``YYYYMMDD,price factor,split factor,close``: the factors hold up to and including that
day, so two neighbours tell what happened on the next session: shares changed by the ratio of the
split factors, and cash of close x (1 - ratio of the price factors) was paid for one share.  Factors
are rounded in the file; the simplest number that they leave room for is the one.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from feeds.imports.opening import Part
from feeds.imports.plain_lines import plain_lines
from feeds.imports.report import StopImportError

_MOST_DECIMALS = 6  # of cash a share
_ROUNDED_DIGITS = 6


class FactorFault(StrEnum):
    WRONG_NUMBER_OF_CELLS = "wrong_number_of_cells"
    NOT_A_DATE = "not_a_date"
    NOT_A_NUMBER = "not_a_number"
    NOT_POSITIVE = "not_positive"
    OUT_OF_ORDER = "out_of_order"


class FactorEvent(NamedTuple):
    """What happened on the first session after ``last``: ``cash_micro`` for each share, and
    ``new`` shares for ``old`` ones (equal: none)."""

    last: date
    cash_micro: int
    new: int
    old: int


class _Row(NamedTuple):
    day: date
    price: Decimal
    split: Decimal
    close: Decimal


def factor_events(part: Part) -> tuple[FactorEvent, ...]:
    """Read a factor file; StopImportError with its first bad line."""
    rows: list[_Row] = []
    for line, text in plain_lines(part):
        cells = text.split(",")
        if len(cells) != 4:
            raise StopImportError(part.name, line, FactorFault.WRONG_NUMBER_OF_CELLS, text)
        rows.append(_row(part.name, line, cells))
        if len(rows) > 1 and rows[-1].day <= rows[-2].day:
            raise StopImportError(part.name, line, FactorFault.OUT_OF_ORDER, text)
    found = (_event(before, after) for before, after in pairwise(rows))
    return tuple(one for one in found if one.cash_micro or one.new != one.old)


def _row(file: str, line: int, cells: list[str]) -> _Row:
    try:
        day = date.fromisoformat(cells[0])
    except ValueError:
        raise StopImportError(file, line, FactorFault.NOT_A_DATE, ",".join(cells)) from None
    if not all(one.replace(".", "", 1).isdigit() and len(one) < 20 for one in cells[1:]):
        raise StopImportError(file, line, FactorFault.NOT_A_NUMBER, ",".join(cells))
    price, split, close = map(Decimal, cells[1:])
    if not price or not split:
        raise StopImportError(file, line, FactorFault.NOT_POSITIVE, ",".join(cells))
    return _Row(day, price, split, close)


def _room(factor: Decimal) -> tuple[Fraction, Fraction]:
    """What a factor may have been before it was rounded; one of few digits is exact."""
    plain = factor.normalize().as_tuple()
    assert isinstance(plain.exponent, int)
    half = Fraction(10) ** plain.exponent / 2 if len(plain.digits) >= _ROUNDED_DIGITS else 0
    return Fraction(factor) - half, Fraction(factor) + half


def _ratio(before: Decimal, after: Decimal) -> tuple[Fraction, Fraction]:
    low, high = _room(before), _room(after)
    return low[0] / high[1], low[1] / high[0]


def _event(before: _Row, after: _Row) -> FactorEvent:
    new, old = 1, 1
    if before.split != after.split:
        least, most = _ratio(before.split, after.split)
        shares = simplest_between(1 / most, 1 / least)
        new, old = shares.numerator, shares.denominator
    cash = 0
    if before.price != after.price:
        least, most = _ratio(before.price, after.price)
        close = Fraction(before.close)
        cash = shortest_between(close * (1 - most), close * (1 - least))
    return FactorEvent(before.day, cash, new, old)


def simplest_between(least: Fraction, most: Fraction) -> Fraction:
    """The fraction with the smallest denominator in [least, most] (both positive)."""
    whole = -(-least.numerator // least.denominator)
    if whole <= most:
        return Fraction(whole)
    floor = whole - 1
    inner = simplest_between(1 / (most - floor), 1 / (least - floor))
    return floor + 1 / inner


def shortest_between(least: Fraction, most: Fraction) -> int:
    """The number with the fewest decimals in [least, most], in millionths; never below zero."""
    for decimals in range(_MOST_DECIMALS + 1):
        scale = 10**decimals
        middle = (least + most) / 2 * scale
        near = int((2 * middle.numerator + middle.denominator) // (2 * middle.denominator))
        if least * scale <= near <= most * scale:
            return max(0, near * int(10 ** (_MOST_DECIMALS - decimals)))
    nearest: int = round((least + most) / 2 * 10**_MOST_DECIMALS)
    return max(0, nearest)
