"""What decided a fill where the data has a display: fill model E13."""

from __future__ import annotations

from typing import Protocol

from matching.events import AuctionPlace, FillRule, Receipt
from matching.listing import Listing
from matching.orders import Side
from matching.units import AtNs, PriceTicks, Qty
from matching.working import WorkingOrder


class Printed(Protocol):
    """The market event that made a price."""

    @property
    def seq(self) -> int: ...
    @property
    def at_ns(self) -> AtNs: ...


def fill_receipt(
    listing: Listing,
    working: WorkingOrder,
    rule: FillRule,
    *,
    budget: int,
    ahead_before: int | None = None,
    consumed_before: int | None = None,
) -> Receipt:
    """What decided a fill, with the quote and the market event of this moment."""
    street, rules = listing.street, listing.rules
    assert rules is not None
    bid, ask = street.best(Side.BUY), street.best(Side.SELL)
    reference, half = street.last_ticks, 0
    if bid is not None and ask is not None:
        reference, half = divmod(bid.price_ticks + ask.price_ticks, 2)
    return Receipt(
        profile=working.profile,
        rule=rule,
        event_seq=street.event_seq,
        event_at_ns=street.updated_at_ns,
        rule_date=rules.rule_date,
        bid_ticks=bid.price_ticks if bid else None,
        bid_qty=bid.qty if bid else None,
        ask_ticks=ask.price_ticks if ask else None,
        ask_qty=ask.qty if ask else None,
        ahead_at_entry_milli=working.ahead_at_entry_milli,
        ahead_before_milli=ahead_before,
        consumed_before_milli=consumed_before,
        budget_qty=Qty(budget),
        reference_ticks=None if reference is None else PriceTicks(reference),
        reference_half=half or None,
        latency_ns=working.order.latency_ns or None,
    )


def auction_place(
    working: WorkingOrder, price_ticks: int, heavier: Side | None, *, told: bool
) -> AuctionPlace:
    """Where an order stood at the price of a call auction; ``told``: whether the feed says which
    side had more."""
    if working.is_market:
        return AuctionPlace.ANY_PRICE
    if working.limit_ticks != price_ticks:
        return AuctionPlace.BETTER
    if not told:
        return AuctionPlace.UNKNOWN
    return AuctionPlace.HEAVIER if heavier is working.side else AuctionPlace.LIGHTER


def printed_receipt(
    listing: Listing,
    working: WorkingOrder,
    rule: FillRule,
    printed: Printed,
    *,
    price_ticks: PriceTicks,
    budget: int,
) -> Receipt:
    """What decided a fill at a price that was printed for everybody: an auction's, the close."""
    assert listing.rules is not None
    return Receipt(
        profile=working.profile,
        rule=rule,
        event_seq=printed.seq,
        event_at_ns=printed.at_ns,
        rule_date=listing.rules.rule_date,
        budget_qty=Qty(budget),
        reference_ticks=price_ticks,
    )
