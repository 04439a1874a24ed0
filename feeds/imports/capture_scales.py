"""How finely a venue's pairs are priced and counted: as it says itself, or as its numbers need."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from feeds.live.markets import DOLLARS, RISK_OF_COINS
from matching.instrument import Instrument, InstrumentId
from matching.units import CURRENCIES, Currency, CurrencyCode

MOST_DECIMALS = 9  # of an instrument
_NUMBER = re.compile(r"\d{1,20}(?:\.(\d{1,20}))?")
_FIAT = ("EUR", "GBP", "JPY", "AUD", "CAD", "CHF", "SGD", "TRY", "BRL")
# TUSD is left out: USDTUSD ends with it too, and either way it is dollars.
_QUOTES = (
    *(one for one in DOLLARS if one != "TUSD"),
    *_FIAT,
    "BTC",
    "ETH",
    "BNB",
    "LTC",
    "FIL",
    "BCH",
    "DAI",
)
_COIN_DECIMALS = 8


class Pair(NamedTuple):
    base: str
    quote: str


def pair_of(symbol: str) -> Pair | None:
    """``BTC-USD``, ``BTCUSDT``: the longest known end is what prices are in."""
    base, dash, quote = symbol.upper().partition("-")
    if dash:
        return Pair(base, quote)
    ends = sorted(_QUOTES, key=len, reverse=True)
    found = (one for one in ends if base.endswith(one) and len(base) > len(one))
    return next((Pair(base.removesuffix(one), one) for one in found), None)


def currency_of(quote: str) -> Currency:
    """What is paid with: a dollar token counts as a dollar, one for one."""
    if quote in DOLLARS:
        return CURRENCIES["USD"]
    return Currency(CurrencyCode(quote), 2 if quote in _FIAT else _COIN_DECIMALS)


@dataclass(slots=True)
class Scale:
    """The finest decimals that were seen or told of one pair."""

    price_decimals: int = 0
    qty_decimals: int = 0

    def see(self, price: object, qty: object) -> None:
        """Make room for a price and a quantity; what is no number makes none."""
        if isinstance(price, str) and isinstance(qty, str):
            self.price_decimals = max(self.price_decimals, decimals_of(price))
            self.qty_decimals = max(self.qty_decimals, decimals_of(qty))

    def instrument(self, symbol: str, pair: Pair) -> Instrument | None:
        """None where a number is finer than an instrument can be."""
        if max(self.price_decimals, self.qty_decimals) > MOST_DECIMALS:
            return None
        name = f"{pair.base}/{pair.quote}"
        return Instrument(
            instrument_id=InstrumentId(f"COIN:{symbol}"),
            symbol=symbol,
            name_en=name,
            name_zh=name,
            currency=currency_of(pair.quote),
            market="COIN",
            board="main",
            price_decimals=self.price_decimals,
            qty_decimals=self.qty_decimals,
            risk_level=RISK_OF_COINS,
        )


@lru_cache(1 << 16)
def decimals_of(text: str) -> int:
    """How many decimals a written number needs; 0 for what is none."""
    found = _NUMBER.fullmatch(text)
    return len(found[1].rstrip("0")) if found and found[1] else 0
