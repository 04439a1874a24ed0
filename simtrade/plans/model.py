"""What a plan is: its terms as they were written down, and how far it has come.

Terms are journaled as they are and never change.  Integers only: prices in ticks, quantities in
base units, money in minor units, times in nanoseconds UTC, shares of something in permille.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Annotated, NewType

import msgspec
from msgspec import Meta, Struct

from matching.instrument import InstrumentId
from matching.orders import AccountId, OrderId, Side, TimeInForce
from matching.units import AtNs

PlanId = NewType("PlanId", int)

# Wide enough for every moment, and still a number that a row can hold; ``checks`` is narrower.
LATEST_NS = 2**62
Number = Annotated[int, Meta(ge=-(2**62), le=2**62)]
Moment = Annotated[int, Meta(ge=0, le=LATEST_NS)]
Name = Annotated[str, Meta(min_length=1, max_length=64)]


class PlanState(StrEnum):
    """A draft is not kept: it lives in the form until somebody arms it."""

    ARMED = "armed"
    PAUSED = "paused"  # no orders in the market, no steps, until it is resumed
    DONE = "done"
    STOPPED = "stopped"  # by its owner
    EXPIRED = "expired"
    FAILED = "failed"  # a step that it cannot do without was refused

    @property
    def lives(self) -> bool:
        return self in (PlanState.ARMED, PlanState.PAUSED)


class ConditionKind(StrEnum):
    PRICE_AT_LEAST = "price_at_least"  # number: ticks
    PRICE_AT_MOST = "price_at_most"
    TIME_FROM = "time_from"  # number: nanoseconds UTC
    DROP_FROM_HIGH = "drop_from_high"  # number: permille of the session's high
    REBOUND_FROM_LOW = "rebound_from_low"  # number: permille of the session's low
    CHANGE = "change"  # number: permille of the previous close; below zero: a fall of at least
    POSITION_PROFIT = "position_profit"  # number: permille of its cost; below zero: a loss


class Condition(Struct, frozen=True):
    kind: ConditionKind
    number: Number


class Leg(Struct, frozen=True):
    """One order as the plan will send it; ``limit_ticks`` None: a market order."""

    instrument_id: Name
    side: Side
    qty: Number
    limit_ticks: Number | None = None
    time_in_force: TimeInForce = TimeInForce.DAY


class Weight(Struct, frozen=True):
    instrument_id: Name
    permille: Number


class Staged(Struct, frozen=True, tag_field="kind", tag="staged"):
    """One order for the beginning of the next session."""

    leg: Leg


class Conditional(Struct, frozen=True, tag_field="kind", tag="conditional"):
    """One order as soon as all conditions hold at the same price."""

    conditions: tuple[Condition, ...]
    leg: Leg


class FixedAmount(Struct, frozen=True, tag_field="kind", tag="fixed_amount"):
    """Every ``every_sessions`` sessions buy for an amount, in whole lots; the rest is carried."""

    instrument_id: Name
    amount_minor: Number
    every_sessions: Number = 1


class Grid(Struct, frozen=True, tag_field="kind", tag="grid"):
    """Prices from ``lower_ticks`` up to ``upper_ticks`` in equal steps: one buy below and one sell
    above the last one traded.  It sells only what it has bought itself."""

    instrument_id: Name
    lower_ticks: Number
    upper_ticks: Number
    step_ticks: Number
    qty: Number


class Basket(Struct, frozen=True, tag_field="kind", tag="basket"):
    """Several orders at once."""

    legs: tuple[Leg, ...]


class Rebalance(Struct, frozen=True, tag_field="kind", tag="rebalance"):
    """Bring holdings to weights of the account's value: sales first, then purchases, whole lots.
    ``reserve_permille`` of the value stays cash."""

    weights: tuple[Weight, ...]
    reserve_permille: Number = 0


class TimeSlices(Struct, frozen=True, tag_field="kind", tag="twap"):
    """The leg's quantity in ``slices`` equal parts between two moments of one session (TWAP)."""

    leg: Leg
    start_ns: Moment
    end_ns: Moment
    slices: Number


class VolumeSlices(Struct, frozen=True, tag_field="kind", tag="pov"):
    """A share of the volume that is traded between two moments of one session, at most the leg's
    quantity (POV); looked at ``slices`` times."""

    leg: Leg
    start_ns: Moment
    end_ns: Moment
    slices: Number
    share_permille: Number


Spec = Staged | Conditional | FixedAmount | Grid | Basket | Rebalance | TimeSlices | VolumeSlices
Slices = TimeSlices | VolumeSlices


class Limits(Struct, frozen=True, omit_defaults=True):
    """What a plan may never go beyond; None: no limit.

    ``max_money_minor``: bought less sold, with what its open buy orders could still cost, before
    fees.  ``max_qty``: the same in quantity, per instrument and direction.  ``max_steps``: orders
    placed.  ``lowest_ticks``/``highest_ticks``: prices outside which it places nothing.
    """

    max_money_minor: Number | None = None
    max_qty: Number | None = None
    max_steps: Number | None = None
    lowest_ticks: Number | None = None
    highest_ticks: Number | None = None


