"""What a US share is in a recording of prices to a hundredth of a cent."""

from __future__ import annotations

from matching.instrument import Instrument, InstrumentId
from matching.units import CURRENCIES

DECIMALS = 4  # of a price: trades between two cents exist, what an order may say is a rule


def us_share(symbol: str, market: str = "US", board: str = "main") -> Instrument:
    """``market``: XNAS for what Nasdaq recorded itself, US for a consolidated recording."""
    return Instrument(
        instrument_id=InstrumentId(f"{market}:{symbol}"),
        symbol=symbol,
        name_en=symbol,
        name_zh=symbol,
        currency=CURRENCIES["USD"],
        market=market,
        board=board,
        price_decimals=DECIMALS,
    )
