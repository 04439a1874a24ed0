"""Orders that know of each other: one cancels the other, exits that wait for their entry.

What an order of a pair fills, the other loses at that very moment, so one event never fills both
beyond their quantity.  An exit works for what its entry has filled.  When an exit begins to fill,
the rest of its entry ends: a position that is being closed does not grow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from matching.events import Cause, OrderCancelled, OrderFilled, OrderReduced
from matching.orders import OrderId, Side
from matching.units import AtNs, Qty
from matching.working import Stage, WorkingOrder

if TYPE_CHECKING:
    from matching.bar_path import BarWalk
    from matching.listing import Listing


@dataclass(frozen=True, slots=True)
class Release:
    """Exits of ``group_id`` may begin to work: their entry filled at ``price_ticks``, inside a bar
    at ``position`` of its path ``walk``."""

    group_id: OrderId
    listing: Listing
    price_ticks: int
    at_ns: AtNs
    walk: BarWalk | None = None
    position: int = 0


def exits_of(listing: Listing, group_id: OrderId) -> list[WorkingOrder]:
    """Open exits of a group, the oldest first."""
    found = [one for one in listing.groups.get(group_id, ()) if one.order.is_exit]
    return sorted(found, key=lambda one: one.order_id)


def partner_of(listing: Listing, working: WorkingOrder) -> WorkingOrder | None:
    """The open order whose quantity an order shares: the other exit, the other half of an OCO."""
    if working.order.group_id is None or working.is_entry:
        return None
    for other in listing.groups.get(working.order.group_id, ()):
        if other is not working and not other.is_entry:
            return other
    return None


def share_fill(listing: Listing, working: WorkingOrder, fill: OrderFilled) -> None:
    """A member of a group was filled: the others follow."""
    if working.is_entry:
        _entry_filled(listing, working, fill)
        return
    partner = partner_of(listing, working)
    if partner is not None:
        _lose(listing, partner, fill)
    for other in tuple(listing.groups.get(_group_id(working), ())):
        if other.is_entry:
            _end(listing, other, Cause.EXIT_FILLED, fill)


def share_end(listing: Listing, working: WorkingOrder, end: OrderCancelled) -> None:
    """An entry that never filled takes its exits along."""
    if working.is_entry and not working.filled:
        for other in exits_of(listing, _group_id(working)):
            _end(listing, other, Cause.ENTRY_ENDED, end)


def _group_id(working: WorkingOrder) -> OrderId:
    assert working.order.group_id is not None
    return working.order.group_id


def _entry_filled(listing: Listing, working: WorkingOrder, fill: OrderFilled) -> None:
    group_id = _group_id(working)
    for other in exits_of(listing, group_id):
        other.entry_filled += fill.qty
        listing.touched[other.order_id] = None
    if settles_first(listing, working.side):
        return
    walk = listing.walk
    position = walk.position if walk else 0
    listing.releases.append(
        Release(group_id, listing, fill.price_ticks, fill.at_ns, walk, position)
    )


def settles_first(listing: Listing, entry_side: Side) -> bool:
    """Whether what the entry bought can be sold only from the next session on (T+1)."""
    assert listing.rules is not None
    return entry_side is Side.BUY and listing.rules.buys_settle_sessions > 0


def _lose(listing: Listing, partner: WorkingOrder, fill: OrderFilled) -> None:
    """The filled quantity leaves the partner too; with nothing left it ends."""
    if fill.qty >= partner.leaves:
        _end(listing, partner, Cause.OTHER_FILLED, fill)
        return
    if partner.stage is Stage.RESTING:
        listing.book.reduce(partner.order_id, fill.qty)
    partner.qty -= fill.qty
    reduced = OrderReduced(
        partner.order_id,
        partner.account_id,
        partner.order.instrument_id,
        Qty(partner.qty),
        fill.at_ns,
    )
    listing.aftermath.append((fill, reduced))


def _end(
    listing: Listing, other: WorkingOrder, cause: Cause, because: OrderFilled | OrderCancelled
) -> None:
    end = listing.cancel(other, cause, because.at_ns)
    other.stage = Stage.ENDED
    listing.aftermath.append((because, end))


def set_to_work(
    listing: Listing, working: WorkingOrder, due: Release, now_ns: AtNs, place: int
) -> None:
    """An exit works for all that its entry has filled: a stop waits for its trade, a limit order
    enters; one that works already grows, and what rested goes to the back."""
    trigger = working.order.trigger
    working.qty = working.entry_filled
    listing.touched[working.order_id] = None
    if working.stage in (Stage.WAITING, Stage.ENTERING):
        return
    working.since_ns, working.priority = now_ns, place
    if trigger is not None and working.triggered_at_ns is None:
        working.mark_ticks = due.price_ticks if trigger.trails else working.mark_ticks
        listing.move(working, Stage.WAITING)
        return
    in_bar = due.walk is not None or listing.street.bar_start_ns is not None
    listing.move(working, Stage.RESTING if in_bar else Stage.ENTERING)


def settled(listing: Listing, at_ns: AtNs) -> list[Release]:
    """Groups whose exits waited for the purchase to settle: it has when a session opens."""
    return [
        Release(group_id, listing, listing.reference_ticks or 0, at_ns)
        for group_id, members in sorted(listing.groups.items(), key=lambda one: one[0])
        if any(_short(one) for one in members)
    ]


def _short(working: WorkingOrder) -> bool:
    """Whether an exit works for less than its entry has filled."""
    held = working.stage is Stage.HELD
    return working.entry_filled > (0 if held else working.qty) and not working.filled
