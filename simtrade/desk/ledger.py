"""Double entry for everything.

Every asset (a currency, an instrument) is a ledger of its own.  A holder has four counters per
ledger and never one balance.  A transfer debits one holder and credits another by the same amount,
so every ledger sums to zero at all times; the house (liquidity, fees, grants, clearing) is a set of
holders like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from matching.orders import AccountId, OrderId
from simtrade.desk.requests import VenueId

Holder = NewType("Holder", str)
Asset = NewType("Asset", str)  # a currency code or an instrument id


class TransferKind(StrEnum):
    POST = "post"  # moves for good
    HOLD = "hold"  # reserves
    RELEASE = "release"  # gives a reservation back


def holder_of(account_id: AccountId) -> Holder:
    return Holder(f"a:{account_id}")


def receivable_of(account_id: AccountId) -> Holder:
    """What an account owns but cannot use yet: a dividend before its day, shares not listed yet."""
    return Holder(f"r:{account_id}")


def lent_to(account_id: AccountId) -> Holder:
    """The house's lending account for one customer: what he owes stands there below zero."""
    return Holder(f"l:{account_id}")


def house(venue_id: VenueId, part: str) -> Holder:
    """A holder of the house in one venue: liquidity, grant, clearing, fee:CODE, tax:CODE, dividend,
    corporate."""
    return Holder(f"h:{venue_id}:{part}")


@dataclass(slots=True)
class Balance:
    """Counters of one holder in one ledger; all only grow, except the pending ones."""

    debits_posted: int = 0
    credits_posted: int = 0
    debits_pending: int = 0
    credits_pending: int = 0

    @property
    def posted(self) -> int:
        return self.credits_posted - self.debits_posted

    @property
    def available(self) -> int:
        """What the holder can still give away: posted less reserved."""
        return self.posted - self.debits_pending


@dataclass(frozen=True, slots=True)
class Transfer:
    """``order_id`` names the order a hold belongs to, 0 for none.  amount > 0."""

    asset: Asset
    debit: Holder
    credit: Holder
    amount: int
    kind: TransferKind
    order_id: OrderId
    code: str  # what it is for: buy, sell, commission, hold, grant, split ...


BalanceKey = tuple[Holder, Asset]


class Ledger:
    """Balances of one venue.  An account never gives away more than it has; one of ``on_credit``
    may reserve more, because the house lends it what is lacking when it comes to pay."""

    def __init__(self) -> None:
        self.balances: dict[BalanceKey, Balance] = {}
        self.on_credit: set[Holder] = set()

    def balance(self, holder: Holder, asset: Asset) -> Balance:
        """The counters; an untouched holder has zeroes (not stored)."""
        return self.balances.get((holder, asset)) or Balance()

    def let_borrow(self, holder: Holder, *, allowed: bool) -> None:
        if allowed:
            self.on_credit.add(holder)
        else:
            self.on_credit.discard(holder)

    def _touch(self, holder: Holder, asset: Asset) -> Balance:
        found = self.balances.get((holder, asset))
        if found is None:
            found = self.balances[holder, asset] = Balance()
        return found

    def apply(self, transfer: Transfer) -> None:
        """Carry out one transfer.  AssertionError when an account would go below zero: the
        desk checks before it asks, so that is a bug."""
        assert transfer.amount > 0
        assert transfer.debit != transfer.credit
        debit = self._touch(transfer.debit, transfer.asset)
        credit = self._touch(transfer.credit, transfer.asset)
        amount = transfer.amount
        match transfer.kind:
            case TransferKind.POST:
                debit.debits_posted += amount
                credit.credits_posted += amount
            case TransferKind.HOLD:
                debit.debits_pending += amount
                credit.credits_pending += amount
            case TransferKind.RELEASE:
                debit.debits_pending -= amount
                credit.credits_pending -= amount
                assert debit.debits_pending >= 0
        if transfer.debit in self.on_credit:
            assert debit.posted >= 0, f"{transfer.debit} overdrawn in {transfer.asset}"
        elif transfer.debit.startswith(("a:", "r:")):
            assert debit.available >= 0, f"{transfer.debit} overdrawn in {transfer.asset}"
