"""What can be asked of the exchange: frozen commands, and the vocabulary of an order.

Every time, id and seed is a field: the exchange never makes one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import NewType

from matching.instrument import InstrumentId
from matching.units import AtNs, PriceTicks, Qty

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
    MARKET = "market"
    LIMIT = "limit"


class TimeInForce(StrEnum):
    DAY = "day"  # until the session closes
    GTC = "gtc"  # until cancelled
    IOC = "ioc"  # fill what is there at once, cancel the rest
    FOK = "fok"  # all at once or nothing
    AT_OPEN = "at_open"  # only in the opening auction
    AT_CLOSE = "at_close"  # only in the closing auction

    @property
    def for_auction(self) -> bool:
        """Whether the order waits for one call auction and ends with it."""
        return self in (TimeInForce.AT_OPEN, TimeInForce.AT_CLOSE)


class FillProfile(StrEnum):
    """How strictly the street treats resting orders; printed on every receipt."""

    BEGINNER = "beginner"
    STANDARD = "standard"
    STRICT = "strict"


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """``limit_ticks`` is None exactly for market orders; ``at_ns`` is the time of receipt and
    ``latency_ns`` how long the order is on its way from then."""

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
    """New total quantity and limit of an open limit order.

    The order keeps its place only when the price stays and the quantity does not grow.
    """

    order_id: OrderId
    account_id: AccountId
    qty: Qty
    limit_ticks: PriceTicks
    at_ns: AtNs
    priority: int  # place of this command, for an order that goes to the back
    latency_ns: int = 0
