"""Listing states on the sessions of a tape."""

from __future__ import annotations

from datetime import date

import numpy as np

from feeds.bar_listings import BarListings
from feeds.bar_replay import BarFeed
from feeds.calendar import US_HOURS, Calendar, day_number
from feeds.tape_actions import ActionKind, TapeAction
from feeds.tape_listings import ListingStatus, TapeListing
from matching.instrument import InstrumentId
from matching.market import SessionOpen
from matching.terms import ORDINARY, ListingTerms
from tests.feeds.samples import ASLEEP, daily_tape

A, B = InstrumentId("XTST:A"), InstrumentId("XTST:B")
DAYS = [date(2020, 1, day) for day in (2, 3, 6, 7, 8)]


def row(day: date) -> tuple[date, int, int, int, int, int]:
    return (day, 100, 110, 90, 100, 10)


def told(*listings: TapeListing) -> list[ListingTerms]:
    calendar = Calendar(US_HOURS, np.array([day_number(day) for day in DAYS], np.int64))
    found = BarListings(listings, [A], calendar)
    return [found.on(0, session) for session in range(len(DAYS))]


def test_days_of_a_listing_are_counted_in_sessions() -> None:
    found = told(TapeListing(A, date(2020, 1, 4), status=ListingStatus.LISTING))
    assert [one.listing_day for one in found] == [0, 0, 1, 2, 3]


def test_a_state_ends_and_a_relisting_is_one_day() -> None:
    st = told(TapeListing(A, DAYS[1], date(2020, 1, 5), ListingStatus.ST))
    assert [one.risk_warned for one in st] == [False, True, False, False, False]
    back = told(TapeListing(A, DAYS[1], status=ListingStatus.RELISTING))
    assert [one.relisting_day for one in back] == [False, True, False, False, False]


def test_a_period_that_began_before_the_tape_is_past_its_first_day() -> None:
    inside = told(TapeListing(A, DAYS[0], status=ListingStatus.DELISTING_PERIOD))
    before = told(TapeListing(A, date(2019, 12, 1), status=ListingStatus.DELISTING_PERIOD))
    assert [one.delisting_day for one in inside] == [1, 2, 3, 4, 5]
    assert before[0].delisting_day == 2


def test_states_add_up() -> None:
    found = told(
        TapeListing(A, DAYS[1], status=ListingStatus.ST, variety="growth"),
        TapeListing(A, DAYS[1], DAYS[1], board_lot=500),
        TapeListing(A, DAYS[2], status=ListingStatus.DELISTING_PERIOD),
    )
    assert found[:3] == [
        ORDINARY,
        ListingTerms(risk_warned=True, variety="growth", board_lot=500),
        ListingTerms(risk_warned=True, variety="growth", delisting_day=1),
    ]


def test_a_feed_tells_them_and_a_tape_that_begins_is_no_listing() -> None:
    tape = daily_tape(
        {"A": [row(DAYS[0]), row(DAYS[2])], "B": [row(day) for day in DAYS[:3]]},
        actions=(TapeAction(A, DAYS[1], ActionKind.SUSPENSION, until=DAYS[1]),),
        listings=(
            TapeListing(A, DAYS[1], DAYS[2], ListingStatus.ST),
            TapeListing(B, DAYS[0], status=ListingStatus.LISTING),
        ),
    )
    feed = BarFeed(tape)
    assert feed.end_ns is not None
    events = feed.events(feed.start_ns.__class__(feed.start_ns - 1), feed.end_ns, lambda _: ASLEEP)
    terms = [dict(one.terms) for one in events if isinstance(one, SessionOpen)]
    assert terms == [
        {B: ListingTerms(listing_day=1)},
        {A: ListingTerms(risk_warned=True, suspended=True), B: ListingTerms(listing_day=2)},
        {A: ListingTerms(risk_warned=True), B: ListingTerms(listing_day=3)},
    ]
