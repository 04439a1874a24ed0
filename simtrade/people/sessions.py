"""Session tokens and how long they live.  Pure: time and secret bytes are given."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from matching.units import NS_PER_MINUTE
from simtrade.people.model import STAFF, Role
from simtrade.settings import Settings

TOKEN_BYTES = 32
# 32 bytes in base64 without padding; anything longer is no token of ours.
TOKEN_LENGTH = 43

_NS_PER_HOUR = 60 * NS_PER_MINUTE
_NS_PER_DAY = 24 * _NS_PER_HOUR
# "Last used" is written at most this many times per idle period: reading pages costs no writes.
_TOUCHES_PER_IDLE = 20


@dataclass(frozen=True, slots=True)
class Lifetime:
    """Nanoseconds after the last use, and after the sign-in, at which a session ends."""

    idle_ns: int
    absolute_ns: int

    def alive(self, created_at_ns: int, used_at_ns: int, now_ns: int) -> bool:
        return now_ns - used_at_ns < self.idle_ns and now_ns - created_at_ns < self.absolute_ns

    def due_for_touch(self, used_at_ns: int, now_ns: int) -> bool:
        return now_ns - used_at_ns >= self.idle_ns // _TOUCHES_PER_IDLE


def lifetimes(settings: Settings) -> Mapping[Role, Lifetime]:
    """The lifetime of each role's sessions; why they differ is told in the settings."""
    staff = Lifetime(
        settings.staff_idle_minutes * NS_PER_MINUTE, settings.staff_absolute_hours * _NS_PER_HOUR
    )
    guest = Lifetime(
        settings.guest_idle_days * _NS_PER_DAY, settings.guest_absolute_days * _NS_PER_DAY
    )
    learner = Lifetime(
        settings.learner_idle_days * _NS_PER_DAY, settings.learner_absolute_days * _NS_PER_DAY
    )
    return {Role.GUEST: guest, Role.LEARNER: learner} | dict.fromkeys(STAFF, staff)


def new_token(secret_bytes: Callable[[int], bytes]) -> str:
    """A 256-bit secret in letters that a cookie carries unchanged."""
    return base64.urlsafe_b64encode(secret_bytes(TOKEN_BYTES)).rstrip(b"=").decode("ascii")


def token_digest(token: str) -> bytes | None:
    """What the store keeps; None for a text that cannot be a token.

    A plain SHA-256 is enough: nobody guesses 256 random bits, so there is nothing to slow down.
    """
    if len(token) != TOKEN_LENGTH or not token.isascii():
        return None
    return hashlib.sha256(token.encode("ascii")).digest()
