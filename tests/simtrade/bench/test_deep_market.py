from __future__ import annotations

from matching.market import StreetCancel, StreetOrder, Trade
from matching.orders import Side
from matching.street_book import StreetBook
from simtrade.bench.deep_market import (
    WARM_UP,
    Doing,
    Episode,
    Paid,
    episodes,
    generate,
    true_prices,
)
from simtrade.bench.reproduce import run

MARKET = generate(1, 4_000)


def test_the_day_is_one_that_our_matching_makes_again() -> None:
    result = run(MARKET.tape, lambda _done, _whole: None)
    assert result.equal
    assert result.trades == MARKET.tape.counts()["trades"] > 200


def test_messages_are_what_the_tape_tells() -> None:
    kinds = dict.fromkeys((StreetOrder, StreetCancel, Trade), 0)
    for event in MARKET.tape.events():
        kinds[type(event)] += 1
    joined = sum(one.doing is Doing.JOIN for one in MARKET.messages)
    cancelled = sum(one.doing is Doing.CANCEL for one in MARKET.messages)
    assert (kinds[StreetOrder], kinds[StreetCancel]) == (joined, cancelled)
    assert generate(1, 4_000).tape.tape_id == MARKET.tape.tape_id
    assert generate(2, 4_000).tape.tape_id != MARKET.tape.tape_id


def test_one_taker_alone_pays_what_stood() -> None:
    """The first child's price needs no second life: it walks the book as it was."""
    wanted = [Episode(first, 5, side, 900, 1) for first in (2_100, 2_500) for side in Side]
    paid = true_prices(MARKET, wanted)
    for one, got in zip(wanted, paid, strict=True):
        book = StreetBook()
        for event in MARKET.tape.events():
            if event.at_ns > MARKET.at_ns(one.first):
                break
            book.on(event)
        left, turnover = one.qty, 0
        for price, qty in book.levels(one.side.opposite):
            turnover += price * min(left, qty)
            left -= min(left, qty)
        assert got == Paid(900, turnover)


def test_taking_again_at_once_costs_more() -> None:
    once = true_prices(MARKET, [Episode(2_100, 1, Side.BUY, 1_000, 1)])[0]
    often = true_prices(MARKET, [Episode(2_100, 1, Side.BUY, 1_000, 4)])[0]
    assert often.turnover / often.qty > once.turnover / once.qty


def test_episodes_leave_time_for_all_their_children() -> None:
    found = episodes(MARKET, 1, 50, qty=300, apart=40)
    assert found == sorted(found)
    assert all(one.first >= WARM_UP and one.after(5) < len(MARKET.messages) for one in found)
    assert {int(one.side) for one in found} == {0, 1}
