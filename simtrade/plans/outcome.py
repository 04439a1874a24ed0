"""What came of a plan: what its orders have traded up to now, also after it ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from matching.orders import Side
from simtrade.plans.model import Step, StepKind
from simtrade.store.engine_tables import FillRow


@dataclass(slots=True)
class Traded:
    """In one instrument on one side, money before fees; ``ticks``: the sum of price x quantity."""

    instrument_id: str
    side: Side
    qty: int = 0
    minor: int = 0
    ticks: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """``open_orders`` still work in the market; ``refused`` is the newest order that was refused,
    with its reason."""

    traded: tuple[Traded, ...]
    fees_minor: int
    open_orders: int
    refused: Step | None


def outcome_of(steps: Iterable[Step], fills: Iterable[FillRow], open_orders: int) -> Outcome:
    """``steps`` newest first, ``fills`` of the plan's orders."""
    found: dict[tuple[str, Side], Traded] = {}
    fees_minor = 0
    for fill in sorted(fills, key=lambda one: (one.seq, one.order_id, one.number)):
        key = (fill.instrument_id, Side(fill.side))
        traded = found.setdefault(key, Traded(*key))
        traded.qty += fill.qty
        traded.minor += fill.notional_minor
        traded.ticks += fill.price_ticks * fill.qty
        fees_minor += sum(msgspec.json.decode(fill.fees, type=dict[str, int]).values())
    refused = next((one for one in steps if one.kind is StepKind.REFUSED), None)
    return Outcome(tuple(found.values()), fees_minor, open_orders, refused)
