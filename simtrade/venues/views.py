"""What a screen shows of a venue.  Integers in the instrument's units; times are the venue's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from feeds.feed import FeedTraits
from matching.instrument import Instrument, InstrumentId
from matching.market import AuctionIndication, Level, Phase
from matching.orders import Side
from matching.scope import Scope
from matching.units import AtNs
from simtrade.desk.requests import UserId, VenueId


@dataclass(frozen=True, slots=True)
class ClockView:
    """``at_ns`` is the venue's time; ``live`` venues (the floor) belong to nobody.
    ``phase_ends_ns`` is when the phase ends by the schedule, None where nobody says."""

    at_ns: AtNs
    phase: Phase
    running: bool
    speed: int
    ended: bool
    owner: UserId | None
    session: date | None
    phase_ends_ns: AtNs | None = None


@dataclass(frozen=True, slots=True)
class QuoteView:
    """One row of a watchlist.  ``bid``/``ask`` are None where the data has no quotes (bars).

    ``upper_ticks``/``lower_ticks`` are the session's price limits, None without limits.
    ``stale`` means that no update came for longer than the venue allows, ``sealed`` is the side
    that waits at the day's limit with nobody on the other one.
    """

    instrument_id: InstrumentId
    last_ticks: int
    reference_ticks: int
    high_ticks: int
    low_ticks: int
    volume: int
    bid: Level | None
    ask: Level | None
    upper_ticks: int | None
    lower_ticks: int | None
    halted: bool
    stale: bool
    crossed: bool = False
    sealed: Side | None = None
    suspended: bool = False  # for days: the last price stays


@dataclass(frozen=True, slots=True)
class DepthView:
    """While a call auction runs nobody's quotes are shown, but what it would give (None before the
    first word of it)."""

    instrument_id: InstrumentId
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    indication: AuctionIndication | None = None


@dataclass(frozen=True, slots=True)
class VenueView:
    """The fixed facts of a venue."""

    venue_id: VenueId
    tape: str
    owner: UserId | None
    traits: FeedTraits
    instruments: tuple[Instrument, ...]
    first_session: date
    start_ns: AtNs
    end_ns: AtNs | None
    scope: Scope = Scope.ACCOUNT
    name: str = ""  # what its owner calls it


@dataclass(frozen=True, slots=True)
class MarketNotice:
    """Published on ``Channel.market(venue_id)`` at most ten times a second.

    ``seq`` grows by one per notice of the venue since the process began.  ``quotes`` holds only
    the instruments that changed since the last notice, ``depth`` likewise.
    """

    venue_id: VenueId
    seq: int
    clock: ClockView
    quotes: tuple[QuoteView, ...]
    depth: tuple[DepthView, ...]
