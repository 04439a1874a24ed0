from __future__ import annotations

import pytest

from matching.units import AtNs
from simtrade.desk.requests import FLOOR, UserId
from simtrade.people.api_keys import DAYS_MAX, ApiKey, KeyReason, KeyScope
from web.key_words import LIFETIMES, USUAL_LIFETIME, key_sentence, rights, standing


def key(
    scopes: frozenset[KeyScope] = frozenset(),
    expires: int | None = None,
    revoked: int | None = None,
) -> ApiKey:
    ends = tuple(None if one is None else AtNs(one) for one in (expires, revoked))
    return ApiKey("SIM1", UserId(1), FLOOR, "", scopes, AtNs(1), *ends, None, None)


def test_a_limit_is_named_in_the_sentence() -> None:
    assert "at most 40 characters" in key_sentence(KeyReason.NAME_TOO_LONG, "en")
    assert "20 个有效密钥" in key_sentence(KeyReason.TOO_MANY, "zh")


@pytest.mark.parametrize(
    ("scopes", "english", "chinese"),
    [
        (frozenset(), "read", "读取"),
        (frozenset({KeyScope.TRADE}), "read, trade", "读取、交易"),
        (frozenset(KeyScope), "read, trade, turn the clock", "读取、交易、控制时钟"),
    ],
)
def test_rights_in_words(scopes: frozenset[KeyScope], english: str, chinese: str) -> None:
    assert (rights(key(scopes), "en"), rights(key(scopes), "zh")) == (english, chinese)


@pytest.mark.parametrize(
    ("expires", "revoked", "state"),
    [
        (None, None, "living"),
        (11, None, "living"),
        (10, None, "expired"),
        (None, 5, "revoked"),
        (11, 5, "revoked"),
        (5, 7, "expired"),
        (7, 5, "revoked"),
    ],
)
def test_what_ended_a_key_first_counts(
    expires: int | None, revoked: int | None, state: str
) -> None:
    assert standing(key(frozenset(), expires, revoked), 10) == state


def test_lifetimes_are_allowed_ones() -> None:
    days = [one for one, _name in LIFETIMES.values() if one is not None]
    assert all(1 <= one <= DAYS_MAX for one in days)
    assert USUAL_LIFETIME in LIFETIMES
