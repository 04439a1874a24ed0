"""What is on its way to the exchange and when it gets there: fill model E0.

Orders, cancels and changes that are sent at one moment arrive at another.  They arrive in the
order of (moment, place of the command); at equal times the market moves first.  Until a cancel
arrives the order works on, and a fill before it stands.
"""

from __future__ import annotations

from bisect import insort
from typing import TYPE_CHECKING, NamedTuple

from matching.events import OrderReplaced
from matching.orders import AccountId, CancelOrder, OrderId, ReplaceOrder
from matching.units import AtNs, PriceTicks, Qty
from matching.working import Change, Stage, WorkingOrder

if TYPE_CHECKING:
    from matching.listing import Listing


class Arrival(NamedTuple):
    """``place`` is that of the command; the order itself says what it is that arrives."""

    due_ns: AtNs
    place: int
    account_id: AccountId
    order_id: OrderId


class Transit:
    """Arrivals of one venue, earliest first."""

    def __init__(self) -> None:
        self._arrivals: list[Arrival] = []

    def expect(self, working: WorkingOrder) -> None:
        """Note what of an order is still on its way."""
        account_id, order_id = working.account_id, working.order_id
        if working.stage is Stage.COMING:
            insort(
                self._arrivals, Arrival(working.since_ns, working.priority, account_id, order_id)
            )
        if working.change is not None:
            due_ns, place = working.change.due_ns, working.change.priority
            insort(self._arrivals, Arrival(due_ns, place, account_id, order_id))

    def send_change(
        self, listing: Listing, working: WorkingOrder, command: CancelOrder | ReplaceOrder
    ) -> None:
        """A cancel or a change sets off.  It never overtakes the order itself, and a cancel takes
        the place of a change that is still on its way."""
        due_ns = command.at_ns + command.latency_ns
        if working.stage is Stage.COMING:
            due_ns = max(due_ns, working.since_ns)
        change = change_of(command)._replace(due_ns=AtNs(due_ns))
        working.change = change
        listing.changing[working.order_id] = working
        insort(self._arrivals, Arrival(*change[:2], working.account_id, working.order_id))

    def next_before(self, end_ns: int) -> Arrival | None:
        """Take off the earliest arrival before a moment; None when there is none."""
        if not self._arrivals or self._arrivals[0].due_ns >= end_ns:
            return None
        return self._arrivals.pop(0)


def change_of(command: CancelOrder | ReplaceOrder) -> Change:
    """What a command asks, due when it was given."""
    if isinstance(command, CancelOrder):
        return Change(command.at_ns, command.priority, Qty(0), PriceTicks(0))
    assert command.limit_ticks is not None
    return Change(command.at_ns, command.priority, command.qty, command.limit_ticks)


def replaced(working: WorkingOrder, at_ns: AtNs, place: int, *, keeps: bool) -> OrderReplaced:
    """The event of a change that has arrived."""
    return OrderReplaced(
        working.order_id,
        working.account_id,
        working.order.instrument_id,
        Qty(working.qty),
        PriceTicks(working.limit_ticks),
        keeps,
        at_ns,
        place,
    )
