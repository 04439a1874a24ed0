"""What is true of one instrument on one day: facts that choose its rules, never read off a name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """The states of a listing that have rules of their own, the strongest first."""

    RELISTING = "relisting"  # first day after a relisting
    LISTING = "listing"  # one of the first days after the first listing
    DELISTING_FIRST = "delisting_first"  # first day of the delisting period
    DELISTING = "delisting"
    RISK_WARNED = "st"  # ST and *ST
    NORMAL = ""


@dataclass(frozen=True, slots=True)
class ListingTerms:
    """The facts of one session, as the feed tells them; the defaults are an ordinary old listing.

    ``listing_day`` and ``delisting_day`` count trading days from 1, 0 means neither period.
    ``variety`` is what a board's rules tell apart (``bond``, ``gold``, ``growth`` funds; ``tier1``
    shares), ``board_lot`` the issuer's own lot in base units (Hong Kong), None where the board
    has one lot for all.
    """

    risk_warned: bool = False
    listing_day: int = 0
    relisting_day: bool = False
    delisting_day: int = 0
    suspended: bool = False
    variety: str = ""
    board_lot: int | None = None

    def __post_init__(self) -> None:
        assert self.listing_day >= 0
        assert self.delisting_day >= 0
        assert self.board_lot is None or self.board_lot > 0

    def has(self, status: Status, days: int) -> bool:
        """Whether the session has a status; for ``LISTING`` within its first ``days``."""
        match status:
            case Status.RELISTING:
                return self.relisting_day
            case Status.LISTING:
                return 0 < self.listing_day <= days
            case Status.DELISTING_FIRST:
                return self.delisting_day == 1
            case Status.DELISTING:
                return self.delisting_day > 0
            case Status.RISK_WARNED:
                return self.risk_warned
            case Status.NORMAL:
                return True


ORDINARY = ListingTerms()
