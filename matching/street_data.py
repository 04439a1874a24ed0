"""What the street shows, led to the fill rules of its kind of data."""

from __future__ import annotations

from matching.auction_fills import on_auction, on_reopening
from matching.bar_fills import on_bar_open
from matching.bar_path import on_bar
from matching.depth_fills import on_depth, on_trade
from matching.events import Event
from matching.listing import Listing
from matching.market import (
    AuctionCross,
    AuctionIndication,
    Bar,
    BarOpen,
    DataKind,
    Depth,
    Phase,
    Snapshot,
    StreetCancel,
    StreetData,
    StreetOrder,
    Trade,
)
from matching.order_fills import on_street
from matching.snapshot_fills import on_snapshot
from matching.trade_fills import on_print
from matching.triggers import print_of, send_stops


def happen(
    listing: Listing, event: StreetData, phase: Phase, *, matches: bool, reopens: bool = False
) -> list[Event]:
    """Let everybody's orders meet it, and send the stop orders that its trade triggers: at the
    first price of a bar before anybody meets it, otherwise after, so that they meet what the market
    shows then.  ``reopens``: a trade is the result of the auction that ends a pause."""
    trades = matches or isinstance(event, AuctionCross)
    price_ticks = print_of(listing, event) if trades and listing.waiting else None
    sent: list[Event] = []
    if price_ticks is not None and isinstance(event, BarOpen):
        sent = send_stops(listing, price_ticks, event.at_ns, event.seq)
    if reopens and isinstance(event, Trade):
        price_ticks = event.price_ticks if listing.waiting else None  # the quote is of before
        happened = on_reopening(listing, event)
        show(listing, event)
    else:
        happened = [*sent, *meet(listing, event, phase, matches=matches)]
    if price_ticks is not None and not isinstance(event, BarOpen):
        happened += send_stops(listing, price_ticks, event.at_ns, event.seq)
    return happened


def meet(listing: Listing, event: StreetData, phase: Phase, *, matches: bool) -> list[Event]:
    """Let everybody's orders meet it."""
    match event:
        case AuctionIndication() | AuctionCross():
            return on_auction(listing, event, phase)
        case BarOpen():
            return on_bar_open(listing, event, matches=matches)
        case Bar():
            # The last bar of a session ends at the very moment the phase changes.
            return on_bar(listing, event, matches=matches)
        case Snapshot():
            return on_snapshot(listing, event, matches=matches)
        case Depth():
            return on_depth(listing, event, matches=matches)
        case Trade() if listing.data is DataKind.TRADES:
            return on_print(listing, event, matches=matches)
        case Trade() if listing.data is not DataKind.ORDERS:
            return on_trade(listing, event, matches=matches)
        case StreetOrder() | StreetCancel() | Trade():
            return on_street(listing, event, matches=matches)


def show(listing: Listing, event: StreetData) -> None:
    """Know it without letting anybody trade on it."""
    street = listing.street
    match event:
        case AuctionIndication():
            street.apply_indication(event)
        case AuctionCross():
            street.apply_cross(event)
        case Bar():
            street.apply_bar(event)
        case BarOpen():
            street.apply_bar_open(event)
        case Snapshot():
            street.apply_snapshot(event)
        case Depth():
            street.apply_depth(event)
        case Trade() if listing.data is not DataKind.ORDERS:
            street.apply_trade(event)
        case StreetOrder() | StreetCancel() | Trade():
            street.apply_order(event)
