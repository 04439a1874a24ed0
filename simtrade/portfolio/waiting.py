"""What an open order waits for, as a code that web/ has words for."""

from __future__ import annotations

from typing import Any

from matching.instrument import InstrumentId
from matching.market import Phase
from matching.orders import OrderKind, Side, TimeInForce
from matching.phases import PHASES
from matching.working import Stage
from simtrade.venues.snapshot import Snapshot


def waiting_for(row: Any, shown: Snapshot, *, has_depth: bool) -> str:
    """What has to happen before an open order (its row) can go on."""
    if row.stage == Stage.HELD:
        return "settlement" if row.entry_filled else "entry"
    if row.stage == Stage.WAITING:
        return "trigger"
    if row.change_due_ns is not None:
        return "change_on_its_way" if row.change_qty else "cancel_on_its_way"
    if row.stage == "coming":
        return "on_its_way"
    auction = _auction_of(row, shown.clock.phase)
    if auction:
        return auction
    if shown.clock.phase != "continuous":
        return "market_open"
    quote = shown.quotes.get(InstrumentId(row.instrument_id))
    if has_depth and quote is not None:
        if quote.stale or quote.crossed:
            return "fresh_quote"
        if quote.sealed is not None and quote.sealed is Side(row.side):
            return "sealed_up" if quote.sealed is Side.BUY else "sealed_down"
    if row.stage == "entering":
        return "next_quote" if has_depth else "next_bar"
    return "queue" if has_depth else "price"


def _auction_of(row: Any, phase: Phase) -> str:
    """The call auction that an open order waits for; empty for none."""
    if row.stage == "auction":
        if row.kind == OrderKind.FIXED_PRICE:
            return "closing_price"
        opening = row.time_in_force == TimeInForce.AT_OPEN
        return "opening_auction" if opening else "closing_auction"
    if not PHASES[phase].auction:
        return ""
    return "opening_auction" if PHASES[phase].crosses is TimeInForce.AT_OPEN else "closing_auction"
