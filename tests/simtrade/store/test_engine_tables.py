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


def test_replaces_of_orders_before_they_were_counted_are_counted(tmp_path: Path) -> None:
    engine = open_database(tmp_path / "engine.db")
    with writing(engine) as connection:
        upgrade(connection, Database.ENGINE, "0009")
        columns = connection.exec_driver_sql("SELECT name, type FROM pragma_table_info('orders')")
        empty = {name: "" if kind == "VARCHAR" else 0 for name, kind in columns}
        for order_id in (5, 6):
            row = empty | {"order_id": order_id, "account_id": 1}
            names, marks = ", ".join(row), ", ".join("?" for _ in row)
            connection.exec_driver_sql(
                f"INSERT INTO orders ({names}) VALUES ({marks})",
                tuple(row.values()),
            )
        for number, kind in enumerate(("accepted", "replaced", "replaced")):
            connection.exec_driver_sql(
                "INSERT INTO event VALUES (?, 0, 1, ?, ?, ?)",
                (number, number, kind, '{"order_id":5}'),
            )
        upgrade(connection, Database.ENGINE, "0010")
        found = connection.exec_driver_sql("SELECT order_id, replaced FROM orders ORDER BY 1")
        assert [tuple(row) for row in found] == [(5, 2), (6, 0)]
    engine.dispose()
