"""A plan tried on finished sessions, before anybody arms it.

The same desk, exchange and plan code runs on a copy of the account that nothing is written from.
The copy stands before the first of those sessions with the cash and holdings of now and without
open orders, and sees each price only when it was made: nothing later can influence a step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import msgspec

from feeds.feed import Feed, FeedTraits, Interval
from matching.instrument import InstrumentId
from matching.orders import AccountId
from matching.units import NS_PER_MINUTE, NS_PER_SECOND, AtNs
from simtrade.desk import desk
from simtrade.desk.commands import Command, CommandKind, body_of, scope_of
from simtrade.desk.ledger import Asset, holder_of
from simtrade.desk.requests import ArmPlan, Refusal
from simtrade.desk.state import Changes, FillRecord, VenueState
from simtrade.plans.model import (
    Condition,
    Conditional,
    ConditionKind,
    Plan,
    PlanId,
    Step,
    Terms,
    TimeSlices,
    VolumeSlices,
    instruments_of,
)
from simtrade.store.engine_store import VenueRows
from simtrade.venues.feeds import Feeds, midnight_of, session_of
from simtrade.venues.loader import load_venue

SESSIONS = (1, 5, 20)  # how many can be chosen
SECONDS_MAX = 8  # of work; what is not reached by then is left out, and said so
_STRETCH_NS = 15 * NS_PER_MINUTE
_PLAN = PlanId(1)


@dataclass(frozen=True, slots=True)
class Trial:
    """``sessions`` empty: none is finished yet.  ``refusal``: it could not have been armed then.
    Values are cash and holdings at the last prices of the trial, with the plan and without;
    ``cut_ns`` is where the work was stopped, None when it was not."""

    sessions: tuple[date, ...]
    traits: FeedTraits
    refusal: Refusal | None = None
    plan: Plan | None = None
    steps: tuple[Step, ...] = ()
    fills: tuple[FillRecord, ...] = ()
    fees_minor: int = 0
    value_minor: int = 0
    idle_minor: int = 0
    cut_ns: AtNs | None = None


def finished_sessions(
    feed: Feed, names: tuple[InstrumentId, ...], now_ns: AtNs, count: int
) -> tuple[date, ...]:
    """The newest sessions with prices of these instruments that were over, oldest first."""
    days: dict[date, None] = {}
    for name in names:
        bars = feed.bars(name, Interval.DAY, now_ns, count + 1)
        starts = bars.start_ns[:-1] if bars.partial else bars.start_ns
        for start in starts.tolist():
            if start >= feed.start_ns:
                days[session_of(feed, AtNs(start))] = None
    return tuple(sorted(days)[-count:])


def try_out(
    rows: VenueRows,
    feeds: Feeds,
    account_id: AccountId,
    terms: Terms,
    count: int,
    now_ns: AtNs,
    monotonic_ns: Callable[[], int],
) -> Trial:
    """Run ``terms`` over the ``count`` sessions before ``now_ns``; ``rows`` are the account's."""
    feed = feeds.feed(rows.venue.tape)
    names = instruments_of(terms.spec)
    known = {one.instrument_id for one in feed.instruments}
    sessions = finished_sessions(feed, tuple(n for n in names if n in known), now_ns, count)
    if not sessions:
        return Trial((), feed.traits)
    start_ns = midnight_of(feed, sessions[0])
    venue = _copy(rows, feeds, start_ns)
    before = _holdings(venue, account_id)
    request = ArmPlan(account_id, "trial", _moved(terms, feed, sessions[0]))
    changes = Changes()
    command = Command(
        _PLAN, venue.venue_id, scope_of(request), request.key, CommandKind.ARM,
        {"request": body_of(request)}, 0, venue.cursor_ns,
    )  # fmt: skip
    reply, armed = desk.apply(venue, command)
    _gather(changes, armed)
    if isinstance(reply, Refusal):
        return Trial(sessions, feed.traits, reply)
    over_ns = AtNs(midnight_of(feed, sessions[-1]) + 24 * 3600 * NS_PER_SECOND)
    cut_ns = _run(venue, changes, min(over_ns, now_ns), monotonic_ns)
    return Trial(
        sessions=sessions,
        traits=feed.traits,
        plan=changes.plans[_PLAN],
        steps=tuple(record.step for record in changes.steps),
        fills=tuple(changes.fills),
        fees_minor=sum(sum(fill.fees.values()) for fill in changes.fills),
        value_minor=_value(venue, _holdings(venue, account_id)),
        idle_minor=_value(venue, before),
        cut_ns=cut_ns,
    )