# A plan places no more in its life: a market may be moved over years in one command, and others
# wait for it meanwhile.
ORDERS_MAX = 1_000


class Terms(Struct, frozen=True):
    """``expires``: the last session in which the plan acts; None: none."""

    spec: Spec
    limits: Limits = Limits()
    expires: date | None = None

    @property
    def kind(self) -> str:
        tag = self.spec.__struct_config__.tag
        assert isinstance(tag, str)
        return tag


def can_be_kept(terms: Terms) -> bool:
    """Whether every number and name has the room that a row gives it."""
    try:
        msgspec.convert(msgspec.to_builtins(terms), Terms)
    except msgspec.ValidationError:
        return False
    return True


def most_orders(terms: Terms) -> int:
    """How many orders a plan may place at all."""
    own = terms.limits.max_steps
    return ORDERS_MAX if own is None else min(own, ORDERS_MAX)


def instruments_of(spec: Spec) -> tuple[InstrumentId, ...]:
    """Every instrument that a plan may trade, in the order it names them."""
    match spec:
        case FixedAmount() | Grid():
            names = [spec.instrument_id]
        case Basket():
            names = [leg.instrument_id for leg in spec.legs]
        case Rebalance():
            names = [weight.instrument_id for weight in spec.weights]
        case _:
            names = [spec.leg.instrument_id]
    return tuple(dict.fromkeys(InstrumentId(name) for name in names))


class Sums(Struct):
    """What a plan has traded in one instrument, before fees."""

    bought: int = 0
    bought_minor: int = 0
    sold: int = 0
    sold_minor: int = 0


class Tracked(Struct):
    """An open order of the plan, with as much of its fills as is counted."""

    order_id: OrderId
    filled: int = 0
    notional_minor: int = 0


class Progress(Struct, omit_defaults=True):
    """How far a plan has come; each kind uses what it needs.

    ``level`` is the grid's last traded level and ``moving`` that an order of it could not be taken
    back yet, ``carry_minor`` what a fixed amount has left over,
    ``sessions_left`` until it buys again, ``slice`` the next one, ``volume_from`` the session's
    volume at the start, ``session`` the one in which it acted last or was armed.
    """

    orders: list[Tracked] = []
    sums: dict[str, Sums] = {}
    placed: int = 0
    level: int = -1
    moving: bool = False
    carry_minor: int = 0
    sessions_left: int = 0
    slice: int = 0
    volume_from: int = -1
    session: date | None = None


@dataclass(slots=True)
class Plan:
    """``since_ns`` is when it was armed or last resumed: prices from before do not count.
    ``steps`` counts its receipts."""

    plan_id: PlanId
    account_id: AccountId
    terms: Terms
    armed_at_ns: AtNs
    since_ns: AtNs
    state: PlanState = PlanState.ARMED
    cause: str = ""
    steps: int = 0
    ended_at_ns: AtNs | None = None
    progress: Progress = field(default_factory=Progress)


class StepKind(StrEnum):
    ARMED = "armed"
    PLACED = "placed"
    REFUSED = "refused"
    WAITED = "waited"  # its turn came and there was nothing to do
    CANCELLED = "cancelled"  # an order of its own, to put another in its place
    PAUSED = "paused"
    RESUMED = "resumed"
    STOPPED = "stopped"
    EXPIRED = "expired"
    DONE = "done"
    FAILED = "failed"


class Because(StrEnum):
    """What a step follows from."""

    OWNER = "owner"
    SESSION = "session"  # a session began
    CONDITIONS = "conditions"  # they all hold
    TIME = "time"  # its time came
    FILLED = "filled"  # an order of its own was filled
    ENDED = "ended"  # an order of its own ended without being filled wholly
    LIMIT = "limit"  # it has come to its limits
    EXPIRY = "expiry"
    CORPORATE = "corporate"  # its prices or quantities mean something else now
    COMPLETE = "complete"
    REFUSAL = "refusal"


class Seen(Struct, frozen=True):
    """A condition as it held: the price, and what it was compared with (ticks, or nanoseconds)."""

    condition: int
    price_ticks: int
    bound: int


class Step(Struct, frozen=True, omit_defaults=True):
    """The receipt of one step.  ``reason`` is the code of a refusal, ``numbers`` and ``rule`` what
    its sentence needs; ``price_ticks`` the price or fill that led to it."""

    number: int
    at_ns: int
    kind: StepKind
    because: Because
    leg: Leg | None = None
    order_id: int | None = None
    reason: str = ""
    numbers: dict[str, int] = {}
    rule: str = ""
    seen: tuple[Seen, ...] = ()
    price_ticks: int | None = None
