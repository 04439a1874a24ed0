"""What a database's revisions build against what its tables declare."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, inspect

from simtrade.store.database import open_database, writing
from simtrade.store.migrate import Database, upgrade


def drift(database: Database, metadata: MetaData, folder: Path) -> list[object]:
    """Differences between a file at the head and ``metadata``; empty when there are none."""
    migrated, declared = (open_database(folder / name) for name in ("head.db", "declared.db"))
    try:
        with writing(migrated) as connection:
            upgrade(connection, database)
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            found: list[object] = list(compare_metadata(context, metadata))
            built = _shape(connection)
        with writing(declared) as connection:
            metadata.create_all(connection)
            wanted = _shape(connection)
    finally:
        migrated.dispose()
        declared.dispose()
    built.pop("alembic_version")
    # alembic's comparison looks neither at checks nor at AUTOINCREMENT.
    names = sorted(built.keys() | wanted.keys())
    return found + [
        (name, built.get(name), wanted.get(name))
        for name in names
        if built.get(name) != wanted.get(name)
    ]


def _shape(connection: Connection) -> dict[str, Any]:
    look = inspect(connection)
    return {
        name: {
            "columns": [repr(column) for column in look.get_columns(name)],
            "key": look.get_pk_constraint(name),
            "foreign": look.get_foreign_keys(name),
            "unique": look.get_unique_constraints(name),
            "checks": look.get_check_constraints(name),
            "indexes": look.get_indexes(name),
            "autoincrement": "AUTOINCREMENT" in _statement(connection, name),
            "rowid": "WITHOUT ROWID" not in _statement(connection, name),
        }
        for name in look.get_table_names()
    }


def _statement(connection: Connection, name: str) -> str:
    query = "SELECT upper(sql) FROM sqlite_master WHERE name = ?"
    return str(connection.exec_driver_sql(query, (name,)).scalar_one())