def _run(
    venue: VenueState, changes: Changes, to_ns: AtNs, monotonic_ns: Callable[[], int]
) -> AtNs | None:
    """The market of the trial in stretches, as long as there is time."""
    deadline_ns = monotonic_ns() + SECONDS_MAX * NS_PER_SECOND
    seq = int(_PLAN)
    while venue.cursor_ns < to_ns and venue.plans:
        if monotonic_ns() > deadline_ns:
            return venue.cursor_ns
        seq += 1
        part = Changes(seq)
        stop_ns = min(to_ns, venue.feed.advance(venue.cursor_ns, _STRETCH_NS))
        desk.advance(venue, AtNs(max(stop_ns, venue.cursor_ns + 1)), part)
        _gather(changes, part)
    # Orders that outlive their plan still meet the rest of the sessions.
    if venue.cursor_ns < to_ns:
        part = Changes(seq + 1)
        desk.advance(venue, to_ns, part)
        _gather(changes, part)
    return None


def _gather(changes: Changes, part: Changes) -> None:
    changes.steps += part.steps
    changes.fills += part.fills
    changes.plans |= part.plans


def _copy(rows: VenueRows, feeds: Feeds, at_ns: AtNs) -> VenueState:
    """The account alone, with everything settled and nothing reserved."""
    venue = load_venue(
        replace(rows, entitlements=[], open_orders=[], plans=[], taken=[]), feeds, at_ns=at_ns
    )
    for balance in venue.ledger.balances.values():
        balance.debits_pending = balance.credits_pending = 0
    for position in venue.positions.values():
        position.unsettled_qty = 0
    return venue


def _holdings(venue: VenueState, account_id: AccountId) -> dict[str, int]:
    """Quantities by instrument, cash by its currency."""
    mine = holder_of(account_id)
    names = [venue.currency.code, *venue.exchange.listings]
    return {name: venue.ledger.balance(mine, Asset(name)).posted for name in names}


def _value(venue: VenueState, holdings: dict[str, int]) -> int:
    total = holdings[venue.currency.code]
    for instrument_id, listing in venue.exchange.listings.items():
        qty = holdings[instrument_id]
        last = venue.feed.last(instrument_id, venue.cursor_ns) if qty else None
        if last is not None:
            total += listing.instrument.notional_minor(last.last_ticks, qty)
    return total


def _moved(terms: Terms, feed: Feed, session: date) -> Terms:
    """The same plan at the same times of day of an earlier session; it does not expire there."""

    def at(moment: int) -> int:
        day = session_of(feed, AtNs(moment))
        return moment - midnight_of(feed, day) + midnight_of(feed, session)

    spec: Any = terms.spec
    if isinstance(spec, TimeSlices | VolumeSlices):
        spec = msgspec.structs.replace(spec, start_ns=at(spec.start_ns), end_ns=at(spec.end_ns))
    elif isinstance(spec, Conditional):
        lines = tuple(
            Condition(one.kind, at(one.number)) if one.kind is ConditionKind.TIME_FROM else one
            for one in spec.conditions
        )
        spec = msgspec.structs.replace(spec, conditions=lines)
    return Terms(spec, terms.limits, None)
