"""The SQL of people and sessions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from simtrade.store.app_store import AppStore, StoredUser


@pytest.fixture
def store(tmp_path: Path) -> Iterator[AppStore]:
    store = AppStore.open(tmp_path)
    yield store
    store.close()


def member(store: AppStore, name: str, role: str = "learner") -> StoredUser:
    user = store.add_user(name=name, name_key=name, role=role, password_hash="h", at_ns=5)
    assert user is not None
    return user


def test_a_guest_has_neither_name_nor_password(store: AppStore) -> None:
    guest = store.add_guest("zh", 7)
    assert guest == StoredUser(1, "", None, "guest", None, "zh", None, None, 7)
    assert store.user(1) == guest
    assert store.user(2) is None


def test_a_name_is_given_once(store: AppStore) -> None:
    ann = member(store, "ann")
    again = store.add_user(name="ann", name_key="ann", role="learner", password_hash=None, at_ns=6)
    assert again is None
    assert store.user_by_key("ann") == ann
    assert store.members() == (ann,)


def test_a_guest_is_promoted_once_and_only_to_a_free_name(store: AppStore) -> None:
    member(store, "ann")
    guest = store.add_guest(None, 7)
    store.add_session(b"s" * 32, guest.user_id, 7)
    new = {"role": "learner", "password_hash": "h"}
    assert store.promote_guest(guest.user_id, name="ann", name_key="ann", **new) is None
    assert store.session(b"s" * 32) is not None
    ben = store.promote_guest(guest.user_id, name="ben", name_key="ben", **new)
    assert ben is not None
    assert (ben.user_id, ben.name, ben.role) == (guest.user_id, "ben", "learner")
    assert store.session(b"s" * 32) is None
    assert store.promote_guest(guest.user_id, name="eve", name_key="eve", **new) is None


def test_a_member_without_a_name_is_a_bug(store: AppStore) -> None:
    with pytest.raises(IntegrityError):
        store.add_user(name="x", name_key="x", role="guest", password_hash=None, at_ns=1)


def test_a_session_needs_its_user(store: AppStore) -> None:
    with pytest.raises(IntegrityError):
        store.add_session(b"s" * 32, 99, 1)


def test_a_session_is_found_touched_and_ended(store: AppStore) -> None:
    ann = member(store, "ann")
    store.add_session(b"s" * 32, ann.user_id, 10)
    store.touch_session(b"s" * 32, 20)
    found = store.session(b"s" * 32)
    assert found is not None
    assert (found.user, found.created_at_ns, found.used_at_ns) == (ann, 10, 20)
    store.end_session(b"s" * 32)
    assert store.session(b"s" * 32) is None


def test_only_old_sessions_of_the_role_are_dropped(store: AppStore) -> None:
    ann, boss = member(store, "ann"), member(store, "boss", "admin")
    for number, (user, at_ns) in enumerate([(ann, 10), (ann, 30), (boss, 10)]):
        store.add_session(bytes([number]) * 32, user.user_id, at_ns)
    assert store.drop_sessions("learner", used_before_ns=20, made_before_ns=0) == 1
    assert store.session(bytes([1]) * 32) is not None
    assert store.drop_sessions("learner", used_before_ns=0, made_before_ns=30) == 1
    assert store.session(bytes([2]) * 32) is not None
    assert store.end_sessions_of(boss.user_id) == 1


def test_a_hash_is_not_printed(store: AppStore) -> None:
    assert "password_hash" not in repr(member(store, "ann"))


def test_ids_are_never_used_again(store: AppStore, tmp_path: Path) -> None:
    first = store.add_guest(None, 1).user_id
    with store.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM users")
    assert store.add_guest(None, 1).user_id == first + 1
