"""When an order ends by itself, by the schedule of its market."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from feeds.feed import Feed
from feeds.schedule import ScheduleUnknownError, schedule_of
from matching.instrument import Instrument, InstrumentId
from matching.orders import TimeInForce
from matching.units import AtNs
from simtrade.venues.feeds import session_of

_DAYS_LOOKED_AHEAD = 20  # longer than any holiday


class Expiry(NamedTuple):
    """``at_ns``: the close of the last session of an order; None where it has none, or where nobody
    knows the hours.  ``one_session``: that is the first session in which it can work."""

    at_ns: AtNs | None
    one_session: bool


def expiry_of(row: Any, instruments: Mapping[InstrumentId, Instrument], feed: Feed) -> Expiry:
    """Of an order, from its row."""
    force = TimeInForce(row.time_in_force)
    if force is TimeInForce.GTC:
        return Expiry(None, one_session=False)
    one, placed_at_ns = instruments[InstrumentId(row.instrument_id)], row.placed_at_ns
    first = _close_after(one, session_of(feed, AtNs(placed_at_ns)), placed_at_ns)
    if row.good_till is None:
        return Expiry(first, one_session=force is TimeInForce.DAY)
    last = _close_after(one, date.fromisoformat(row.good_till), placed_at_ns)
    return Expiry(last, one_session=last is not None and last == first)


def _close_after(one: Instrument, day: date, at_ns: int) -> AtNs | None:
    """The first close on or after a day that comes after a moment."""
    for days in range(_DAYS_LOOKED_AHEAD):
        close_ns = _close_ns(one.market, one.board, day + timedelta(days))
        if close_ns is not None and close_ns > at_ns:
            return close_ns
    return None


@lru_cache(maxsize=4096)
def _close_ns(market: str, board: str, day: date) -> AtNs | None:
    try:
        return schedule_of(market).moments(board, day)[-1].at_ns
    except ScheduleUnknownError:
        return None
