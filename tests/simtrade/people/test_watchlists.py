from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from matching.instrument import InstrumentId
from matching.orders import AccountId
from simtrade.people import watchlists as module
from simtrade.people.watchlists import Watchlist, WatchlistReason, Watchlists
from simtrade.store.app_store import AppStore
from simtrade.store.watchlist_store import WatchlistStore

ONE, TWO = AccountId(1), AccountId(2)
A, B, C = (InstrumentId(f"XNAS:{one}") for one in "ABC")


@pytest.fixture
def lists(tmp_path: Path) -> Iterator[Watchlists]:
    store = AppStore.open(tmp_path)
    yield Watchlists(WatchlistStore(store.engine))
    store.close()


def made(lists: Watchlists, name: str = "Tech") -> Watchlist:
    found = lists.create(ONE, name, [A, B, A])
    assert isinstance(found, Watchlist)
    return found


def test_a_list_has_each_instrument_once_in_order(lists: Watchlists) -> None:
    one = made(lists, " Tech ")
    assert (one.name, one.instruments) == ("Tech", (A, B))
    assert lists.one(ONE, one.watchlist_id) == one
    assert lists.named(ONE, "Tech") == one.watchlist_id
    assert lists.named(ONE, "") is None


def test_changes(lists: Watchlists) -> None:
    one = made(lists)
    for changed, expected in (
        (lists.add(ONE, one.watchlist_id, C), ("Tech", (A, B, C))),
        (lists.add(ONE, one.watchlist_id, A), ("Tech", (A, B, C))),
        (lists.drop(ONE, one.watchlist_id, B), ("Tech", (A, C))),
        (lists.update(ONE, one.watchlist_id, "New", None), ("New", (A, C))),
        (lists.update(ONE, one.watchlist_id, None, [B]), ("New", (B,))),
        (lists.update(ONE, one.watchlist_id, "Tech", []), ("Tech", ())),
    ):
        assert isinstance(changed, Watchlist)
        assert (changed.name, changed.instruments) == expected
        assert changed.updated_at_ns >= one.updated_at_ns
        assert changed.created_at_ns == one.created_at_ns


def test_another_account_s_list_is_unknown(lists: Watchlists) -> None:
    wanted = made(lists).watchlist_id
    assert lists.one(TWO, wanted) is None
    assert lists.add(TWO, wanted, C) is WatchlistReason.UNKNOWN
    assert lists.update(TWO, wanted, "x", None) is WatchlistReason.UNKNOWN
    assert lists.drop(TWO, wanted, A) is WatchlistReason.UNKNOWN
    assert not lists.remove(TWO, wanted)
    assert lists.remove(ONE, wanted)


@pytest.mark.parametrize("name", ["", " ", "x" * 65, "a\nb"])
def test_names_that_no_list_can_have(lists: Watchlists, name: str) -> None:
    one = made(lists)
    assert lists.create(ONE, name, []) is WatchlistReason.NAME_NOT_ALLOWED
    changed = lists.update(ONE, one.watchlist_id, name, None)
    assert changed is WatchlistReason.NAME_NOT_ALLOWED
    assert lists.of(ONE) == (one,)


def test_limits(lists: Watchlists, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "INSTRUMENTS_PER_LIST", 2)
    monkeypatch.setattr(module, "LISTS_PER_ACCOUNT", 2)
    one, other = made(lists), made(lists, "Other")
    assert lists.create(ONE, "Third", []) is WatchlistReason.TOO_MANY
    assert lists.create(ONE, "Fourth", [A, B, C]) is WatchlistReason.TOO_LONG
    assert lists.add(ONE, one.watchlist_id, C) is WatchlistReason.TOO_LONG
    assert lists.create(ONE, "Tech", []) is WatchlistReason.TOO_MANY
    assert lists.remove(ONE, other.watchlist_id)
    assert lists.create(ONE, "Tech", []) is WatchlistReason.NAME_TAKEN
    assert lists.drop(ONE, one.watchlist_id, C) is WatchlistReason.NOT_LISTED
