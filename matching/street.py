"""The market's own displayed liquidity of one instrument, as the feed shows it.

The street is not a user: nobody's order changes it.  It remembers, per displayed level, its size
and the volume printed there since the level's last update, because the fill rules need to know
how much of a shrinking level was traded and how much was cancelled (fill model E2, E3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from matching.market import Bar, BarOpen, Depth, Level, Snapshot, Trade
from matching.orders import Side
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
    bar_start_ns: AtNs | None = None  # the running bar, None between bars
    previous_volume: int = 0  # of the last bar that was finished when the running one began
    snapshot: Snapshot | None = None  # the newest, where the feed shows nothing in between

    def clear(self) -> None:
        """A session begins: nothing is displayed and nothing was traded."""
        self.last_ticks = None
        self.levels_shown = self.event_seq = 0
        self.updated_at_ns = self.displayed_at_ns = _NEVER
        self.visible = ((), ())
        for side in Side:
            self.sizes[side].clear()
            self.traded[side].clear()
        self.bar_start_ns = None
        self.snapshot = None

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
        if not levels or len(levels) < self.levels_shown:
            return False
        return side.sign * (levels[-1].price_ticks - price_ticks) > 0

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

    def apply_bar_open(self, bar: BarOpen) -> None:
        self.last_ticks = bar.open_ticks
        self.bar_start_ns = bar.at_ns
        self.previous_volume = bar.previous_volume
        self.event_seq = bar.seq
        self.updated_at_ns = bar.at_ns

    def apply_bar(self, bar: Bar) -> None:
        self.last_ticks = bar.close_ticks
        self.bar_start_ns = None
        self.event_seq = bar.seq
        self.updated_at_ns = bar.at_ns
