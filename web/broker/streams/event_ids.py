"""Ids of trade events: ULIDs that sort as the events happened and can be read back.

The first 48 bits hold the number of the account's event, so the next id after any is known; the
others tell the steps of one event apart and hold a check, so that a made-up id names nothing.
"""

from __future__ import annotations

import hashlib

from matching.orders import AccountId

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 26
_STEP_BITS, _CHECK_BITS = 8, 72
_LETTERS = {letter: value for value, letter in enumerate(_ALPHABET)}


def event_id(account_id: AccountId, number: int, step: int) -> str:
    """26 letters of Crockford's base 32."""
    assert 0 <= number < 1 << 48
    assert 0 <= step < 1 << _STEP_BITS
    value = (number << _STEP_BITS | step) << _CHECK_BITS | _check(account_id, number, step)
    return "".join(_ALPHABET[value >> 5 * place & 31] for place in reversed(range(_LENGTH)))


def place_of(account_id: AccountId, text: str) -> tuple[int, int] | None:
    """(number, step) of an id of this account; None for anything else."""
    letters = text.upper()
    if len(letters) != _LENGTH or any(letter not in _LETTERS for letter in letters):
        return None
    value = 0
    for letter in letters:
        value = value << 5 | _LETTERS[letter]
    if value >> 128:
        return None
    place = value >> _CHECK_BITS
    number, step = place >> _STEP_BITS, place & (1 << _STEP_BITS) - 1
    return (number, step) if event_id(account_id, number, step) == letters else None


def _check(account_id: AccountId, number: int, step: int) -> int:
    text = f"event {account_id} {number} {step}"
    digest = hashlib.blake2b(text.encode(), digest_size=_CHECK_BITS // 8).digest()
    return int.from_bytes(digest, "big")
