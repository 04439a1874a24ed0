"""The picture of one moment that a polled vendor gives, checked and made into a snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from feeds.live.heard import Fault, Heard, Reference
from feeds.live.wire import UnreadableError, best_first, price, scaled
from matching.instrument import Instrument
from matching.market import Level, Snapshot
from matching.orders import Side
from matching.units import AtNs, PriceTicks, Qty, divide_half_up

HAND = 100  # shares
_AMOUNT_DECIMALS = 3


@dataclass(slots=True)
class Picture:
    """Texts as a vendor gives them; a price of zero is none.  ``bids`` and ``asks`` are prices and
    quantities, ``volume`` and they in base units; ``amount`` is money."""

    at_ns: AtNs
    last: str
    high: str
    low: str
    previous_close: str
    volume: Qty
    amount: str
    bids: list[tuple[str, Qty]] = field(default_factory=list)
    asks: list[tuple[str, Qty]] = field(default_factory=list)


def optional_price(instrument: Instrument, text: str) -> PriceTicks | None:
    """None for an empty text, a dash and any way of writing zero."""
    if text in ("", "-") or not text.strip("0."):
        return None
    return price(instrument, text)


def told(instrument: Instrument, shown: Picture, heard_ns: int, levels: int) -> Iterator[Heard]:
    """The reference and the snapshot; UnreadableError where the figures contradict each other."""
    reference = optional_price(instrument, shown.previous_close)
    if reference is not None:
        yield Reference(shown.at_ns, instrument.instrument_id, reference)
    last = optional_price(instrument, shown.last)
    high, low = optional_price(instrument, shown.high), optional_price(instrument, shown.low)
    turnover = turnover_of(instrument, shown.amount)
    if last is not None and high is not None and low is not None and not low <= last <= high:
        raise UnreadableError(Fault.DISAGREES, f"{instrument.symbol}: last beyond low or high")
    yield Snapshot(
        at_ns=shown.at_ns,
        heard_ns=AtNs(heard_ns),
        seq=0,
        instrument_id=instrument.instrument_id,
        bids=_side(instrument, Side.BUY, shown.bids),
        asks=_side(instrument, Side.SELL, shown.asks),
        levels_shown=levels,
        last_ticks=last,
        high_ticks=high,
        low_ticks=low,
        volume=shown.volume,
        turnover=turnover,
        trades=0,  # not told
    )


def turnover_of(instrument: Instrument, amount: str) -> int:
    """Money as ticks times quantity, rounded half up: vendors cut fractions of a cent."""
    money = scaled(amount, _AMOUNT_DECIMALS)
    scale = 10 ** (instrument.price_decimals + instrument.qty_decimals)
    return divide_half_up(money * scale, 10**_AMOUNT_DECIMALS * instrument.tick)


def lot_of(instrument: Instrument, shown: Picture) -> int:
    """100 where volumes are told in hands, 1 where in shares: the average price must lie between
    low and high.  Vendors differ by board (STAR shares); UnreadableError where neither fits."""
    low, high = optional_price(instrument, shown.low), optional_price(instrument, shown.high)
    if not shown.volume or low is None or high is None:
        return HAND
    turnover = turnover_of(instrument, shown.amount)
    for lot in (HAND, 1):
        # Amounts told in ten thousands are exact to half of one.
        slack = divide_half_up(high, 1_000) + 1
        if low - slack <= divide_half_up(turnover, shown.volume * lot) <= high + slack:
            return lot
    raise UnreadableError(Fault.DISAGREES, f"{instrument.symbol}: volume and amount")


def _side(instrument: Instrument, side: Side, shown: list[tuple[str, Qty]]) -> tuple[Level, ...]:
    levels: list[tuple[int, int]] = []
    for text, qty in shown:
        ticks = optional_price(instrument, text)
        if ticks is not None and qty:
            levels.append((ticks, qty))
    return best_first(side, levels)
