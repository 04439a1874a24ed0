from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from simtrade.store.app_store import AppStore
from simtrade.store.key_store import Kept, KeyStore, StoredKey


@pytest.fixture
def store(tmp_path: Path) -> Iterator[AppStore]:
    store = AppStore.open(tmp_path)
    yield store
    store.close()


def key(user_id: int, key_id: str = "SIM1", at_ns: int = 5) -> StoredKey:
    return StoredKey(
        key_id, b"x" * 32, user_id, "floor", "", "trade", at_ns, None, None, None, None
    )


def test_a_key_comes_back_as_it_was_kept(store: AppStore) -> None:
    keys, user = KeyStore(store.engine), store.add_guest(None, 1).user_id
    assert keys.add(key(user), 9) is Kept.NEW
    assert keys.key("SIM1") == key(user)
    assert keys.key("SIM2") is None
    assert keys.of_user(user) == (key(user),)
    assert keys.of_user(user + 1) == ()


def test_two_keys_never_share_an_id_and_a_key_has_an_owner(store: AppStore) -> None:
    keys, user = KeyStore(store.engine), store.add_guest(None, 1).user_id
    assert keys.add(key(user), 9) is Kept.NEW
    assert keys.add(key(user, at_ns=6), 1) is Kept.THERE
    assert keys.key("SIM1") == key(user)
    with pytest.raises(IntegrityError):
        keys.add(key(user + 1, "SIM3"), 9)


def test_the_newest_comes_first_and_beyond_the_most_nothing_is_kept(store: AppStore) -> None:
    keys, user = KeyStore(store.engine), store.add_guest(None, 1).user_id
    kept = [keys.add(key(user, f"SIM{number}", number), 2) for number in (1, 2, 3)]
    assert kept == [Kept.NEW, Kept.NEW, Kept.TOO_MANY]
    assert [one.key_id for one in keys.of_user(user)] == ["SIM2", "SIM1"]


def test_what_is_written_once_stays(store: AppStore) -> None:
    keys, user = KeyStore(store.engine), store.add_guest(None, 1).user_id
    keys.add(key(user), 9)
    keys.mark_ordered("SIM1", 7)
    keys.mark_ordered("SIM1", 8)
    keys.touch("SIM1", 9)
    assert keys.revoke(user, "SIM1", 10)
    assert not keys.revoke(user, "SIM1", 11)
    found = keys.key("SIM1")
    assert found is not None
    assert (found.ordered_at_ns, found.used_at_ns, found.revoked_at_ns) == (7, 9, 10)
    assert keys.has_ordered(user, "floor")
    assert not keys.has_ordered(user, "p1")
