"""No call is lost, none comes for nothing, and who does not answer is brought back above the line.

Markets that jump, accounts that borrow all they can; each close is judged again the long way.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from matching.reasons import Reason
from simtrade.desk.lending import MARGIN_CALL_KEY, loan_minor, margin_book, owed_qty
from simtrade.desk.margin_calls import LOOK_EVERY_NS, MarginDesk, owes
from simtrade.desk.requests import Done, MarginRequest, PlaceRequest, Refusal, Reply
from simtrade.desk.state import VenueState
from simtrade.venues.loader import load_venue
from simtrade.venues.rules import market_book
from tests.simtrade.desk.borrower import borrower_on
from tests.simtrade.desk.corporate import Story, market
from tests.simtrade.desk.test_settle import ME
from tests.world import World


@pytest.fixture
def empty_world(tmp_path: Path) -> Iterator[World]:
    (tmp_path / "tapes").mkdir()
    world = World.open(tmp_path / "data", tmp_path / "tapes")
    yield world
    world.close()


def jumping(chance: Random, first: date, days: int) -> tuple[str, list[date]]:
    """Sessions of two shares, up to 30 % up or down a day."""
    lines, sessions, prices = [], [], [5_000, 2_000]
    day = first
    while len(sessions) < days:
        if day.weekday() < 5:
            sessions.append(day)
            told = " ".join(
                f"{name} {price // 100}.{price % 100:02}"
                for name, price in zip(("ONE", "TWO"), prices, strict=True)
            )
            lines.append(f"day {day} {told}")
            prices = [max(150, one * chance.randint(700, 1_300) // 1_000) for one in prices]
        day += timedelta(1)
    return "\n".join(lines), sessions


def stored(story: Story) -> VenueState:
    """What is in the database."""
    rows = story.world.store.load_venue(story.venue_id)
    assert rows is not None
    return load_venue(rows, story.world.feeds)


def step(chance: Random, story: Story) -> str:
    view = story.world.portfolio.margin(story.account_id)
    assert view is not None
    name = chance.choice(["ONE", "TWO"])
    quote = story.world.venues.quote(story.venue_id, f"XNAS:{name}")
    most = view.buying_power_minor * 9 // 10 // quote.last_ticks if quote else 0
    qty = max(1, chance.choice([most, most // 2, most // 5]))
    return chance.choice([f"short {qty} {name}", f"buy {qty} {name}", "look", "look"])


# 2024: at the close; 2026-07: during the day too (the tape has to know those sessions)
@pytest.mark.parametrize("first", [date(2024, 1, 2), date(2026, 7, 6)])
@pytest.mark.parametrize("seed", range(2))
def test_every_close_comes_out_as_the_rule_says(empty_world: World, seed: int, first: date) -> None:
    chance = Random(seed)
    text, sessions = jumping(chance, first, 9)
    story = Story(empty_world, market(text))
    story.restarts = seed % 2 == 1
    story.step(f"{sessions[1]} margin on")
    called: date | None = None
    for session in sessions[1:-1]:
        story.step(f"{session} 11:00 {step(chance, story)}")
        story.step(f"{session} 15:00 {step(chance, story)}")
        story.step(f"{session} 15:59 look")
        story.step(f"{session} 16:30 look")
        venue = stored(story)
        account = venue.accounts[story.account_id]
        book = margin_book(venue, story.account_id, venue.cursor_ns)
        assert book is not None
        if account.call_session is None:
            assert not book.in_debt or book.equity_minor >= book.maintenance_minor
        else:
            assert book.in_debt
            assert book.equity_minor < book.restore_minor
            passed = [one for one in sessions if account.call_session < one <= session]
            assert account.call_left == max(0, 2 - len(passed))
        if called is not None and account.call_session == called:
            assert account.call_left < 2
        called = account.call_session
    report = story.world.verify()
    assert report.ok, report.problems


def test_positions_are_closed_until_the_call_is_over_or_nothing_is_left(
    empty_world: World,
) -> None:
    text = "\n".join(
        f"day {day} ONE {one}.00 TWO {two}.00"
        for day, one, two in (
            ("2024-01-02", 50, 20), ("2024-01-03", 50, 20), ("2024-01-04", 110, 5),
            ("2024-01-05", 110, 5), ("2024-01-08", 110, 5), ("2024-01-09", 110, 5),
        )
    )  # fmt: skip
    story = Story(empty_world, market(text))
    story.run(
        """
        2024-01-03 margin on
        2024-01-03 short 1900 ONE
        2024-01-03 buy 4000 TWO
        2024-01-08 look             => call 1
        2024-01-09 look             => told margin_closing
        """
    )
    venue = stored(story)
    # Equity is gone: everything is closed, what is owed in shares first, and a loan remains.
    assert owed_qty(venue, story.account_id, "XNAS:ONE") == 0
    assert not story.world.portfolio.summary(story.account_id).positions
    assert loan_minor(venue, story.account_id) > 0
    account = venue.accounts[story.account_id]
    assert owes(venue, account)
    assert account.call_session is not None
    placed = {
        one.order_id
        for one in story.world.portfolio.orders(story.account_id, open_only=False)
        if one.key.startswith(MARGIN_CALL_KEY)
    }
    for fill in story.world.portfolio.fills(story.account_id):
        by_call = fill.receipt.get("placed_by") == "margin_call"
        assert by_call == (fill.order_id in placed)
    assert placed
    assert story.world.verify().ok


def test_the_permission_is_a_command_like_any_other(world: World) -> None:
    _, account = world.practice()
    key = world.key()
    unconfirmed = world.submit(MarginRequest(account, world.key(), on=True))
    assert isinstance(unconfirmed, Refusal)
    assert unconfirmed.reason is Reason.MARGIN_NOT_CONFIRMED
    asked = MarginRequest(account, key, on=True, understood=True)
    first, again = world.submit(asked), world.reopen().submit(asked)
    assert isinstance(first, Done)
    assert isinstance(again, Done)
    assert (again.seq, again.replayed) == (first.seq, True)
    other = world.reopen()
    reused = other.submit(MarginRequest(account, key, on=False))
    assert isinstance(reused, Refusal)
    assert reused.reason is Reason.KEY_REUSED
    reference = other.portfolio.account(account)
    assert reference is not None
    assert reference.margin
    assert isinstance(other.submit(MarginRequest(account, other.key(), on=False)), Done)
    assert other.verify().ok


def test_half_hours_are_those_of_the_clock() -> None:
    assert 3600 * 10**9 % LOOK_EVERY_NS == 0


def test_where_nothing_is_lent_and_where_the_entry_asks_for_more(world: World) -> None:
    """500,000 CNY to begin with in China; a market without records lends nothing."""
    for minor, reason in ((50_000_000, None), (49_999_999, Reason.MARGIN_ENTRY_TOO_SMALL)):
        borrower = borrower_on(world, minor)
        borrower.account.margin = False
        desk = MarginDesk(borrower.settlement, Nobody())
        refused = desk.switch(borrower.account, MarginRequest(ME, "k", on=True, understood=True))
        assert (refused and refused.reason) == reason
        assert borrower.account.margin == (reason is None)
    borrower.venue.exchange.rule_book = market_book("XHKG")
    borrower.account.margin = False
    refused = MarginDesk(borrower.settlement, Nobody()).switch(
        borrower.account, MarginRequest(ME, "k", on=True, understood=True)
    )
    assert refused is not None
    assert refused.reason is Reason.MARGIN_NOT_OFFERED


class Nobody:
    def place(self, request: PlaceRequest) -> Reply:
        raise AssertionError(request)
