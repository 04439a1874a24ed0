"""A live market from its watchlist to a feed that venues can run on: line, ear, recorder, pulse."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from feeds.live.connection import LOST, Connection, LostError, fetch, wait_ns
from feeds.live.ear import Count, Ear, Times
from feeds.live.feed import LiveFeed
from feeds.live.recorder import Recorder
from feeds.live.recording import (
    FORMAT,
    Description,
    Recording,
    read_description,
    write_description,
)
from feeds.live.sessions import SessionClock
from feeds.live.vendor import Keys, SymbolError
from feeds.live.vendors import Watchlist, WatchlistError
from feeds.live.wire import UnreadableError
from feeds.tape import TapeError
from matching.units import NS_PER_SECOND

FLUSH_SECONDS = 0.2
BEHIND_NS = 3 * NS_PER_SECOND  # so far may what venues see be behind the clock
LISTING_MAX = 64 << 20
STOP_SECONDS = 15


@dataclass(frozen=True, slots=True)
class MarketStatus:
    """For the operator; times are wall times in nanoseconds, 0 for never.

    ``trouble`` is why nothing is recorded at all, empty when it is; ``errors`` are the newest
    complaints of the vendor and of the line, the last one last.
    """

    name: str
    vendor: str
    symbols: tuple[str, ...]
    connected: bool
    heard_ns: int
    upto_ns: int
    trouble: str
    errors: tuple[tuple[int, str], ...]
    counts: Mapping[str, int]


class LiveMarket:
    """One live feed.  ``start`` returns at once; ``feed`` is there as soon as it is known what the
    symbols are (always, when they were heard before)."""

    def __init__(
        self,
        watchlist: Watchlist,
        folder: Path,
        keys: Keys,
        times: Times,
        draw: Callable[[int], int],
    ) -> None:
        self.watchlist, self.folder = watchlist, folder
        self.feed: LiveFeed | None = None
        self._keys, self._times, self._draw = keys, times, draw
        self._recorder: Recorder | None = None
        self._ear: Ear | None = None
        self._connection: Connection | None = None
        self._trouble = ""
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Raises WatchlistError when the name was recorded with other symbols, TapeError when the
        recording cannot be read, OSError when the disk refuses."""
        known = read_description(self.folder)
        if known is not None:
            self._open(known)
        name = f"live-{self.watchlist.name}"
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close the line, then write what is left."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def heard(self) -> bool:
        """Whether what venues see is as of now: recorded, and not behind the clock."""
        recorder = self._recorder
        if recorder is None or recorder.failed:
            return False
        return self._times.wall_ns() - recorder.upto_ns <= BEHIND_NS

    def status(self) -> MarketStatus:
        ear, recorder = self._ear, self._recorder
        counts = dict.fromkeys(Count, 0) if ear is None else dict(ear.status.counts)
        trouble = self._trouble or ("" if recorder is None else recorder.failed)
        return MarketStatus(
            name=self.watchlist.name,
            vendor=self.watchlist.vendor.name,
            symbols=self.watchlist.symbols,
            connected=ear is not None and ear.status.connected,
            heard_ns=0 if ear is None else ear.status.heard_ns,
            upto_ns=0 if recorder is None else recorder.upto_ns,
            trouble=trouble,
            errors=() if ear is None else tuple(ear.status.errors),
            counts={
                **{kind.value: number for kind, number in counts.items()},
                "dropped": 0 if recorder is None else recorder.dropped,
            },
        )

    # What its thread does

    def _run(self) -> None:
        attempt = 0
        while self._connection is None and not self._stopped.is_set():
            try:
                self._open(self._describe())
            except (*LOST, LostError, SymbolError, UnreadableError, TapeError) as error:
                self._trouble = self._keys.hide(f"{type(error).__name__}: {error}")[:300]
                self._stopped.wait(wait_ns(attempt, self._draw) / NS_PER_SECOND)
                attempt += 1
        if self._connection is None or self._recorder is None:
            return
        self._trouble = ""
        self._connection.start()
        while not self._stopped.wait(FLUSH_SECONDS):
            self._recorder.flush()
        self._connection.stop()
        self._recorder.close()

    def _describe(self) -> Description:
        """What the symbols are, asked of the vendor where the market does not say it."""
        vendor, symbols = self.watchlist.vendor, self.watchlist.symbols
        request = vendor.listing_request(symbols)
        body: bytes | None = None
        if request is not None:
            status, body = fetch(request, LISTING_MAX)
            if status >= 400:
                raise LostError(f"HTTP status {status}: {body[:200].decode(errors='replace')}")
        found = vendor.instruments(symbols, body)
        clock = SessionClock(tuple(found.values()), told=False)
        description = Description(
            format=FORMAT,
            name=self.watchlist.name,
            vendor=vendor.name,
            kind=vendor.kind,
            levels=vendor.levels,
            time_zone=clock.time_zone,
            source=vendor.source,
            symbols=found,
        )
        write_description(self.folder, description)
        return description

    def _open(self, known: Description) -> None:
        """Go on with the recording of what is known."""
        vendor = self.watchlist.vendor
        if (known.vendor, tuple(known.symbols)) != (vendor.name, self.watchlist.symbols):
            raise WatchlistError(
                f"{known.name} was recorded with {known.vendor} {' '.join(known.symbols)}; "
                "another watchlist needs another name"
            )
        recording = Recording(self.folder, known)
        recorder = Recorder(recording, self._times.wall_ns)
        self._ear = Ear(vendor, known.symbols, self._keys, recorder, self._times)
        self._connection = Connection(
            vendor, known.symbols, self._keys, self._ear, self._times, self._draw
        )
        self._recorder, self.feed = recorder, LiveFeed(recording)


class LiveMarkets:
    """All live feeds of one process, by name."""

    def __init__(self, markets: Mapping[str, LiveMarket]) -> None:
        self._markets = dict(markets)

    def start(self) -> None:
        """See ``LiveMarket.start``."""
        for one in self._markets.values():
            one.start()

    def stop(self) -> None:
        for one in self._markets.values():
            one.stop()

    def feed(self, name: str) -> LiveFeed | None:
        """None for a name that is not heard, or not known enough yet."""
        market = self._markets.get(name)
        return None if market is None else market.feed

    def heard(self, name: str) -> bool:
        """See ``LiveMarket.heard``; what nobody listens to is not heard."""
        market = self._markets.get(name)
        return market is not None and market.heard()

    def ready(self) -> tuple[tuple[str, LiveFeed], ...]:
        """Names and feeds that venues can run on."""
        found = ((name, one.feed) for name, one in self._markets.items())
        return tuple((name, feed) for name, feed in found if feed is not None)

    def status(self) -> tuple[MarketStatus, ...]:
        return tuple(one.status() for one in self._markets.values())
