"""What a holder at the close before an ex-date is owed, and since when he has held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from matching.corporate_rules import PPM, CorporateRules
from matching.instrument import InstrumentId
from matching.orders import AccountId
from matching.units import divide_half_up

EntitlementKey = tuple[AccountId, InstrumentId, date]


@dataclass(slots=True)
class Entitlement:
    """One account's part in one ex-date.

    ``qty`` was held at the close before.  ``cash_minor`` is before tax, ``tax_minor`` withheld
    from it; ``cash_due`` until it is paid, ``bonus_due`` until the free shares are listed.
    ``rights_qty`` may be bought at ``rights_ticks`` while ``rights_open``; ``rights_due`` until
    what was subscribed is listed.
    """

    account_id: AccountId
    instrument_id: InstrumentId
    ex_session: date
    qty: int
    cash_minor: int = 0
    tax_minor: int = 0
    cash_due: bool = False
    bonus_qty: int = 0
    bonus_due: bool = False
    rights_qty: int = 0
    rights_ticks: int = 0
    rights_open: bool = False
    subscribed_qty: int = 0
    rights_due: bool = False

    @property
    def key(self) -> EntitlementKey:
        return self.account_id, self.instrument_id, self.ex_session

    @property
    def net_minor(self) -> int:
        return self.cash_minor - self.tax_minor

    @property
    def open_rights(self) -> int:
        """Shares that may still be subscribed for."""
        return self.rights_qty - self.subscribed_qty if self.rights_open else 0


class Lot(NamedTuple):
    """Shares that came on one day, and the dividends that they have given since."""

    acquired: date
    qty: int
    dividend_minor: int = 0


def with_bought(lots: list[Lot], acquired: date, qty: int) -> list[Lot]:
    """Shares come: to the lot of the same day, or as a new one."""
    if lots and lots[-1].acquired == acquired and not lots[-1].dividend_minor:
        return [*lots[:-1], lots[-1]._replace(qty=lots[-1].qty + qty)]
    return [*lots, Lot(acquired, qty)]


def with_dividend(lots: list[Lot], cash_minor: int) -> list[Lot]:
    """A dividend, shared out by shares; the parts sum to it exactly."""
    total, before, told = sum(lot.qty for lot in lots), 0, 0
    found = []
    for lot in lots:
        before += lot.qty
        upto = cash_minor * before // total
        found.append(lot._replace(dividend_minor=lot.dividend_minor + upto - told))
        told = upto
    return found


def with_ratio(lots: list[Lot], new: int, old: int) -> list[Lot]:
    """The lots after a split; fractions go to the younger lots."""
    before, told = 0, 0
    found = []
    for lot in lots:
        before += lot.qty
        upto = before * new // old
        found.append(lot._replace(qty=upto - told))
        told = upto
    return [lot for lot in found if lot.qty]


def sold(lots: list[Lot], qty: int, day: date, rules: CorporateRules) -> tuple[list[Lot], int]:
    """(what is left, tax in minor units) of selling ``qty``, first in, first out.

    Shares without a lot came before lots were kept and owe nothing.
    """
    left, tax = list(lots), 0
    while qty and left:
        lot = left[0]
        part = min(qty, lot.qty)
        dividend = divide_half_up(lot.dividend_minor * part, lot.qty)
        tax += divide_half_up(dividend * rules.sale_rate_ppm(lot.acquired, day), PPM)
        qty -= part
        if part == lot.qty:
            del left[0]
        else:
            left[0] = Lot(lot.acquired, lot.qty - part, lot.dividend_minor - dividend)
    return left, tax
