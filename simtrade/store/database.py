"""Opening a SQLite file so that what is committed survives a power cut."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError

from simtrade.mistakes import Mistake

BUSY_TIMEOUT_MS = 5_000

# Every constraint has a name, so that a later revision can drop it.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
_WRITES = "simtrade_writes"


def open_database(path: Path) -> Engine:
    """An engine on this file (made when missing): WAL, synchronous=FULL, foreign keys on.

    The driver's own transactions are switched off, so that a transaction is exactly what
    ``reading`` and ``writing`` bracket, tables included.  Raises DamagedDatabase when the file
    is none that SQLite can read.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{path}")
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    try:
        engine.connect().close()
    except DatabaseError as error:
        engine.dispose()
        raise DamagedDatabase(
            f"{path} cannot be read ({error.orig}); move it away and use simtrade restore."
        ) from error
    return engine


class DamagedDatabase(Mistake):
    """The file is damaged or is no database."""


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent view; never waits for a writer."""
    with engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction, committed at the end, undone by an exception.

    It takes the write lock at once: a reader that turned writer could not wait for the lock.
    """
    with engine.connect() as plain:
        connection = plain.execution_options(**{_WRITES: True})
        with connection.begin():
            yield connection


def _prepare(connection: SqliteConnection, _record: object) -> None:
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",  # first: entering WAL may already have to wait
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    kind = "IMMEDIATE" if connection.get_execution_options().get(_WRITES) else "DEFERRED"
    connection.exec_driver_sql(f"BEGIN {kind}")
