"""Messages and rows of a book: what follows from them, and every way to contradict oneself."""

from __future__ import annotations

import pytest

from feeds.imports.lobster import (
    Fault,
    Kind,
    LineError,
    LobsterBook,
    Message,
    ladders_of,
    message_of,
    seconds_ns,
)
from feeds.imports.order_head import street_of
from feeds.order_tape import street_events
from matching.instrument import InstrumentId
from matching.orders import Side
from matching.street_book import StreetBook
from tests.feeds.imports.lobster_sample import LEVELS, LobsterDay


def test_after_every_message_the_book_is_the_row_beside_it() -> None:
    assert sum(map(walk, range(8))) > 10


def walk(seed: int) -> int:
    """Follow a day; how many levels came into view."""
    day, book, street = LobsterDay(seed), LobsterBook(LEVELS), StreetBook()
    for line, row in zip(day.messages, day.rows, strict=True):
        message, shown = message_of(line), ladders_of(row)
        told = []
        if not len(street):
            told += book.begin(message, shown, 0)
        told += book.follow(message, shown, message.second_ns)
        for event in street_events(InstrumentId(""), street_of(told, 1)):
            street.on(event)
        for side in Side:
            assert list(street.levels(side, LEVELS)) == shown[side]
    return book.revealed


def test_a_message_is_six_numbers() -> None:
    assert message_of("34200.004241176,1,16113575,18,5853300,1") == Message(
        34_200_004_241_176, Kind.ADD, 16_113_575, 18, 5_853_300, Side.BUY
    )
    assert message_of("34201,5,0,3,5859050,-1,MPID").side is Side.SELL
    assert message_of("34201.5,7,0,0,-1,-1").kind is Kind.HALT
    assert seconds_ns("34200.2750724910000001") == 34_200_275_072_491


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("34200.1,1,7,18,5853300", Fault.WRONG_NUMBER_OF_CELLS),
        ("34200.1,1,7,18.0,5853300,1", Fault.NOT_A_NUMBER),
        ("34200.1,1,7,,5853300,1", Fault.NOT_A_NUMBER),
        ("34200.1,1,7,1e3,5853300,1", Fault.NOT_A_NUMBER),
        ("34200.x,1,7,18,5853300,1", Fault.NOT_A_TIME),
        ("-1,1,7,18,5853300,1", Fault.NOT_A_TIME),
        ("86400,1,7,18,5853300,1", Fault.NOT_A_TIME),
        ("34200.1,8,7,18,5853300,1", Fault.UNKNOWN_TYPE),
        ("34200.1,1,7,18,5853300,2", Fault.UNKNOWN_SIDE),
        ("34200.1,1,7,0,5853300,1", Fault.NOT_POSITIVE),
        ("34200.1,1,7,18,-5853300,1", Fault.NOT_POSITIVE),
        ("34200.1,1,-7,18,5853300,1", Fault.NOT_POSITIVE),
        ("34200.1,1,7,18,5853300000,1", Fault.TOO_LARGE),
    ],
)
def test_what_is_no_message_says_why(line: str, fault: Fault) -> None:
    with pytest.raises(LineError) as found:
        message_of(line)
    assert found.value.fault is fault


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("5859400,200,5853300", Fault.WRONG_NUMBER_OF_CELLS),
        ("5859400,200,585x300,18", Fault.NOT_A_NUMBER),
        ("5859400,0,5853300,18", Fault.NOT_POSITIVE),
        ("5859400,200,58533000000,18", Fault.TOO_LARGE),
        ("5859400,200,5853300,18,5859300,200,5853200,18", Fault.LEVELS_OUT_OF_ORDER),
    ],
)
def test_what_is_no_row_says_why(line: str, fault: Fault) -> None:
    with pytest.raises(LineError) as found:
        ladders_of(line)
    assert found.value.fault is fault


def test_levels_that_do_not_exist_are_none() -> None:
    line = "5859400,200,5853300,18,9999999999,0,-9999999999,0"
    assert ladders_of(line) == ([(5_853_300, 18)], [(5_859_400, 200)])


@pytest.mark.parametrize(
    ("message", "row", "fault"),
    [
        ("1,1,9,5,100,1", "300,5,200,7,400,5,100,4", Fault.ANOTHER_BOOK),  # more came than stands
        ("1,1,9,5,200,1", "300,5,200,12,400,5,190,5", Fault.ANOTHER_BOOK),  # a level moved
        ("1,1,1,5,200,1", "300,5,200,12,400,5,180,5", Fault.DUPLICATE_ORDER),
        ("1,2,2,9,300,-1", "300,5,200,7,400,5,190,5", Fault.MORE_THAN_RESTS),
        ("1,5,0,9,250,-1", "300,5,200,6,400,5,190,5", Fault.ANOTHER_BOOK),
    ],
)
def test_a_contradiction_says_what_disagrees(message: str, row: str, fault: Fault) -> None:
    book = LobsterBook(2)
    first = message_of("1,1,1,2,200,1")
    list(book.begin(first, ladders_of("300,5,200,7,400,5,180,5"), 0))
    list(book.follow(first, ladders_of("300,5,200,7,400,5,180,5"), 0))
    with pytest.raises(LineError) as found:
        list(book.follow(message_of(message), ladders_of(row), 1))
    assert found.value.fault is fault
