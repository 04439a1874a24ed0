"""As which feeds a recorded day of single orders can be told, in words: from all to least."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from matching.market import DataKind
from web.i18n import N_


class FeedView(NamedTuple):
    name: str
    hint: str


FEED_VIEWS: Mapping[DataKind, FeedView] = {
    DataKind.ORDERS: FeedView(
        N_("Full order book"), N_("Every order as it came: your place in the queue is exact.")
    ),
    DataKind.DEPTH: FeedView(
        N_("10 levels"),
        N_("Ten prices a side after every change: your place in the queue is nearly exact."),
    ),
    DataKind.SNAPSHOTS: FeedView(
        N_("Snapshots every 3 s"),
        N_("Ten prices a side every three seconds: what happened between them is estimated."),
    ),
    DataKind.QUOTES: FeedView(
        N_("Best quote"),
        N_("The best bid and ask after every change: nobody sees what stands behind them."),
    ),
    DataKind.TRADES: FeedView(
        N_("Trades"), N_("Only the trades: your order fills when others trade beyond its price.")
    ),
    DataKind.BARS: FeedView(
        N_("Minute bars"),
        N_("One bar a minute: orders wait for the next bar, and many true fills are missed."),
    ),
}
