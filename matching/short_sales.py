"""Selling what was borrowed: what a market asks of such an order, as dated data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from matching.orders import OrderKind, PlaceOrder, Side
from matching.reasons import Reason, Refused

if TYPE_CHECKING:
    from matching.listing import Listing

_PLAIN = (OrderKind.MARKET, OrderKind.LIMIT)


class PriceTest(StrEnum):
    """Which prices a short sale may ask for."""

    NONE = "none"
    LAST = "last"  # not below the last trade, else the previous close (Shanghai, Shenzhen)
    FALLEN = "fallen"  # above the best bid, once the price has fallen far (Regulation SHO 201)


@dataclass(frozen=True, slots=True)
class ShortRules:
    """``fall_permille``: from what fall below the previous close on ``PriceTest.FALLEN`` asks for a
    price above the bid, for the rest of the day and the next.  ``cover_sessions``: 0 where what was
    sold short may be bought back on the same day, 1 from the next session on."""

    test: PriceTest
    fall_permille: int = 0
    cover_sessions: int = 0


def check_short(listing: Listing, order: PlaceOrder, limit_ticks: int | None) -> Refused | None:
    """Whether the market takes ``order`` as a short sale at that limit; None for any other order.

    A borrowed share is sold by a plain market or limit order, in whole lots, at a price that the
    market's test allows at the moment of entry.
    """
    rules = listing.rules
    if not order.short or rules is None:
        return None
    short = rules.short
    if order.side is not Side.SELL or short is None:
        return Refused(Reason.SHORT_NOT_ALLOWED, rule=rules.cite("short"))
    if order.kind not in _PLAIN or order.trigger is not None or order.group_id is not None:
        return Refused(Reason.SHORT_NOT_PLAIN)
    lots = rules.lots
    if order.qty % lots.lot or order.qty < lots.min_qty:
        below = max(lots.min_qty, order.qty - order.qty % lots.lot)
        numbers = {"lot": lots.lot, "below_qty": below, "above_qty": below + lots.lot}
        return Refused(Reason.QTY_NOT_IN_LOTS, numbers, rules.cite("lot"))
    least = least_ticks(listing, short)
    if least is None or (limit_ticks is not None and limit_ticks >= least):
        return None
    return Refused(Reason.SHORT_PRICE_TOO_LOW, {"least_ticks": least}, rules.cite("short"))


def least_ticks(listing: Listing, short: ShortRules) -> int | None:
    """The lowest price that a short sale may name now; None: any, also none."""
    last = listing.street.last_ticks or listing.reference_ticks
    match short.test:
        case PriceTest.LAST:
            return last
        case PriceTest.FALLEN if listing.fallen:
            bid = listing.expected_ticks(Side.SELL)
            return None if bid is None else bid + 1
        case _:
            return None


def has_fallen(low_ticks: int, before_ticks: int, short: ShortRules) -> bool:
    """Whether a day's low is so far below the close before it that the price test begins."""
    return low_ticks * 1000 <= before_ticks * (1000 - short.fall_permille)
