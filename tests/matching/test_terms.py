"""Facts of a listing's day: which status holds."""

from __future__ import annotations

import pytest

from matching.terms import ORDINARY, ListingTerms, Status


def statuses(terms: ListingTerms, days: int = 5) -> list[Status]:
    return [one for one in Status if terms.has(one, days)]


def test_an_ordinary_listing_is_normal_and_nothing_else() -> None:
    assert statuses(ORDINARY) == [Status.NORMAL]


@pytest.mark.parametrize(("day", "held"), [(0, False), (1, True), (5, True), (6, False)])
def test_a_listing_is_new_for_its_first_days(day: int, held: bool) -> None:
    assert ListingTerms(listing_day=day).has(Status.LISTING, 5) is held


def test_the_first_day_of_the_delisting_period_is_in_it() -> None:
    first, second = ListingTerms(delisting_day=1), ListingTerms(delisting_day=2)
    assert statuses(first) == [Status.DELISTING_FIRST, Status.DELISTING, Status.NORMAL]
    assert statuses(second) == [Status.DELISTING, Status.NORMAL]


def test_statuses_come_together_the_strongest_first() -> None:
    terms = ListingTerms(risk_warned=True, relisting_day=True, listing_day=2, delisting_day=1)
    assert statuses(terms) == list(Status)


@pytest.mark.parametrize("wrong", [{"listing_day": -1}, {"delisting_day": -1}, {"board_lot": 0}])
def test_impossible_terms_are_a_bug(wrong: dict[str, int]) -> None:
    with pytest.raises(AssertionError):
        ListingTerms(**wrong)  # type: ignore[arg-type]
