"""How orders meet a market that is shown every few seconds: fill model E4.

A taker meets the first snapshot at or after its arrival, never the last one it could have seen.
A resting order is reached by the volume between two snapshots as far as it came to its price.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace

from matching.depth_fills import follow_display, join_queue
from matching.events import Event, FillRule, OrderFilled
from matching.intervals import LARGEST_TICKS, Interval, Reach, between
from matching.listing import Listing
from matching.market import Snapshot
from matching.orders import AccountId, FillProfile, Side, TimeInForce
from matching.receipts import fill_receipt
from matching.units import QUEUE_SCALE, PriceTicks, Qty
from matching.working import WorkingOrder


def on_snapshot(listing: Listing, snapshot: Snapshot, *, matches: bool) -> list[Event]:
    """A new snapshot: first what the volume since the last one reached, then its display."""
    street = listing.street
    interval = between(street.snapshot, snapshot)
    if interval is not None and _too_long(listing, interval):
        interval = None
    events: list[Event] = []
    if listing.orders and matches and interval is not None:
        _join_early(listing, interval)
        events = _Spending(listing, snapshot, interval).spend()
    if interval is not None:
        _explain(listing, interval)
    changes = street.apply_snapshot(snapshot)
    return events + follow_display(listing, changes, snapshot.at_ns, matches=matches)


def _too_long(listing: Listing, interval: Interval) -> bool:
    """Nothing is known of what happened while the feed was stale."""
    rules = listing.rules
    return rules is None or interval.end_ns - interval.start_ns > rules.stale_after_ns


def _join_early(listing: Listing, interval: Interval) -> None:
    """An order that came within the interval and was not for the quote of its beginning has waited
    in the queue since; the strict profile lets it begin with the interval's end."""
    for working in list(listing.entering.values()):
        if working.is_market:
            continue
        quote = listing.street.best(working.side.opposite)
        waits = working.order.time_in_force in (TimeInForce.DAY, TimeInForce.GTC)
        came = interval.start_ns < working.since_ns <= interval.end_ns
        if not waits or not came or working.profile is FillProfile.STRICT:
            return  # nobody overtakes it
        if quote is not None and working.accepts(quote.price_ticks):
            return
        join_queue(listing, working, interval.start_ns)
        listing.settle_in(working)


def _explain(listing: Listing, interval: Interval) -> None:
    """Count what was probably traded at each displayed price, so that the rest of a decrease is
    known to be cancels."""
    street = listing.street
    for side in Side:
        for price in street.sizes[side]:
            beyond = interval.likely_milli(side, price - side.sign)
            at_price = (interval.likely_milli(side, price) - beyond) // QUEUE_SCALE
            if at_price:
                street.traded[side][price] = at_price


@dataclass(slots=True)
class _Spending:
    """One interval's volume, once per group; better prices spend it first."""

    listing: Listing
    snapshot: Snapshot
    interval: Interval
    used: dict[AccountId, int] = field(default_factory=lambda: defaultdict(int))

    def spend(self) -> list[Event]:
        events: list[Event] = []
        far_up = min(self.interval.high + 1, LARGEST_TICKS)
        for side, far in ((Side.BUY, self.interval.low - 1), (Side.SELL, far_up)):
            spent: dict[AccountId, int] = defaultdict(int)
            walked: dict[tuple[AccountId, int], int] = defaultdict(int)
            for working in self.listing.reached(side, far):
                reach = self._reach(working)
                if reach is not None:
                    events.extend(self._serve(working, reach, spent, walked))
        return events

    def _reach(self, working: WorkingOrder) -> Reach | None:
        """An order that came within the interval has its share of the time, or none (strict)."""
        rules, interval = self.listing.rules, self.interval
        assert rules is not None
        reach = interval.reach(working.side, working.limit_ticks, working.profile, rules.lot)
        if working.since_ns <= interval.start_ns:
            return reach
        if working.since_ns > interval.end_ns or working.profile is FillProfile.STRICT:
            return None
        there_ns = interval.end_ns - working.since_ns
        return reach.part(there_ns, interval.end_ns - interval.start_ns)

    def _serve(
        self,
        working: WorkingOrder,
        reach: Reach,
        spent: dict[AccountId, int],
        walked: dict[tuple[AccountId, int], int],
    ) -> list[OrderFilled]:
        """First what went beyond the price, then what the queue at the price leaves over."""
        group, here = self.listing.group(working), working.limit_ticks
        ahead = working.ahead_milli
        self.listing.touched[working.order_id] = None
        working.traded_at_price += reach.at_milli // QUEUE_SCALE
        working.ahead_milli = 0 if reach.emptied else max(0, ahead - reach.at_milli)
        left = reach.all_milli - spent[group]
        left = max(0, min(left, self.interval.volume * QUEUE_SCALE - self.used[group]))
        through = min(left, max(0, reach.through_milli - spent[group]))
        events = self._fill(working, FillRule.INTERVAL_THROUGH, through, ahead)
        filled = sum(one.qty for one in events) * QUEUE_SCALE
        spent[group] += filled
        if not working.leaves or working.behind_window:
            return events
        left -= filled
        market = 0 if reach.emptied else min(left, max(0, ahead - walked[group, here]))
        walked[group, here] += market
        queued = self._fill(working, FillRule.INTERVAL_QUEUE, left - market, ahead)
        spent[group] += market + sum(one.qty for one in queued) * QUEUE_SCALE
        return events + queued

    def _fill(
        self, working: WorkingOrder, rule: FillRule, budget_milli: int, ahead: int
    ) -> list[OrderFilled]:
        interval, budget = self.interval, budget_milli // QUEUE_SCALE
        qty = min(working.leaves, budget)
        if not qty:
            return []
        self.used[self.listing.group(working)] += qty * QUEUE_SCALE
        receipt = replace(
            fill_receipt(self.listing, working, rule, ahead_before=ahead, budget=budget),
            event_seq=self.snapshot.seq,
            event_at_ns=self.snapshot.at_ns,
            bar_low_ticks=PriceTicks(interval.low),
            bar_high_ticks=PriceTicks(interval.high),
            bar_volume=Qty(interval.volume),
            interval_start_ns=interval.start_ns,
            interval_average_milli=interval.average_milli,
        )
        at_ns = self.snapshot.at_ns
        return [self.listing.fill(working, working.limit_ticks, qty, at_ns, receipt)]
