"""``simtrade backup`` and ``simtrade restore``."""

from __future__ import annotations

from pathlib import Path

from simtrade.store.lock import DataLock
from tests.simtrade.commands.conftest import Shell


def test_a_backup_comes_back(shell: Shell) -> None:
    shell("user", "add", "--name", "ann")
    folder = shell("backup", "--json").json["folder"]
    assert Path(folder).parent == shell.data / "backups"
    shell("user", "add", "--name", "ben")
    assert "already holds" in shell("restore", folder).error
    assert shell("restore", folder, "--replace").out.startswith("Restored 1 databases")
    assert [one["name"] for one in shell("user", "list", "--json").json["users"]] == ["ann"]


def test_a_running_server_keeps_its_data(shell: Shell, tmp_path: Path) -> None:
    shell("user", "add", "--name", "ann")
    assert shell("backup", "--to", str(tmp_path / "copy")).code == 0
    with DataLock(shell.data):
        refused = shell("restore", str(tmp_path / "copy"), "--replace")
    assert refused.code == 1
    assert refused.error.startswith("A server is running on the data folder")


def test_nothing_to_copy_is_one_sentence(shell: Shell) -> None:
    finished = shell("backup")
    assert (finished.code, finished.error) == (1, f"There is no database in {shell.data}.\n")
