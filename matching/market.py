"""What happens on the street: one record type per kind of market event.

Feeds make them, the exchange consumes them.  Two clocks each where both are known: ``at_ns`` is
the exchange's time, ``heard_ns`` when the feed heard it (replays: the same).  ``seq`` is dense
per feed.  Records of one feed are ordered by (at_ns, seq).
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import NamedTuple

from matching.corporate_actions import CorporateEvent
from matching.instrument import InstrumentId
from matching.orders import Side
from matching.terms import ListingTerms
from matching.units import AtNs, PriceTicks, Qty


class Phase(StrEnum):
    """Phases of a venue's day; matching/phases.py says what each allows."""

    PRE_OPEN = "pre_open"
    OPENING_AUCTION = "opening_auction"  # orders and cancels are taken, nothing trades yet
    OPENING_LOCKED = "opening_locked"  # orders are taken, cancels are not
    OPENED = "opened"  # the opening price is made, continuous trading has not begun
    CONTINUOUS = "continuous"
    LUNCH = "lunch"
    CLOSING_AUCTION = "closing_auction"
    CLOSING_LOCKED = "closing_locked"
    AFTER_HOURS = "after_hours"  # trades at the closing price only
    CLOSED = "closed"
    HALTED = "halted"


class DataKind(StrEnum):
    """What a feed shows of the street: decides which fill rules apply."""

    BARS = "bars"  # no depth exists; orders wait for the next bar
    TRADES = "trades"  # prints only
    QUOTES = "quotes"  # the best bid and ask, and prints
    SNAPSHOTS = "snapshots"  # depth and totals every few seconds, nothing in between
    DEPTH = "depth"  # every change of the displayed levels, and prints
    ORDERS = "orders"  # every order of the street: the exact queue


class Level(NamedTuple):
    price_ticks: PriceTicks
    qty: Qty


class Depth(NamedTuple):
    """The displayed book of one instrument, best level first, each side complete as shown.

    ``levels_shown`` is how many levels the feed shows a side (1 = quote only): a level that
    leaves a full window is not known to be gone.
    """

    at_ns: AtNs
    heard_ns: AtNs
    seq: int
    instrument_id: InstrumentId
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    levels_shown: int


class Trade(NamedTuple):
    """A print.  ``aggressor`` is the side that took; None when the feed does not say."""

    at_ns: AtNs
    heard_ns: AtNs
    seq: int
    instrument_id: InstrumentId
    price_ticks: PriceTicks
    qty: Qty
    aggressor: Side | None
    buy_order_id: int | None = None  # the street's orders, where the feed names them
    sell_order_id: int | None = None


class StreetOrder(NamedTuple):
    """Order by order: an order of the street joins its queue.  Ids are unique in a session."""

    at_ns: AtNs
    heard_ns: AtNs
    seq: int
    instrument_id: InstrumentId
    street_order_id: int
    side: Side
    price_ticks: PriceTicks
    qty: Qty


class StreetCancel(NamedTuple):
    """Order by order: ``qty`` of an order of the street leaves without a trade."""

    at_ns: AtNs
    heard_ns: AtNs
    seq: int
    instrument_id: InstrumentId
    street_order_id: int
    side: Side
    qty: Qty


class Snapshot(NamedTuple):
    """The display and the session's totals at one moment, with nothing told in between.

    ``turnover`` is the sum of price in ticks times quantity of all trades of the session.
    """

    at_ns: AtNs
    heard_ns: AtNs
    seq: int
    instrument_id: InstrumentId
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    levels_shown: int
    last_ticks: PriceTicks | None
    high_ticks: PriceTicks | None
    low_ticks: PriceTicks | None
    volume: Qty
    turnover: int
    trades: int


class AuctionIndication(NamedTuple):
    """What a running call auction would give now; None and 0 when nothing would trade.

    ``unmatched_side`` is the heavier side at that price, with ``unmatched_qty`` left over.
    """

    at_ns: AtNs
    heard_ns: AtNs
    seq: int
    instrument_id: InstrumentId
    price_ticks: PriceTicks | None
    qty: Qty
    unmatched_side: Side | None
    unmatched_qty: Qty


