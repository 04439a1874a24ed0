"""Upgrading database files: once, whole or not at all, with a copy of what was there."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from simtrade.store import migrate as module
from simtrade.store.database import open_database, writing
from simtrade.store.migrate import (
    Database,
    MigrationError,
    current_revision,
    migrate,
    revisions,
    upgrade,
)

REVISION = """
import os, signal
import sqlalchemy as sa
from alembic import op
revision = "0002"
down_revision = "0001"

def upgrade():
    op.create_table("more", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("INSERT INTO more VALUES (1)")
    {then}
"""
OPEN = """
import sys
from pathlib import Path
from simtrade.store import migrate
from simtrade.store.database import open_database
migrate._MIGRATIONS = Path(sys.argv[2])
data = Path(sys.argv[1])
migrate.migrate(open_database(data / "app.db"), migrate.Database.APP, data)
print("alembic" in sys.modules)
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def engine(data: Path) -> Iterator[Engine]:
    engine = open_database(data / "app.db")
    yield engine
    engine.dispose()


@pytest.fixture
def revisions_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the migrations that a test may add to."""
    folder = tmp_path / "migrations"
    shutil.copytree(module._MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for extra in folder.glob("app/0*[2-9]_*.py"):
        extra.unlink()
    monkeypatch.setattr(module, "_MIGRATIONS", folder)
    return folder


def tables(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return [row[0] for row in connection.execute("SELECT name FROM sqlite_master")]


def open_elsewhere(data: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", OPEN, str(data), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_an_empty_file_is_brought_to_the_head_once(engine: Engine, data: Path) -> None:
    assert current_revision(engine) is None
    assert migrate(engine, Database.APP, data) == revisions(Database.APP)[-1]
    assert current_revision(engine) == revisions(Database.APP)[-1]
    assert migrate(engine, Database.APP, data) == revisions(Database.APP)[-1]
    assert not (data / module.BACKUPS).exists()


@pytest.mark.parametrize(
    "database",
    [one for one in Database if any((module._MIGRATIONS / one.value).glob("0*.py"))],
)
def test_the_newest_file_is_the_head_that_alembic_sees(database: Database) -> None:
    config = Config()
    config.set_main_option("script_location", str(module._MIGRATIONS))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(module._MIGRATIONS / database.value))
    script = ScriptDirectory.from_config(config)
    chain = [one.revision for one in script.walk_revisions()]
    assert tuple(reversed(chain)) == revisions(database)
    assert script.get_heads() == [revisions(database)[-1]]


def test_a_file_at_the_head_opens_without_alembic(engine: Engine, data: Path) -> None:
    migrate(engine, Database.APP, data)
    done = open_elsewhere(data, module._MIGRATIONS)
    assert (done.stdout, done.stderr) == ("False\n", "")


def test_older_tables_are_copied_before_they_change(
    engine: Engine, data: Path, revisions_folder: Path
) -> None:
    migrate(engine, Database.APP, data)
    (revisions_folder / "app" / "0002_more.py").write_text(REVISION.format(then=""))
    assert migrate(engine, Database.APP, data) == "0002"
    assert "more" in tables(data / "app.db")
    assert "more" not in tables(data / "backups" / "app-0001-before-0002.db")


@pytest.mark.parametrize("before", ["0001", None])
@pytest.mark.parametrize(
    "then", ["raise ZeroDivisionError", "os.kill(os.getpid(), signal.SIGKILL)"]
)
def test_a_start_that_dies_half_way_leaves_the_old_file_and_the_next_one_finishes(
    engine: Engine, data: Path, revisions_folder: Path, then: str, before: str | None
) -> None:
    if before:
        migrate(engine, Database.APP, data)
        engine.dispose()
    file = revisions_folder / "app" / "0002_more.py"
    file.write_text(REVISION.format(then=then))
    died = open_elsewhere(data, revisions_folder)
    assert died.returncode == (-signal.SIGKILL if "kill" in then else 1), died.stderr
    assert current_revision(engine) == before
    assert ("users" in tables(data / "app.db")) is (before is not None)
    assert "more" not in tables(data / "app.db")
    engine.dispose()
    file.write_text(REVISION.format(then=""))
    assert migrate(engine, Database.APP, data) == "0002"


def test_a_start_waits_for_another_one_s_migration(engine: Engine, data: Path) -> None:
    command = [sys.executable, "-c", OPEN, str(data), str(module._MIGRATIONS)]
    with writing(engine) as connection:
        upgrade(connection, Database.APP)
        second = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(1.5)  # long enough to get to the lock
    assert second.communicate() == (b"True\n", b"")
    assert tables(data / "app.db").count("users") == 1


def test_a_file_of_a_newer_version_is_left_alone(engine: Engine, data: Path) -> None:
    migrate(engine, Database.APP, data)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(MigrationError, match="newer simtrade"):
        migrate(engine, Database.APP, data)


def test_a_stranger_s_file_is_left_alone(engine: Engine, data: Path) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE cats (name TEXT)")
    with pytest.raises(MigrationError, match="no database of simtrade"):
        migrate(engine, Database.APP, data)
    assert tables(data / "app.db") == ["cats"]


def test_a_folder_with_a_percent_sign_is_an_ordinary_one(tmp_path: Path) -> None:
    data = tmp_path / "100%(here)s"
    engine = open_database(data / "app.db")
    assert migrate(engine, Database.APP, data) == revisions(Database.APP)[-1]
    engine.dispose()
