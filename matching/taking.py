"""What a taker pays where the data has prices but no quotes: fill model E10 and E5.

Nobody trades at the last price itself: a buyer pays the assumed half spread on top, and what the
size of his order would have moved a market that shows no size.
"""

from __future__ import annotations

from math import isqrt

from matching.listing import DayFigures, Listing
from matching.orders import FillProfile, Side
from matching.units import divide_half_up
from matching.working import WorkingOrder

# The square-root law of market impact: k * sigma * sqrt(q / V) with k = 1 (Almgren et al. 2005 and
# others find 0.5 to 1.5), sigma from the day's range: Parkinson 1980, range / (2 sqrt(ln 2)).
_SIGMA_PER_RANGE_PPM = 600_561
_ROOT_SCALE = 10**6


def impact_ticks(day: DayFigures | None, qty: int) -> int:
    """What an order of that size adds to its price; 0 where no day is known yet."""
    if day is None or day.volume <= 0:
        return 0
    root = isqrt(qty * _ROOT_SCALE**2 // day.volume)
    sigma = day.range_ticks * _SIGMA_PER_RANGE_PPM
    return divide_half_up(sigma * root, 10**6 * _ROOT_SCALE)


def day_share_permille(day: DayFigures | None, qty: int) -> int | None:
    """The part of a whole day's volume that an order is; None where no day is known."""
    if day is None or day.volume <= 0:
        return None
    return qty * 1000 // day.volume


def beyond(working: WorkingOrder, price_ticks: int) -> bool:
    """Whether the market went past the limit; for beginners reaching it is enough."""
    touched = working.limit_ticks == price_ticks
    return working.accepts(price_ticks) and (not touched or working.profile is FillProfile.BEGINNER)


def taking_ticks(listing: Listing, working: WorkingOrder, print_ticks: int) -> int | None:
    """The price at which an order takes after a print; None when it cannot: the price is not
    acceptable, or trading is sealed at today's limit and nobody is on the other side."""
    assert listing.rules is not None
    band, sign = listing.price_band, working.side.sign
    if band is not None and print_ticks == band[1 if working.side is Side.BUY else 0]:
        return None
    price_ticks = print_ticks + sign * listing.rules.half_spread_ticks(print_ticks)
    past = not working.is_market and beyond(working, print_ticks)
    if not past and not working.accepts(price_ticks):
        return None
    price_ticks = not_beyond_limit(working, price_ticks + sign * working.impact_ticks)
    return price_ticks if band is None else max(band[0], min(band[1], price_ticks))


def not_beyond_limit(working: WorkingOrder, price_ticks: int) -> int:
    if working.side is Side.BUY:
        return min(working.limit_ticks, price_ticks)
    return max(working.limit_ticks, price_ticks)
