"""Events of an account: every one, in order, once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from matching.orders import AccountId
from tests.web.core_double import CoreDouble
from tests.web.live.wires import Wire
from web.live.account_room import AccountRoom, Budget
from web.live.room import Tally


@pytest.fixture
def account_id(core: CoreDouble) -> AccountId:
    return core.portfolio.open(core.people.create_guest(None).user.user_id)


def heard(core: CoreDouble, account_id: AccountId, act: Callable[[AccountRoom], None]) -> Wire:
    async def work() -> Wire:
        room = AccountRoom(account_id, core.portfolio, Budget(), 0.01, Tally(), lambda _: None)
        room.learn_number()
        wire = Wire()
        room.join(wire.mailbox)
        wire.mailbox.enter([room])
        act(room)
        await asyncio.sleep(0.03)
        wire.mailbox.gone()
        return wire

    return asyncio.run(work())


def numbers(wire: Wire) -> list[int]:
    return [one["n"] for one in wire.messages if one["t"] == "ord"]


def test_in_order_then_the_newest_numbers_once(core: CoreDouble, account_id: AccountId) -> None:
    def act(room: AccountRoom) -> None:
        for _ in range(3):
            room.hear(core.portfolio.fill(account_id, publish=False))

    wire = heard(core, account_id, act)
    assert numbers(wire) == [1, 2, 3]
    accounts = [one for one in wire.messages if one["t"] == "acct"]
    assert [one["n"] for one in accounts] == [3]
    assert wire.messages[-1]["t"] == "acct"


def test_what_was_heard_before_is_passed_over(core: CoreDouble, account_id: AccountId) -> None:
    def act(room: AccountRoom) -> None:
        first = core.portfolio.fill(account_id, publish=False)
        second = core.portfolio.fill(account_id, publish=False)
        for notice in (first, second, first, second):
            room.hear(notice)

    assert numbers(heard(core, account_id, act)) == [1, 2]


def test_a_hole_is_filled_from_the_store(core: CoreDouble, account_id: AccountId) -> None:
    def act(room: AccountRoom) -> None:
        notices = [core.portfolio.fill(account_id, publish=False) for _ in range(4)]
        room.hear(notices[-1])

    assert numbers(heard(core, account_id, act)) == [1, 2, 3, 4]


def test_a_hole_that_cannot_be_filled_asks_for_everything(
    core: CoreDouble, account_id: AccountId
) -> None:
    def act(room: AccountRoom) -> None:
        notices = [core.portfolio.fill(account_id, publish=False) for _ in range(4)]
        core.portfolio.oldest_kept = 3
        room.hear(notices[-1])

    wire = heard(core, account_id, act)
    assert wire.messages[0] == {"t": "resync", "why": "gap"}
    assert wire.messages[-1]["n"] == 4


def test_unchanged_numbers_are_not_repeated(core: CoreDouble, account_id: AccountId) -> None:
    def act(room: AccountRoom) -> None:
        room.changed()
        asyncio.get_running_loop().call_later(0.015, room.changed)

    assert len(heard(core, account_id, act).messages) == 1


def test_budget_is_per_second_and_counted() -> None:
    budget = Budget(share=0.1)
    assert budget.may_spend(5.0)
    budget.spend(0.2)
    assert not budget.may_spend(5.9)
    assert budget.postponed == 1
    assert budget.may_spend(6.0)


def test_price_moves_over_the_budget_wait(core: CoreDouble, account_id: AccountId) -> None:
    def act(room: AccountRoom) -> None:
        room._budget = Budget(share=0.0)
        room.changed()

    assert heard(core, account_id, act).messages == []
