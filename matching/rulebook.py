"""The rules of a venue as dated data.

A rule book is a table of records, each with the day it began, the day it ended (or none) and the
source that says so.  ``RuleBook.on`` picks the records of one board on one day, so a session of
the past trades under the rules of its own day.  Nothing here is a constant in code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from matching.orders import Side
from matching.units import AmountMinor, PriceTicks, divide_half_up

PPM = 1_000_000


class MarketRemainder(StrEnum):
    """What becomes of the part of a market order that finds no displayed size."""

    WORK = "work"  # keeps working inside the collar
    CANCEL = "cancel"  # is cancelled


@dataclass(frozen=True, slots=True)
class Fee:
    """One itemised cost of an order.

    amount = notional * rate_ppm / 10^6 + qty * per_unit_ppm / 10^6 minor units, each rounded half
    up, at least ``min_minor``, at most ``max_ppm`` of the notional (None: no cap).
    """

    code: str
    side: Side | None  # None: both
    rate_ppm: int
    per_unit_ppm: int
    min_minor: int
    max_ppm: int | None

    def amount_minor(self, side: Side, notional_minor: int, qty: int) -> AmountMinor:
        if self.side is not None and self.side != side:
            return AmountMinor(0)
        amount = divide_half_up(notional_minor * self.rate_ppm, PPM)
        amount += divide_half_up(qty * self.per_unit_ppm, PPM)
        amount = max(amount, self.min_minor)
        if self.max_ppm is not None:
            amount = min(amount, divide_half_up(notional_minor * self.max_ppm, PPM))
        return AmountMinor(amount)


@dataclass(frozen=True, slots=True)
class BoardRules:
    """Everything that applies to one board on one day."""

    lot: int
    odd_lot_sell: bool
    max_qty: int
    limit_permille: int | None
    buys_settle_sessions: int  # 0: sellable at once (T+0), 1: next session (T+1)
    market_remainder: MarketRemainder
    collar_permille: int
    half_spread_ppm: int
    bar_share_permille: int
    stale_after_ns: int
    fees: tuple[Fee, ...]
    rule_date: date  # the youngest rule in force: shown on receipts
    sources: Mapping[str, str]

    def band(self, reference_ticks: int) -> tuple[PriceTicks, PriceTicks] | None:
        """Lowest and highest allowed price; None where there is no limit.

        Half-up to the tick, at least one tick away from the reference (SSE rules 3.3.13, 3.3.17).
        """
        if self.limit_permille is None:
            return None
        upper = divide_half_up(reference_ticks * (1000 + self.limit_permille), 1000)
        lower = divide_half_up(reference_ticks * (1000 - self.limit_permille), 1000)
        return (
            PriceTicks(max(1, min(lower, reference_ticks - 1))),
            PriceTicks(max(upper, reference_ticks + 1)),
        )

    def collar_ticks(self, side: Side, expected_ticks: int) -> PriceTicks:
        """The worst price a market order may trade at, from the price it could expect."""
        shift = 1000 + side.sign * self.collar_permille
        price = divide_half_up(expected_ticks * shift, 1000)
        return PriceTicks(max(1, price))

    def half_spread_ticks(self, price_ticks: int) -> int:
        """Assumed half spread where the data has no quotes: at least one tick."""
        return max(1, divide_half_up(price_ticks * self.half_spread_ppm, PPM))

    def fee_items(self, side: Side, notional_minor: int, qty: int) -> tuple[tuple[str, int], ...]:
        """(code, amount in minor units) of every fee that applies to an order so far."""
        if qty == 0:
            return ()
        items = ((fee.code, fee.amount_minor(side, notional_minor, qty)) for fee in self.fees)
        return tuple((code, int(amount)) for code, amount in items if amount)


@dataclass(frozen=True, slots=True)
class DatedRule:
    """One record: ``kind`` names the group of values, the newest valid record of a kind (and
    code, for fees) on a board wins."""

    kind: str
    board: str  # "*" for every board of the book
    valid_from: date
    valid_to: date | None
    source: str
    values: Mapping[str, int | str | bool]

    def applies(self, board: str, session: date) -> bool:
        if self.board not in ("*", board) or session < self.valid_from:
            return False
        return self.valid_to is None or session <= self.valid_to


class RuleBook:
    """The dated rules of one market."""

    def __init__(self, market: str, rules: Iterable[DatedRule]) -> None:
        self.market = market
        self.rules = tuple(rules)
        self._boards: dict[tuple[str, date], BoardRules] = {}

    def on(self, board: str, session: date) -> BoardRules:
        """The rules of a board on a day.  LookupError names a kind that has none in force."""
        found = self._boards.get((board, session))
        if found is None:
            if len(self._boards) > 4096:
                self._boards.clear()
            found = self._boards[board, session] = self._resolve(board, session)
        return found

    def _resolve(self, board: str, session: date) -> BoardRules:
        newest: dict[str, DatedRule] = {}
        for rule in self.rules:
            if rule.applies(board, session):
                key = rule.kind + ":" + str(rule.values.get("code", ""))
                best = newest.get(key)
                if best is None or _rank(rule) >= _rank(best):
                    newest[key] = rule
        return _board_rules(self.market, board, session, newest)


def _rank(rule: DatedRule) -> tuple[bool, date]:
    """A record of the board itself beats one for every board; then the younger one wins."""
    return (rule.board != "*", rule.valid_from)


def _board_rules(
    market: str, board: str, session: date, newest: Mapping[str, DatedRule]
) -> BoardRules:
    def value(kind: str, name: str) -> int:
        rule = newest.get(kind + ":")
        if rule is None:
            raise LookupError(f"{market} {board}: no {kind} rule in force on {session}")
        found = rule.values[name]
        assert isinstance(found, int), f"{kind}.{name} must be a whole number"
        return found

    limit = newest.get("limit:")
    remainder = newest["market_order:"].values["remainder"] if "market_order:" in newest else "work"
    fees = [rule for key, rule in sorted(newest.items()) if rule.kind == "fee"]
    return BoardRules(
        lot=value("lot", "lot"),
        odd_lot_sell=bool(value("lot", "odd_lot_sell")),
        max_qty=value("lot", "max_qty"),
        limit_permille=value("limit", "permille") if limit and "permille" in limit.values else None,
        buys_settle_sessions=value("settlement", "buys_settle_sessions"),
        market_remainder=MarketRemainder(str(remainder)),
        collar_permille=value("market_order", "collar_permille"),
        half_spread_ppm=value("bar_fill", "half_spread_ppm"),
        bar_share_permille=value("bar_fill", "share_permille"),
        stale_after_ns=value("stale", "seconds") * 1_000_000_000,
        fees=tuple(_fee(rule.values) for rule in fees),
        rule_date=max(rule.valid_from for rule in newest.values()),
        sources={key.rstrip(":"): rule.source for key, rule in sorted(newest.items())},
    )


def _fee(values: Mapping[str, int | str | bool]) -> Fee:
    side = values.get("side", "both")
    cap = values.get("max_ppm")
    return Fee(
        code=str(values["code"]),
        side=None if side == "both" else Side[str(side).upper()],
        rate_ppm=int(values.get("rate_ppm", 0)),
        per_unit_ppm=int(values.get("per_unit_ppm", 0)),
        min_minor=int(values.get("min_minor", 0)),
        max_ppm=None if cap is None else int(cap),
    )
