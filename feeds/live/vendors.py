"""All vendors by name, and how an operator writes which one to hear and what of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from feeds.live.alpaca import Alpaca
from feeds.live.binance import Binance
from feeds.live.coinbase import Coinbase
from feeds.live.eastmoney import EastMoney
from feeds.live.finnhub import Finnhub
from feeds.live.okx import Okx
from feeds.live.polygon import Polygon
from feeds.live.sina import Sina
from feeds.live.tencent import Tencent
from feeds.live.vendor import Vendor

VENDORS: dict[str, Vendor] = {
    one.name: one
    for one in (
        *(Alpaca(), Binance(), Coinbase(), EastMoney(), Finnhub()),
        *(Okx(), Polygon(), Sina(), Tencent()),
    )
}
SYMBOLS_MAX = 200

_NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,39}")
_ADDRESS = re.compile(r"(socket|http)=((?:wss?|https?)://[^\s]+)")


class WatchlistError(ValueError):
    """What an operator wrote names no feed; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Watchlist:
    """One live feed: its name here, the vendor with its addresses, and the vendor's symbols."""

    name: str
    vendor: Vendor
    symbols: tuple[str, ...]


def watchlist(text: str) -> Watchlist:
    """``coins = binance BTCUSDT ETHUSDT``; ``socket=`` and ``http=`` give other addresses of the
    same service (a mirror, a regional host).  WatchlistError says what is wrong."""
    name, equals, rest = text.partition("=")
    name, words = name.strip(), rest.split()
    if not equals or not words:
        raise WatchlistError(f"{text!r} is no live feed: write NAME=CONNECTOR SYMBOL SYMBOL")
    return of_words(name, words[0], tuple(words[1:]))


def of_words(name: str, connector: str, words: tuple[str, ...]) -> Watchlist:
    """The feed of a connector's name and what follows it; see ``watchlist``."""
    if not _NAME.fullmatch(name):
        raise WatchlistError(f"the name of a feed is 1 to 40 of a-z, 0-9 and _, not {name!r}")
    vendor = VENDORS.get(connector)
    if vendor is None:
        raise WatchlistError(f"there is no connector {connector!r}; there are {', '.join(VENDORS)}")
    symbols: dict[str, None] = {}
    for word in words:
        address = _ADDRESS.fullmatch(word)
        if address is None:
            symbols[word] = None
        elif address[1] == "socket":
            vendor = replace(vendor, socket_url=address[2])
        else:
            vendor = replace(vendor, http_url=address[2])
    if not 0 < len(symbols) <= SYMBOLS_MAX:
        raise WatchlistError(f"{name}: one to {SYMBOLS_MAX} symbols")
    return Watchlist(name, vendor, tuple(symbols))
