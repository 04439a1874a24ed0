"""The live markets of this installation, from its settings."""

from __future__ import annotations

import secrets
import threading
from pathlib import Path

from feeds.live.ear import Times
from feeds.live.market import LiveMarket, LiveMarkets
from feeds.live.vendor import Keys
from feeds.live.vendors import VENDORS, Watchlist, WatchlistError, watchlist
from feeds.tape import TapeError
from simtrade.mistakes import Mistake
from simtrade.settings import Settings

LIVE = "live"  # of a venue's tape before the colon, and the folder of the recordings
FLOOR_WAITS_SECONDS = 60


def keys_of(settings: Settings, vendor: str) -> Keys:
    """What the settings have for a vendor; nothing for one that needs none."""
    found = {
        "alpaca": Keys(settings.alpaca_key, settings.alpaca_secret),
        "finnhub": Keys(settings.finnhub_key),
        "polygon": Keys(settings.polygon_key),
    }
    return found.get(vendor, Keys())


def watchlists(settings: Settings) -> tuple[Watchlist, ...]:
    """The feeds that the setting ``live`` names.  Raises Mistake for one that is none, for a name
    that comes twice, and for a vendor whose key is missing."""
    found: dict[str, Watchlist] = {}
    for text in settings.live:
        try:
            one = watchlist(text)
        except WatchlistError as error:
            raise Mistake(f"Setting live: {error}.") from error
        if one.name in found:
            raise Mistake(f"Setting live: {one.name} is there twice.")
        check_key(settings, one)
        found[one.name] = one
    return tuple(found.values())


def check_key(settings: Settings, wanted: Watchlist) -> None:
    """Raises Mistake for a vendor whose key is not set."""
    vendor = wanted.vendor.name
    if VENDORS[vendor].needs_key and not keys_of(settings, vendor).key:
        raise Mistake(f"{vendor} needs a key: set {vendor}_key (SIMTRADE_{vendor.upper()}_KEY).")


def live_market(settings: Settings, wanted: Watchlist, folder: Path, times: Times) -> LiveMarket:
    """One market, not started."""
    keys = keys_of(settings, wanted.vendor.name)
    return LiveMarket(wanted, folder, keys, times, secrets.randbelow)


def open_markets(settings: Settings, times: Times) -> LiveMarkets:
    """All live markets of the settings, started.  Raises Mistake when one cannot begin."""
    folder = settings.data / LIVE
    markets = LiveMarkets(
        {
            one.name: live_market(settings, one, folder / one.name, times)
            for one in watchlists(settings)
        }
    )
    try:
        markets.start()
    except (WatchlistError, TapeError, OSError) as error:
        markets.stop()
        raise Mistake(f"Live market: {error}.") from error
    return markets


def floor_tape(settings: Settings) -> str | None:
    """The live feed that the shared floor begins on; None for the invented market.  Raises Mistake
    for a name that is not heard."""
    if not settings.floor_feed:
        return None
    kind, _, name = settings.floor_feed.partition(":")
    if kind != LIVE or name not in [one.name for one in watchlists(settings)]:
        raise Mistake(f"Setting floor_feed: {settings.floor_feed!r} is no feed of setting live.")
    return settings.floor_feed


def wait_for(markets: LiveMarkets, tape: str, seconds: int = FLOOR_WAITS_SECONDS) -> None:
    """Wait until a floor can begin on a live feed.  Raises Mistake when it takes too long."""
    name, never = tape.partition(":")[2], threading.Event()
    for _ in range(seconds * 10):
        if markets.feed(name) is not None:
            return
        never.wait(0.1)
    told = next((one.trouble for one in markets.status() if one.name == name), "")
    raise Mistake(f"The floor's market {tape} has told nothing yet. {told}".strip())
