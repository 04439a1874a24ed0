from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from simtrade.store.app_store import AppStore
from simtrade.store.watchlist_store import NameTakenError, StoredWatchlist, WatchlistStore

ONE = StoredWatchlist("a", 1, "Tech", ("XNAS:AAPL", "XNAS:FB"), 5, 6)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[WatchlistStore]:
    store = AppStore.open(tmp_path)
    yield WatchlistStore(store.engine)
    store.close()


def test_a_list_comes_back_to_its_account_only(store: WatchlistStore) -> None:
    assert store.add(ONE, 9)
    assert store.add(replace(ONE, watchlist_id="b", account_id=2), 9)
    assert store.one(1, "a") == ONE
    assert store.one(2, "a") is None
    assert store.of(1) == (ONE,)
    assert store.find(1, name="Tech") == store.find(1, watchlist_id="a") == "a"
    assert store.find(1, watchlist_id="b") is None
    assert store.find(3, name="Tech") is None


def test_two_lists_of_an_account_never_share_a_name(store: WatchlistStore) -> None:
    store.add(ONE, 9)
    store.add(replace(ONE, watchlist_id="b", name="Other"), 9)
    with pytest.raises(NameTakenError):
        store.add(replace(ONE, watchlist_id="c"), 9)
    with pytest.raises(NameTakenError):
        store.change(1, "b", lambda one: replace(one, name="Tech"))
    assert [one.name for one in store.of(1)] == ["Other", "Tech"]


def test_an_account_has_so_many_lists(store: WatchlistStore) -> None:
    assert store.add(ONE, 1)
    assert not store.add(replace(ONE, watchlist_id="b", name="Other"), 1)
    assert store.of(1) == (ONE,)


def test_an_edit_that_raises_changes_nothing(store: WatchlistStore) -> None:
    store.add(ONE, 9)

    def edit(_one: StoredWatchlist) -> StoredWatchlist:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.change(1, "a", edit)
    assert store.one(1, "a") == ONE
    assert store.change(2, "a", edit) is None


def test_removed_is_removed(store: WatchlistStore) -> None:
    store.add(ONE, 9)
    assert not store.remove(2, "a")
    assert store.remove(1, "a")
    assert not store.remove(1, "a")
    assert store.of(1) == ()
