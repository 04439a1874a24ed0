"""What a tape says of its listings by date: states that have rules of their own, varieties, lots.

Where nothing is said an instrument is an ordinary old listing, also in the first session that it
has in a tape: the recording may simply begin there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum

import msgspec

from matching.instrument import InstrumentId
from matching.terms import ORDINARY, ListingTerms

MOST_LOT = 10**9
_DAY_OF = re.compile(r"(listing|delisting_period):([1-9]\d{0,3})")


class ListingStatus(StrEnum):
    LISTING = "listing"  # first: the first day of trading
    RELISTING = "relisting"  # first: the first day after a relisting, the one day of this state
    DELISTING_PERIOD = "delisting_period"  # first: its first day
    ST = "st"  # ST and *ST
    NORMAL = ""


class TapeListing(msgspec.Struct, frozen=True, omit_defaults=True):
    """A record that holds from ``first`` to ``last`` (None: to the end of the tape), both
    included.  ``variety`` and ``board_lot`` (base units) are told when not empty."""

    instrument_id: InstrumentId
    first: date
    last: date | None = None
    status: ListingStatus = ListingStatus.NORMAL
    variety: str = ""
    board_lot: int | None = None


def listing_key(listing: TapeListing) -> tuple[date, str, str, str]:
    return (listing.first, listing.instrument_id, listing.status.value, listing.variety)


def listing_faults(
    listings: Collection[TapeListing], first_days: Mapping[InstrumentId, date]
) -> Iterator[tuple[TapeListing, str]]:
    """What is wrong with the records of a tape whose instruments have their first bars on
    ``first_days``, one sentence each."""
    begins = min(first_days.values(), default=date.min)
    ends: dict[tuple[InstrumentId, str], date] = {}
    for listing in sorted(listings, key=listing_key):
        own = first_days.get(listing.instrument_id)
        if own is None:
            yield listing, "its instrument is unknown"
            continue
        for fault in _own_faults(listing, begins, own):
            yield listing, fault
        last = listing.last or date.max
        for what in _told(listing):
            name = (listing.instrument_id, what)
            if name in ends and listing.first <= ends[name]:
                yield listing, "two records tell the same of one day"
            ends[name] = max(last, ends.get(name, last))


def _told(listing: TapeListing) -> Iterator[str]:
    if listing.status is not ListingStatus.NORMAL:
        yield f"status {listing.status}"
    if listing.variety:
        yield "variety"
    if listing.board_lot is not None:
        yield "board_lot"


def _own_faults(listing: TapeListing, begins: date, own: date) -> Iterator[str]:
    if not any(_told(listing)):
        yield "it says nothing"
    if listing.last is not None and listing.last < listing.first:
        yield "it ends before it begins"
    if listing.board_lot is not None and not 0 < listing.board_lot <= MOST_LOT:
        yield "its board lot is not positive or too large"
    match listing.status:
        case ListingStatus.RELISTING if listing.last not in (None, listing.first):
            yield "a relisting is one day"
        case ListingStatus.LISTING if own < listing.first:
            yield "it traded before it was listed"
        case ListingStatus.LISTING if listing.first < begins:
            yield "its days before the tape begins can't be counted"


def session_terms(text: str) -> ListingTerms | None:
    """What a single session is told to be: words with commas between them, of ``st``,
    ``relisting``, ``listing:N`` and ``delisting_period:N`` (its N-th day); empty: an ordinary one.
    None for any other text."""
    found = ORDINARY
    for word in filter(None, text.split(",")):
        counted = _DAY_OF.fullmatch(word)
        if word == ListingStatus.ST:
            found = replace(found, risk_warned=True)
        elif word == ListingStatus.RELISTING:
            found = replace(found, relisting_day=True)
        elif counted and counted[1] == ListingStatus.LISTING:
            found = replace(found, listing_day=int(counted[2]))
        elif counted:
            found = replace(found, delisting_day=int(counted[2]))
        else:
            return None
    return found
