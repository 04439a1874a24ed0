"""Bringing a database file to the tables that this version of the code needs.

A revision is a file ``NNNN_what.py`` in migrations/<database>; the newest number is the
head.  All pending revisions run in one transaction, so a killed start leaves the file as it was
and the next start does it again.  alembic is imported only when there is something to do: a
restart after a crash costs one SELECT here.
"""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect

from simtrade.mistakes import Mistake
from simtrade.store.backup import copy_database
from simtrade.store.database import reading, writing

BACKUPS = "backups"

_MIGRATIONS = Path(__file__).with_name("migrations")
_REVISION_FILE = re.compile(r"([0-9]{4})_[a-z0-9_]+\.py")
_VERSION_TABLE = "alembic_version"


class Database(StrEnum):
    """The databases that are migrated; the value names the file and the alembic environment."""

    APP = "app"
    ENGINE = "engine"


class MigrationError(Mistake):
    """The file cannot be brought to this version; the message says what to do."""


def revisions(database: Database) -> tuple[str, ...]:
    """All revisions of a database, oldest first."""
    files = (_MIGRATIONS / database.value).iterdir()
    found = (_REVISION_FILE.fullmatch(file.name) for file in files)
    return tuple(sorted(match[1] for match in found if match))


def current_revision(engine: Engine) -> str | None:
    """The revision of a database file; None for an empty one.

    Raises MigrationError when there are tables but no revision.
    """
    with reading(engine) as connection:
        tables = inspect(connection).get_table_names()
        if _VERSION_TABLE in tables:
            row = connection.exec_driver_sql(f"SELECT version_num FROM {_VERSION_TABLE}")  # noqa: S608
            return row.scalar()
    if tables:
        raise MigrationError(f"{engine.url.database} has tables but is no database of simtrade.")
    return None


def migrate(engine: Engine, database: Database, data: Path) -> str:
    """Upgrade to the head and return it.  A file with older tables is copied to the folder
    ``backups`` of ``data`` first.

    Raises MigrationError for a file that a newer version wrote.
    """
    known = revisions(database)
    current = current_revision(engine)
    if current == known[-1]:
        return current
    if current is not None:
        if current not in known:
            raise MigrationError(
                f"{engine.url.database} was written by a newer simtrade (revision {current}); "
                "install that version or restore an older backup."
            )
        copy_database(
            Path(str(engine.url.database)),
            data / BACKUPS / f"{database.value}-{current}-before-{known[-1]}.db",
        )
    with writing(engine) as connection:
        upgrade(connection, database)
    return known[-1]


def upgrade(connection: Connection, database: Database, revision: str = "head") -> None:
    """Run alembic's upgrade inside the transaction of ``connection``."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    # A value of the configuration gives % a meaning; a folder's name does not.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    folder = str(_MIGRATIONS / database.value).replace("%", "%%")
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", folder)
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
