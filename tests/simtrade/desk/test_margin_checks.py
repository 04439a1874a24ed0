"""One share too many, one cent too little: what an account that may borrow cannot do.

The tables tests/scenarios/short_selling.txt and margin.txt have the refusals in order.
"""

from __future__ import annotations

import pytest

from feeds.catalogue import US_DAILY
from matching.orders import Side
from matching.reasons import Reason
from simtrade.desk.desk import advance
from simtrade.desk.holds import check_funds, needed_hold
from simtrade.desk.ledger import holder_of
from simtrade.desk.lending import margin_book
from simtrade.desk.margin_checks import buys_back, lendable_qty, short_margin
from simtrade.desk.requests import Refusal
from simtrade.desk.state import OrderRecord
from tests.simtrade.desk.borrower import Borrower, borrower_on
from tests.simtrade.desk.test_settle import ME, books
from tests.world import World


def asked(borrower: Borrower, side: Side, qty: int, limit: int, *, short: bool = False):
    """What the desk says of a new order; nothing is kept of it."""
    made = borrower.books.unplaced(side, qty, limit, short=short)
    return check_funds(borrower.venue, made, *needed_hold(borrower.venue, made))


@pytest.fixture
def borrower(world: World) -> Borrower:
    """Two days in: there is a whole day to lend from."""
    made = borrower_on(world, 100_000_000)
    venue = made.venue
    venue.cursor_ns = venue.feed.advance(venue.cursor_ns, 5 * 3600 * 10**9)
    return made


def test_a_short_sale_of_exactly_what_is_lent_and_one_more(borrower: Borrower) -> None:
    most = lendable_qty(borrower.venue, borrower.instrument_id)
    assert most > 0
    assert asked(borrower, Side.SELL, most, 100, short=True) is None
    refused = asked(borrower, Side.SELL, most + 1, 100, short=True)
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.SHORT_NONE_TO_BORROW
    assert refused.numbers == {"available": most, "lendable": most}
    borrower.place(Side.SELL, most - 5, 100, short=True)
    assert asked(borrower, Side.SELL, 5, 100, short=True) is None
    refused = asked(borrower, Side.SELL, 6, 100, short=True)
    assert refused is not None
    assert refused.numbers["available"] == 5


def test_initial_margin_to_the_cent(world: World) -> None:
    for lack in (0, 1):
        borrower = borrower_on(world, 1_000_000 - lack)
        venue = borrower.venue
        venue.cursor_ns = venue.feed.advance(venue.cursor_ns, 5 * 3600 * 10**9)
        refused = asked(borrower, Side.SELL, 1_000, 1_000, short=True)
        if not lack:
            assert refused is None
            continue
        assert refused is not None
        assert refused.reason is Reason.MARGIN_TOO_SMALL
        assert refused.numbers == {"available_minor": 999_999, "needed_minor": 1_000_000}


def test_a_purchase_on_margin_to_the_share(borrower: Borrower) -> None:
    """Free margin is never negative once everything open is filled at its limit."""
    low, high = 0, 10_000
    while high - low > 1:
        middle = (low + high) // 2
        if asked(borrower, Side.BUY, middle * 100, 1_000) is None:
            low = middle
        else:
            high = middle
    refused = asked(borrower, Side.BUY, high * 100, 1_000)
    assert refused is not None
    assert refused.reason is Reason.MARGIN_TOO_SMALL
    last = borrower.venue.feed.last(borrower.instrument_id, borrower.venue.cursor_ns)
    assert last is not None
    borrower.trade(Side.BUY, low * 100, 1_000)
    book = margin_book(borrower.venue, ME, borrower.venue.cursor_ns)
    assert book is not None
    at_cost = book.with_mark(borrower.instrument_id, 1_000)
    assert 0 <= at_cost.free_minor < 100_000


def test_what_may_borrow_pays_fees_that_it_has_no_cash_for(borrower: Borrower) -> None:
    borrower.trade(Side.BUY, 100_000, 1_000)
    borrower.settlement.settle_session()
    assert asked(borrower, Side.SELL, 100, 1) is None


def test_buying_back_reserves_nothing_and_asks_for_no_margin(borrower: Borrower) -> None:
    borrower.trade(Side.SELL, 500, 1_000, short=True)
    borrower.settlement.settle_session()
    record = borrower.place(Side.BUY, 300, 9_000)
    assert buys_back(borrower.venue, record)
    assert (record.hold_minor, record.hold_qty) == (0, 0)
    assert asked(borrower, Side.BUY, 200, 9_000) is None
    refused = asked(borrower, Side.BUY, 201, 9_000)
    assert refused is not None
    assert (refused.reason, refused.numbers["max_qty"]) == (Reason.COVER_TOO_LARGE, 200)


def test_what_was_sold_short_today_is_bought_back_tomorrow(borrower: Borrower) -> None:
    borrower.trade(Side.SELL, 500, 1_000, short=True)
    refused = asked(borrower, Side.BUY, 1, 1_000)
    assert refused is not None
    assert refused.reason is Reason.COVER_NOT_YET
    assert refused.numbers["max_qty"] == 0
    assert "sellable_day" in refused.numbers
    borrower.settlement.settle_session()
    assert asked(borrower, Side.BUY, 500, 1_000) is None


def test_initial_margin_of_a_market_order_is_that_of_the_price_it_expects(
    borrower: Borrower,
) -> None:
    made = borrower.books.unplaced(Side.SELL, 100, 1_000, short=True)
    assert short_margin(borrower.venue, made, 100, 1_000) == 100_000
    assert isinstance(made, OrderRecord)


@pytest.mark.parametrize("lack", [0, 1])
def test_america_asks_for_equity_of_2000_dollars(world: World, lack: int) -> None:
    """For a short sale and for a loan; what cash pays needs none."""
    borrower = american(world, 200_000 - lack)
    asks = {
        "short": asked(borrower, Side.SELL, 1, 100, short=True),
        "loan": asked(borrower, Side.BUY, 21, 10_000),
        "cash": asked(borrower, Side.BUY, 1, 10_000),
    }
    assert asks["cash"] is None
    for name in ("short", "loan"):
        refused = asks[name]
        assert (refused is None) == (lack == 0), name
        if refused is not None:
            assert refused.reason is Reason.MARGIN_EQUITY_TOO_SMALL
            assert refused.numbers == {"equity_minor": 199_999, "least_minor": 200_000}


def test_without_margin_nothing_is_sold_short_and_nothing_is_lent(borrower: Borrower) -> None:
    borrower.account.margin = False
    borrower.venue.ledger.let_borrow(holder_of(ME), allowed=False)
    refused = asked(borrower, Side.SELL, 100, 1_000, short=True)
    assert refused is not None
    assert refused.reason is Reason.MARGIN_NOT_ON
    refused = asked(borrower, Side.BUY, 100_000, 1_000)
    assert refused is not None
    assert refused.reason is Reason.NOT_ENOUGH_CASH


def american(world: World, minor: int) -> Borrower:
    """A margin account on the American recording, after its first day."""
    tape = world.feeds.resolve(US_DAILY)
    assert tape is not None
    made = books(world.feeds.feed(tape), tape, world.feeds)
    made.give(minor)
    borrower = Borrower(made)
    venue = borrower.venue
    advance(venue, venue.feed.advance(venue.cursor_ns, 15 * 3600 * 10**9), made.changes)
    return borrower
