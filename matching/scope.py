"""Who shares the street's size with whom: a fixed fact of a venue."""

from __future__ import annotations

from enum import StrEnum

from matching.orders import AccountId

POOL = AccountId(0)  # no account: what all accounts of a venue have together


class Scope(StrEnum):
    """``ACCOUNT``: everybody meets the same market and nobody else.  ``POOL``: one takings ledger
    and one budget of every print for all accounts.  ``EXCHANGE``: a pool whose members also trade
    with each other, inside the street's quote."""

    ACCOUNT = "account"
    POOL = "pool"
    EXCHANGE = "exchange"

    def group(self, account_id: AccountId) -> AccountId:
        """Whose takings and budgets an account's are."""
        return account_id if self is Scope.ACCOUNT else POOL
