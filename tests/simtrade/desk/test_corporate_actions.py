"""Dividends, bonus shares, rights, new codes, suspensions and delistings on an account.

US rules: 10 % of a dividend is withheld, waiting orders are converted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from matching.market import Split
from matching.orders import AccountId
from simtrade.desk.corporate_actions import CorporateActions
from simtrade.desk.ledger import Asset, TransferKind, holder_of, house
from simtrade.desk.requests import FLOOR
from tests.simtrade.desk.corporate import Story, market
from tests.simtrade.desk.test_settle import ME, NOW, Books, books
from tests.world import World


@pytest.fixture
def empty_world(tmp_path: Path) -> Iterator[World]:
    """A world whose tapes can be written to."""
    (tmp_path / "tapes").mkdir()
    world = World.open(tmp_path / "data", tmp_path / "tapes")
    yield world
    world.close()


DIVIDEND = """
day 2024-01-02 ONE 10.00 TWO 50.00
day 2024-01-03 ONE 10.00 TWO 50.00
day 2024-01-04 ONE 9.50 TWO 50.00
day 2024-01-05 ONE 9.50 TWO 50.00
day 2024-01-08 ONE 9.50 TWO 50.00
action 2024-01-04 ONE ex cash=0.50 pay=2024-01-08 announced=2024-01-03
"""
A_DIVIDEND = """
2024-01-02 buy 1000 ONE       => ONE 1000, owed 0.00
2024-01-03 look               => coming 2024-01-04 ex_date
2024-01-04 09:10 look         => owed 450.00, ONE last 9.50, today -50.00, told ex_date
2024-01-05 buy 1000 ONE       => ONE 2000, owed 450.00, coming 2024-01-08 dividend_paid
2024-01-08 look               => owed 0.00, told dividend_paid, realised 450.00
"""

BONUS = """
day 2024-01-02 ONE 13.00 TWO 50.00
day 2024-01-03 ONE 10.00 TWO 50.00
day 2024-01-04 ONE 10.00 TWO 50.00
day 2024-01-05 ONE 10.00 TWO 50.00
action 2024-01-03 ONE ex bonus=3:10 listed=2024-01-05
"""
BONUS_SHARES = """
2024-01-02 buy 1005 ONE       => ONE 1005
2024-01-03 look               => ONE 1306, ONE pending 301, ONE can sell 1005, today 0.00
2024-01-03 sell 1006 ONE      => refused not_enough_to_sell
2024-01-04 look               => coming 2024-01-05 bonus_listed
2024-01-05 look               => ONE 1306, ONE pending 0, ONE can sell 1306, told bonus_listed
2024-01-05 sell 1306 ONE      => no shares
"""

RIGHTS = """
day 2024-01-02 ONE 13.00 TWO 50.00
day 2024-01-03 ONE 12.00 TWO 50.00
day 2024-01-04 ONE 12.00 TWO 50.00
day 2024-01-05 ONE 12.00 TWO 50.00
day 2024-01-08 ONE 12.00 TWO 50.00
action 2024-01-03 ONE ex rights=3:10 price=8.70 deadline=2024-01-04 rights_listed=2024-01-08
"""
RIGHTS_TAKEN = """
2024-01-02 buy 1000 ONE       => ONE 1000
2024-01-03 look               => may subscribe 300 @ 8.70, owed 990.00, today -13.00
2024-01-03 subscribe 301 ONE  => refused rights_qty_too_large
2024-01-03 subscribe 0 ONE    => refused qty_not_positive
2024-01-03 subscribe 100 ONE  => may subscribe 200 @ 8.70, owed 660.00, ONE 1100, ONE pending 100
2024-01-04 subscribe 200 ONE  => owed 0.00, ONE 1300, ONE can sell 1000, told subscribed
2024-01-05 subscribe 1 ONE    => refused rights_not_open
2024-01-05 look               => coming 2024-01-08 rights_listed
2024-01-08 look               => ONE can sell 1300, told rights_listed
"""
RIGHTS_LAPSED = """
2024-01-02 buy 1000 ONE       => ONE 1000
2024-01-03 buy 1000 ONE       => may subscribe 300 @ 8.70, owed 990.00
2024-01-05 look               => owed 0.00, today -990.00, told rights_closed
2024-01-05 subscribe 1 ONE    => refused rights_not_open
"""

ORDERS = """
day 2024-01-02 ONE 10.00 TWO 50.00
day 2024-01-03 ONE 4.75 TWO 50.00
day 2024-01-04 ONE 4.75 TWO 50.00
action 2024-01-03 ONE ex cash=0.50 bonus=1:1 pay=2024-01-04
"""
CONVERTED = """
2024-01-02 buy 101 ONE
2024-01-02 buy 100 ONE @ 8.01 gtc
2024-01-02 sell 101 ONE @ 12.01 gtc  => open buy 100 ONE @ 8.01, open sell 101 ONE @ 12.01
# 8.01 less 0.50, halved and rounded down; 12.01 halved and rounded up: sellers keep their cash
2024-01-03 look  => open buy 200 ONE @ 3.75, open sell 202 ONE @ 6.01, hold 751.00, told ex_date
"""
SPLIT = """
day 2024-01-02 ONE 10.00 TWO 50.00
day 2024-01-03 ONE 5.00 TWO 50.00
day 2024-01-04 ONE 5.10 TWO 50.00
day 2024-01-05 ONE 4.40 TWO 50.00
action 2024-01-03 ONE split 2:1
"""
STOPS_CONVERTED = """
2024-01-02 buy 300 ONE
2024-01-02 sell 100 ONE @ 12.01 or stop 9.01 gtc  => stop 9.01, ONE can sell 200
2024-01-02 sell 100 ONE trail 0.51 gtc            => stop 9.49, ONE can sell 100
2024-01-02 buy 100 ONE @ 8.01 or stop 11.01 gtc   => stop 11.01, hold 1157.00
2024-01-03 look  => open sell 200 ONE @ 6.01, stop 4.50, stop 4.74, stop 5.50, hold 1157.00
2024-01-03 look  => ONE 600, ONE can sell 200
2024-01-04 look  => stop 4.84, stop 4.50, ONE 600
2024-01-05 look  => ended other_filled, ONE 200, ONE can sell 200
"""
CANCELLED = """
2024-01-02 buy 100 ONE
2024-01-02 buy 100 ONE @ 9.01 gtc    => open buy 100 ONE @ 9.01
2024-01-03 look                      => ended corporate_action, ONE 200, ONE can sell 200
"""
REVERSE = """
day 2024-01-02 ONE 1.00 TWO 50.00
day 2024-01-03 ONE 10.00 TWO 50.00
action 2024-01-03 ONE split 1:10
"""
REVERSED = """
2024-01-02 buy 105 ONE
2024-01-02 sell 100 ONE @ 1.50 gtc   => open sell 100 ONE @ 1.50
2024-01-03 look                      => ended corporate_action, ONE 10, told split
"""

SUSPENSION = """
day 2024-01-02 ONE 10.00 TWO 50.00
day 2024-01-03 ONE - TWO 50.00
day 2024-01-04 ONE - TWO 50.00
day 2024-01-05 ONE 8.00 TWO 50.00
action 2024-01-03 ONE suspension until=2024-01-04 announced=2024-01-02
"""
SUSPENDED = """
2024-01-02 buy 100 ONE
2024-01-02 buy 100 ONE @ 9.50 gtc   => coming 2024-01-03 suspension
2024-01-03 look                     => ONE suspended, ONE last 10.00, ONE worth 1000.00
2024-01-03 buy 100 ONE              => refused instrument_suspended
2024-01-03 sell 50 ONE @ 9.90       => refused instrument_suspended
2024-01-04 sell 50 ONE @ 10.50 gtc  => refused instrument_suspended, open buy 100 ONE @ 9.50
2024-01-05 look                     => ONE 200, ONE last 8.00
"""

DELISTING = """
day 2024-01-02 ONE 1.00 TWO 50.00
day 2024-01-03 ONE 0.60 TWO 50.00
day 2024-01-04 TWO 50.00
action 2024-01-03 ONE delisting announced=2024-01-02
"""
DELISTED = """
2024-01-02 buy 1000 ONE
2024-01-02 sell 500 ONE @ 1.50 gtc   => coming 2024-01-03 delisting, open sell 500 ONE @ 1.50
2024-01-03 look                      => ONE worth 600.00
2024-01-04 look                      => no shares, ended not_listed, told delisted, today 0.00
"""
TAKEN_OVER = """
2024-01-02 buy 1000 ONE
2024-01-03 look                      => ONE worth 600.00
2024-01-04 look                      => no shares, told delisted, today 100.00
"""

RENAMED = """
day 2024-01-02 OLD 10.00 TWO 50.00
day 2024-01-03 OLD 11.00 TWO 50.00
day 2024-01-04 NEW 11.50 TWO 50.00
day 2024-01-05 NEW 12.00 TWO 50.00
action 2024-01-04 OLD code to=NEW
"""
UNDER_A_NEW_CODE = """
2024-01-02 buy 100 OLD
2024-01-03 sell 60 OLD @ 12.00 gtc
2024-01-03 buy 100 OLD @ 9.00 gtc    => OLD 100, OLD can sell 40
2024-01-04 09:10 look                => NEW 100, NEW last 11.00, NEW can sell 40, told renamed
2024-01-04 look                      => open sell 60 NEW @ 12.00, today 50.00
2024-01-05 sell 40 NEW               => NEW 60
"""

STORIES = {
    "dividend": (DIVIDEND, A_DIVIDEND),
    "bonus shares": (BONUS, BONUS_SHARES),
    "rights taken": (RIGHTS, RIGHTS_TAKEN),
    "rights lapsed": (RIGHTS, RIGHTS_LAPSED),
    "orders converted": (ORDERS, CONVERTED),
    "stops and pairs converted": (SPLIT, STOPS_CONVERTED),
    "orders end on a reverse split": (REVERSE, REVERSED),
    "suspension": (SUSPENSION, SUSPENDED),
    "delisting": (DELISTING, DELISTED),
    "takeover": (DELISTING.replace("delisting", "delisting paid=0.70"), TAKEN_OVER),
    "new code": (RENAMED, UNDER_A_NEW_CODE),
}


@pytest.mark.parametrize("restarts", [False, True])
@pytest.mark.parametrize("name", STORIES)
def test_story(empty_world: World, name: str, *, restarts: bool) -> None:
    tape, told = STORIES[name]
    story = Story(empty_world, market(tape))
    story.restarts = restarts
    story.run(told)
    report = story.world.verify()
    assert report.ok, report.problems


def test_a_market_of_day_orders_ends_them(
    empty_world: World,
) -> None:
    Story(empty_world, market(ORDERS, "CNY")).run(CANCELLED)


TAXED = """
day 2024-01-02 ONE 10.00 TWO 50.00
day 2024-01-15 ONE 10.00 TWO 50.00
day 2024-01-16 ONE 9.00 TWO 50.00
day 2024-01-31 ONE 9.00 TWO 50.00
day 2024-02-02 ONE 9.00 TWO 50.00
day 2024-02-05 ONE 9.00 TWO 50.00
day 2025-01-15 ONE 9.00 TWO 50.00
day 2025-01-16 ONE 9.00 TWO 50.00
action 2024-01-16 ONE ex cash=1.00
"""
BY_TIME_HELD = """
2024-01-02 buy 300 ONE
2024-01-15 buy 100 ONE
2024-01-16 look           => ONE 400, realised 400.00
2024-02-02 sell 100 ONE   => told dividend_tax         # a month to the day: 20 % of 100
2024-02-05 sell 100 ONE                                # longer than a month: 10 % of 100
2025-01-15 sell 200 ONE   => no shares                 # 100 longer; 100 a year to the day: 10 %
"""


def test_tax_by_the_time_that_shares_were_held(
    empty_world: World,
) -> None:
    story = Story(empty_world, market(TAXED, "CNY"))
    story.restarts = True
    story.run(BY_TIME_HELD)
    taxes = [
        one.body["tax_minor"]
        for one in story.world.portfolio.activities(story.account_id)
        if one.kind == "dividend_tax"
    ]
    assert taxes == [1000, 1000, 2000]
    assert story.world.verify().ok


SPLITS = [
    # shares, new, old, price after -> shares after, paid in cash
    (100, 2, 1, 4_449, 200, 0),
    (101, 3, 2, 1_000, 151, 500),  # half a new share
    (105, 1, 10, 10_000, 10, 5_000),
    (7, 1, 10, 10_000, 0, 7_000),
]


@pytest.fixture
def floor(world: World) -> Books:
    tape = world.feeds.floor_tape
    return books(world.feeds.feed(tape), tape, world.feeds)


@pytest.mark.parametrize(("qty", "new", "old", "price", "left", "paid"), SPLITS)
def test_a_split_keeps_what_everybody_owns(
    floor: Books, qty: int, new: int, old: int, price: int, left: int, paid: int
) -> None:
    other = AccountId(2)
    floor.venue.accounts[other] = replace(floor.venue.accounts[ME], account_id=other)
    floor.give(0, qty)
    floor.settlement.move(floor.instrument_id, house(FLOOR, "liquidity"), holder_of(other), qty,
                          TransferKind.POST, "gift")  # fmt: skip
    floor.settlement.position(other, floor.venue.instrument(floor.instrument_id))
    for account in (ME, other):
        floor.venue.positions[account, floor.instrument_id].cost_minor = 50_000
    listing = floor.venue.exchange.listings[floor.instrument_id]
    listing.street.last_ticks = price
    split = Split(NOW, 1, floor.instrument_id, new, old)
    CorporateActions(floor.settlement).happen(split)
    for account in (ME, other):
        mine = holder_of(account)
        position = floor.venue.positions[account, floor.instrument_id]
        assert floor.venue.ledger.balance(mine, Asset(floor.instrument_id)).posted == left
        assert floor.venue.ledger.balance(mine, Asset("CNY")).posted == paid
        lost = 50_000 - position.cost_minor
        assert position.realised_minor == paid - lost
        assert lost * qty * new == pytest.approx(50_000 * (qty * new - left * old), abs=qty * new)
    told = [one for one in floor.changes.events if one.kind == "split"]
    assert [one.account_id for one in told] == [ME, other]


@pytest.mark.parametrize("seed", range(8))
def test_no_ex_date_changes_what_an_account_is_worth(empty_world: World, seed: int) -> None:
    """Cash, bonus shares and rights at random: before the first price of the ex-date the total is
    that of the close, up to half a tick a share, a minor unit and the tax."""
    draw = Random(seed)
    close, qty = draw.randint(500, 5_000), draw.randint(1, 2_000)
    cash, bonus, rights = draw.choice((0, 0.333)), draw.choice((0, 1, 3)), draw.choice((1, 2))
    price = draw.randint(100, close // 2)  # a right that is worth using
    text = f"""
    day 2024-01-02 ONE {close // 100}.{close % 100:02}
    day 2024-01-03 ONE {close // 100}.{close % 100:02}
    day 2024-01-04 ONE {close // 100}.{close % 100:02}
    action 2024-01-03 ONE ex cash={cash} bonus={bonus}:7 rights={rights}:5 \
price={price // 100}.{price % 100:02} deadline=2024-01-04 pay=2024-01-04 listed=2024-01-04
    """
    story = Story(empty_world, market(text))
    story.run(f"2024-01-02 buy {qty} ONE\n2024-01-02 16:30 look")
    before = story.equities[-1]
    story.run("2024-01-03 09:10 look")
    (told,) = story.world.portfolio.activities(story.account_id)
    lost = before - story.equities[-1] - told.body["tax_minor"]
    shares = qty + told.body["bonus_qty"] + told.body["rights_qty"]
    lapsed = qty * rights % 5 * close // 5  # a fraction of a right gives none
    assert -shares // 2 - 3 <= lost <= shares // 2 + 3 + lapsed
    assert story.world.verify().ok
