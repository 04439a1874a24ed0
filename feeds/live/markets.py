"""What the symbols of a live market are: scale, board and currency by the rules of the market."""

from __future__ import annotations

import re

from feeds.chinese_codes import chinese_instrument
from feeds.live.heard import Fault
from feeds.live.vendor import SymbolError
from feeds.live.wire import UnreadableError, scaled
from feeds.us_shares import us_share as consolidated
from matching.instrument import Instrument, InstrumentId
from matching.units import CURRENCIES

_US = re.compile(r"[A-Z]{1,6}(?:[.-][A-Z]{1,2})?")
_COIN = re.compile(r"[A-Z0-9]{1,20}(?:-[A-Z0-9]{2,10})?")
_MAINLAND = re.compile(r"(?:sh|sz|bj)[0-9]{6}")
_SHARES = ("main", "star", "chinext", "bse", "fund")
DOLLARS = ("USD", "USDT", "USDC", "BUSD", "FDUSD", "TUSD")
RISK_OF_COINS, RISK_OF_SHARES = 5, 3


def us_share(symbol: str) -> Instrument:
    """Prints come in hundredths of a cent, so that is the tick; orders obey the rule book's."""
    if not _US.fullmatch(symbol):
        raise SymbolError(f"{symbol!r} is no US symbol: capital letters, as AAPL or BRK.B")
    return consolidated(symbol)


def mainland_share(symbol: str) -> Instrument:
    """``sh600000``, ``sz000001``, ``bj430047``: the exchange and the code say the board."""
    found = chinese_instrument(symbol) if _MAINLAND.fullmatch(symbol) else None
    if found is None or found.board not in _SHARES:
        raise SymbolError(f"{symbol!r} is no share or fund of the mainland: write it as sh600000")
    return found


def hong_kong_share(symbol: str) -> Instrument:
    """``hk00700``."""
    if not re.fullmatch(r"hk[0-9]{5}", symbol):
        raise SymbolError(f"{symbol!r} is no Hong Kong share: write it as hk00700")
    return Instrument(
        instrument_id=InstrumentId(f"XHKG:{symbol[2:]}"),
        symbol=symbol[2:],
        name_en=symbol[2:],
        name_zh=symbol[2:],
        currency=CURRENCIES["HKD"],
        market="XHKG",
        board="main",
        price_decimals=3,
        risk_level=RISK_OF_SHARES,
    )


def coin(symbol: str, quote: str, price_step: str, qty_step: str) -> Instrument:
    """A pair with the steps that its venue tells.  Money is US dollars: a pair that is priced in a
    dollar token is counted one for one, any other is refused."""
    if not _COIN.fullmatch(symbol):
        raise SymbolError(f"{symbol!r} is no pair of coins")
    if quote not in DOLLARS:
        raise SymbolError(
            f"{symbol} is priced in {quote}; pairs in {', '.join(DOLLARS)} can be used"
        )
    decimals, tick = _step(price_step)
    qty_decimals, _ = _step(qty_step)
    return Instrument(
        instrument_id=InstrumentId(f"COIN:{symbol}"),
        symbol=symbol,
        name_en=symbol,
        name_zh=symbol,
        currency=CURRENCIES["USD"],
        market="COIN",
        board="main",
        price_decimals=decimals,
        tick=tick,
        qty_decimals=qty_decimals,
        risk_level=RISK_OF_COINS,
    )


def _step(text: str) -> tuple[int, int]:
    """``0.00050000`` is 5 of the fourth decimal; UnreadableError for what is no step."""
    whole = scaled(text, 12)
    if whole <= 0:
        raise UnreadableError(Fault.NUMBER, text)
    decimals = 12
    while decimals and whole % 10 == 0:
        whole //= 10
        decimals -= 1
    if decimals > 9:
        raise UnreadableError(Fault.NUMBER, text)
    return decimals, whole
