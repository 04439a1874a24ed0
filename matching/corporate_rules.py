"""The dated rules of a market about corporate actions."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from matching.rulebook import DatedRule, RuleBook
from matching.units import divide_half_up


class OrdersOnExDate(StrEnum):
    """What becomes of an open good-till-cancelled order."""

    CONVERT = "convert"  # price and quantity follow the action
    CANCEL = "cancel"


PPM = 1_000_000


@dataclass(frozen=True, slots=True)
class HeldUpTo:
    """Of a dividend on shares that were held for at most ``months`` calendar months (None: any
    longer) ``rate_ppm`` is taken."""

    months: int | None
    rate_ppm: int


@dataclass(frozen=True, slots=True)
class CorporateRules:
    """``withheld_ppm`` is taken from a dividend when it is paid, ``at_sale`` when the shares are
    sold, by the time they were held (shortest first).  ``delisted_permille`` of the last price
    is paid for a delisted share."""

    orders: OrdersOnExDate
    withheld_ppm: int
    at_sale: tuple[HeldUpTo, ...]
    delisted_permille: int
    sources: dict[str, str]

    def withheld_minor(self, gross_minor: int) -> int:
        return divide_half_up(gross_minor * self.withheld_ppm, PPM)

    def sale_rate_ppm(self, acquired: date, sold: date) -> int:
        """What a sale owes of the dividends its shares have given, in millionths.

        Time is held from the day of acquiring to the day before the sale; a month lasts to the
        day before the same day of the next one (MOF, SAT and CSRC 2012 No. 85).
        """
        for step in self.at_sale:
            if step.months is None or sold <= _months_later(acquired, step.months):
                return step.rate_ppm
        return 0


def corporate_rules(book: RuleBook, board: str, session: date) -> CorporateRules:
    """The rules of a board on a day.  A market without a record cancels orders, takes no tax and
    pays the last price for delisted shares."""
    newest: dict[str, DatedRule] = {}
    for rule in book.rules:
        best = newest.get(rule.kind)
        if rule.applies(board, session) and (best is None or _rank(rule) >= _rank(best)):
            newest[rule.kind] = rule

    def number(kind: str, name: str, default: int) -> int:
        rule = newest.get(kind)
        return default if rule is None else _number(rule, name, default)

    orders = newest.get("corporate_orders")
    kinds = ("corporate_orders", "dividend_tax", "delisting")
    return CorporateRules(
        orders=OrdersOnExDate(str(orders.values["orders"])) if orders else OrdersOnExDate.CANCEL,
        withheld_ppm=number("dividend_tax", "withheld_ppm", 0),
        at_sale=_at_sale(newest.get("dividend_tax")),
        delisted_permille=number("delisting", "paid_permille", 1000),
        sources={kind: newest[kind].source for kind in kinds if kind in newest},
    )


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _rank(rule: DatedRule) -> tuple[bool, date]:
    return (rule.board != "*", rule.valid_from)


def _at_sale(rule: DatedRule | None) -> tuple[HeldUpTo, ...]:
    """``month_ppm`` up to a month, ``year_ppm`` up to a year, ``longer_ppm`` beyond."""
    if rule is None or "month_ppm" not in rule.values:
        return ()
    return (
        HeldUpTo(1, _number(rule, "month_ppm")),
        HeldUpTo(12, _number(rule, "year_ppm")),
        HeldUpTo(None, _number(rule, "longer_ppm")),
    )


def _number(rule: DatedRule, name: str, default: int | None = None) -> int:
    found = rule.values.get(name, default)
    assert isinstance(found, int), f"{rule.kind}.{name} must be a whole number"
    return found
