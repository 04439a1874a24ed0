"""What an owner gets, whoever owes the shares pays: two accounts on one market.

tests/scenarios/short_selling.txt has the figures of one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simtrade.desk.corporate import Story, market
from tests.world import World

DAYS = """\
day 2024-01-02 ONE 50.00 TWO 30.00
day 2024-01-03 ONE 50.00 TWO 30.00
day 2024-01-04 ONE 45.00 TWO 30.00
day 2024-01-05 ONE 45.00 TWO 30.00
day 2024-01-08 ONE 45.00 TWO 30.00
"""
ACTIONS = [
    "ex cash=0.50 pay=2024-01-05 announced=2024-01-03",
    "ex bonus=3:10 announced=2024-01-03",
    "ex bonus=3:10 listed=2024-01-08 announced=2024-01-03",
    "split 3:2",
    "split 1:7",
    "delisting announced=2024-01-03 paid=44.00",
]


@pytest.fixture
def empty_world(tmp_path: Path) -> Iterator[World]:
    (tmp_path / "tapes").mkdir()
    world = World.open(tmp_path / "data", tmp_path / "tapes")
    yield world
    world.close()


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("qty", [101, 13])
def test_owner_and_debtor_come_to_the_same(empty_world: World, action: str, qty: int) -> None:
    """The same shares on both sides: but for taxes, fees and the rounding of a fraction, what one
    wins the other loses."""
    last = "2024-01-04 " if "delisting" not in action else "2024-01-05 "
    tape = market(f"{DAYS}action {last} ONE {action}")
    changes = []
    for word in ("buy", "short"):
        story = Story(empty_world, tape)
        story.run(f"2024-01-03 margin on\n2024-01-03 {word} {qty} ONE")
        before = story.world.portfolio.summary(story.account_id)
        story.run("2024-01-08 look")
        after = story.world.portfolio.summary(story.account_id)
        gained = (after.equity_minor + after.fees_minor) - (before.equity_minor + before.fees_minor)
        taxes = sum(
            one.body.get("tax_minor", 0)
            for one in story.world.portfolio.activities(story.account_id)
            if one.kind == "ex_date"
        )
        changes.append(gained + taxes)
        assert story.world.verify().ok
    owner, debtor = changes
    assert abs(owner + debtor) <= 1, (owner, debtor)
