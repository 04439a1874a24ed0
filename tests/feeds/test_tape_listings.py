"""Records of a tape's listings."""

from __future__ import annotations

from datetime import date

import pytest

from feeds.tape_listings import (
    MOST_LOT,
    ListingStatus,
    TapeListing,
    listing_faults,
    session_terms,
)
from matching.instrument import InstrumentId
from matching.terms import ORDINARY, ListingTerms

A, B, C = (InstrumentId(f"XTST:{one}") for one in "ABC")
D2, D3, D6, D7 = (date(2020, 1, day) for day in (2, 3, 6, 7))
FIRST_DAYS = {A: D2, B: D6}
ST = TapeListing(A, D2, D3, ListingStatus.ST)


def texts(*listings: TapeListing) -> list[str]:
    return [text for _, text in listing_faults(listings, FIRST_DAYS)]


@pytest.mark.parametrize(
    ("listing", "words"),
    [
        (TapeListing(C, D2, status=ListingStatus.ST), "unknown"),
        (TapeListing(A, D2), "says nothing"),
        (TapeListing(A, D3, D2, ListingStatus.ST), "ends before"),
        (TapeListing(A, D3, board_lot=0), "board lot"),
        (TapeListing(A, D3, board_lot=MOST_LOT + 1), "board lot"),
        (TapeListing(A, D3, D6, ListingStatus.RELISTING), "one day"),
        (TapeListing(A, D3, status=ListingStatus.LISTING), "traded before"),
        (TapeListing(A, date(2020, 1, 1), status=ListingStatus.LISTING), "counted"),
    ],
)
def test_a_fault_is_named(listing: TapeListing, words: str) -> None:
    (found,) = texts(listing)
    assert words in found


def test_two_records_do_not_tell_the_same_of_one_day() -> None:
    after = TapeListing(A, D6, status=ListingStatus.ST)
    leaving = TapeListing(A, D3, status=ListingStatus.DELISTING_PERIOD, variety="x")
    assert not texts(ST, after, leaving, TapeListing(B, D2, status=ListingStatus.ST))
    assert texts(ST, TapeListing(A, D3, D3, ListingStatus.ST)) == [
        "two records tell the same of one day"
    ]
    # The one in between does not hide the longer one before it.
    assert len(texts(TapeListing(A, D2, D7, variety="x"), TapeListing(A, D3, D3, variety="y"),
                     TapeListing(A, D7, variety="z"))) == 2  # fmt: skip


def test_a_listing_may_lie_inside_the_tape() -> None:
    assert not texts(TapeListing(B, D6, status=ListingStatus.LISTING))
    assert not texts(TapeListing(B, D2, status=ListingStatus.LISTING))
    assert not texts(TapeListing(B, date(2019, 1, 1), status=ListingStatus.DELISTING_PERIOD))


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", ORDINARY),
        ("st", ListingTerms(risk_warned=True)),
        ("relisting", ListingTerms(relisting_day=True)),
        ("listing:3", ListingTerms(listing_day=3)),
        ("st,delisting_period:12", ListingTerms(risk_warned=True, delisting_day=12)),
        ("listing", None),
        ("listing:0", None),
        ("st:1", None),
        ("st, relisting", None),
    ],
)
def test_a_single_session_is_told_in_words(text: str, terms: ListingTerms | None) -> None:
    assert session_terms(text) == terms
