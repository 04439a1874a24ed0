"""Lines of an account.

That they add up is checked after every step of the corporate stories and of the random runs, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product
from pathlib import Path

import pytest

from matching.orders import AccountId, Side
from simtrade.desk.requests import Done
from simtrade.portfolio import statements as module
from simtrade.portfolio.statements import LineKind, StatementLine, StatementPage
from tests.simtrade.desk.corporate import Story, market
from tests.simtrade.desk.test_corporate_actions import A_DIVIDEND, DIVIDEND
from tests.simtrade.portfolio.statement_check import check_statements, statements
from tests.world import World

MARKET = """
day 2024-01-02 ONE 10.00 TWO 50.00 OLD 20.00 NEW -
day 2024-01-03 ONE 10.00 TWO 25.00 OLD 20.00 NEW -
day 2024-01-04 ONE 9.50 TWO 25.00 OLD - NEW 20.00
day 2024-01-05 ONE 9.50 TWO 25.00 OLD - NEW 20.00
day 2024-01-08 ONE 9.50 TWO 25.00 OLD - NEW 20.00
action 2024-01-03 TWO split 2:1
action 2024-01-03 ONE ex rights=3:10 price=8.70 deadline=2024-01-04 rights_listed=2024-01-08
action 2024-01-04 ONE ex cash=0.50 bonus=1:3 pay=2024-01-05
action 2024-01-04 OLD code to=NEW
action 2024-01-08 TWO delisting paid=24.00
"""
STORY = """
2024-01-02 buy 1001 ONE
2024-01-02 buy 100 TWO
2024-01-02 buy 10 OLD
2024-01-03 subscribe 101 ONE
2024-01-08 look
"""


@pytest.fixture
def empty_world(tmp_path: Path) -> Iterator[World]:
    (tmp_path / "tapes").mkdir()
    world = World.open(tmp_path / "data", tmp_path / "tapes")
    yield world
    world.close()


def told(world: World, account_id: AccountId, kind: LineKind) -> list[tuple[str, int, int]]:
    """(symbol, amount, quantity) of every line of a kind."""
    return [
        (one.instrument.symbol if one.instrument else "", one.amount_minor, one.qty)
        for one in check_statements(world, account_id)
        if one.kind is kind
    ]


def test_every_kind_of_action_has_its_lines(empty_world: World) -> None:
    story = Story(empty_world, market(MARKET))
    story.run(STORY)
    found = {kind: told(story.world, story.account_id, kind) for kind in LineKind}
    assert found[LineKind.START] == [("", 10_000_000, 0)]
    assert [one[2] for one in found[LineKind.TRADE]] == [1001, 100, 10]
    assert ("TWO", 0, 100) in found[LineKind.SHARES]
    assert [one for one in found[LineKind.SHARES] if one[0] == "ONE"]
    assert found[LineKind.SUBSCRIPTION] == [("ONE", -87_870, 101)]
    assert found[LineKind.RENAME] == [("OLD", 0, -10), ("NEW", 0, 10)]
    assert [one[0] for one in found[LineKind.FRACTION]] == ["ONE"]
    ((_, gross, _),) = found[LineKind.DIVIDEND]
    ((_, tax, _),) = found[LineKind.DIVIDEND_TAX]
    assert tax == -gross // 10


def test_a_dividend_before_tax_on_the_day_it_is_paid(empty_world: World) -> None:
    story = Story(empty_world, market(DIVIDEND))
    story.run(A_DIVIDEND)
    assert told(story.world, story.account_id, LineKind.DIVIDEND) == [("ONE", 50_000, 0)]
    assert told(story.world, story.account_id, LineKind.DIVIDEND_TAX) == [("ONE", -5_000, 0)]


def test_pages_put_together_are_the_whole(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _, account_id = trades(world)
    whole = list(check_statements(world, account_id))
    for at_once, limit, newest_first in product((1, 2, 500), (1, 2, 3, 100), (True, False)):
        monkeypatch.setattr(module, "ROWS_AT_ONCE", at_once)
        seen: tuple[int, int] | None = None
        found: list[StatementLine] = []
        while True:
            wanted = StatementPage(newest_first=newest_first, limit=limit, seen=seen)
            page = statements(world).page(account_id, wanted)
            found += page
            if len(page) < limit:
                break
            seen = page[-1].place
        assert found == (whole[::-1] if newest_first else whole)


def test_a_page_of_some_kinds_and_times(world: World) -> None:
    _, account_id = trades(world)
    whole = check_statements(world, account_id)
    fees = tuple(one for one in whole if one.kind is LineKind.FEE)
    assert fees
    for newest_first in (True, False):
        page = statements(world).page(
            account_id, StatementPage(kinds=[LineKind.FEE], newest_first=newest_first)
        )
        assert page == (fees[::-1] if newest_first else fees)
        middle = whole[len(whole) // 2].at_ns
        later = StatementPage(after_ns=middle, newest_first=newest_first)
        earlier = StatementPage(until_ns=middle, newest_first=newest_first)
        after = statements(world).page(account_id, later)
        before = statements(world).page(account_id, earlier)
        same = [one for one in whole if one.at_ns == middle]
        assert len(after) + len(before) + len(same) == len(whole)
        assert all(one.at_ns > middle for one in after)
        assert all(one.at_ns < middle for one in before)
    assert statements(world).page(account_id, StatementPage(kinds=[])) == ()


def test_a_fill_says_what_its_order_was_then(world: World) -> None:
    venue_id, account_id = world.practice()
    done = world.place(account_id, Side.BUY, 100, limit=1)
    assert isinstance(done, Done)
    assert done.order_id is not None
    last = world.venues.quote(venue_id, world.instrument(venue_id, "XNAS:AAPL").instrument_id)
    assert last is not None
    assert isinstance(
        world.replace(account_id, done.order_id, 50, last.last_ticks * 11 // 10), Done
    )
    world.pass_seconds(5)
    (line,) = [one for one in check_statements(world, account_id) if one.fill]
    assert line.fill is not None
    assert (line.fill.filled, line.fill.leaves, line.fill.replaced) == (50, 0, 1)
    assert line.amount_minor == -line.fill.price_ticks * 50


def test_no_such_account(world: World) -> None:
    with pytest.raises(LookupError):
        statements(world).page(AccountId(999), StatementPage())


def trades(world: World) -> tuple[str, AccountId]:
    venue_id, account_id = world.practice(date(2005, 2, 24))
    for qty, side in ((300, Side.BUY), (50, Side.SELL), (100, Side.SELL)):
        assert isinstance(world.place(account_id, side, qty), Done)
        world.pass_seconds(5)
    return venue_id, account_id
