"""The dated rules of a market about borrowed money and borrowed shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from matching.rulebook import MARGIN_KINDS, DatedRule, RuleBook
from matching.units import divide_half_up

PPM = 1_000_000
KINDS = tuple(kind for kind in MARGIN_KINDS if kind != "short")


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Equity that must stay in an account: thousandths of what is held, of the loan, and of what is
    owed in shares.  A share that is owed takes at least ``per_share_minor``; below
    ``low_below_minor`` a share the ``low_`` figures hold instead.  A call asks for
    ``restore_permille`` of the loan and of what is owed where that is more."""

    long_permille: int
    loan_permille: int
    short_permille: int
    per_share_minor: int = 0
    low_below_minor: int = 0
    low_permille: int = 0
    low_per_share_minor: int = 0
    restore_permille: int = 0

    def short_minor(self, value_minor: int, qty: int) -> int:
        """What ``qty`` owed shares worth ``value_minor`` take; each figure half up."""
        permille, per_share = self.short_permille, self.per_share_minor
        if value_minor < self.low_below_minor * qty:
            permille, per_share = self.low_permille, self.low_per_share_minor
        return max(divide_half_up(value_minor * permille, 1000), per_share * qty)


@dataclass(frozen=True, slots=True)
class CallRules:
    """``sessions``: how many further sessions a call leaves.  ``intraday``: equity is looked at
    while the market is open too, not only at the close."""

    sessions: int
    intraday: bool


@dataclass(frozen=True, slots=True)
class MarginRules:
    """What one board lends against on one day.

    ``collateral_permille`` of a holding counts as security; a loan takes ``finance_permille`` of
    itself and a short position ``short_permille`` of its value as initial margin.
    ``entry_minor``: equity that whoever begins has to have; ``min_equity_minor``: equity that every
    new loan or short position needs.  ``loan_ppm`` and ``borrow_ppm`` are per year of
    ``year_days``; shares up to ``lendable_permille`` of the last whole day's volume are lent.
    """

    collateral_permille: int
    finance_permille: int
    short_permille: int
    entry_minor: int
    min_equity_minor: int
    maintenance: Maintenance
    call: CallRules
    loan_ppm: int
    borrow_ppm: int
    year_days: int
    lendable_permille: int
    sources: Mapping[str, str]

    def interest_minor(self, amount_minor: int, days: int) -> int:
        """Interest on borrowed money for some calendar days, half up."""
        return divide_half_up(amount_minor * self.loan_ppm * days, PPM * self.year_days)

    def borrow_minor(self, value_minor: int, days: int) -> int:
        """The fee for borrowed shares of that value for some calendar days, half up."""
        return divide_half_up(value_minor * self.borrow_ppm * days, PPM * self.year_days)


@lru_cache(maxsize=4096)
def margin_rules(book: RuleBook, board: str, session: date) -> MarginRules | None:
    """The rules of a board on a day; None where nothing is lent (any of the records is missing)."""
    newest: dict[str, DatedRule] = {}
    for rule in book.rules:
        best = newest.get(rule.kind)
        if rule.kind not in KINDS or not rule.applies(board, session):
            continue
        if best is None or _rank(rule) >= _rank(best):
            newest[rule.kind] = rule
    if len(newest) < len(KINDS):
        return None
    loan, lending, call = newest["loan"], newest["lending"], newest["margin_call"]
    return MarginRules(
        collateral_permille=_number(newest["collateral"], "permille"),
        finance_permille=_number(newest["finance"], "permille"),
        short_permille=_number(newest["short_margin"], "permille"),
        entry_minor=_number(newest["collateral"], "entry_minor", 0),
        min_equity_minor=_number(newest["collateral"], "min_equity_minor", 0),
        maintenance=_maintenance(newest["maintenance"]),
        call=CallRules(_number(call, "sessions"), bool(_number(call, "intraday", 0))),
        loan_ppm=_number(loan, "rate_ppm"),
        borrow_ppm=_number(lending, "rate_ppm"),
        year_days=_number(loan, "year_days"),
        lendable_permille=_number(lending, "lendable_permille"),
        sources={kind: f"{one.source} [{one.valid_from}]" for kind, one in newest.items()},
    )


def _maintenance(rule: DatedRule) -> Maintenance:
    return Maintenance(
        long_permille=_number(rule, "long_permille", 0),
        loan_permille=_number(rule, "loan_permille", 0),
        short_permille=_number(rule, "short_permille"),
        per_share_minor=_number(rule, "per_share_minor", 0),
        low_below_minor=_number(rule, "low_below_minor", 0),
        low_permille=_number(rule, "low_permille", 0),
        low_per_share_minor=_number(rule, "low_per_share_minor", 0),
        restore_permille=_number(rule, "restore_permille", 0),
    )


def _rank(rule: DatedRule) -> tuple[bool, date]:
    return (rule.board != "*", rule.valid_from)


def _number(rule: DatedRule, name: str, default: int | None = None) -> int:
    found = rule.values.get(name, default)
    assert isinstance(found, int), f"{rule.kind}.{name} must be a whole number"
    return found
