"""Numbers of the exchange: integers only, with the unit in the type.

A price is a count of the instrument's ticks, a quantity a count of its base units (a share, or
10^-k of a coin), money a count of a currency's minor units, time nanoseconds UTC.  Text becomes
a number only here, exactly, without float on the way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

PriceTicks = NewType("PriceTicks", int)
Qty = NewType("Qty", int)
AmountMinor = NewType("AmountMinor", int)
AtNs = NewType("AtNs", int)
CurrencyCode = NewType("CurrencyCode", str)

NS_PER_SECOND = 1_000_000_000
NS_PER_MINUTE = 60 * NS_PER_SECOND

# Queue positions are counted in thousandths of a base unit (reference: fill model, "Data").
QUEUE_SCALE = 1000

# Storage holds signed 64-bit integers; everything typed in must stay far below.
LARGEST = 10**15

_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,24}(?:\.[0-9]{0,24})?|\.[0-9]{1,24})")


class NumberFault(StrEnum):
    """Why a text is not a usable number, in order of precedence."""

    NOT_A_NUMBER = "not_a_number"
    TOO_LARGE = "too_large"
    TOO_PRECISE = "too_precise"


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency and the number of decimals of its minor unit (USD: 2)."""

    code: CurrencyCode
    decimals: int


CURRENCIES = {code: Currency(CurrencyCode(code), 2) for code in ("USD", "CNY", "HKD")}


def divide_half_up(numerator: int, denominator: int) -> int:
    """Quotient rounded to the nearest integer, halves away from zero.  denominator > 0."""
    if numerator >= 0:
        return (2 * numerator + denominator) // (2 * denominator)
    return -((-2 * numerator + denominator) // (2 * denominator))


def divide_up(numerator: int, denominator: int) -> int:
    """Quotient rounded towards plus infinity.  denominator > 0."""
    return -(-numerator // denominator)


def scaled_integer(text: str, decimals: int) -> int | NumberFault:
    """``"12.5"`` with 2 decimals is 1250.  ASCII decimal notation only; never rounds."""
    stripped = text.strip()
    if not _DECIMAL.fullmatch(stripped):
        return NumberFault.NOT_A_NUMBER
    negative = stripped.startswith("-")
    whole, _, fraction = stripped.lstrip("+-").partition(".")
    fraction = fraction.rstrip("0")
    if len(whole.lstrip("0")) > 16:
        return NumberFault.TOO_LARGE
    if len(fraction) > decimals:
        return NumberFault.TOO_PRECISE
    value = int((whole or "0") + fraction.ljust(decimals, "0"))
    if value > LARGEST:
        return NumberFault.TOO_LARGE
    return -value if negative else value


def decimal_text(value: int, decimals: int) -> str:
    """Exact inverse of ``scaled_integer`` with all decimals written: (1250, 2) is ``"12.50"``."""
    sign = "-" if value < 0 else ""
    digits = str(abs(value)).rjust(decimals + 1, "0")
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else sign + digits
