"""Keys: how a program, not a browser, acts as a person in one venue.

A key is a public id and a secret.  The secret is told once and kept as its SHA-256; it has 240
random bits, so there is nothing to slow down.  Ids begin with SIM, so that nobody takes a key of
this place for one of a broker's, nor the other way round.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from enum import Enum, StrEnum

from matching.units import NS_PER_MINUTE, AtNs
from simtrade.desk.requests import UserId, VenueId
from simtrade.people.service import Outside
from simtrade.store.key_store import Kept, KeyStore, StoredKey

KEY_PREFIX = "SIM"
KEYS_PER_PERSON = 20
NAME_MAX = 40
DAYS_MAX = 366
_ID_BYTES = 10  # 16 letters of base32
_SECRET_BYTES = 30  # 40 letters of base64
_TOUCH_EVERY_NS = NS_PER_MINUTE
_NS_PER_DAY = 1440 * NS_PER_MINUTE
# What is compared when there is no such key: the answer takes the same time.
_NOBODY = hashlib.sha256(b"").digest()


class KeyScope(StrEnum):
    """What a key may do beside reading its account and its venue's market."""

    TRADE = "trade"  # place, change and cancel orders
    CLOCK = "clock"  # turn the clock of a practice market of one's own


@dataclass(frozen=True, slots=True)
class ApiKey:
    key_id: str
    user_id: UserId
    venue_id: VenueId
    name: str
    scopes: frozenset[KeyScope]
    created_at_ns: AtNs
    expires_at_ns: AtNs | None
    revoked_at_ns: AtNs | None
    used_at_ns: AtNs | None
    ordered_at_ns: AtNs | None

    def alive(self, now_ns: int) -> bool:
        expired = self.expires_at_ns is not None and self.expires_at_ns <= now_ns
        return self.revoked_at_ns is None and not expired


@dataclass(frozen=True, slots=True)
class NewKey:
    """``secret`` is shown to its owner now and never again."""

    key: ApiKey
    secret: str = field(repr=False)


class KeyReason(Enum):
    """Why no key was made: (code, field at fault), in order of precedence."""

    NAME_TOO_LONG = ("key_name_too_long", "name")
    NAME_NOT_ALLOWED = ("key_name_not_allowed", "name")
    DAYS_OUTSIDE = ("key_days_outside", "days")
    MADE_ALREADY = ("key_made_already", "")
    TOO_MANY = ("too_many_keys", "")

    code: str
    field: str

    def __init__(self, code: str, field: str) -> None:
        self.code = code
        self.field = field


class ApiKeys:
    """Keys of everybody.  Safe to use from several threads; a revoked key is dead at once."""

    def __init__(self, store: KeyStore, outside: Outside | None = None) -> None:
        self._store = store
        self._outside = outside or Outside()

    def create(
        self,
        user_id: UserId,
        venue_id: VenueId,
        *,
        name: str = "",
        scopes: frozenset[KeyScope] = frozenset(KeyScope),
        days: int | None = None,
        once: str = "",
    ) -> NewKey | KeyReason:
        """A new key that ends after ``days``; None: when it is revoked.  Whether the person may
        enter the venue is the caller's to judge.

        ``once`` names the form that asks: a person's form sent again makes no second key, and
        the secret of the first is not told again.
        """
        name = name.strip()
        if len(name) > NAME_MAX:
            return KeyReason.NAME_TOO_LONG
        if not name.isprintable():
            return KeyReason.NAME_NOT_ALLOWED
        if days is not None and not 1 <= days <= DAYS_MAX:
            return KeyReason.DAYS_OUTSIDE
        now = self._outside.wall_ns()
        random = self._outside.secret_bytes
        secret = base64.urlsafe_b64encode(random(_SECRET_BYTES)).decode()
        named = _digest(f"{user_id} {once}")[:_ID_BYTES] if once else b""
        stored = StoredKey(
            key_id=KEY_PREFIX + base64.b32encode(named or random(_ID_BYTES)).decode(),
            secret_sha256=_digest(secret),
            user_id=user_id,
            venue_id=venue_id,
            name=name,
            scopes=" ".join(sorted(scopes)),
            created_at_ns=now,
            expires_at_ns=None if days is None else now + days * _NS_PER_DAY,
            revoked_at_ns=None,
            used_at_ns=None,
            ordered_at_ns=None,
        )
        match self._store.add(stored, KEYS_PER_PERSON):
            case Kept.THERE:
                return KeyReason.MADE_ALREADY
            case Kept.TOO_MANY:
                return KeyReason.TOO_MANY
            case Kept.NEW:
                return NewKey(_key(stored), secret)

    def check(self, key_id: str, secret: str) -> ApiKey | None:
        """The living key that these two name; None for anything else."""
        stored = self._store.key(key_id)
        right = hmac.compare_digest(stored.secret_sha256 if stored else _NOBODY, _digest(secret))
        if stored is None or not right:
            return None
        key, now = _key(stored), self._outside.wall_ns()
        if not key.alive(now):
            return None
        if key.used_at_ns is None or now - key.used_at_ns >= _TOUCH_EVERY_NS:
            self._store.touch(key_id, now)
        return key

    def alive(self, key_id: str) -> bool:
        """Whether a key still opens anything; asking is no use of it."""
        stored = self._store.key(key_id)
        return stored is not None and _key(stored).alive(self._outside.wall_ns())

    def of(self, user_id: UserId) -> tuple[ApiKey, ...]:
        """A person's keys, newest first, with those that have ended."""
        return tuple(map(_key, self._store.of_user(user_id)))

    def revoke(self, user_id: UserId, key_id: str) -> bool:
        """End a person's key; False when he has no such living key."""
        return self._store.revoke(user_id, key_id, self._outside.wall_ns())

    def ordered(self, key: ApiKey) -> None:
        """Remember that a program has placed an order: its account is a bot's from now on."""
        if key.ordered_at_ns is None:
            self._store.mark_ordered(key.key_id, self._outside.wall_ns())

    def is_bot(self, user_id: UserId, venue_id: VenueId) -> bool:
        """Whether a program has ever placed an order in this person's account."""
        return self._store.has_ordered(user_id, venue_id)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()


def _key(stored: StoredKey) -> ApiKey:
    return ApiKey(
        key_id=stored.key_id,
        user_id=UserId(stored.user_id),
        venue_id=VenueId(stored.venue_id),
        name=stored.name,
        scopes=frozenset(KeyScope(word) for word in stored.scopes.split()),
        created_at_ns=AtNs(stored.created_at_ns),
        expires_at_ns=_moment(stored.expires_at_ns),
        revoked_at_ns=_moment(stored.revoked_at_ns),
        used_at_ns=_moment(stored.used_at_ns),
        ordered_at_ns=_moment(stored.ordered_at_ns),
    )


def _moment(at_ns: int | None) -> AtNs | None:
    return None if at_ns is None else AtNs(at_ns)
