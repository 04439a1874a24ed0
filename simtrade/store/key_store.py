"""The SQL of the keys with which programs use accounts, in app.db."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from sqlalchemy import Engine, func, insert, select, update

from simtrade.store.app_tables import METADATA
from simtrade.store.database import reading, writing

_keys = METADATA.tables["api_keys"]


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A row of api_keys; times in nanoseconds UTC."""

    key_id: str
    secret_sha256: bytes = field(repr=False)
    user_id: int
    venue_id: str
    name: str
    scopes: str
    created_at_ns: int
    expires_at_ns: int | None
    revoked_at_ns: int | None
    used_at_ns: int | None
    ordered_at_ns: int | None


class Kept(Enum):
    """What became of a new key."""

    NEW = "new"
    THERE = "there"  # a key with that id was kept before; nothing was changed
    TOO_MANY = "too_many"


_COLUMNS = [_keys.c[name] for name in StoredKey.__dataclass_fields__]


class KeyStore:
    """Each method is one transaction and may be called from any thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, key: StoredKey, most: int) -> Kept:
        """Keep a new key unless it is there already or its owner has ``most`` living ones."""
        row = {name: getattr(key, name) for name in StoredKey.__dataclass_fields__}
        living = select(func.count()).where(
            (_keys.c.user_id == key.user_id)
            & _keys.c.revoked_at_ns.is_(None)
            & (_keys.c.expires_at_ns.is_(None) | (_keys.c.expires_at_ns > key.created_at_ns))
        )
        same = select(_keys.c.key_id).where(_keys.c.key_id == key.key_id)
        with writing(self._engine) as connection:
            if connection.execute(same).first() is not None:
                return Kept.THERE
            if connection.execute(living).scalar_one() >= most:
                return Kept.TOO_MANY
            connection.execute(insert(_keys).values(row))
        return Kept.NEW

    def key(self, key_id: str) -> StoredKey | None:
        with reading(self._engine) as connection:
            row = connection.execute(select(*_COLUMNS).where(_keys.c.key_id == key_id)).first()
        return None if row is None else StoredKey(*row)

    def of_user(self, user_id: int) -> tuple[StoredKey, ...]:
        """A person's keys, newest first, revoked ones too."""
        statement = (
            select(*_COLUMNS)
            .where(_keys.c.user_id == user_id)
            .order_by(_keys.c.created_at_ns.desc(), _keys.c.key_id)
        )
        with reading(self._engine) as connection:
            return tuple(StoredKey(*row) for row in connection.execute(statement))

    def revoke(self, user_id: int, key_id: str, at_ns: int) -> bool:
        """End a person's key; False when he has no such living key."""
        mine = (_keys.c.key_id == key_id) & (_keys.c.user_id == user_id)
        return self._set(mine & _keys.c.revoked_at_ns.is_(None), {"revoked_at_ns": at_ns}) > 0

    def touch(self, key_id: str, at_ns: int) -> None:
        self._set(_keys.c.key_id == key_id, {"used_at_ns": at_ns})

    def mark_ordered(self, key_id: str, at_ns: int) -> None:
        """Remember when a key first placed an order; later ones change nothing."""
        first = (_keys.c.key_id == key_id) & _keys.c.ordered_at_ns.is_(None)
        self._set(first, {"ordered_at_ns": at_ns})

    def has_ordered(self, user_id: int, venue_id: str) -> bool:
        """Whether any key of a person has placed an order in a venue."""
        his = (_keys.c.user_id == user_id) & (_keys.c.venue_id == venue_id)
        statement = select(_keys.c.key_id).where(his & _keys.c.ordered_at_ns.is_not(None)).limit(1)
        with reading(self._engine) as connection:
            return connection.execute(statement).first() is not None

    def _set(self, condition: Any, values: dict[str, int]) -> int:
        with writing(self._engine) as connection:
            return connection.execute(update(_keys).where(condition).values(values)).rowcount
