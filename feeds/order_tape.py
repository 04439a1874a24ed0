"""Tapes of one instrument's day order by order, with the snapshots its market published.

Two tables of 64-bit integers, one row per event.  ``STREET`` rows are orders, cancels and trades in
the market's own order (``place``); an incoming order that trades is told as its trades and then,
if something is left, as an order of the remainder.  ``SNAPSHOTS`` rows are what the market showed
every few seconds; they decide nothing and are there to be compared with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from feeds.calendar import Hours, Int64s, day_number, local_ns
from feeds.street_check import NOBODY, StreetCheck, StreetFault
from feeds.tape import NAME, TapeError, TapeId
from feeds.tape_listings import session_terms
from matching.instrument import Instrument, InstrumentId
from matching.market import Level, StreetCancel, StreetOrder, Trade
from matching.orders import Side
from matching.street_book import StreetEvent
from matching.units import AtNs, PriceTicks, Qty

LEVELS = 10
LARGEST_PRICE_TICKS = (1 << 31) - 1  # the matching kernel's bound
LARGEST_QTY = 1 << 50

STREET = ("place", "time", "kind", "side", "order_id", "other_id", "price_ticks", "qty")
SNAPSHOTS = (
    *("time", "phase", "trades", "volume", "turnover"),
    *("last_ticks", "open_ticks", "high_ticks", "low_ticks"),
    *(f"bid_ticks_{k}" for k in range(LEVELS)),
    *(f"bid_qty_{k}" for k in range(LEVELS)),
    *(f"ask_ticks_{k}" for k in range(LEVELS)),
    *(f"ask_qty_{k}" for k in range(LEVELS)),
)
_FIRST_LEVEL = 9


class StreetKind(IntEnum):
    ORDER = 0
    CANCEL = 1
    TRADE = 2  # ``order_id`` bought, ``other_id`` sold; ``side`` is the aggressor or NOBODY


class SnapshotPhase(IntEnum):
    """The market's own words for its phase, as Shanghai numbers them."""

    START = 0
    OPENING_AUCTION = 1
    CONTINUOUS = 2
    BREAK = 3
    CLOSING_AUCTION = 4
    CLOSED = 5
    SUSPENDED = 6
    VOLATILITY_BREAK = 8
    HALTED = 9
    HALTED_TO_CLOSE = 10


class SnapshotRow(NamedTuple):
    """One published snapshot.  ``turnover`` is the sum of price in ticks times quantity; a price
    of 0 is none.  In an auction the first level of both sides is the indicated price and quantity,
    and ``left_over`` what more is bought and sold there."""

    at_ns: int
    phase: SnapshotPhase
    trades: int
    volume: int
    turnover: int
    last_ticks: int
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    left_over: tuple[int, int]


@dataclass(frozen=True, slots=True)
class OrderTape:
    """A whole tape in memory: ``street`` is int64[len(STREET), rows], ``snapshots`` likewise.

    ``reference_ticks`` is the previous close, ``status`` what the session is (``session_terms``).
    See ``feeds.tape.Tape`` for the other fields.
    """

    tape_id: TapeId
    name: str
    source: str
    licence: str
    origin: str
    hours: Hours
    instrument: Instrument
    session: date
    reference_ticks: int
    street: Int64s
    snapshots: Int64s
    status: str = ""

    @property
    def rows(self) -> int:
        return int(self.street.shape[1] + self.snapshots.shape[1])

    @property
    def span_ns(self) -> tuple[int, int]:
        """First and last moment that anything is told of."""
        times = np.concatenate((self.street[1], self.snapshots[0])).tolist()
        return min(times), max(times)

    def counts(self) -> dict[str, int]:
        """How many rows of each kind."""
        found = np.bincount(self.street[2], minlength=len(StreetKind)).tolist()
        named = {f"{kind.name.lower()}s": found[kind] for kind in StreetKind}
        return {**named, "snapshots": self.snapshots.shape[1]}

    def events(self, first: int = 0, stop: int | None = None) -> Iterator[StreetEvent]:
        """Rows [first, stop) as events; ``seq`` is the row."""
        return street_events(self.instrument.instrument_id, self.street, first, stop)

    def snapshot_rows(self) -> Iterator[SnapshotRow]:
        """The published snapshots in order."""
        for row in self.snapshots.T.tolist():
            yield snapshot_row(row)


def street_events(
    instrument_id: InstrumentId, street: Int64s, first: int = 0, stop: int | None = None
) -> Iterator[StreetEvent]:
    """Columns [first, stop) of a STREET table as events; ``seq`` is the column's index."""
    for seq, row in enumerate(street[:, first:stop].T.tolist(), first):
        _, time, kind, side, order_id, other_id, ticks, quantity = row
        at_ns, price, qty = AtNs(time), PriceTicks(ticks), Qty(quantity)
        head = (at_ns, at_ns, seq, instrument_id)
        if kind == StreetKind.ORDER:
            yield StreetOrder(*head, order_id, Side(side), price, qty)
        elif kind == StreetKind.CANCEL:
            yield StreetCancel(*head, order_id, Side(side), qty)
        else:
            aggressor = None if side == NOBODY else Side(side)
            yield Trade(*head, price, qty, aggressor, order_id, other_id)


