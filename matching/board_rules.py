"""Everything that applies to one instrument on one day, and the questions an order asks of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from matching.auction import TieRule
from matching.fees import FeeSchedule, Items
from matching.order_rules import OrderRules
from matching.orders import Side
from matching.price_limit import PriceCage, PriceLimit
from matching.short_sales import ShortRules
from matching.tick_table import TickTable
from matching.units import PriceTicks, divide_half_up
from matching.volatility_halt import HaltRule, LimitStateRule

PPM = 1_000_000


class MarketRemainder(StrEnum):
    """What becomes of the part of a market order that finds no displayed size."""

    WORK = "work"  # keeps working inside the collar
    CANCEL = "cancel"  # is cancelled


@dataclass(frozen=True, slots=True)
class LotRules:
    """Quantities in base units: at least ``min_qty``, in steps of ``lot``.

    A holding's rest below a lot (below ``min_qty``) may be sold in one order where
    ``odd_lot_sell``.  ``max_qty`` is for a limit order, the others for a market order and one at
    the closing price after hours.
    """

    lot: int
    min_qty: int
    odd_lot_sell: bool
    max_qty: int
    max_market_qty: int
    max_after_hours_qty: int

    def most(self, *, market: bool, after_hours: bool) -> int:
        """The largest quantity of one order."""
        if after_hours:
            return self.max_after_hours_qty
        return self.max_market_qty if market else self.max_qty

    def odd_qty(self, held: int) -> int:
        """The rest of a holding that can only be sold whole; 0 when there is none."""
        return held if held < self.min_qty else held % self.lot

    def splits_rest(self, qty: int, held: int) -> bool:
        """Whether selling ``qty`` of ``held`` would cut the odd rest in pieces; where it cannot be
        sold at all, the entry says so."""
        if qty == held or not self.odd_lot_sell:
            return False
        if qty % self.lot:
            return qty % self.lot != held % self.lot
        return qty < self.min_qty


@dataclass(frozen=True, slots=True)
class SettlementRules:
    """Sessions until what was traded is free: 0 at once, 1 from the next session (T+1)."""

    buys_sessions: int  # bought shares may be sold
    cash_usable_sessions: int  # proceeds of a sale may buy
    cash_withdrawable_sessions: int  # proceeds of a sale may leave the account


@dataclass(frozen=True, slots=True)
class BoardRules:
    """``limit`` None: no price limit; ``auction_limit``: of an opening auction alone,
    ``auction_tie``: how auctions choose between prices, None where the board holds none;
    ``reopens``: a call auction ends an ordered pause.
    ``nominal_multiple``: a price must lie within that multiple of the last one.  ``sources`` and
    ``dates`` say for every kind of rule where it is written and since when it holds."""

    lots: LotRules
    auction_tie: TieRule | None
    limit: PriceLimit | None
    auction_limit: PriceLimit | None
    cage: PriceCage | None
    nominal_multiple: int | None
    tick_table: TickTable | None
    halt: HaltRule | None
    limit_state: LimitStateRule | None
    reopens: bool
    settlement: SettlementRules
    market_remainder: MarketRemainder
    collar_permille: int
    half_spread_ppm: int
    bar_share_permille: int
    stale_after_ns: int
    fees: FeeSchedule
    rule_date: date  # the youngest rule in force: shown on receipts
    sources: Mapping[str, str]
    dates: Mapping[str, date]
    orders: OrderRules = field(default_factory=OrderRules)
    short: ShortRules | None = None  # None: what was borrowed cannot be sold

    @property
    def lot(self) -> int:
        return self.lots.lot

    @property
    def max_qty(self) -> int:
        return self.lots.max_qty

    @property
    def buys_settle_sessions(self) -> int:
        return self.settlement.buys_sessions

    def cite(self, kind: str) -> str:
        """The source of a rule and the day since which it holds; empty for a rule that the board
        does not have."""
        source = self.sources.get(kind)
        return f"{source} [{self.dates[kind]}]" if source else ""

    def band(self, reference_ticks: int) -> tuple[PriceTicks, PriceTicks] | None:
        """Lowest and highest allowed price of the day; None where there is no limit."""
        return None if self.limit is None else self.limit.band(reference_ticks)

    def collar_ticks(self, side: Side, expected_ticks: int) -> PriceTicks:
        """The worst price a market order may trade at, from the price it could expect."""
        shift = 1000 + side.sign * self.collar_permille
        price = divide_half_up(expected_ticks * shift, 1000)
        return PriceTicks(max(1, price))

    def half_spread_ticks(self, price_ticks: int) -> int:
        """Assumed half spread where the data has no quotes: at least one tick."""
        return max(1, divide_half_up(price_ticks * self.half_spread_ppm, PPM))

    def fee_items(self, side: Side, notional_minor: int, qty: int) -> Items:
        """(code, amount in minor units) of every fee that applies to an order so far."""
        return self.fees.items(side, notional_minor, qty)
