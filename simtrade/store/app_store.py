"""The SQL of app.db.  Plain records out; what they mean is decided in simtrade/people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from simtrade.store.app_tables import METADATA
from simtrade.store.database import open_database, reading, writing
from simtrade.store.migrate import Database, migrate

APP_FILE = Database.APP.value + ".db"

_users = METADATA.tables["users"]
_sessions = METADATA.tables["sessions"]


@dataclass(frozen=True, slots=True)
class StoredUser:
    """A row of users.  A guest has the empty name and neither key nor hash."""

    user_id: int
    name: str
    name_key: str | None
    role: str
    password_hash: str | None = field(repr=False)
    language: str | None
    theme: str | None
    updown: str | None
    created_at_ns: int


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session with the user whose it is; times in nanoseconds UTC."""

    user: StoredUser
    created_at_ns: int
    used_at_ns: int


class AppStore:
    """People and sessions.  Each method is one transaction and may be called from any thread.

    ``engine`` is app.db's, for the stores of its other tables.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @classmethod
    def open(cls, data: Path) -> AppStore:
        """The store in this data folder, made or migrated first.  Raises MigrationError."""
        engine = open_database(data / APP_FILE)
        migrate(engine, Database.APP, data)
        return cls(engine)

    def close(self) -> None:
        self.engine.dispose()

    def add_guest(self, language: str | None, at_ns: int) -> StoredUser:
        row = {"name": "", "role": "guest", "language": language, "created_at_ns": at_ns}
        with writing(self.engine) as connection:
            added = connection.execute(insert(_users).values(row).returning(*_users.c)).one()
        return _user(added)

    def add_user(
        self, *, name: str, name_key: str, role: str, password_hash: str | None, at_ns: int
    ) -> StoredUser | None:
        """None when the name is taken."""
        row = {"name": name, "name_key": name_key, "role": role, "password_hash": password_hash}
        statement = insert(_users).values(**row, created_at_ns=at_ns).returning(*_users.c)
        try:
            with writing(self.engine) as connection:
                return _user(connection.execute(statement).one())
        except IntegrityError:
            if self.user_by_key(name_key) is None:
                raise
            return None

    def promote_guest(
        self, user_id: int, *, name: str, name_key: str, role: str, password_hash: str
    ) -> StoredUser | None:
        """Give a guest a name and a password and end his sessions.

        None when he is no guest any more or the name is taken.
        """
        changed = {"name": name, "name_key": name_key, "role": role, "password_hash": password_hash}
        guest = (_users.c.user_id == user_id) & (_users.c.role == "guest")
        statement = update(_users).where(guest).values(changed).returning(*_users.c)
        try:
            with writing(self.engine) as connection:
                row = connection.execute(statement).one_or_none()
                if row is not None:
                    connection.execute(delete(_sessions).where(_sessions.c.user_id == user_id))
        except IntegrityError:
            if self.user_by_key(name_key) is None:
                raise
            return None
        return _user(row) if row is not None else None

    def user(self, user_id: int) -> StoredUser | None:
        return self._one_user(_users.c.user_id == user_id)

    def user_by_key(self, name_key: str) -> StoredUser | None:
        return self._one_user(_users.c.name_key == name_key)

    def members(self) -> tuple[StoredUser, ...]:
        """Everybody but the guests, oldest first."""
        statement = select(_users).where(_users.c.role != "guest").order_by(_users.c.user_id)
        with reading(self.engine) as connection:
            return tuple(map(_user, connection.execute(statement)))

    def change_user(self, user_id: int, changed: Mapping[str, str]) -> None:
        """Set these columns (language, theme, updown, password_hash)."""
        with writing(self.engine) as connection:
            connection.execute(update(_users).where(_users.c.user_id == user_id).values(**changed))

    def add_session(self, token_sha256: bytes, user_id: int, at_ns: int) -> None:
        row = {"token_sha256": token_sha256, "user_id": user_id}
        with writing(self.engine) as connection:
            connection.execute(
                insert(_sessions).values(**row, created_at_ns=at_ns, used_at_ns=at_ns)
            )

    def session(self, token_sha256: bytes) -> StoredSession | None:
        joined = _sessions.join(_users, _sessions.c.user_id == _users.c.user_id)
        statement = (
            select(*_users.c, _sessions.c.created_at_ns.label("since_ns"), _sessions.c.used_at_ns)
            .select_from(joined)
            .where(_sessions.c.token_sha256 == token_sha256)
        )
        with reading(self.engine) as connection:
            row = connection.execute(statement).one_or_none()
        return StoredSession(_user(row), row.since_ns, row.used_at_ns) if row is not None else None

    def touch_session(self, token_sha256: bytes, at_ns: int) -> None:
        mine = _sessions.c.token_sha256 == token_sha256
        with writing(self.engine) as connection:
            connection.execute(update(_sessions).where(mine).values(used_at_ns=at_ns))

    def end_session(self, token_sha256: bytes) -> None:
        with writing(self.engine) as connection:
            connection.execute(delete(_sessions).where(_sessions.c.token_sha256 == token_sha256))

    def end_sessions_of(self, user_id: int) -> int:
        """End all sessions of a person; how many there were."""
        with writing(self.engine) as connection:
            gone = connection.execute(delete(_sessions).where(_sessions.c.user_id == user_id))
        return gone.rowcount

    def drop_sessions(self, role: str, *, used_before_ns: int, made_before_ns: int) -> int:
        """Forget the sessions of a role that were last used or made that long ago; how many."""
        of_role = select(_users.c.user_id).where(_users.c.role == role)
        old = (_sessions.c.used_at_ns <= used_before_ns) | (
            _sessions.c.created_at_ns <= made_before_ns
        )
        with writing(self.engine) as connection:
            gone = connection.execute(
                delete(_sessions).where(old & _sessions.c.user_id.in_(of_role))
            )
        return gone.rowcount

    def _one_user(self, condition: Any) -> StoredUser | None:
        with reading(self.engine) as connection:
            row = connection.execute(select(_users).where(condition)).one_or_none()
        return _user(row) if row is not None else None


def _user(row: Row[*tuple[Any, ...]]) -> StoredUser:
    return StoredUser(
        user_id=row.user_id,
        name=row.name,
        name_key=row.name_key,
        role=row.role,
        password_hash=row.password_hash,
        language=row.language,
        theme=row.theme,
        updown=row.updown,
        created_at_ns=row.created_at_ns,
    )
