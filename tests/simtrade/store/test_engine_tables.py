"""The declared tables of the desk are the migrated ones."""

from __future__ import annotations

from pathlib import Path

from simtrade.store.engine_tables import METADATA
from simtrade.store.migrate import Database
from tests.simtrade.store.drift import drift


def test_revisions_build_exactly_the_declared_tables(tmp_path: Path) -> None:
    assert drift(Database.ENGINE, METADATA, tmp_path) == []
