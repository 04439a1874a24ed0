"""One transaction per batch, fenced; readers see whole batches only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from matching.orders import AccountId
from simtrade.desk.requests import UserId, VenueId
from simtrade.store.engine_rows import Row
from simtrade.store.engine_store import CHAIN_START, Batch, EngineStore, FencedError, ShardHead

VENUE = VenueId("p1")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EngineStore]:
    made = EngineStore.open(tmp_path)
    yield made
    made.close()


def command(seq: int, key: str | None = None, scope: str = "u:1") -> Row:
    body = f'{{"request":{{"number":{seq}}}}}'
    return (seq, VENUE, scope, key, "clock", body, 1, 2, f'"reply {seq}"', f"chain{seq}")


def venue(cursor_ns: int = 5) -> Row:
    return (VENUE, 1, "tape", "2026-01-05", 1, cursor_ns, 1, 60, 100, "CNY", "account", "")


def account(number: int = 7) -> Row:
    return (number, VENUE, number, "standard", "CNY", 1, 100, 0, 0, 0, 0, None, 0)


def balance(holder: str, posted: int) -> Row:
    return (VENUE, holder, "CNY", 0, posted, 0, 0)


def taken(price: int) -> Row:
    return (VENUE, "X:Y", 7, 0, price, 5_000, 0)


def commit(store: EngineStore, head: ShardHead, seq: int, **rows: list[Row]) -> ShardHead:
    new = ShardHead(head.epoch, seq, f"chain{seq}")
    batch = Batch(**rows)  # type: ignore[arg-type]
    if "taken" in rows:
        batch.taken_of = [VENUE]
    store.commit(head, new, batch)
    return new


def test_the_first_writer_begins_at_nothing_and_the_next_goes_on(store: EngineStore) -> None:
    assert store.head() == ShardHead(0, 0, CHAIN_START)
    head = store.acquire()
    assert head == ShardHead(1, 0, CHAIN_START)
    commit(store, head, 1, commands=[command(1)], venues=[venue()])
    assert store.acquire() == ShardHead(2, 1, "chain1")


def test_the_older_of_two_writers_is_fenced_out_and_changes_nothing(
    store: EngineStore, tmp_path: Path
) -> None:
    old = commit(store, store.acquire(), 1, commands=[command(1)], venues=[venue()])
    other = EngineStore.open(tmp_path)
    new = other.acquire()
    before = store.state()
    with pytest.raises(FencedError, match="epoch 1"):
        commit(store, old, 2, commands=[command(2)], venues=[venue(9)], taken=[taken(1)])
    assert store.state() == before
    assert [rows.command[0] for rows in store.journal()] == [1]
    commit(other, new, 2, commands=[command(2)], venues=[venue(9)])
    assert store.head() == ShardHead(2, 2, "chain2")
    other.close()


def test_a_writer_that_missed_a_batch_of_its_own_is_fenced_out(store: EngineStore) -> None:
    head = store.acquire()
    commit(store, head, 1, commands=[command(1)])
    with pytest.raises(FencedError):
        commit(store, head, 2, commands=[command(2)])


def test_a_batch_is_written_wholly_or_not_at_all(store: EngineStore) -> None:
    head = commit(store, store.acquire(), 1, commands=[command(1, "key")], venues=[venue()])
    before = store.state()
    with pytest.raises(IntegrityError):
        commit(store, head, 3, venues=[venue(9)], commands=[command(2), command(3, "key")])
    assert store.state() == before
    assert store.head() == head


def test_a_key_is_used_once_per_scope_and_internal_commands_have_none(store: EngineStore) -> None:
    rows = [command(1, "k"), command(2, "k", "a:1"), command(3), command(4)]
    commit(store, store.acquire(), 4, commands=rows)
    found = store.find_commands([("u:1", "k"), ("a:1", "k"), ("a:1", "other")])
    assert found == {
        ("u:1", "k"): ('{"number":1}', '"reply 1"'),
        ("a:1", "k"): ('{"number":2}', '"reply 2"'),
    }
    assert store.find_commands([]) == {}


def test_state_rows_replace_their_own_and_journal_rows_never(store: EngineStore) -> None:
    head = commit(store, store.acquire(), 1, commands=[command(1)], venues=[venue(5)])
    head = commit(store, head, 2, commands=[command(2)], venues=[venue(6)])
    assert store.state()["venue"] == [venue(6)]
    with pytest.raises(IntegrityError):
        commit(store, head, 3, commands=[command(2)])


def test_what_was_taken_is_replaced_for_the_venues_of_the_batch_only(store: EngineStore) -> None:
    other = ("p2", *taken(1)[1:])
    new = ShardHead(1, 1, "c")
    store.commit(store.acquire(), new, Batch(taken_of=[VENUE, VenueId("p2")],
                                             taken=[taken(1), taken(2), other]))  # fmt: skip
    head = commit(store, new, 2, taken=[taken(3)])
    assert store.state()["taken"] == [taken(3), other]
    commit(store, head, 3, taken=[])
    assert store.state()["taken"] == [other]


def test_the_journal_comes_command_by_command_with_its_rows(store: EngineStore) -> None:
    events: list[Row] = [
        (seq, place, None, None, "fact", "{}") for seq in (1, 3) for place in (0, 1)
    ]
    transfers: list[Row] = [(2, 0, "CNY", "a", "b", 5, "post", 0, "x")]
    commit(store, store.acquire(), 3, commands=[command(one) for one in (1, 2, 3)],
           events=events, transfers=transfers)  # fmt: skip
    found = [(one.command[0], len(one.events), len(one.transfers)) for one in store.journal()]
    assert found == [(1, 2, 0), (2, 0, 1), (3, 2, 0)]


def test_a_transfer_of_nothing_cannot_be_stored(store: EngineStore) -> None:
    with pytest.raises(IntegrityError):
        commit(store, store.acquire(), 1, transfers=[(1, 0, "CNY", "a", "b", 0, "post", 0, "x")])


def test_a_venue_is_loaded_whole_or_for_one_account(store: EngineStore) -> None:
    holders = [balance("a:7", 10), balance("a:8", 20), balance("h:p1:grant", 0)]
    commit(store, store.acquire(), 1, venues=[venue()], accounts=[account(7), account(8)],
           balances=holders, taken=[taken(1)])  # fmt: skip
    whole = store.load_venue(VENUE)
    assert whole is not None
    assert [one.account_id for one in whole.accounts] == [7, 8]
    assert len(whole.balances) == 3
    mine = store.load_venue(VENUE, AccountId(8))
    assert mine is not None
    assert [one.account_id for one in mine.accounts] == [8]
    assert [one.holder for one in mine.balances] == ["a:8"]
    assert store.load_venue(VenueId("p9")) is None
    assert store.venue_row(VENUE) is not None
    assert store.venue_row(VenueId("p9")) is None
    assert (store.venue_of(8), store.venue_of(9)) == (VENUE, None)
    assert (store.count_venues(UserId(1)), store.count_venues(UserId(2))) == (1, 0)


def test_open_orders_come_back_by_priority_and_ended_ones_do_not(store: EngineStore) -> None:
    def order(number: int, priority: int, state: str = "open") -> Row:
        return (number, VENUE, 7, f"k{number}", "X:Y", 0, "limit", "day", "standard", 100, 10, 1,
                state, "", 0, "{}", 0, 0, None, 100, 10, "resting", 1, priority, 0, 0, 0, None, 0,
                0, 0, 0, None, None, None, None, 0, *(None,) * 9, 0, 0)  # fmt: skip

    commit(store, store.acquire(), 1, venues=[venue()], accounts=[account()],
           orders=[order(1, 30), order(2, 10), order(3, 20), order(4, 5, "filled")])  # fmt: skip
    found = store.load_venue(VENUE)
    assert found is not None
    assert [one.order_id for one in found.open_orders] == [2, 3, 1]
