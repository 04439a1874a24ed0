"""Double entry: every ledger sums to zero, nobody gives what he does not have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.orders import AccountId, OrderId
from simtrade.desk.ledger import (
    Asset,
    Balance,
    Holder,
    Ledger,
    Transfer,
    TransferKind,
    holder_of,
    house,
)
from simtrade.desk.requests import FLOOR

CNY = Asset("CNY")
ME = holder_of(AccountId(1))
BANK, CLEARING = house(FLOOR, "grant"), house(FLOOR, "clearing")
POST, HOLD, RELEASE = TransferKind


def move(
    debit: Holder, credit: Holder, amount: int, kind: TransferKind = POST, asset: Asset = CNY
) -> Transfer:
    return Transfer(asset, debit, credit, amount, kind, OrderId(0), "test")


def ledger(*transfers: Transfer) -> Ledger:
    made = Ledger()
    for one in transfers:
        made.apply(one)
    return made


def test_a_transfer_moves_from_one_to_the_other() -> None:
    found = ledger(move(BANK, ME, 100), move(ME, BANK, 30))
    assert found.balance(ME, CNY) == Balance(debits_posted=30, credits_posted=100)
    assert found.balance(BANK, CNY).posted == -70
    assert found.balance(ME, Asset("USD")) == Balance()
    assert (ME, Asset("USD")) not in found.balances


def test_a_reservation_is_neither_gone_nor_usable() -> None:
    found = ledger(move(BANK, ME, 100), move(ME, CLEARING, 60, HOLD))
    assert (found.balance(ME, CNY).posted, found.balance(ME, CNY).available) == (100, 40)
    found.apply(move(ME, CLEARING, 60, RELEASE))
    assert found.balance(ME, CNY).available == 100
    found.apply(move(ME, CLEARING, 60, HOLD))
    with pytest.raises(AssertionError, match="overdrawn"):
        found.apply(move(ME, BANK, 41))


@pytest.mark.parametrize(
    "wrong",
    [
        move(ME, BANK, 101),
        move(ME, CLEARING, 101, HOLD),
        move(ME, CLEARING, 1, RELEASE),
        move(ME, BANK, 0),
        move(ME, BANK, -5),
        move(ME, ME, 5),
    ],
)
def test_what_cannot_be_is_a_bug(wrong: Transfer) -> None:
    found = ledger(move(BANK, ME, 100))
    with pytest.raises(AssertionError):
        found.apply(wrong)


def test_the_house_may_owe() -> None:
    assert ledger(move(BANK, ME, 10**12)).balance(BANK, CNY).available == -(10**12)


moves = st.builds(
    move,
    st.sampled_from([BANK, ME, CLEARING]),
    st.sampled_from([BANK, ME, CLEARING]),
    st.integers(-2, 200),
    st.sampled_from(TransferKind),
    st.sampled_from([CNY, Asset("X:Y")]),
)


@given(st.lists(moves, max_size=40))
def test_every_ledger_sums_to_zero_whatever_is_asked(asked: list[Transfer]) -> None:
    found = Ledger()
    for one in asked:
        before = found.balance(one.debit, one.asset), found.balance(one.credit, one.asset)
        negative = one.kind is RELEASE and before[0].debits_pending < one.amount
        over = one.debit == ME and one.kind is not RELEASE and before[0].available < one.amount
        if one.amount <= 0 or one.debit == one.credit or negative or over:
            continue  # the desk checks before it asks
        found.apply(one)
        for asset in (CNY, Asset("X:Y")):
            mine = [each for (_, where), each in found.balances.items() if where == asset]
            assert sum(each.credits_posted - each.debits_posted for each in mine) == 0
            assert sum(each.credits_pending - each.debits_pending for each in mine) == 0
        assert found.balance(ME, CNY).available >= 0
