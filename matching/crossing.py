"""Whether an order would meet an open order of the same account (fill model E14)."""

from __future__ import annotations

from collections.abc import Iterable

from matching.instrument import InstrumentId
from matching.orders import Side
from matching.working import NOT_AT_MARKET, WorkingOrder


def crossed_ticks(
    own: Iterable[WorkingOrder], instrument_id: InstrumentId, side: Side, price_ticks: int
) -> int | None:
    """The price of the account's own order that an order of ``side`` up to ``price_ticks`` would
    meet first, whatever order they were loaded in; None when it would meet none.

    Legs of groups are exempt, and orders that are not in the market cannot be met.
    """
    crossed = [
        other.limit_ticks
        for other in own
        if other.side is not side
        and other.order.instrument_id == instrument_id
        and not other.is_market
        and (other.order.group_id is None or other.is_entry)
        and other.stage not in NOT_AT_MARKET
        and side.sign * (price_ticks - other.limit_ticks) >= 0
    ]
    if not crossed:
        return None
    return min(crossed) if side is Side.BUY else max(crossed)
