"""One open order and its life: what it asked for, where it stands, what is filled.

Only the desk's memory and the listing change it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from matching.orders import AccountId, FillProfile, GroupKind, OrderId, OrderKind, PlaceOrder, Side
from matching.units import AtNs, PriceTicks, Qty


class Stage(StrEnum):
    COMING = "coming"  # on its way to the exchange until ``since_ns``
    HELD = "held"  # an exit whose entry has not filled, or not settled
    WAITING = "waiting"  # for its trigger
    ENTERING = "entering"  # has not met the street yet: waits for its next event
    RESTING = "resting"  # waits in a queue at its limit
    AUCTION = "auction"  # waits for one call auction or the close, takes no part in anything else
    ENDED = "ended"  # ended by another order of its group while an event was still going on


# In ``priority``, what the market brings in (a triggered stop, an exit) stands before every command
# of the same moment, in the order of the market events.
MARKET_PLACE = -(2**62)
NOT_AT_MARKET = (Stage.HELD, Stage.WAITING)  # nobody can meet these


def stage_of(order: PlaceOrder) -> Stage:
    """Where an order begins that waits for nothing else."""
    waits = order.time_in_force.for_auction or order.kind is OrderKind.FIXED_PRICE
    return Stage.AUCTION if waits else Stage.ENTERING


class Change(NamedTuple):
    """A cancel (``qty`` 0) or a replace that is on its way to the exchange."""

    due_ns: AtNs
    priority: int
    qty: Qty
    limit_ticks: PriceTicks


@dataclass(slots=True)
class WorkingOrder:
    """An open order.  ``limit_ticks`` is the worst acceptable price (market orders: the collar);
    queue positions are thousandths of a base unit.  ``since_ns`` is when it came or was last moved
    back, ``priority`` the place of what did that among everything of that moment: lower is older.

    ``mark_ticks`` is the best trade since a trailing stop waits, of another stop where a replace
    has put it; ``triggered_ticks`` the trade that sent a stop order.  ``entry_filled`` is what the
    entry of an exit has filled so far."""

    order: PlaceOrder
    qty: int
    limit_ticks: int
    stage: Stage
    since_ns: AtNs
    priority: int
    filled: int = 0
    fills: int = 0
    ahead_milli: int = 0
    ahead_at_entry_milli: int | None = None
    behind_window: bool = False
    traded_at_price: int = 0
    joined_seq: int = 0  # the market event after which it joined its queue
    change: Change | None = None
    impact_ticks: int = 0  # E10: what its size adds to the price where no display limits it
    mark_ticks: int | None = None
    triggered_at_ns: AtNs | None = None
    triggered_ticks: int | None = None
    entry_filled: int = 0

    @property
    def leaves(self) -> int:
        return 0 if self.stage is Stage.ENDED else self.qty - self.filled

    @property
    def stop_ticks(self) -> int | None:
        """Where the trigger stands now; None without one, and before a trailing exit works."""
        trigger = self.order.trigger
        if trigger is None or (trigger.trails and self.mark_ticks is None):
            return None
        return trigger.stop_ticks(self.side, self.mark_ticks)

    def stop_after(self, stop_ticks: int | None, trail: int | None) -> int | None:
        """Where the trigger would stand after a replace."""
        trigger = self.order.trigger
        if trigger is None or not trigger.trails or self.mark_ticks is None:
            return stop_ticks
        return trigger.at_distance(trail).stop_ticks(self.side, self.mark_ticks)

    def move_trigger(self, stop_ticks: int | None, trail: int | None) -> None:
        """A stop moves to a price; one that trails keeps its best trade, and its distance unless
        there is a new one."""
        trigger = self.order.trigger
        if trigger is None or not trigger.trails:
            self.mark_ticks = stop_ticks
        else:
            self.order = replace(self.order, trigger=trigger.at_distance(trail))

    @property
    def trails(self) -> bool:
        return self.order.trigger is not None and self.order.trigger.trails

    @property
    def is_entry(self) -> bool:
        """Whether exits wait for what it fills."""
        order = self.order
        return order.group not in (None, GroupKind.OCO) and order.group_id == order.order_id

    @property
    def place(self) -> tuple[int, int, int]:
        """Where it stands among all open orders: in this order they are put back."""
        return self.since_ns, self.priority, self.order_id

    def was_there(self, moment_ns: AtNs) -> bool:
        """Whether it came before what happens at a moment.  What the market itself brought in at
        that moment (a triggered stop, an exit) did; a command of that moment did not."""
        if self.since_ns == moment_ns:
            return self.priority < MARKET_PLACE // 2
        return self.since_ns < moment_ns

    @property
    def order_id(self) -> OrderId:
        return self.order.order_id

    @property
    def account_id(self) -> AccountId:
        return self.order.account_id

    @property
    def side(self) -> Side:
        return self.order.side

    @property
    def profile(self) -> FillProfile:
        return self.order.profile

    @property
    def is_market(self) -> bool:
        """Whether it has no limit of its own (yet)."""
        return self.stage is not Stage.RESTING and not self.order.kind.names_limit

    def accepts(self, price_ticks: int) -> bool:
        return self.side.sign * (self.limit_ticks - price_ticks) >= 0
