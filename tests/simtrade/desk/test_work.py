"""Replies as the journal keeps them, and the chain over its rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.orders import AccountId, OrderId, Side
from matching.reasons import Reason
from simtrade.desk.requests import FLOOR, Done, Refusal, Reply
from simtrade.desk.state import Changes
from simtrade.desk.work import Work, decode_reply, encode_reply, next_chain
from simtrade.store.engine_store import CHAIN_START
from tests.world import World


@pytest.mark.parametrize(
    "reply",
    [
        Done(5, FLOOR),
        Done(5, FLOOR, AccountId(4), OrderId(3)),
        Refusal(Reason.NOT_ENOUGH_CASH, {"available_minor": 5, "needed_minor": 7}, "a rule 规则"),
        *[Refusal(reason) for reason in Reason],
    ],
)
def test_a_reply_comes_back_as_it_was_and_says_that_it_is_old(reply: Reply) -> None:
    again = decode_reply(encode_reply(reply))
    assert again.replayed
    assert type(again) is type(reply)
    assert encode_reply(again).replace("true", "false") == encode_reply(reply)
    if isinstance(reply, Refusal):
        assert isinstance(again, Refusal)
        assert (again.reason, again.numbers, again.rule) == (
            reply.reason,
            reply.numbers,
            reply.rule,
        )


rows = st.lists(st.tuples(st.integers(0, 9), st.text(max_size=3)), min_size=1, max_size=4)


@given(rows, rows)
def test_another_row_another_chain(
    one: list[tuple[int, str]], other: list[tuple[int, str]]
) -> None:
    same = next_chain(CHAIN_START, one) == next_chain(CHAIN_START, other)  # type: ignore[arg-type]
    assert same == (one == other)
    assert next_chain("1" * 32, one) != next_chain(CHAIN_START, one)  # type: ignore[arg-type]


def test_an_order_that_only_moved_in_its_queue_is_written_again(world: World) -> None:
    account = world.floor()
    quote = world.venues.quotes(FLOOR)[0]
    assert quote.bid is not None
    world.place(account, Side.BUY, 100, quote.instrument_id, quote.bid.price_ticks)
    venue = world.shard.runtime.get(FLOOR)
    assert venue is not None
    (record,) = venue.orders.values()
    record.working.ahead_milli -= 1
    listing = venue.exchange.listings[quote.instrument_id]
    for touched, expected in ((False, 0), (True, 1)):
        work = Work(CHAIN_START)
        if touched:
            listing.touched[record.order.order_id] = None
            listing.touched[OrderId(999)] = None  # ended meanwhile
        work.touch(venue, Changes())
        batch = work.finish()
        assert len(batch.orders) == expected
        assert len(batch.venues) == 1
        assert not listing.touched


def test_rows_touched_twice_in_a_batch_are_written_once_as_they_stand(world: World) -> None:
    account = world.floor()
    done = world.place(account, Side.BUY, 100, world.venues.quotes(FLOOR)[0].instrument_id)
    assert isinstance(done, Done)
    venue = world.shard.runtime.get(FLOOR)
    assert venue is not None
    work, changes = Work(CHAIN_START), Changes(accounts=dict(venue.accounts))
    work.touch(venue, changes)
    venue.accounts[account].fees_minor += 1
    work.touch(venue, changes)
    (row,) = work.finish().accounts
    assert venue.accounts[account].fees_minor in row
