from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from matching.units import NS_PER_MINUTE
from simtrade.desk.requests import FLOOR, UserId, VenueId
from simtrade.people.api_keys import (
    DAYS_MAX,
    KEYS_PER_PERSON,
    ApiKeys,
    KeyReason,
    KeyScope,
    NewKey,
)
from simtrade.people.service import Outside
from simtrade.store.app_store import AppStore
from simtrade.store.key_store import KeyStore


@dataclass
class Desk:
    data: Path
    now_ns: int = 10**18
    drawn: int = 0
    store: AppStore = field(init=False)

    def __post_init__(self) -> None:
        self.store = AppStore.open(self.data)
        outside = Outside(lambda: self.now_ns, lambda: self.now_ns, self._bytes)
        self.keys = ApiKeys(KeyStore(self.store.engine), outside)
        self.user = UserId(self.store.add_guest(None, 1).user_id)

    def _bytes(self, count: int) -> bytes:
        self.drawn += 1
        return self.drawn.to_bytes(count, "big")

    def make(self, **how: object) -> NewKey:
        made = self.keys.create(self.user, FLOOR, **how)  # type: ignore[arg-type]
        assert isinstance(made, NewKey)
        return made


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    one = Desk(tmp_path)
    yield one
    one.store.close()


def test_a_key_opens_with_its_own_secret_only(desk: Desk) -> None:
    one, other = desk.make(name=" bot "), desk.make()
    assert desk.keys.check(one.key.key_id, one.secret) == one.key
    assert one.key.name == "bot"
    for key_id, secret in (
        (one.key.key_id, other.secret),
        (one.key.key_id, ""),
        (one.key.key_id, "\udcff"),
        ("SIMNOBODY", one.secret),
        ("", ""),
    ):
        assert desk.keys.check(key_id, secret) is None


def test_the_secret_is_nowhere_on_the_disk(desk: Desk) -> None:
    made = desk.make()
    kept = b"".join(path.read_bytes() for path in desk.data.iterdir() if path.is_file())
    assert made.key.key_id.encode() in kept
    assert made.secret.encode() not in kept
    assert made.secret not in repr(made)


def test_a_revoked_key_is_dead_at_once_and_only_its_owner_revokes(desk: Desk) -> None:
    made = desk.make()
    stranger = UserId(desk.store.add_guest(None, 1).user_id)
    assert not desk.keys.revoke(stranger, made.key.key_id)
    assert desk.keys.alive(made.key.key_id)
    assert desk.keys.revoke(desk.user, made.key.key_id)
    assert not desk.keys.alive(made.key.key_id)
    assert desk.keys.check(made.key.key_id, made.secret) is None
    assert not desk.keys.revoke(desk.user, made.key.key_id)


def test_a_key_ends_on_its_day(desk: Desk) -> None:
    made = desk.make(days=1)
    desk.now_ns += 1440 * NS_PER_MINUTE - 1
    assert desk.keys.check(made.key.key_id, made.secret) is not None
    desk.now_ns += 1
    assert desk.keys.check(made.key.key_id, made.secret) is None


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"name": "x" * 41}, KeyReason.NAME_TOO_LONG),
        ({"name": "a\u202eb"}, KeyReason.NAME_NOT_ALLOWED),
        ({"days": 0}, KeyReason.DAYS_OUTSIDE),
        ({"days": DAYS_MAX + 1}, KeyReason.DAYS_OUTSIDE),
    ],
)
def test_what_is_no_key(desk: Desk, how: dict[str, object], reason: KeyReason) -> None:
    assert desk.keys.create(desk.user, FLOOR, **how) is reason  # type: ignore[arg-type]
    assert desk.keys.of(desk.user) == ()


def test_a_person_has_so_many_living_keys(desk: Desk) -> None:
    made = [desk.make(days=1) for _ in range(KEYS_PER_PERSON)]
    assert desk.keys.create(desk.user, FLOOR) is KeyReason.TOO_MANY
    desk.keys.revoke(desk.user, made[0].key.key_id)
    desk.make()
    assert desk.keys.create(desk.user, FLOOR) is KeyReason.TOO_MANY
    desk.now_ns += 1440 * NS_PER_MINUTE
    desk.make()
    assert len(desk.keys.of(desk.user)) == KEYS_PER_PERSON + 2


def test_a_form_makes_one_key_and_tells_its_secret_once(desk: Desk) -> None:
    made = desk.make(once="form 1")
    assert desk.keys.create(desk.user, FLOOR, once="form 1") is KeyReason.MADE_ALREADY
    assert desk.keys.of(desk.user) == (made.key,)
    assert desk.keys.check(made.key.key_id, made.secret) is not None
    other = UserId(desk.store.add_guest(None, 1).user_id)
    assert isinstance(desk.keys.create(other, FLOOR, once="form 1"), NewKey)
    assert desk.make(once="form 2").key.key_id.startswith("SIM")


def test_the_last_use_is_written_once_a_minute(desk: Desk) -> None:
    made = desk.make()
    for seconds in (0, 30, 59, 61):
        desk.keys.check(made.key.key_id, made.secret)
        desk.now_ns += seconds * 10**9
    (key,) = desk.keys.of(desk.user)
    assert key.used_at_ns == 10**18 + 89 * 10**9


def test_an_account_is_a_bots_from_the_first_order_of_a_program_on(desk: Desk) -> None:
    made = desk.make(scopes=frozenset({KeyScope.TRADE}))
    assert not desk.keys.is_bot(desk.user, FLOOR)
    desk.keys.ordered(made.key)
    (key,) = desk.keys.of(desk.user)
    desk.now_ns += 1
    desk.keys.ordered(made.key)
    assert desk.keys.of(desk.user) == (key,)
    desk.keys.revoke(desk.user, made.key.key_id)
    assert desk.keys.is_bot(desk.user, FLOOR)
    assert not desk.keys.is_bot(desk.user, VenueId("p1"))
