"""The declared tables are the migrated ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import CheckConstraint, Column, Integer, MetaData, Table

from simtrade.store.app_tables import METADATA
from simtrade.store.migrate import Database
from tests.simtrade.store.drift import drift


def test_revisions_build_exactly_the_declared_tables(tmp_path: Path) -> None:
    assert drift(Database.APP, METADATA, tmp_path) == []


@pytest.mark.parametrize("change", ["column", "check", "table"])
def test_a_difference_is_seen(tmp_path: Path, change: str) -> None:
    other = MetaData(naming_convention=METADATA.naming_convention)
    for table in METADATA.sorted_tables:
        table.to_metadata(other)
    if change == "column":
        other.tables["users"].append_column(Column("more", Integer))
    elif change == "check":
        other.tables["users"].append_constraint(CheckConstraint("user_id > 0", name="more"))
    else:
        Table("more", other, Column("id", Integer, primary_key=True))
    assert drift(Database.APP, other, tmp_path) != []
