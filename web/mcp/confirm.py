"""Confirmations of orders: what was previewed, and nothing else, may be placed, for a short time.

A confirmation is a number that was never used, the moment at which it ends, and a signature over
both, the key, and every field of the order.  The number becomes the order's idempotency key: the
same confirmation used twice is one order.  The signing key lives as long as the process; after a
restart an agent previews once more.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from collections.abc import Callable
from dataclasses import replace
from enum import Enum

import msgspec

from matching.units import NS_PER_SECOND
from simtrade.desk.requests import PlaceRequest
from simtrade.people.api_keys import ApiKey

LIFE_SECONDS = 120
_NUMBER_BYTES, _TIME_BYTES, _MAC_BYTES = 12, 8, 16
LETTERS = (_NUMBER_BYTES + _TIME_BYTES + _MAC_BYTES) * 4 // 3


class Invalid(Enum):
    """Why a confirmation confirms nothing."""

    EXPIRED = "confirmation_expired"
    OTHER = "confirmation_not_for_this_order"  # made up, another's, or for another order


class Confirmations:
    """Makes confirmations and checks them.  ``wall_ns``: now, in nanoseconds UTC."""

    def __init__(self, wall_ns: Callable[[], int]) -> None:
        self._wall_ns = wall_ns
        self._secret = secrets.token_bytes(32)

    def make(self, key: ApiKey, order: PlaceRequest) -> str:
        """A confirmation of this order (its own idempotency key does not count) for this key."""
        ends_ns = self._wall_ns() + LIFE_SECONDS * NS_PER_SECOND
        head = secrets.token_bytes(_NUMBER_BYTES) + ends_ns.to_bytes(_TIME_BYTES, "big")
        return base64.urlsafe_b64encode(head + self._mac(head, key, order)).decode()

    def check(self, text: str, key: ApiKey, order: PlaceRequest) -> PlaceRequest | Invalid:
        """The order as it may be sent to the desk."""
        try:
            value = base64.b64decode(text, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return Invalid.OTHER
        head, mac = value[:-_MAC_BYTES], value[-_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(head, key, order)):
            return Invalid.OTHER
        if int.from_bytes(head[_NUMBER_BYTES:], "big") <= self._wall_ns():
            return Invalid.EXPIRED
        return replace(order, key=f"agent {head[:_NUMBER_BYTES].hex()}")

    def _mac(self, head: bytes, key: ApiKey, order: PlaceRequest) -> bytes:
        terms = msgspec.json.encode([key.key_id, replace(order, key="")])
        return hmac.digest(self._secret, head + terms, "sha256")[:_MAC_BYTES]
