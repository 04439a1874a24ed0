"""How orders meet a displayed book: fill model E1 (taking), E2 (takings), E3 (resting).

Every function works on one listing and returns the events in the order they happened.  In account
scope accounts never influence each other: each has its own takings and its own budget of every
print; a pool has them together (``Listing.group``).
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from matching.board_rules import MarketRemainder
from matching.events import Cause, Event, FillRule, OrderFilled
from matching.listing import Listing
from matching.market import Depth, Level, Trade
from matching.members import members_qty, trade_among_members, trade_with_members
from matching.orders import AccountId, FillProfile, OrderKind, Side, TimeInForce
from matching.pricing import price_on_arrival, price_rest
from matching.receipts import fill_receipt
from matching.street import LevelChange
from matching.units import QUEUE_SCALE, AtNs
from matching.working import WorkingOrder


def usable(listing: Listing, at_ns: AtNs) -> bool:
    """A crossed, stale or absent display fills nobody (E0.5)."""
    street = listing.street
    if street.crossed or not (street.visible[0] or street.visible[1]) or listing.rules is None:
        return False
    return not listing.stale(at_ns)


def arrive(listing: Listing, working: WorkingOrder, at_ns: AtNs) -> list[Event]:
    """An entering order meets the display: take what is there, then rest, wait or be cancelled."""
    force = working.order.time_in_force
    if force is TimeInForce.FOK and takeable(listing, working, at_ns) < working.leaves:
        return [listing.cancel(working, Cause.FOK_NOT_FILLABLE, at_ns)]
    priced = price_on_arrival(listing, working, at_ns)
    if working.order_id not in listing.orders:
        return priced
    events = [*priced, *trade_with_members(listing, working, at_ns)]
    if working.order_id not in listing.orders:
        return events
    taken = take(listing, working, at_ns)
    events += taken
    if not working.leaves:
        return events
    if force.immediate or working.order.kind is OrderKind.SPECIAL_LIMIT:
        return [*events, listing.cancel(working, Cause.IOC_REMAINDER, at_ns)]
    rest = price_rest(listing, working, _last_paid(taken), at_ns)
    events += rest
    if working.order_id not in listing.orders:
        return events
    if working.is_market and not priced and not rest:
        assert listing.rules is not None
        if listing.rules.market_remainder is MarketRemainder.CANCEL:
            events.append(listing.cancel(working, Cause.MARKET_REMAINDER, at_ns))
        return events
    join_queue(listing, working, at_ns)
    listing.settle_in(working)
    return events


def _last_paid(taken: list[Event]) -> int | None:
    fills = [one.price_ticks for one in taken if isinstance(one, OrderFilled)]
    return fills[-1] if fills else None


def takeable(listing: Listing, working: WorkingOrder, at_ns: AtNs) -> int:
    """Displayed size at acceptable prices that is left for the account."""
    side, group = working.side.opposite, listing.group(working)
    return members_qty(listing, working) + sum(
        listing.consumed.available(group, side, level.price_ticks, level.qty, at_ns)
        for level in _in_reach(listing, working, FillRule.TAKER)
        if working.accepts(level.price_ticks)
    )


def _in_reach(listing: Listing, working: WorkingOrder, rule: FillRule) -> Iterable[Level]:
    """The opposite levels that an order may meet: kinds of takers reach so many levels."""
    levels = listing.street.levels(working.side.opposite)
    return islice(levels, working.order.kind.levels_max) if rule is FillRule.TAKER else levels


def take(listing: Listing, working: WorkingOrder, at_ns: AtNs) -> list[Event]:
    """E1: walk the opposite levels from the best to the limit, each at its own price."""
    return _walk(listing, working, FillRule.TAKER, at_ns)


def _walk(listing: Listing, working: WorkingOrder, rule: FillRule, at_ns: AtNs) -> list[Event]:
    """Fill from the displayed opposite levels, best first, what the account has not taken yet: a
    taker pays each level's price, a resting order that is crossed gets its own limit."""
    side, events = working.side.opposite, list[Event]()
    for level in _in_reach(listing, working, rule):
        if not working.leaves or not working.accepts(level.price_ticks):
            break
        group, price_ticks = listing.group(working), level.price_ticks
        available = listing.consumed.available(group, side, price_ticks, level.qty, at_ns)
        qty = min(working.leaves, available)
        if qty:
            before = listing.consumed.milli(group, side, price_ticks, at_ns)
            listing.consumed.take(group, side, price_ticks, qty, at_ns)
            receipt = fill_receipt(listing, working, rule, consumed_before=before, budget=available)
            paid = price_ticks if rule is FillRule.TAKER else working.limit_ticks
            events.append(listing.fill(working, paid, qty, at_ns, receipt))
    return events


def join_queue(listing: Listing, working: WorkingOrder, at_ns: AtNs) -> None:
    """E3 arrival: behind what is displayed at our price, less what we took there ourselves."""
    street, side, price_ticks = listing.street, working.side, working.limit_ticks
    working.behind_window = False
    working.ahead_milli = 0
    working.joined_seq = street.event_seq
    if working.profile is not FillProfile.BEGINNER:
        shown = street.shown(side, price_ticks)
        if shown:
            taken = listing.consumed.milli(listing.group(working), side, price_ticks, at_ns)
            working.ahead_milli = max(0, shown * QUEUE_SCALE - taken)
        else:
            working.behind_window = street.behind_window(side, price_ticks)
    working.ahead_at_entry_milli = None if working.behind_window else working.ahead_milli


def on_depth(listing: Listing, depth: Depth, *, matches: bool) -> list[Event]:
    """A new display: takings and queues follow it, then whoever it reaches is filled."""
    changes = listing.street.apply_depth(depth)
    return follow_display(listing, changes, depth.at_ns, matches=matches)


