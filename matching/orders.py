"""What can be asked of the exchange: frozen commands, and the vocabulary of an order.

Every time, id and seed is a field: the exchange never makes one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from typing import NewType

from matching.instrument import InstrumentId
from matching.units import AtNs, PriceTicks, Qty, divide_half_up

AccountId = NewType("AccountId", int)
OrderId = NewType("OrderId", int)


class Side(IntEnum):
    BUY = 0
    SELL = 1

    @property
    def opposite(self) -> Side:
        return Side(1 - self)

    @property
    def sign(self) -> int:
        """+1 for a buyer, -1 for a seller: ``sign * (limit - price) >= 0`` means acceptable."""
        return 1 - 2 * self


class OrderKind(StrEnum):
    """How an order finds its price.  Which market offers which kind is dated rule data."""

    MARKET = "market"  # the best prices there are, inside a collar
    LIMIT = "limit"
    BEST_FIVE = "best_five"  # the best five levels; the rest is cancelled or rests (Shanghai)
    OPPOSITE_BEST = "opposite_best"  # becomes a limit order at the best opposite price
    OWN_BEST = "own_best"  # becomes a limit order at the best price of its own side
    ENHANCED_LIMIT = "enhanced_limit"  # ten levels up to the limit, the rest rests (Hong Kong)
    SPECIAL_LIMIT = "special_limit"  # ten levels up to the limit, the rest is cancelled
    FIXED_PRICE = "fixed_price"  # after hours at the closing price

    @property
    def names_limit(self) -> bool:
        """Whether the order itself has to name the worst acceptable price."""
        return self in _WITH_LIMIT

    @property
    def levels_max(self) -> int | None:
        """How many displayed levels a taker of this kind may walk; None: all."""
        return _LEVELS.get(self)


_WITH_LIMIT = (
    OrderKind.LIMIT,
    OrderKind.ENHANCED_LIMIT,
    OrderKind.SPECIAL_LIMIT,
    OrderKind.FIXED_PRICE,
)
_LEVELS = {
    OrderKind.BEST_FIVE: 5,
    OrderKind.OPPOSITE_BEST: 1,
    OrderKind.ENHANCED_LIMIT: 10,
    OrderKind.SPECIAL_LIMIT: 10,
}


class TimeInForce(StrEnum):
    DAY = "day"  # until the session closes
    GTC = "gtc"  # until cancelled
    GTD = "gtd"  # until the session of a given date closes
    IOC = "ioc"  # fill what is there at once, cancel the rest
    FOK = "fok"  # all at once or nothing
    AT_OPEN = "at_open"  # only in the opening auction
    AT_CLOSE = "at_close"  # only in the closing auction

    @property
    def for_auction(self) -> bool:
        """Whether the order waits for one call auction and ends with it."""
        return self in (TimeInForce.AT_OPEN, TimeInForce.AT_CLOSE)

    @property
    def carried(self) -> bool:
        """Whether the order can outlive a session."""
        return self in (TimeInForce.GTC, TimeInForce.GTD)

    @property
    def immediate(self) -> bool:
        return self in (TimeInForce.IOC, TimeInForce.FOK)


class TriggerKind(StrEnum):
    """What sends a waiting order to the market; ``Trigger.amount`` is counted accordingly."""

    STOP = "stop"  # a trade at that price or worse: ticks
    TRAIL = "trail"  # a turn by that much from the best trade since: ticks
    TRAIL_PERMILLE = "trail_permille"  # the same, in thousandths of the best trade


@dataclass(frozen=True, slots=True)
class Trigger:
    """The condition of a stop order.  A buyer's stop lies above the market, a seller's below."""

    kind: TriggerKind
    amount: int

    @property
    def trails(self) -> bool:
        return self.kind is not TriggerKind.STOP

    def stop_ticks(self, side: Side, mark_ticks: int | None) -> int:
        """The price of the trade that sends the order.  ``mark_ticks`` is the best trade since
        a trailing order waits, of another where a replace has put its stop, or None; a distance in
        thousandths is at least one tick, rounded half up."""
        if self.kind is TriggerKind.STOP:
            return self.amount if mark_ticks is None else mark_ticks
        assert mark_ticks is not None
        away = self.amount
        if self.kind is TriggerKind.TRAIL_PERMILLE:
            away = max(1, divide_half_up(mark_ticks * self.amount, 1000))
        return mark_ticks + side.sign * away

    def at_distance(self, trail: int | None) -> Trigger:
        """The same trigger at another distance; None: as it is."""
        return self if trail is None else Trigger(self.kind, trail)

    def first_stop_ticks(self, side: Side, last_ticks: int) -> int:
        """Where the trigger stands when an order with it is placed at ``last_ticks``."""
        return self.stop_ticks(side, last_ticks if self.trails else None)


class GroupKind(StrEnum):
    """Orders that know of each other."""

    OCO = "oco"  # two orders of one side: what one fills, the other loses
    OTO = "oto"  # an exit that waits for its entry
    BRACKET = "bracket"  # a take-profit and a stop-loss that wait for their entry


class FillProfile(StrEnum):
    """How strictly the street treats resting orders; printed on every receipt."""

    BEGINNER = "beginner"
    STANDARD = "standard"
    STRICT = "strict"


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """``limit_ticks`` is None for kinds that name no limit (given all the same, it is the worst
    price they may come to); ``at_ns`` is the time of receipt and ``latency_ns`` how long the order
    is on its way from then, or from its trigger.

    ``trigger``: the order waits until it is met.  ``good_till`` is the last session of a GTD order.
    ``group_id`` is the id of the first order of a group; the others are its legs.  ``short``: a
    sale of borrowed shares.
    """

    order_id: OrderId
    account_id: AccountId
    instrument_id: InstrumentId
    side: Side
    kind: OrderKind
    qty: Qty
    limit_ticks: PriceTicks | None
    time_in_force: TimeInForce
    profile: FillProfile
    at_ns: AtNs
    latency_ns: int = 0
    trigger: Trigger | None = None
    good_till: date | None = None
    group_id: OrderId | None = None
    group: GroupKind | None = None
    short: bool = False

    @property
    def is_exit(self) -> bool:
        """Whether the order waits for the entry of its group."""
        return self.group not in (None, GroupKind.OCO) and self.group_id != self.order_id


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """``priority`` is the place of this command among everything that arrives at one moment."""

    order_id: OrderId
    account_id: AccountId
    at_ns: AtNs
    latency_ns: int = 0
    priority: int = 0


@dataclass(frozen=True, slots=True)
class ReplaceOrder:
    """New total quantity and limit of an open limit order; of a stop that waits, its stop too
    (``limit_ticks`` None: a stop without a limit); of one that trails, its distance ``trail``.

    The order keeps its place only when the price stays and the quantity does not grow.
    """

    order_id: OrderId
    account_id: AccountId
    qty: Qty
    limit_ticks: PriceTicks | None
    at_ns: AtNs
    priority: int  # place of this command, for an order that goes to the back
    latency_ns: int = 0
    stop_ticks: PriceTicks | None = None
    trail: int | None = None
