"""The SQL of accounts' lists of instruments, in app.db."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from sqlalchemy import Engine, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from simtrade.store.app_tables import METADATA
from simtrade.store.database import reading, writing

_lists = METADATA.tables["watchlists"]


@dataclass(frozen=True, slots=True)
class StoredWatchlist:
    """A row of watchlists; ``instruments`` are ids, each once."""

    watchlist_id: str
    account_id: int
    name: str
    instruments: tuple[str, ...]
    created_at_ns: int
    updated_at_ns: int


_COLUMNS = [_lists.c[name] for name in StoredWatchlist.__dataclass_fields__]


class NameTakenError(ValueError):
    """The account has another list of that name."""


class WatchlistStore:
    """Each method is one transaction and may be called from any thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, account_id: int) -> tuple[StoredWatchlist, ...]:
        """By name."""
        statement = select(*_COLUMNS).where(_lists.c.account_id == account_id)
        with reading(self._engine) as connection:
            rows = connection.execute(statement.order_by(_lists.c.name)).all()
        return tuple(_stored(row) for row in rows)

    def find(self, account_id: int, *, watchlist_id: str = "", name: str = "") -> str | None:
        """The id of an account's list by its id or its name; None when it has no such list."""
        named = _lists.c.name == name if name else _lists.c.watchlist_id == watchlist_id
        statement = select(_lists.c.watchlist_id).where(named & (_lists.c.account_id == account_id))
        with reading(self._engine) as connection:
            found: str | None = connection.execute(statement).scalar()
        return found

    def one(self, account_id: int, watchlist_id: str) -> StoredWatchlist | None:
        with reading(self._engine) as connection:
            row = connection.execute(_select(account_id, watchlist_id)).first()
        return None if row is None else _stored(row)

    def add(self, new: StoredWatchlist, most: int) -> bool:
        """Keep a new list unless its account has ``most``; whether it was kept.  Raises
        NameTakenError."""
        count = select(func.count()).where(_lists.c.account_id == new.account_id)
        try:
            with writing(self._engine) as connection:
                if connection.execute(count).scalar_one() >= most:
                    return False
                connection.execute(insert(_lists).values(_row(new)))
        except IntegrityError as error:
            raise NameTakenError(new.name) from error
        return True

    def change(
        self,
        account_id: int,
        watchlist_id: str,
        edit: Callable[[StoredWatchlist], StoredWatchlist],
    ) -> StoredWatchlist | None:
        """What ``edit`` makes of a list, kept in its place; None when there is no such list.
        Raises NameTakenError, and what ``edit`` raises: nothing is changed then."""
        try:
            with writing(self._engine) as connection:
                row = connection.execute(_select(account_id, watchlist_id)).first()
                if row is None:
                    return None
                new = replace(edit(_stored(row)), watchlist_id=watchlist_id, account_id=account_id)
                mine = _lists.c.watchlist_id == watchlist_id
                connection.execute(update(_lists).where(mine).values(_row(new)))
        except IntegrityError as error:
            raise NameTakenError(watchlist_id) from error
        return new

    def remove(self, account_id: int, watchlist_id: str) -> bool:
        """Whether there was such a list."""
        mine = (_lists.c.account_id == account_id) & (_lists.c.watchlist_id == watchlist_id)
        with writing(self._engine) as connection:
            return connection.execute(delete(_lists).where(mine)).rowcount > 0


def _select(account_id: int, watchlist_id: str) -> Any:
    mine = (_lists.c.account_id == account_id) & (_lists.c.watchlist_id == watchlist_id)
    return select(*_COLUMNS).where(mine)


def _stored(row: Row[Any]) -> StoredWatchlist:
    return StoredWatchlist(
        watchlist_id=row.watchlist_id,
        account_id=row.account_id,
        name=row.name,
        instruments=msgspec.json.decode(row.instruments, type=tuple[str, ...]),
        created_at_ns=row.created_at_ns,
        updated_at_ns=row.updated_at_ns,
    )


def _row(one: StoredWatchlist) -> dict[str, Any]:
    row = {name: getattr(one, name) for name in StoredWatchlist.__dataclass_fields__}
    return row | {"instruments": msgspec.json.encode(one.instruments).decode()}
