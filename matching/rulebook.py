"""The rules of a market as dated data.

A rule book is a table of records, each with the day it began, the day it ended (or none) and the
source that says so.  ``RuleBook.on`` picks the records of one board on one day, so a session of
the past trades under the rules of its own day.  Nothing here is a constant in code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from matching.auction import TieRule
from matching.board_rules import BoardRules, LotRules, MarketRemainder, SettlementRules
from matching.fees import Fee, FeeSchedule, FillRole
from matching.instrument import Instrument
from matching.order_rules import OrderRules, offered
from matching.orders import Side
from matching.price_limit import PriceCage, PriceLimit
from matching.reasons import day_figure
from matching.short_sales import PriceTest, ShortRules
from matching.terms import ORDINARY, ListingTerms, Status
from matching.tick_table import TickTable
from matching.units import NS_PER_SECOND
from matching.volatility_halt import HaltBasis, HaltRule, LimitStateRule

Value = int | str | bool | tuple[int, ...]

# What is lent, and against what: no rule of these decides a fill.
MARGIN_KINDS = (
    "collateral", "finance", "short_margin", "maintenance", "margin_call", "loan", "lending",
    "short",
)  # fmt: skip
REQUIRED = ("lot", "settlement", "market_order", "bar_fill", "stale")


@dataclass(frozen=True, slots=True)
class DatedRule:
    """One record: ``kind`` names the group of values.

    It holds for a board (``*``: every one), for listings of a status (``LISTING``: in their first
    ``days``) and of a variety (empty: all).  Of several records of one kind (and fee code) the one
    for the strongest status wins, then that for the variety, that of the board, the youngest.
    ``pending`` records were announced and never confirmed: they are shown and never in force.
    """

    kind: str
    board: str
    valid_from: date
    valid_to: date | None
    source: str
    values: Mapping[str, Value]
    status: Status = Status.NORMAL
    days: int = 0
    variety: str = ""
    pending: bool = False

    def applies(self, board: str, session: date, terms: ListingTerms = ORDINARY) -> bool:
        if self.pending or self.board not in ("*", board) or session < self.valid_from:
            return False
        if self.variety not in ("", terms.variety) or not terms.has(self.status, self.days):
            return False
        return self.valid_to is None or session <= self.valid_to

    @property
    def key(self) -> str:
        """What a rule is cited by: its kind, for fees with the code."""
        code = self.values.get("code")
        return f"{self.kind}:{code}" if code else self.kind


class RulesUnknownError(LookupError):
    """There is no record of ``kind`` for a board on a day; ``first`` is the first day with all."""

    def __init__(self, market: str, kind: str, board: str, session: date, first: date | None):
        super().__init__(f"{market} {board}: no {kind} rule in force on {session}")
        self.kind = kind
        self.first = first

    @property
    def first_day(self) -> int:
        """The first day as 20260706; 0 where the board has no rules at all."""
        return day_figure(self.first) if self.first else 0


class RuleBook:
    """The dated rules of one market."""

    def __init__(self, market: str, rules: Iterable[DatedRule]) -> None:
        self.market = market
        self.rules = tuple(rules)
        self._boards: dict[tuple[str, date, ListingTerms], BoardRules] = {}

    def of(self, _instrument: Instrument) -> RuleBook:
        """A single book is the book of every instrument."""
        return self

    def on(self, board: str, session: date, terms: ListingTerms = ORDINARY) -> BoardRules:
        """The rules of a board on a day for listings of such terms; RulesUnknownError where one
        that every order needs is missing."""
        key = (board, session, terms)
        found = self._boards.get(key)
        if found is None:
            if len(self._boards) > 4096:
                self._boards.clear()
            found = self._boards[key] = self._resolve(board, session, terms)
        return found

    def _resolve(self, board: str, session: date, terms: ListingTerms) -> BoardRules:
        newest: dict[str, DatedRule] = {}
        for rule in self.rules:
            if rule.applies(board, session, terms):
                best = newest.get(rule.key)
                if best is None or _rank(rule) >= _rank(best):
                    newest[rule.key] = rule
        for kind in REQUIRED:
            if kind not in newest:
                raise RulesUnknownError(self.market, kind, board, session, self._first(board))
        return _board_rules(newest, terms)

    def _first(self, board: str) -> date | None:
        """The first day on which a board has every rule that an order needs."""
        begins = [
            [one.valid_from for one in self.rules if one.kind == kind and one.board in ("*", board)]
            for kind in REQUIRED
        ]
        return max(min(days) for days in begins) if all(begins) else None


class RuleBooks:
    """The books of several markets, by the market of the instrument."""

    def __init__(self, books: Mapping[str, RuleBook]) -> None:
        self._books = dict(books)

    def of(self, instrument: Instrument) -> RuleBook:
        return self._books[instrument.market]


class Rules(Protocol):
    """Which book an instrument trades under."""

    def of(self, instrument: Instrument, /) -> RuleBook: ...


_STATUSES = list(Status)


def _rank(rule: DatedRule) -> tuple[int, bool, bool, date]:
    strength = len(_STATUSES) - _STATUSES.index(rule.status)
    return (strength, rule.variety != "", rule.board != "*", rule.valid_from)


def _number(rule: DatedRule, name: str, default: int | None = None) -> int:
    found = rule.values.get(name, default)
    assert isinstance(found, int), f"{rule.kind}.{name} must be a whole number"
    return found


def _numbers(rule: DatedRule, name: str) -> tuple[int, ...]:
    found = rule.values.get(name, ())
    assert isinstance(found, tuple), f"{rule.kind}.{name} must be a list of whole numbers"
    return found


def _board_rules(newest: Mapping[str, DatedRule], terms: ListingTerms) -> BoardRules:
    orders, bars = newest["market_order"], newest["bar_fill"]
    limit = _limit(newest.get("limit"), newest.get("limit_floor"))
    nominal, state = newest.get("nominal"), newest.get("limit_state")
    auction = newest.get("auction")
    return BoardRules(
        lots=_lots(newest["lot"], terms),
        auction_tie=TieRule(str(auction.values["tie"])) if auction else None,
        limit=limit,
        auction_limit=_limit(newest.get("auction_limit"), None),
        cage=_cage(newest.get("cage")),
        nominal_multiple=_number(nominal, "multiple") if nominal else None,
        tick_table=_tick_table(newest.get("tick")),
        halt=_halt(newest.get("halt"), limit),
        limit_state=_limit_state(state) if state else None,
        reopens="reopening" in newest,
        settlement=_settlement(newest["settlement"]),
        market_remainder=MarketRemainder(str(orders.values["remainder"])),
        collar_permille=_number(orders, "collar_permille"),
        half_spread_ppm=_number(bars, "half_spread_ppm"),
        bar_share_permille=_number(bars, "share_permille"),
        stale_after_ns=_number(newest["stale"], "seconds") * NS_PER_SECOND,
        fees=FeeSchedule(
            tuple(_fee(rule) for _, rule in sorted(newest.items()) if rule.kind == "fee")
        ),
        rule_date=max(one.valid_from for one in newest.values() if one.kind not in MARGIN_KINDS),
        sources={key: rule.source for key, rule in sorted(newest.items())},
        dates={key: rule.valid_from for key, rule in sorted(newest.items())},
        orders=_orders(newest),
        short=_short(newest.get("short")),
    )


def _short(rule: DatedRule | None) -> ShortRules | None:
    """A record that does not allow it says that there is no short selling."""
    if rule is None or not rule.values.get("allowed", True):
        return None
    test = PriceTest(str(rule.values["test"]))
    return ShortRules(test, _number(rule, "fall_permille", 0), _number(rule, "cover_sessions", 0))


def _orders(newest: Mapping[str, DatedRule]) -> OrderRules:
    kinds = [one for _, one in sorted(newest.items()) if one.kind == "kinds"]
    stops, money = newest.get("stops"), newest.get("money")
    return OrderRules(
        kinds=offered((str(one.values["code"]), str(one.values["times"])) for one in kinds),
        platform_stops=stops is not None and bool(stops.values["platform"]),
        money=money is not None and bool(money.values["allowed"]),
    )


def _lots(rule: DatedRule, terms: ListingTerms) -> LotRules:
    lot = terms.board_lot or _number(rule, "lot")
    most = _number(rule, "max_lots", 0) * lot or _number(rule, "max_qty")
    return LotRules(
        lot=lot,
        min_qty=_number(rule, "min_qty", lot),
        odd_lot_sell=bool(_number(rule, "odd_lot_sell")),
        max_qty=most,
        max_market_qty=_number(rule, "max_market_qty", most),
        max_after_hours_qty=_number(rule, "max_after_hours_qty", most),
    )


def _limit(rule: DatedRule | None, floor: DatedRule | None) -> PriceLimit | None:
    """A record without figures says that there is no limit."""
    if rule is None or not rule.values:
        return None
    both = _number(rule, "permille", 0)
    upto = floor and floor.values.get("upto_ticks")
    return PriceLimit(
        up_permille=_number(rule, "up_permille", both),
        down_permille=_number(rule, "down_permille", both),
        floor_ticks=_number(floor, "ticks") if floor else 1,
        floor_upto_ticks=upto if isinstance(upto, int) else None,
    )


def _cage(rule: DatedRule | None) -> PriceCage | None:
    if rule is None:
        return None
    return PriceCage(_number(rule, "permille"), _number(rule, "ticks", 0))


def _tick_table(rule: DatedRule | None) -> TickTable | None:
    if rule is None:
        return None
    return TickTable(_number(rule, "decimals"), _numbers(rule, "below"), _numbers(rule, "steps"))


def _halt(rule: DatedRule | None, limit: PriceLimit | None) -> HaltRule | None:
    """Some halts are for days without a price limit alone."""
    if rule is None or (limit is not None and rule.values.get("without_limit")):
        return None
    return HaltRule(
        HaltBasis(str(rule.values["basis"])),
        _numbers(rule, "steps_permille"),
        _numbers(rule, "minutes"),
    )


def _limit_state(rule: DatedRule) -> LimitStateRule:
    return LimitStateRule(
        permille=_number(rule, "permille"),
        low_permille=_number(rule, "low_permille"),
        low_below_cents=_number(rule, "low_below_cents"),
        limit_seconds=_number(rule, "limit_seconds"),
        pause_minutes=_number(rule, "pause_minutes"),
    )


def _settlement(rule: DatedRule) -> SettlementRules:
    return SettlementRules(
        _number(rule, "buys_settle_sessions"),
        _number(rule, "cash_usable_sessions", 0),
        _number(rule, "cash_withdrawable_sessions", 0),
    )


def _fee(rule: DatedRule) -> Fee:
    side, role = rule.values.get("side", "both"), rule.values.get("role")
    return Fee(
        code=str(rule.values["code"]),
        side=None if side == "both" else Side[str(side).upper()],
        rate_ppb=_number(rule, "rate_ppb", 1000 * _number(rule, "rate_ppm", 0)),
        per_unit_ppm=_number(rule, "per_unit_ppm", 0),
        min_minor=_number(rule, "min_minor", 0),
        max_ppm=_number(rule, "max_ppm") if "max_ppm" in rule.values else None,
        max_minor=_number(rule, "max_minor") if "max_minor" in rule.values else None,
        whole_minor=_number(rule, "whole_minor", 1),
        role=FillRole(str(role)) if role else None,
        included=bool(rule.values.get("included", False)),
    )
