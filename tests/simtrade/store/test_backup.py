"""Copies of databases in use, and their return."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from simtrade.store.app_store import AppStore
from simtrade.store.backup import (
    MANIFEST,
    BackupError,
    back_up,
    copy_database,
    read_manifest,
    restore,
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def store(data: Path) -> Iterator[AppStore]:
    store = AppStore.open(data)
    yield store
    store.close()


def guests(data: Path) -> int:
    with closing(sqlite3.connect(data / "app.db")) as connection:
        count: int = connection.execute("SELECT count(*) FROM users").fetchone()[0]
        return count


def test_a_database_in_use_is_copied_whole_and_comes_back(
    store: AppStore, data: Path, tmp_path: Path
) -> None:
    store.add_guest(None, 1)
    copy = tmp_path / "copy"
    manifest = back_up(data, copy, 99)
    assert manifest.made_at_ns == 99
    assert [(one.name, one.revision) for one in manifest.files] == [("app.db", "0004")]
    assert read_manifest(copy) == manifest
    assert sorted(one.name for one in copy.iterdir()) == ["app.db", MANIFEST]
    store.add_guest(None, 2)
    store.close()
    assert guests(data) == 2
    restore(copy, data, replace=True)
    assert guests(data) == 1
    restore(copy, tmp_path / "other", replace=False)
    assert guests(tmp_path / "other") == 1


def test_both_databases_are_copied_the_engine_s_first(
    store: AppStore, data: Path, tmp_path: Path
) -> None:
    copy_database(data / "app.db", data / "engine.db")
    manifest = back_up(data, tmp_path / "copy", 1)
    assert [one.name for one in manifest.files] == ["engine.db", "app.db"]
    back = restore(tmp_path / "copy", tmp_path / "new", replace=False)
    assert back == manifest
    assert sorted(one.name for one in (tmp_path / "new").iterdir()) == ["app.db", "engine.db"]


def test_nothing_to_copy_and_a_used_folder_are_refused(
    store: AppStore, data: Path, tmp_path: Path
) -> None:
    with pytest.raises(BackupError, match="no database"):
        back_up(tmp_path / "empty", tmp_path / "copy", 1)
    with pytest.raises(BackupError, match="not empty"):
        back_up(data, data, 1)


def test_a_return_over_databases_needs_to_be_asked_for(
    store: AppStore, data: Path, tmp_path: Path
) -> None:
    back_up(data, tmp_path / "copy", 1)
    with pytest.raises(BackupError, match=r"already holds app\.db"):
        restore(tmp_path / "copy", data, replace=False)


@pytest.mark.parametrize("damage", ["bit", "cut", "gone", "garbage"])
def test_a_damaged_copy_changes_nothing(
    store: AppStore, data: Path, tmp_path: Path, damage: str
) -> None:
    copy = tmp_path / "copy"
    back_up(data, copy, 1)
    store.add_guest(None, 1)
    file = copy / "app.db"
    whole = bytearray(file.read_bytes())
    if damage == "gone":
        file.unlink()
    elif damage == "garbage":
        file.write_bytes(b"x" * len(whole))
    elif damage == "cut":
        file.write_bytes(whole[: len(whole) // 2])
    else:
        whole[-1] ^= 1
        file.write_bytes(whole)
    with pytest.raises(BackupError):
        restore(copy, data, replace=True)
    assert guests(data) == 1


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"made_at_ns": 1, "files": []}', '{"made_at_ns": 1, "files": [{"name": "x"}]}'],
)
def test_a_folder_without_a_usable_manifest_is_refused(tmp_path: Path, text: str) -> None:
    if text:
        (tmp_path / MANIFEST).write_text(text, encoding="utf-8")
    with pytest.raises(BackupError):
        read_manifest(tmp_path)


def test_a_manifest_cannot_point_out_of_its_folder(
    store: AppStore, data: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    back_up(data, copy, 1)
    plain = json.loads((copy / MANIFEST).read_text(encoding="utf-8"))
    plain["files"][0]["name"] = "../data/app.db"
    (copy / MANIFEST).write_text(json.dumps(plain), encoding="utf-8")
    with pytest.raises(BackupError, match="no databases of ours"):
        restore(copy, tmp_path / "new", replace=False)
