"""Whether a plan's times can come at all: on its feed, while a market is open, before it expires.

A recording ends, and no market is open at night.  A plan that could never act is refused when it is
armed, with the field at fault, instead of waiting for ever.
"""

from __future__ import annotations

from datetime import date

from matching.phases import PHASES
from matching.reasons import Reason, day_figure
from matching.units import AtNs
from simtrade.desk.requests import Refusal
from simtrade.desk.state import VenueState
from simtrade.plans.model import (
    Conditional,
    ConditionKind,
    Slices,
    Staged,
    Terms,
    TimeSlices,
    VolumeSlices,
)
from simtrade.venues.feeds import session_of


def check_times(venue: VenueState, terms: Terms) -> Refusal | None:
    """The first of a plan's times that cannot come.  Its other fields are checked before."""
    match terms.spec:
        case Staged():
            return _check_next_session(venue, terms.expires)
        case Conditional() as spec:
            return _check_moments(venue, spec, terms.expires) or _check_now(venue, terms.expires)
        case TimeSlices() | VolumeSlices() as spec:
            return _check_window(venue, spec, terms.expires)
        case _:
            return _check_now(venue, terms.expires)


def _open_from(venue: VenueState, at_ns: int) -> AtNs | None:
    """The first moment of open market at or after one; None when there is none any more.  Of a live
    market nobody knows it: the moment itself may be one."""
    if venue.feed.traits.live:
        return AtNs(at_ns)
    reached = venue.feed.advance(AtNs(at_ns), 1)
    ends_ns = venue.feed.end_ns
    if reached <= at_ns or (ends_ns is not None and reached >= ends_ns):
        return None
    return reached


def _expired(venue: VenueState, opens_ns: AtNs, expires: date | None) -> bool:
    return expires is not None and session_of(venue.feed, opens_ns) > expires


def _beyond(venue: VenueState, reason: Reason = Reason.PLAN_BEYOND_TAPE) -> Refusal:
    """With the end of the recording; a feed that never ends has always another session."""
    ends_ns = venue.feed.end_ns
    if ends_ns is None:
        return Refusal(reason)
    last_day = day_figure(session_of(venue.feed, ends_ns))
    return Refusal(reason, {"tape_day": last_day, "tape_end_ns": ends_ns})


def _check_now(venue: VenueState, expires: date | None) -> Refusal | None:
    """A plan that acts as soon as the market lets it."""
    if PHASES[venue.exchange.phase].accepts_waiting:
        opens_ns: AtNs | None = venue.cursor_ns
    else:
        opens_ns = _open_from(venue, venue.cursor_ns)
    if opens_ns is None:
        return _beyond(venue)
    return Refusal(Reason.PLAN_EXPIRED) if _expired(venue, opens_ns, expires) else None


def _check_next_session(venue: VenueState, expires: date | None) -> Refusal | None:
    following = venue.feed.next_session(venue.cursor_ns)
    if following is None:
        return _beyond(venue)
    return Refusal(Reason.PLAN_EXPIRED) if expires is not None and following > expires else None


def _check_moments(venue: VenueState, spec: Conditional, expires: date | None) -> Refusal | None:
    for line, condition in enumerate(spec.conditions, start=1):
        if condition.kind is not ConditionKind.TIME_FROM:
            continue
        opens_ns = _open_from(venue, condition.number)
        if opens_ns is None:
            beyond = _beyond(venue, Reason.PLAN_CONDITION_NEVER)
            return Refusal(beyond.reason, {"line": line, **beyond.numbers})
        if _expired(venue, opens_ns, expires):
            return Refusal(Reason.PLAN_EXPIRED)
    return None


def _check_window(venue: VenueState, spec: Slices, expires: date | None) -> Refusal | None:
    """Both ends are moments of one day."""
    ends_ns = venue.feed.end_ns
    if ends_ns is not None and spec.end_ns > ends_ns:
        later = session_of(venue.feed, AtNs(spec.start_ns)) > session_of(venue.feed, ends_ns)
        return _beyond(venue, Reason.PLAN_BEYOND_TAPE if later else Reason.PLAN_END_BEYOND_TAPE)
    opens_ns = _open_from(venue, spec.start_ns)
    if opens_ns is None or opens_ns >= spec.end_ns:
        return Refusal(Reason.PLAN_WINDOW_CLOSED)
    return Refusal(Reason.PLAN_EXPIRED) if _expired(venue, opens_ns, expires) else None
