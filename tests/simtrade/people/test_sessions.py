"""Tokens, digests and lifetimes."""

from __future__ import annotations

import hashlib

from simtrade.people.model import STAFF, Role
from simtrade.people.sessions import Lifetime, lifetimes, new_token, token_digest
from simtrade.settings import Settings


def test_a_token_is_all_of_the_secret_and_its_digest_is_its_sha256() -> None:
    token = new_token(lambda size: b"\xff" * size)
    assert token == "_" * 42 + "8"
    assert token_digest(token) == hashlib.sha256(token.encode()).digest()


def test_a_text_that_is_no_token_has_no_digest() -> None:
    assert token_digest("") is None
    assert token_digest("x" * 44) is None
    assert token_digest("é" * 43) is None


def test_a_session_ends_when_idle_or_old() -> None:
    lifetime = Lifetime(idle_ns=100, absolute_ns=1_000)
    assert lifetime.alive(created_at_ns=0, used_at_ns=0, now_ns=99)
    assert not lifetime.alive(created_at_ns=0, used_at_ns=0, now_ns=100)
    assert lifetime.alive(created_at_ns=0, used_at_ns=950, now_ns=999)
    assert not lifetime.alive(created_at_ns=0, used_at_ns=950, now_ns=1_000)


def test_the_last_use_is_written_twenty_times_per_idle_period() -> None:
    lifetime = Lifetime(idle_ns=100, absolute_ns=1_000)
    assert not lifetime.due_for_touch(used_at_ns=0, now_ns=4)
    assert lifetime.due_for_touch(used_at_ns=0, now_ns=5)


def test_every_role_has_a_lifetime_and_staff_the_shortest() -> None:
    found = lifetimes(Settings())
    assert found.keys() == frozenset(Role)
    for role in STAFF:
        assert found[role].idle_ns < found[Role.LEARNER].idle_ns < found[Role.GUEST].idle_ns