def snapshot_row(row: list[int]) -> SnapshotRow:
    """One column of a SNAPSHOTS table."""
    levels = row[_FIRST_LEVEL:]
    parts = [levels[k : k + LEVELS] for k in range(0, 4 * LEVELS, LEVELS)]
    sides = [
        tuple(Level(PriceTicks(p), Qty(q)) for p, q in zip(*pair, strict=True) if p)
        for pair in (parts[:2], parts[2:])
    ]
    time, phase, trades, volume, turnover, last = row[:6]
    # A size without a price is no level: what an auction leaves over is told in the second one.
    left_over = (0 if parts[0][1] else parts[1][1], 0 if parts[2][1] else parts[3][1])
    bids, asks = sides
    return SnapshotRow(
        time, SnapshotPhase(phase), trades, volume, turnover, last, bids, asks, left_over
    )


def content_id(tape: OrderTape) -> TapeId:
    """The id that follows from a tape's content."""
    tables = (tape.street, tape.snapshots)
    columns = (np.ascontiguousarray(one, "<i8").data for one in tables)
    return id_of(tape, (tape.street.shape[1], tape.snapshots.shape[1]), columns)


def id_of(head: OrderTape, rows: tuple[int, int], columns: Iterable[memoryview]) -> TapeId:
    """The id of a tape with the facts of ``head``, so many rows of orders and of snapshots, and
    these columns one after the other as little-endian integers, those of the orders first."""
    fields = [
        "street_orders",
        head.name,
        head.source,
        head.licence,
        head.origin,
        head.hours,
        head.instrument,
        head.session,
        head.reference_ticks,
        rows,
    ]
    # An ordinary session keeps the id that it had before there were others.
    digest = hashlib.sha256(msgspec.json.encode([*fields, head.status] if head.status else fields))
    for column in columns:
        digest.update(column)
    return TapeId(f"{head.name}-{digest.hexdigest()[:16]}")


def with_id(tape: OrderTape) -> OrderTape:
    """The tape with the id of its content; TapeError with the first fault when it is no tape."""
    for fault in content_faults(tape):
        raise TapeError(fault)
    return replace(tape, tape_id=content_id(tape))


def content_faults(tape: OrderTape) -> Iterator[str]:
    """What is wrong with a tape's content, one sentence each; nothing for a good tape."""
    yield from head_faults(tape)
    if not tape.street.size:
        yield "no orders"
        return
    fault = table_fault(tape, tape.street, tape.snapshots)
    if fault:
        yield fault
        return
    found = first_fault(tape.street)
    if found:
        yield f"row {found[0]}: {found[1].word}"


def head_faults(head: OrderTape) -> Iterator[str]:
    """What is wrong with the facts of a tape beside its rows."""
    if not NAME.fullmatch(head.name):
        yield f"tape name {head.name!r} is not 1 to 40 of a-z, 0-9 and _"
    if not 0 < head.reference_ticks <= LARGEST_PRICE_TICKS:
        yield "the previous close is not positive or too large"
    if session_terms(head.status) is None:
        yield f"{head.status!r} is no status"


def table_fault(head: OrderTape, street: Int64s, snapshots: Int64s) -> str | None:
    """What is wrong with rows by themselves and in their order; None for nothing."""
    if any(table.dtype != np.int64 or table.ndim != 2 for table in (street, snapshots)):
        return "columns are not int64"
    if (len(street), len(snapshots)) != (len(STREET), len(SNAPSHOTS)):
        return "a column is missing"
    place, time, kind, side, _, _, price, qty = street
    shown_at, phase = snapshots[:2]
    zone, day = ZoneInfo(head.hours.time_zone), day_number(head.session)
    opened, closed = local_ns(day, 0, zone), local_ns(day + 1, 0, zone)
    times = np.concatenate((time, shown_at))
    known_side = np.isin(side, (NOBODY, *Side))
    rules = (
        ("places are not ascending", np.diff(place) <= 0),
        ("times are not ascending", np.diff(time) < 0),
        ("times are not ascending", np.diff(shown_at) < 0),
        ("a time is not of the session's day", (times < opened) | (times >= closed)),
        ("an unknown kind or side", ~(np.isin(kind, list(StreetKind)) & known_side)),
        ("an order without a side", (kind != StreetKind.TRADE) & (side == NOBODY)),
        ("a price is not positive or too large", (price < 1) | (price > LARGEST_PRICE_TICKS)),
        ("a quantity is not positive or too large", (qty < 1) | (qty > LARGEST_QTY)),
        ("an unknown phase", ~np.isin(phase, list(SnapshotPhase))),
    )
    return next((said for said, broken in rules if broken.any()), None)


def first_fault(street: Int64s) -> tuple[int, StreetFault] | None:
    """The first row that does not follow from the rows before, see ``StreetCheck``."""
    faults = StreetCheck().walk(street)
    rows = np.flatnonzero(faults)
    return (int(rows[0]), StreetFault(int(faults[rows[0]]))) if len(rows) else None
