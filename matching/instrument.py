"""One tradable thing and everything its numbers mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

from matching.units import (
    AmountMinor,
    Currency,
    NumberFault,
    PriceTicks,
    Qty,
    decimal_text,
    divide_half_up,
    scaled_integer,
)

InstrumentId = NewType("InstrumentId", str)  # "XNAS:AAPL": market code, colon, symbol


@dataclass(frozen=True, slots=True)
class Instrument:
    """Identity, scales and classification of an instrument.

    ``tick`` is the price step in units of 10^-price_decimals; ``qty_decimals`` says how many
    decimals one written quantity has (0 for shares).  ``risk_level`` is R1 to R5 as 1 to 5.
    ``market`` and ``board`` choose the dated rules.
    """

    instrument_id: InstrumentId
    symbol: str
    name_en: str
    name_zh: str
    currency: Currency
    market: str
    board: str
    price_decimals: int = 2
    tick: int = 1
    qty_decimals: int = 0
    risk_level: int = 3

    def __post_init__(self) -> None:
        assert self.tick > 0
        assert 0 <= self.price_decimals <= 9
        assert 0 <= self.qty_decimals <= 9
        assert 1 <= self.risk_level <= 5

    def notional_minor(self, price_ticks: int, qty: int) -> AmountMinor:
        """Value of ``qty`` at a price in minor units of the currency, rounded half up."""
        scale = self.price_decimals + self.qty_decimals - self.currency.decimals
        value = price_ticks * self.tick * qty
        return AmountMinor(divide_half_up(value, 10**scale) if scale > 0 else value * 10**-scale)

    def qty_for(self, price_ticks: int, amount_minor: int) -> Qty:
        """The largest quantity whose value at a price is no more than ``amount_minor``, before
        rounding; 0 when one base unit is worth more."""
        scale = self.price_decimals + self.qty_decimals - self.currency.decimals
        value = price_ticks * self.tick
        if scale > 0:
            return Qty(amount_minor * 10**scale // value)
        return Qty(amount_minor // (value * 10**-scale))

    def price_from_text(self, text: str) -> PriceTicks | NumberFault:
        """A typed price in ticks; ``TOO_PRECISE`` when it is not a multiple of the tick."""
        value = scaled_integer(text, self.price_decimals)
        if isinstance(value, NumberFault):
            return value
        if value % self.tick:
            return NumberFault.TOO_PRECISE
        return PriceTicks(value // self.tick)

    def price_text(self, price_ticks: int) -> str:
        return decimal_text(price_ticks * self.tick, self.price_decimals)

    def qty_from_text(self, text: str) -> Qty | NumberFault:
        """A typed quantity in base units (shares: whole numbers only)."""
        value = scaled_integer(text, self.qty_decimals)
        return value if isinstance(value, NumberFault) else Qty(value)

    def qty_text(self, qty: int) -> str:
        return decimal_text(qty, self.qty_decimals)
