"""What happened: facts of the exchange, each explained by its receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from matching.instrument import InstrumentId
from matching.orders import AccountId, FillProfile, OrderId, Side
from matching.units import AtNs, PriceTicks, Qty


class FillRule(StrEnum):
    """Which rule of the fill model made a fill."""

    TAKER = "taker"  # E1: took displayed size
    QUEUE = "queue"  # E3a: a trade at our price reached our place in the queue
    THROUGH = "through"  # E3d: a trade beyond our price
    CROSSED = "crossed"  # E3e: an opposite quote came to our price
    MEMBER = "member"  # met another member of the venue inside the street's quote
    INTERVAL_QUEUE = "interval_queue"  # E4: volume between two snapshots reached our place
    INTERVAL_THROUGH = "interval_through"  # E4: volume between two snapshots beyond our price
    PRINT_TAKER = "print_taker"  # E10: took after a print, where there are no quotes
    BAR_OPEN = "bar_open"  # E11: the first price of the next bar
    BAR_RANGE = "bar_range"  # E11: the bar went beyond our price
    AUCTION = "auction"  # E6: the official price of a call auction
    REOPENING = "reopening"  # E6: the price of the call auction that ended a pause
    BAR_STOP = "bar_stop"  # E11: the bar reached our stop
    MEMBER_AUCTION = "member_auction"  # met another member at the price of a call auction
    AFTER_HOURS = "after_hours"  # E6: the closing price, for an order that was for it


class Cause(StrEnum):
    """Why an order ended without being filled wholly."""

    BY_OWNER = "by_owner"
    IOC_REMAINDER = "ioc_remainder"
    FOK_NOT_FILLABLE = "fok_not_fillable"
    MARKET_REMAINDER = "market_remainder"
    DAY_OVER = "day_over"
    SELF_TRADE = "self_trade"
    CORPORATE_ACTION = "corporate_action"
    NOT_LISTED = "not_listed"
    AUCTION_OVER = "auction_over"  # what an order for one auction did not get in it
    BEYOND_CLOSE = "beyond_close"  # an order at the closing price whose limit is worse than it
    GOOD_TILL_OVER = "good_till_over"
    NO_QUOTE = "no_quote"  # an order that takes its price from the display found none
    OTHER_FILLED = "other_filled"  # the other order of its pair was filled
    ENTRY_ENDED = "entry_ended"  # an exit whose entry ended without a fill
    EXIT_FILLED = "exit_filled"  # the rest of an entry whose exit began to fill
    NOT_ENOUGH_CASH = "not_enough_cash"  # an exit that buys found its cash gone
    MARGIN_CALL = "margin_call"  # taken back because a call was not met


class AuctionPlace(StrEnum):
    """Where an order stood at the price of a call auction (E6)."""

    ANY_PRICE = "any_price"  # it named no price
    BETTER = "better"  # its limit was better
    LIGHTER = "lighter"  # its limit was that price, and its side had no more than the other
    HEAVIER = "heavier"  # its limit was that price, and its side had more
    UNKNOWN = "unknown"  # its limit was that price, and nobody knows which side had more


@dataclass(frozen=True, slots=True)
class Receipt:
    """Everything that decided a fill (fill model E13).

    Queue numbers are thousandths of a base unit.  ``bid``/``ask`` are the best displayed quote
    used, None where the data shows none.  ``event_seq``/``event_at_ns`` name the market event.
    ``ahead_at_entry_milli`` is None for orders that never queued; ``consumed_before_milli`` is
    what this account had already taken from the level; ``budget_qty`` is the volume that the rule
    allowed this account in that event.
    """

    profile: FillProfile
    rule: FillRule
    event_seq: int
    event_at_ns: AtNs
    rule_date: date
    bid_ticks: PriceTicks | None = None
    bid_qty: Qty | None = None
    ask_ticks: PriceTicks | None = None
    ask_qty: Qty | None = None
    ahead_at_entry_milli: int | None = None
    ahead_before_milli: int | None = None
    consumed_before_milli: int | None = None
    budget_qty: Qty | None = None
    half_spread_ticks: int | None = None
    impact_ticks: int | None = None  # what the order's size added to the price (E10)
    reference_ticks: PriceTicks | None = None  # mid, last or open: what "no cost" would have been
    reference_half: int | None = None  # 1: the mid lies half a tick above ``reference_ticks``
    bar_low_ticks: PriceTicks | None = None
    bar_high_ticks: PriceTicks | None = None
    bar_volume: Qty | None = None
    latency_ns: int | None = None  # how long the order was on its way; None: it was there at once
    # Between members: how often these two have met in this instrument this session, this included.
    pair_trades: int | None = None
    # Between two snapshots (E4): its beginning and the average price of what was traded in it; its
    # range and volume are those of ``bar_*``.
    interval_start_ns: AtNs | None = None
    interval_average_milli: int | None = None
    auction_qty: Qty | None = None  # what everybody traded in the auction
    auction_place: AuctionPlace | None = None
    unmatched_side: Side | None = None  # the side with more than that, and by how much
    unmatched_qty: Qty | None = None

    @property
    def reference_half_ticks(self) -> int | None:
        """The price without any cost in half ticks, None where there was none."""
        if self.reference_ticks is None:
            return None
        return 2 * self.reference_ticks + (self.reference_half or 0)


@dataclass(frozen=True, slots=True)
class OrderAccepted:
    order_id: OrderId
    account_id: AccountId
    instrument_id: InstrumentId
    at_ns: AtNs


@dataclass(frozen=True, slots=True)
class OrderFilled:
    """Fill ``number`` (1, 2, ...) of an order; ``leaves`` is what stays open after it."""

    order_id: OrderId
    account_id: AccountId
    instrument_id: InstrumentId
    side: Side
    number: int
    price_ticks: PriceTicks
    qty: Qty
    leaves: Qty
    at_ns: AtNs
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    order_id: OrderId
    account_id: AccountId
    instrument_id: InstrumentId
    leaves: Qty
    cause: Cause
    at_ns: AtNs


@dataclass(frozen=True, slots=True)
class OrderReplaced:
    order_id: OrderId
    account_id: AccountId
    instrument_id: InstrumentId
    qty: Qty
    limit_ticks: PriceTicks
    kept_priority: bool
    at_ns: AtNs
    place: int  # of the command that asked for it


@dataclass(frozen=True, slots=True)
class OrderAdjusted:
    """A corporate action changed an open order: ``qty`` is its new total, fills included."""

    order_id: OrderId
    account_id: AccountId
    instrument_id: InstrumentId
    qty: Qty
    limit_ticks: PriceTicks
    at_ns: AtNs


@dataclass(frozen=True, slots=True)
class OrderTriggered:
    """A trade met the condition of a waiting order: it goes to the market now.

    ``print_ticks`` is the trade, ``event_seq`` its market event, ``stop_ticks`` where the trigger
    stood, ``limit_ticks`` the worst price the order may come to.
    """

    order_id: OrderId
    account_id: AccountId
    instrument_id: InstrumentId
    print_ticks: PriceTicks
    stop_ticks: PriceTicks
    limit_ticks: PriceTicks
    event_seq: int
    at_ns: AtNs


@dataclass(frozen=True, slots=True)
class OrderPriced:
    """An order without a limit took one from the display, and is a limit order from now on."""

    order_id: OrderId
    account_id: AccountId
    instrument_id: InstrumentId
    limit_ticks: PriceTicks
    at_ns: AtNs


@dataclass(frozen=True, slots=True)
class OrderReduced:
    """The other order of a pair was filled: this one has the new total quantity ``qty``."""

    order_id: OrderId
    account_id: AccountId
    instrument_id: InstrumentId
    qty: Qty
    at_ns: AtNs


@dataclass(frozen=True, slots=True)
class OrderReleased:
    """An exit begins to work, or works for more: its quantity is what its entry has filled."""

    order_id: OrderId
    account_id: AccountId
    instrument_id: InstrumentId
    qty: Qty
    at_ns: AtNs


Event = (
    OrderAccepted
    | OrderFilled
    | OrderCancelled
    | OrderReplaced
    | OrderTriggered
    | OrderPriced
    | OrderReduced
    | OrderReleased
    | OrderAdjusted
)
