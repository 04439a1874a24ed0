"""Markets as brokers' clients name them: by ISO 10383 code and by what people call them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from simtrade.venues.views import VenueView


@dataclass(frozen=True, slots=True)
class Market:
    """``exchange`` is how an asset of it names its exchange: clients know only American ones, and
    an empty text."""

    code: str
    mic: str | None
    acronym: str
    name: str
    exchange: str = ""


_MARKETS = {
    "XNAS": Market("XNAS", "XNAS", "NASDAQ", "Nasdaq", "NASDAQ"),
    "XNYS": Market("XNYS", "XNYS", "NYSE", "New York Stock Exchange", "NYSE"),
    "US": Market("US", "XNYS", "NYSE", "American shares", "NYSE"),
    "XSHG": Market("XSHG", "XSHG", "SSE", "Shanghai Stock Exchange"),
    "XSHE": Market("XSHE", "XSHE", "SZSE", "Shenzhen Stock Exchange"),
    "BJSE": Market("BJSE", "BJSE", "BSE", "Beijing Stock Exchange"),
    "XHKG": Market("XHKG", "XHKG", "HKEX", "Hong Kong Exchanges"),
    "SIMA": Market("SIMA", None, "SIMA", "Simulated market"),
    "COIN": Market("COIN", None, "COIN", "Digital currencies", "CRYPTO"),
}


def market_of(code: str) -> Market:
    """A market by the code that instruments carry; one that is not known here names itself."""
    return _MARKETS.get(code) or Market(code, None, code, code)


def markets_of(view: VenueView) -> tuple[Market, ...]:
    """The markets of a venue's instruments, each once."""
    return tuple(market_of(one) for one in dict.fromkeys(one.market for one in view.instruments))


def named(markets: Iterable[Market], name: str) -> Market | None:
    """By its code, ISO code or acronym, in any case."""
    wanted = name.upper()
    return next((one for one in markets if wanted in (one.code, one.mic, one.acronym)), None)
