from __future__ import annotations

import pytest

from feeds.book_sync import BookChange, BookSnapshot, Chain
from feeds.imports.capture_book import PairBook
from feeds.imports.capture_scales import Pair, Scale
from feeds.imports.capture_venues import BestPrices
from feeds.live.heard import BookImage, BookMove, TradeNumber
from matching.units import AtNs

INSTRUMENT = Scale(0, 0).instrument("ABCUSD", Pair("ABC", "USD"))
assert INSTRUMENT is not None
NAME = INSTRUMENT.instrument_id


def pair(chain: Chain, *, quoted: bool = False) -> PairBook:
    return PairBook(INSTRUMENT, chain, 2, quoted)  # type: ignore[arg-type]


def image(last_id: int, *levels: tuple[int, int]) -> BookImage:
    return BookImage(NAME, AtNs(0), BookSnapshot(last_id, levels, ((9, 1),)))


def move(last_id: int, at_ns: int, *levels: tuple[int, int]) -> BookMove:
    return BookMove(NAME, AtNs(at_ns), BookChange(last_id, last_id, last_id - 1, levels, ()))


def shown(book: PairBook) -> list[tuple[int, list[int], list[int]]]:
    """Moment, bids' prices and sizes of each display."""
    return [(row[0], row[4], row[5]) for row in book.displays]


def test_a_numbered_book_is_shown_with_its_first_change() -> None:
    book = pair(Chain.CONTIGUOUS)
    book.hear(move(4, 90, (5, 1)), 100)
    book.hear(image(3, (5, 7)), 101)
    assert shown(book) == []
    book.hear(move(5, 95, (6, 2)), 102)
    book.hear(move(6, 96, (1, 1)), 103)  # beyond what is shown
    assert shown(book) == [(95, [6, 5], [2, 1])]


def test_a_hole_leaves_nothing_to_trade_with_until_the_next_book() -> None:
    book = pair(Chain.CONTIGUOUS)
    book.hear(image(3, (5, 7)), 101)
    book.hear(move(4, 90, (5, 8)), 102)
    book.hear(move(6, 91, (5, 9)), 103)
    book.hear(move(7, 92, (6, 1)), 104)
    assert shown(book) == [(90, [5, 0], [8, 0]), (91, [0, 0], [0, 0])]
    book.hear(image(7, (6, 1)), 105)
    book.hear(move(8, 93, (6, 2)), 106)
    assert shown(book)[-1] == (93, [6, 0], [2, 0])


def test_a_book_without_numbers_is_shown_when_it_was_heard_or_earlier() -> None:
    book = pair(Chain.UNNUMBERED)
    book.hear(image(0, (5, 7)), 100)
    book.hear(move(0, 120, (5, 8)), 121)
    book.connected()
    book.hear(image(0, (4, 1)), 200)
    book.hear(move(0, 190, (4, 2)), 201)  # by a clock behind ours
    book.hear(image(0, (3, 1)), 300)
    book.finish(310)
    assert shown(book) == [
        (100, [5, 0], [7, 0]),
        (120, [5, 0], [8, 0]),
        (190, [4, 0], [1, 0]),
        (190, [4, 0], [2, 0]),
        (300, [3, 0], [1, 0]),
    ]


def test_missing_trades_are_counted_by_their_numbers() -> None:
    book = pair(Chain.CONTIGUOUS)
    for number in (7, 8, 11, 11, 5):
        book.hear(TradeNumber(NAME, number), 1)
    assert book.lost_trades == 2
    book.connected()
    book.hear(TradeNumber(NAME, 100), 1)
    assert book.lost_trades == 2


def best(last_id: int, bid: object, ask: object = "9", at_ms: int = 0) -> BestPrices:
    return BestPrices("ABCUSD", last_id, bid, "1", ask, "1", at_ms)


def test_best_prices_are_compared_when_the_book_has_caught_up() -> None:
    book = pair(Chain.CONTIGUOUS)
    book.hear(image(3, (5, 7)), 100)
    book.hear(move(4, 90, (5, 8)), 101)
    assert book.agreement.compared == 0
    for one in (best(4, "5"), best(5, "6"), best(7, "4"), best(8, 4), best(9, "x")):
        book.quote(one, 102)
    book.hear(move(5, 91, (6, 1)), 103)  # the newest known is that of 5
    book.hear(move(6, 92, (6, 0)), 104)
    assert (book.agreement.compared, book.agreement.equal) == (2, 1)


def test_best_prices_are_the_display_where_there_is_no_book() -> None:
    book = pair(Chain.CONTIGUOUS, quoted=True)
    for one in (best(1, "5"), best(2, "5"), best(3, "6", at_ms=1), best(4, "-1"), best(5, None)):
        book.quote(one, 50)
    assert [(row[0], row[4], row[6]) for row in book.displays] == [
        (50, [5], [9]),
        (1_000_000, [6], [9]),
    ]


def test_a_level_that_is_none_is_told() -> None:
    book = pair(Chain.CONTIGUOUS)
    book.hear(image(3, (5, 7)), 100)
    with pytest.raises(ValueError, match="is no level"):
        book.hear(move(4, 90, (0, 1)), 101)
