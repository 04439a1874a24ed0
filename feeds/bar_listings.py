"""The listings of a bar tape, laid out on its sessions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from feeds.calendar import Sessions, day_number
from feeds.tape_listings import ListingStatus, TapeListing
from matching.instrument import InstrumentId
from matching.terms import ORDINARY, ListingTerms


class _Span(NamedTuple):
    """Sessions begun <= session < behind; ``before`` is 1 when it began before the tape did."""

    begun: int
    behind: int
    before: int
    listing: TapeListing


class BarListings:
    """What a tape tells of each session's listings.  Instruments are their index in the tape."""

    def __init__(
        self, listings: Iterable[TapeListing], ids: list[InstrumentId], calendar: Sessions
    ) -> None:
        index = {one: k for k, one in enumerate(ids)}
        days = calendar.days
        self._spans: dict[int, list[_Span]] = {}
        for listing in listings:
            number = day_number(listing.first)
            begun = int(np.searchsorted(days, number))
            behind = len(days)
            if listing.status is ListingStatus.RELISTING:
                behind = begun + 1
            elif listing.last is not None:
                behind = int(np.searchsorted(days, day_number(listing.last), side="right"))
            span = _Span(begun, behind, int(number < days[0]), listing)
            self._spans.setdefault(index[listing.instrument_id], []).append(span)

    def on(self, instrument: int, session: int) -> ListingTerms:
        """What is told of an instrument's session."""
        found = ORDINARY
        for begun, behind, before, told in self._spans.get(instrument, ()):
            if not begun <= session < behind:
                continue
            day = session - begun + 1 + before
            status = told.status
            found = ListingTerms(
                risk_warned=found.risk_warned or status is ListingStatus.ST,
                listing_day=day if status is ListingStatus.LISTING else found.listing_day,
                relisting_day=found.relisting_day or status is ListingStatus.RELISTING,
                delisting_day=day
                if status is ListingStatus.DELISTING_PERIOD
                else found.delisting_day,
                variety=told.variety or found.variety,
                board_lot=found.board_lot if told.board_lot is None else told.board_lot,
            )
        return found
