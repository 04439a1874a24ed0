"""The declared tables of the desk are the migrated ones."""

from __future__ import annotations

from pathlib import Path

from simtrade.store.database import open_database, writing
from simtrade.store.engine_tables import METADATA
from simtrade.store.migrate import Database, upgrade
from tests.simtrade.store.drift import drift


def test_revisions_build_exactly_the_declared_tables(tmp_path: Path) -> None:
    assert drift(Database.ENGINE, METADATA, tmp_path) == []


def test_what_the_spread_cost_is_the_same_money_in_half_minor_units(tmp_path: Path) -> None:
    engine = open_database(tmp_path / "engine.db")
    row = "(1, 2, 3, 'standard', 'USD', 4, 100, 7, 55, 0)"
    with writing(engine) as connection:
        upgrade(connection, Database.ENGINE, "0006")
        connection.exec_driver_sql(f"INSERT INTO account VALUES {row}")
        upgrade(connection, Database.ENGINE, "0007")
        found = connection.exec_driver_sql("SELECT fees_minor, spread_half_minor FROM account")
        assert found.one() == (7, 110)
    engine.dispose()