class AuctionCross(NamedTuple):
    """The official result of a call auction; qty 0: nothing traded and there is no price.

    It comes after the auction's phase and before the next one in which anything trades, so that
    the phase tells which auction it was.
    """

    at_ns: AtNs
    heard_ns: AtNs
    seq: int
    instrument_id: InstrumentId
    price_ticks: PriceTicks | None
    qty: Qty
    unmatched_side: Side | None
    unmatched_qty: Qty


class BarOpen(NamedTuple):
    """The first price of a bar that starts at ``at_ns``; the rest of it is not known yet.

    ``previous_volume`` is that of the last finished bar, in units of after any split since.
    """

    at_ns: AtNs
    heard_ns: AtNs
    seq: int
    instrument_id: InstrumentId
    open_ticks: PriceTicks
    previous_volume: Qty


class Bar(NamedTuple):
    """A finished bar over [start_ns, at_ns)."""

    at_ns: AtNs
    heard_ns: AtNs
    seq: int
    instrument_id: InstrumentId
    start_ns: AtNs
    open_ticks: PriceTicks
    high_ticks: PriceTicks
    low_ticks: PriceTicks
    close_ticks: PriceTicks
    volume: Qty


class SessionOpen(NamedTuple):
    """A trading day begins.  ``references`` are the previous closes, adjusted for that day's
    corporate actions, of every instrument that is listed on that day; on a first day the issue
    price.  ``terms`` are what the day's rules depend on, where an instrument is no ordinary old
    listing.  ``halts_told``: the feed tells every halt itself."""

    at_ns: AtNs
    seq: int
    session: date
    references: tuple[tuple[InstrumentId, PriceTicks], ...]
    terms: tuple[tuple[InstrumentId, ListingTerms], ...] = ()
    halts_told: bool = False


class PhaseChange(NamedTuple):
    """``ends_ns`` is when the phase ends by the schedule; None where nobody says."""

    at_ns: AtNs
    seq: int
    phase: Phase
    ends_ns: AtNs | None = None


class Halt(NamedTuple):
    """One instrument stops (``halted``) or resumes."""

    at_ns: AtNs
    seq: int
    instrument_id: InstrumentId
    halted: bool


class Silence(NamedTuple):
    """The feed has lost its source: what it showed of the instrument is not known any more, until
    it shows something again.  Nobody fills on it meanwhile."""

    at_ns: AtNs
    seq: int
    instrument_id: InstrumentId


class Split(NamedTuple):
    """``old_shares`` become ``new_shares`` before the session opens (2:1 is 2 for 1)."""

    at_ns: AtNs
    seq: int
    instrument_id: InstrumentId
    new_shares: int
    old_shares: int


class SessionClose(NamedTuple):
    """A trading day ends: day orders expire.  ``closes`` are the official closing prices."""

    at_ns: AtNs
    seq: int
    session: date
    closes: tuple[tuple[InstrumentId, PriceTicks], ...]


# What shows the street; the others say what a session, its phases and its instruments do.
AuctionData = AuctionIndication | AuctionCross
StreetData = Depth | Trade | StreetOrder | StreetCancel | Snapshot | BarOpen | Bar | AuctionData

MarketEvent = (
    StreetData | SessionOpen | PhaseChange | Halt | Silence | Split | SessionClose | CorporateEvent
)


class Band(NamedTuple):
    """Prices between which nothing can happen to anybody's order in an instrument.

    ``low_ticks`` is the highest price at which a resting buyer could be reached, ``high_ticks``
    the lowest at which a resting seller could; None where nobody waits.  ``awake`` asks for every
    event regardless (an order waits for the very next one).  A feed may leave out events
    strictly inside the band.
    """

    low_ticks: PriceTicks | None
    high_ticks: PriceTicks | None
    awake: bool

    def touched_by(self, low: int, high: int) -> bool:
        """Whether a move over [low, high] can matter to an order."""
        if self.awake:
            return True
        if self.low_ticks is not None and low <= self.low_ticks:
            return True
        return self.high_ticks is not None and high >= self.high_ticks
