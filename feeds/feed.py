"""What every source of market events offers to a venue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from feeds.tape_actions import TapeAction
from feeds.timetable import SessionTimes
from matching.instrument import Instrument, InstrumentId
from matching.market import Band, DataKind, MarketEvent, Split
from matching.units import NS_PER_MINUTE, NS_PER_SECOND, AtNs

Watch = Callable[[InstrumentId], Band]


class Interval(StrEnum):
    """Lengths of bars.  A feed has none that are shorter than what it is told."""

    SECOND = "1s"
    FIVE_SECONDS = "5s"
    MINUTE = "1m"
    FIVE_MINUTES = "5m"
    QUARTER_HOUR = "15m"
    HALF_HOUR = "30m"
    HOUR = "1h"
    DAY = "1d"

    @property
    def width_ns(self) -> int:
        """A day is a whole session, however long that is."""
        return _WIDTHS[self]


_WIDTHS = {
    Interval.SECOND: NS_PER_SECOND,
    Interval.FIVE_SECONDS: 5 * NS_PER_SECOND,
    Interval.MINUTE: NS_PER_MINUTE,
    Interval.FIVE_MINUTES: 5 * NS_PER_MINUTE,
    Interval.QUARTER_HOUR: 15 * NS_PER_MINUTE,
    Interval.HALF_HOUR: 30 * NS_PER_MINUTE,
    Interval.HOUR: 60 * NS_PER_MINUTE,
    Interval.DAY: 1440 * NS_PER_MINUTE,
}


@dataclass(frozen=True, slots=True)
class FeedTraits:
    """What a person must be told about the data: printed wherever its prices are shown."""

    kind: DataKind
    reconstructed: bool  # real bars with an invented path inside each bar
    synthetic: bool  # generated, no real market behind it
    time_zone: str  # IANA name: how wall clocks of this market are written
    source: str  # one line: where the data comes from and its licence
    # Every change is told when it happens: silence means that nothing does.
    complete: bool = False
    live: bool = False  # it happens now: nobody can stop, hasten or repeat its clock

    @property
    def shows_depth(self) -> bool:
        """Whether there is a display of quotes at all."""
        return self.kind not in (DataKind.BARS, DataKind.TRADES)


@dataclass(frozen=True, slots=True)
class Bars:
    """Columns of equal length, oldest first.  int64: start_ns, prices in ticks, volume in base
    units.  The last row may be unfinished (a bar in progress) when ``partial`` is true."""

    start_ns: NDArray[np.int64]
    open_ticks: NDArray[np.int64]
    high_ticks: NDArray[np.int64]
    low_ticks: NDArray[np.int64]
    close_ticks: NDArray[np.int64]
    volume: NDArray[np.int64]
    partial: bool


class LastPrice(NamedTuple):
    """What a screen shows of an instrument at one moment.

    ``last_ticks`` is the newest price at or before that moment, ``reference_ticks`` the previous
    close of the session (adjusted for splits), high/low/volume are the session's so far.
    """

    last_ticks: int
    reference_ticks: int
    high_ticks: int
    low_ticks: int
    volume: int


class Traded(NamedTuple):
    """Single trades in the order in which they happened: int64 columns of equal length."""

    at_ns: NDArray[np.int64]
    price_ticks: NDArray[np.int64]
    qty: NDArray[np.int64]


class Feed(Protocol):
    """A deterministic source of market events over [start_ns, end_ns].

    Everything is a pure function of the feed's content and its arguments; nothing after the
    asked-for moment can influence an answer (no look-ahead).
    """

    @property
    def traits(self) -> FeedTraits: ...
    @property
    def instruments(self) -> tuple[Instrument, ...]: ...
    @property
    def start_ns(self) -> AtNs: ...
    @property
    def end_ns(self) -> AtNs | None:
        """Last moment of the tape; None for a feed that never ends."""

    def events(self, after_ns: AtNs, to_ns: AtNs, watch: Watch) -> Iterator[MarketEvent]:
        """Events with after_ns < at_ns <= to_ns in order.

        Session, phase, halt and split events always come; depth, trades and bars may be left out
        where ``watch`` (asked anew after each yield) says that nothing can happen.
        """

    def warm(self, at_ns: AtNs) -> Iterator[MarketEvent]:
        """The fewest events that bring an empty street to its state at ``at_ns``: the running
        session's open and phase, halts, and the last depth or bar of each instrument.  Trades
        since a level's last update are included where they change queue arithmetic."""

    def advance(self, from_ns: AtNs, open_ns: int) -> AtNs:
        """The moment reached after ``open_ns`` nanoseconds of open market: nights, lunches and
        days without trading cost nothing.  Never beyond ``end_ns``."""

    def next_step(self, from_ns: AtNs) -> AtNs:
        """The moment after the next single visible change: the end of the next one-minute bar,
        or one second of an open depth market."""

    def next_session(self, at_ns: AtNs) -> date | None:
        """The local day of the session after the newest one that has opened at ``at_ns``; None
        when there is none."""

    def sessions(self, first: date, last: date) -> tuple[SessionTimes, ...]:
        """The sessions on the local days [first, last] with their hours, as a calendar tells them
        in advance too; nothing beyond what is known."""

    def last(self, instrument_id: InstrumentId, at_ns: AtNs) -> LastPrice | None:
        """None before the instrument's first price."""

    def bars(
        self, instrument_id: InstrumentId, interval: Interval, to_ns: AtNs, count: int
    ) -> Bars:
        """The newest ``count`` bars that had begun at ``to_ns``; the running one as far as it was
        known then.  Prices are as traded, not adjusted for splits."""

    def traded(self, instrument_id: InstrumentId, after_ns: AtNs, to_ns: AtNs) -> Traded | None:
        """The trades with after_ns < at_ns <= to_ns that bars are made of, a call auction being
        one; None where bars are not made of known trades."""

    def splits(self, instrument_id: InstrumentId, to_ns: AtNs) -> tuple[Split, ...]:
        """Splits and bonus issues of an instrument that had happened at ``to_ns``, oldest first:
        how a chart comes into shares of today."""

    def actions(self, to_ns: AtNs) -> tuple[TapeAction, ...]:
        """Corporate actions that had happened or were announced at ``to_ns``, oldest first."""
