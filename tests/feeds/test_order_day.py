from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np

from feeds.order_day import OrderDay, displays_of, levels_of
from feeds.order_tape import OrderTape, StreetKind
from matching.auction import NOTHING
from matching.market import Phase
from matching.orders import Side
from matching.street_book import StreetBook
from tests.feeds.l2_sample import SampleDay, centiseconds

DAY = SampleDay()
TAPE = DAY.tape()
MIDNIGHT = 1_675_699_200 * 10**9  # in Shanghai


def at(hour: int, minute: int, second: int = 0) -> int:
    return MIDNIGHT + centiseconds(hour, minute, second) * 10_000_000


def until(tape: OrderTape, at_ns: int) -> OrderTape:
    """What was recorded up to a moment."""
    rows = int(np.searchsorted(tape.street[1], at_ns, side="right"))
    shots = int(np.searchsorted(tape.snapshots[0], at_ns, side="right"))
    return replace(tape, street=tape.street[:, :rows], snapshots=tape.snapshots[:, :shots])


def test_the_phases_are_those_of_the_hours() -> None:
    phases = OrderDay(TAPE).phases
    assert [one.phase for one in phases] == [
        Phase.OPENING_AUCTION,
        Phase.OPENING_LOCKED,
        Phase.OPENED,
        Phase.CONTINUOUS,
        Phase.LUNCH,
        Phase.CONTINUOUS,
        Phase.CLOSING_LOCKED,
        Phase.CLOSED,
    ]
    assert [one.at_ns for one in phases[:4]] == [at(9, 15), at(9, 20), at(9, 25), at(9, 30)]
    assert all(one.ends_ns == after.at_ns for one, after in itertools.pairwise(phases))
    assert phases[-1].at_ns == at(15, 0)
    assert phases[-1].ends_ns == OrderDay(TAPE).end_ns == at(15, 0) + 30_000_000


def test_a_recording_that_breaks_off_closes_there() -> None:
    day = OrderDay(until(TAPE, at(11, 30) + 10**9))
    assert day.phases[-1].phase is Phase.CLOSED
    assert day.phases[-1].at_ns == day.end_ns <= at(11, 30) + 10**9
    assert [one.phase for one in day.phases[-2:]] in (
        [Phase.CONTINUOUS, Phase.CLOSED],
        [Phase.LUNCH, Phase.CLOSED],
    )


def test_the_auctions_and_their_results() -> None:
    day = OrderDay(TAPE)
    opening, closing = day.auctions
    assert (opening.from_ns, opening.at_ns) == (at(9, 15), at(9, 25) + 120_000_000)
    kinds = TAPE.street[2, opening.first_row : opening.stop_row]
    assert kinds.tolist() == [StreetKind.TRADE] * 2
    assert closing.stop_row == TAPE.street.shape[1]
    first, last = day.crossings
    assert first == (1_001, 200, Side.SELL, 400)
    assert last.qty == int(TAPE.street[7, closing.first_row : closing.stop_row].sum())


def test_an_auction_without_a_trade_ends_by_its_hours() -> None:
    street = TAPE.street[:, :4]  # buyers only
    day = OrderDay(replace(TAPE, street=street))
    opening = day.auctions[0]
    assert (opening.at_ns, opening.first_row, opening.stop_row) == (at(9, 25), 4, 4)
    assert day.crossings[0] == NOTHING


def test_nothing_is_displayed_while_an_auction_runs() -> None:
    day = OrderDay(TAPE)
    opening, closing = day.auctions
    rows = day.displayed.tolist()
    assert rows[0] == opening.stop_row - 1
    assert rows[-1] == closing.stop_row - 1
    assert not any(closing.from_row <= row < closing.stop_row - 1 for row in rows)
    assert len(rows) == closing.from_row - opening.stop_row + 2


def test_displays_follow_every_row() -> None:
    table, book = displays_of(TAPE.street), StreetBook()
    for row, event in enumerate(TAPE.events()):
        book.on(event)
        assert levels_of(table[row].tolist()) == book.depth(10)
        assert levels_of(table[row].tolist(), 1) == book.depth(1)
    assert OrderDay(TAPE).book_at(TAPE.street.shape[1]).depth(10) == book.depth(10)
    assert book.best(Side.BUY) is not None


def test_what_was_traded_adds_up() -> None:
    day = OrderDay(TAPE)
    assert len(day.trade_rows) == len(day.prints.at_ns) == len(DAY.trades)
    assert int(day.turnover_so_far[-1]) == DAY.turnover
    assert int(day.prints.volume_so_far[-1]) == DAY.volume
