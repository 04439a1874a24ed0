"""The market's own displayed liquidity of one instrument, as the feed shows it.

The street is not a user: nobody's order changes it.  It remembers, per displayed level, its size
and the volume printed there since the level's last update, because the fill rules need to know
how much of a shrinking level was traded and how much was cancelled (fill model E2, E3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from matching.market import (
    AuctionCross,
    AuctionIndication,
    Bar,
    BarOpen,
    Depth,
    Level,
    Snapshot,
    StreetOrder,
    Trade,
)
from matching.orders import Side
from matching.street_book import StreetBook, StreetEvent
from matching.units import AtNs


class LevelChange(NamedTuple):
    """One displayed level went from ``before`` to ``after``; ``traded`` was printed meanwhile."""

    side: Side
    price_ticks: int
    before: int
    after: int
    traded: int

    @property
    def by_trades(self) -> int:
        """The part of a decrease that prints explain."""
        return min(max(0, self.before - self.after), self.traded)

    @property
    def by_cancels(self) -> int:
        return max(0, self.before - self.after - self.traded)


_NEVER = AtNs(0)
_LOST = AtNs(-(1 << 62))
_SHOWN_OF_ALL = 10  # levels a side that count as displayed where every order is known


@dataclass(slots=True)
class Street:
    """State of one instrument's street; sizes in base units, prices in ticks."""

    levels_shown: int = 0
    visible: tuple[tuple[Level, ...], tuple[Level, ...]] = ((), ())  # by Side: bids, asks
    sizes: tuple[dict[int, int], dict[int, int]] = field(default_factory=lambda: ({}, {}))
    traded: tuple[dict[int, int], dict[int, int]] = field(default_factory=lambda: ({}, {}))
    event_seq: int = 0
    updated_at_ns: AtNs = _NEVER
    displayed_at_ns: AtNs = _NEVER  # of the display alone: a print does not make it fresh
    last_ticks: int | None = None
    indication: AuctionIndication | None = None  # of the call auction that is running
    bar_start_ns: AtNs | None = None  # the running bar, None between bars
    previous_volume: int = 0  # of the last finished bar
    auction_qty: int = 0  # of the last call auction, until continuous trading begins
    snapshot: Snapshot | None = None  # the newest, where the feed shows nothing in between
    # Where the feed tells every order: all of them, and by their ids the events that brought them.
    book: StreetBook | None = None
    joined: dict[int, int] = field(default_factory=dict)

    def clear(self) -> None:
        """A session begins: nothing is displayed and nothing was traded."""
        self.last_ticks = self.indication = None
        self.levels_shown = self.event_seq = 0
        self.updated_at_ns = self.displayed_at_ns = _NEVER
        self.visible = ((), ())
        for side in Side:
            self.sizes[side].clear()
            self.traded[side].clear()
        self.bar_start_ns = None
        self.auction_qty = 0
        self.snapshot = None
        self.joined.clear()
        if self.book is not None:
            self.book.clear()

    def lose_sight(self) -> None:
        """The display is as old as can be; what it showed stays, so that what comes back can be
        compared with it."""
        self.displayed_at_ns = _LOST

    def best(self, side: Side) -> Level | None:
        levels = self.visible[side]
        return levels[0] if levels else None

    @property
    def crossed(self) -> bool:
        bid, ask = self.best(Side.BUY), self.best(Side.SELL)
        return bid is not None and ask is not None and bid.price_ticks >= ask.price_ticks

    def behind_window(self, side: Side, price_ticks: int) -> bool:
        """Whether a price lies beyond the last level of a full window, where nothing is known."""
        levels = self.visible[side]
        if self.book is not None or not levels or len(levels) < self.levels_shown:
            return False
        return side.sign * (levels[-1].price_ticks - price_ticks) > 0

    def levels(self, side: Side) -> tuple[Level, ...]:
        """Every level that a taker can walk, best first."""
        return self.visible[side] if self.book is None else self.book.levels(side)

    def shown(self, side: Side, price_ticks: int) -> int:
        """The size displayed at a price, 0 where there is none."""
        if self.book is not None:
            return self.book.size(side, price_ticks)
        return self.sizes[side].get(price_ticks, 0)

    def apply_order(self, event: StreetEvent) -> list[LevelChange]:
        """Let one event of a street happen that tells every order; the levels it changed.

        ValueError for what cannot be (``StreetBook``)."""
        book = self.book
        assert book is not None
        places, traded = self._places(event), 0
        if isinstance(event, StreetOrder):
            self.joined[event.street_order_id] = event.seq
        elif isinstance(event, Trade):
            self.last_ticks, traded = event.price_ticks, event.qty
        before = [book.size(*place) for place in places]
        book.on(event)
        self._forget_gone(event)
        self._show(places)
        self.event_seq = event.seq
        self.updated_at_ns = self.displayed_at_ns = event.at_ns
        return [
            LevelChange(*place, size, book.size(*place), traded)
            for place, size in zip(places, before, strict=True)
        ]

    def _places(self, event: StreetEvent) -> list[tuple[Side, int]]:
        """Side and price of the levels that an event changes."""
        assert self.book is not None
        if isinstance(event, StreetOrder):
            return [(event.side, event.price_ticks)]
        found = (self.book.find(one) for one in _named(event))
        return [(one.side, one.price_ticks) for one in found if one is not None]

    def _forget_gone(self, event: StreetEvent) -> None:
        assert self.book is not None
        for street_order_id in _named(event):
            if street_order_id not in self.book:
                self.joined.pop(street_order_id, None)

    def _show(self, places: list[tuple[Side, int]]) -> None:
        """Bring the displayed part up to date where it was touched."""
        assert self.book is not None
        sides = list(self.visible)
        for side, price_ticks in places:
            levels = sides[side]
            last = levels[-1].price_ticks if len(levels) == _SHOWN_OF_ALL else None
            if last is None or side.sign * (price_ticks - last) >= 0:
                sides[side] = self.book.levels(side, _SHOWN_OF_ALL)
        self.visible = (sides[0], sides[1])

    def apply_snapshot(self, snapshot: Snapshot) -> list[LevelChange]:
        """Take over the display and the totals; the changed levels, bids first, best first."""
        self.snapshot = snapshot
        if snapshot.last_ticks is not None:
            self.last_ticks = snapshot.last_ticks
        return self.apply_depth(snapshot)

    def apply_depth(self, depth: Depth | Snapshot) -> list[LevelChange]:
        """Take over a new display; the changed levels, bids first, best first."""
        self.levels_shown = depth.levels_shown
        self.visible = (depth.bids, depth.asks)
        self.event_seq = depth.seq
        self.updated_at_ns = self.displayed_at_ns = depth.at_ns
        return [*self._changes(Side.BUY), *self._changes(Side.SELL)]

    def _changes(self, side: Side) -> Iterator[LevelChange]:
        """Levels that left a full window are not gone but unknown: no change is reported, and
        whatever they show when they come back counts as new."""
        sizes, traded = self.sizes[side], self.traded[side]
        shown: dict[int, int] = {one.price_ticks: one.qty for one in self.visible[side]}
        gone = [price for price in sizes if price not in shown]
        known = [price for price in gone if not self.behind_window(side, price)]
        for price in sorted([*shown, *known], reverse=side is Side.BUY):
            before, after = sizes.get(price, 0), shown.get(price, 0)
            printed = traded.get(price, 0)
            if before != after or printed:
                yield LevelChange(side, price, before, after, printed)
        sizes.clear()
        sizes.update(shown)
        traded.clear()

    def apply_trade(self, trade: Trade) -> tuple[Side, ...]:
        """Take over a print; the resting sides whose queue at that price it consumed."""
        self.last_ticks = trade.price_ticks
        self.event_seq = trade.seq
        self.updated_at_ns = trade.at_ns
        sides = self._sides_hit(trade)
        for side in sides:
            traded = self.traded[side]
            traded[trade.price_ticks] = traded.get(trade.price_ticks, 0) + trade.qty
        return sides

    def _sides_hit(self, trade: Trade) -> tuple[Side, ...]:
        """The side that was resting; from the quote when the feed does not say who took."""
        if trade.aggressor is not None:
            return (trade.aggressor.opposite,)
        bid, ask = self.best(Side.BUY), self.best(Side.SELL)
        if bid is not None and trade.price_ticks <= bid.price_ticks:
            return (Side.BUY,)
        if ask is not None and trade.price_ticks >= ask.price_ticks:
            return (Side.SELL,)
        return ()

    def apply_indication(self, indication: AuctionIndication) -> None:
        """What a running auction would give: nobody has traded at that price."""
        self.indication = indication
        self.event_seq = indication.seq
        self.updated_at_ns = indication.at_ns

    def apply_cross(self, cross: AuctionCross) -> None:
        self.indication = None
        if cross.price_ticks is not None:
            self.last_ticks = cross.price_ticks
        self.auction_qty = cross.qty
        self.event_seq = cross.seq
        self.updated_at_ns = cross.at_ns

    def apply_bar_open(self, bar: BarOpen) -> None:
        self.last_ticks = bar.open_ticks
        self.bar_start_ns = bar.at_ns
        self.previous_volume = bar.previous_volume
        self.event_seq = bar.seq
        self.updated_at_ns = bar.at_ns

    def apply_bar(self, bar: Bar) -> None:
        self.last_ticks = bar.close_ticks
        self.previous_volume = bar.volume
        self.bar_start_ns = None
        self.event_seq = bar.seq
        self.updated_at_ns = bar.at_ns


def _named(event: StreetEvent) -> list[int]:
    """The orders of the street that an event speaks of."""
    if isinstance(event, Trade):
        return [one for one in (event.buy_order_id, event.sell_order_id) if one is not None]
    return [event.street_order_id]
