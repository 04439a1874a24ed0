"""Idempotency keys: in memory and, after a restart, from the journal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matching.orders import AccountId, OrderId, OrderKind, Side, TimeInForce
from matching.reasons import Reason
from matching.units import PriceTicks, Qty
from simtrade.desk.commands import body_of
from simtrade.desk.keys import KEY_LENGTH_MAX, Keys, storable
from simtrade.desk.requests import (
    FLOOR,
    CancelRequest,
    Done,
    PlaceRequest,
    Refusal,
    ReplaceRequest,
    VenueId,
)
from simtrade.store.engine_store import EngineStore
from tests.world import World

ONE = CancelRequest(AccountId(7), "k", OrderId(9))
OTHER = CancelRequest(AccountId(7), "k", OrderId(8))
ANSWER = Done(12, VenueId("v"), AccountId(7), OrderId(9))


@pytest.fixture
def store(world: World) -> EngineStore:
    return world.store


@pytest.mark.parametrize(
    "key", ["", "x" * (KEY_LENGTH_MAX + 1), "\ud800", "a\nb", "a\x00", "margin-call-2"]
)
def test_what_cannot_be_written_down_is_no_key(key: str) -> None:
    assert not storable(key)
    assert storable("x" * KEY_LENGTH_MAX)


def test_the_same_request_gets_its_answer_and_another_is_refused(store: EngineStore) -> None:
    keys = Keys(store)
    assert keys.known(ONE, body_of(ONE)) is None
    keys.remember(ONE, body_of(ONE), ANSWER)
    again = keys.known(ONE, body_of(ONE))
    assert isinstance(again, Done)
    assert (again.seq, again.replayed) == (12, True)
    refused = keys.known(OTHER, body_of(OTHER))
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.KEY_REUSED


def test_the_oldest_keys_leave_the_memory(
    store: EngineStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simtrade.desk.keys.KEYS_REMEMBERED", 2)
    keys = Keys(store)
    asked = [CancelRequest(AccountId(7), f"k{n}", OrderId(9)) for n in range(3)]
    for one in asked:
        keys.remember(one, body_of(one), ANSWER)
    assert [keys.known(one, body_of(one)) is None for one in asked] == [True, False, False]


REFUSED = Refusal(Reason.NOT_ENOUGH_CASH)


def order(limit: int, *, frees_key: bool) -> ReplaceRequest:
    return ReplaceRequest(
        AccountId(7), "k", OrderId(9), Qty(1), PriceTicks(limit), frees_key=frees_key
    )


def test_a_refusal_leaves_a_key_free_where_the_request_says_so(store: EngineStore) -> None:
    keys = Keys(store)
    for free in (True, False):
        one = order(5, frees_key=free)
        keys.remember(one, body_of(one), REFUSED)
        assert (keys.known(one, body_of(one)) is None) is free
    done = order(6, frees_key=True)
    keys = Keys(store)
    keys.remember(done, body_of(done), ANSWER)
    assert keys.known(done, body_of(done)) == replace(ANSWER, replayed=True)


def test_the_journal_keeps_a_free_key_for_another_command(world: World) -> None:
    account = world.floor()
    quote = world.venues.quotes(FLOOR)[0]
    one = PlaceRequest(
        account, "mine", quote.instrument_id, Side.BUY, OrderKind.LIMIT, Qty(1), None,
        TimeInForce.DAY, frees_key=True,
    )  # fmt: skip
    assert isinstance(world.submit(one), Refusal)
    good = replace(one, qty=Qty(100), limit_ticks=PriceTicks(quote.last_ticks))
    done = world.submit(good)
    assert isinstance(done, Done), done
    again = world.reopen()
    assert again.submit(good) == replace(done, replayed=True)
    refused = again.submit(one)
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.KEY_REUSED
    assert again.verify().ok
    again.close()