def follow_display(
    listing: Listing,
    changes: list[LevelChange],
    at_ns: AtNs,
    *,
    matches: bool,
    left_seq: int | None = None,
) -> list[Event]:
    """The display has changed as told: move takings and queues, fill what it reaches.  ``left_seq``
    names the event that brought the order of the street that leaves, where that is known."""
    _move_takings(listing, changes, at_ns)
    if not listing.orders:
        return []
    _move_queues(listing, changes, left_seq)
    _see_holes(listing)
    if not matches or not usable(listing, at_ns):
        return []
    events = [*_cross(listing, Side.BUY, at_ns), *_cross(listing, Side.SELL, at_ns)]
    events += trade_among_members(listing, at_ns)
    for working in list(listing.entering.values()):
        events.extend(arrive(listing, working, at_ns))
    return events


def _move_takings(listing: Listing, changes: list[LevelChange], at_ns: AtNs) -> None:
    """E2.  What was traded at a level of what a group had taken there would have been traded behind
    it: without that, whoever takes again and again pays less than he would have."""
    moved = [(change, listing.consumed.update(change, at_ns)) for change in changes]
    for change, pushed in moved:
        side, price_ticks = change.side, change.price_ticks
        for group, milli in pushed:
            behind = (
                level
                for level in listing.street.levels(side)
                if side.sign * (price_ticks - level.price_ticks) > 0
            )
            listing.consumed.push(group, side, behind, milli, at_ns)


def _move_queues(listing: Listing, changes: list[LevelChange], left_seq: int | None) -> None:
    """E3b and E3c for every order that rests at a changed level."""
    for change in changes:
        for working in listing.reached(change.side, change.price_ticks):
            if working.limit_ticks == change.price_ticks:
                listing.touched[working.order_id] = None
                _move_queue(listing, working, change, left_seq)


def _see_holes(listing: Listing) -> None:
    """The window has come to a price where nobody stands: an order there is the first."""
    for working in list(listing.hidden.values()):
        if not listing.street.behind_window(working.side, working.limit_ticks):
            listing.touched[working.order_id] = None
            _see(listing, working, 0)


def _see(listing: Listing, working: WorkingOrder, ahead_milli: int) -> None:
    """First sight of a level: we joined behind a size nobody showed, so all of it is ahead."""
    del listing.hidden[working.order_id]
    working.behind_window = False
    working.ahead_milli = working.ahead_at_entry_milli = ahead_milli


def _move_queue(
    listing: Listing, working: WorkingOrder, change: LevelChange, left_seq: int | None
) -> None:
    if working.behind_window:
        _see(listing, working, change.after * QUEUE_SCALE)
        return
    if left_seq is not None:  # E3g: who came before us left for us, who came later did not
        if left_seq <= working.joined_seq:
            working.ahead_milli -= change.by_cancels * QUEUE_SCALE
    elif working.profile is FillProfile.STANDARD and change.by_cancels:
        front = working.ahead_milli
        back = max(0, (change.before - change.by_trades) * QUEUE_SCALE - front)
        if front:
            cancelled = change.by_cancels * QUEUE_SCALE
            working.ahead_milli -= cancelled * front**2 // (front**2 + back**2)
    working.ahead_milli = max(0, min(working.ahead_milli, change.after * QUEUE_SCALE))


def _cross(listing: Listing, side: Side, at_ns: AtNs) -> list[Event]:
    """E3e: an opposite quote at or through our price fills at our limit, capped by its size."""
    best = listing.street.best(side.opposite)
    if best is None:
        return []
    events: list[Event] = []
    for working in listing.reached(side, best.price_ticks):
        events.extend(_walk(listing, working, FillRule.CROSSED, at_ns))
    return events


def on_trade(listing: Listing, trade: Trade, *, matches: bool) -> list[Event]:
    """A print: queues at its price move, resting orders at or beyond it fill from its volume."""
    sides = listing.street.apply_trade(trade)
    if not listing.orders or not matches or listing.street.crossed:
        return []
    events: list[Event] = []
    for side in Side:
        at_price = side in sides
        if at_price or trade.aggressor is None:
            events.extend(spend(listing, side, trade, {}, at_price=at_price))
    return events


def spend(
    listing: Listing, side: Side, trade: Trade, budgets: dict[AccountId, int], *, at_price: bool
) -> list[Event]:
    """E3a and E3d: each group has the print's volume once; better prices spend it first.
    ``budgets`` are thousandths left of it for those who have used some already."""
    events: list[Event] = []
    passed: dict[AccountId, int] = {}  # market volume before us at this price that the print used
    for working in listing.reached(side, trade.price_ticks):
        group = listing.group(working)
        budget = budgets.get(group, trade.qty * QUEUE_SCALE)
        rule = FillRule.THROUGH
        ahead_before = working.ahead_milli
        if working.limit_ticks == trade.price_ticks:
            if not at_price:
                continue
            rule = FillRule.QUEUE
            listing.touched[working.order_id] = None
            working.traded_at_price += trade.qty
            working.ahead_milli = max(0, ahead_before - trade.qty * QUEUE_SCALE)
            if working.behind_window:
                continue
            market = min(budget, max(0, ahead_before - passed.get(group, 0)))
            passed[group] = passed.get(group, 0) + market
            budget -= market
        qty = min(working.leaves, budget // QUEUE_SCALE)
        budgets[group] = budget - qty * QUEUE_SCALE
        if qty:
            receipt = fill_receipt(
                listing, working, rule, ahead_before=ahead_before, budget=budget // QUEUE_SCALE
            )
            events.append(listing.fill(working, working.limit_ticks, qty, trade.at_ns, receipt))
    return events
