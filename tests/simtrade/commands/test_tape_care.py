"""``tape export`` and ``tape remove`` on a data folder with the shipped tape and one more."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest

from feeds.tape_store import write_tape
from matching.orders import FillProfile
from simtrade.app import Simtrade
from simtrade.desk.requests import Done, OpenPractice, UserId
from simtrade.settings import Settings
from simtrade.store.lock import DataLock
from tests.feeds.samples import daily_tape
from tests.simtrade.commands.conftest import Shell

DAYS = [date(2024, 3, 1), date(2024, 3, 4)]


@pytest.fixture
def tape_id(shell: Shell) -> str:
    tape = daily_tape({"A": [(day, 10, 12, 9, 11, 100) for day in DAYS]})
    write_tape(shell.data / "tapes", tape)
    return tape.tape_id


def test_a_tape_goes_out_as_csv_with_its_licence(shell: Shell, tape_id: str) -> None:
    folder = shell.data.parent / "out"
    result = shell("tape", "export", tape_id, str(folder), "--json").json
    assert result == {
        "tape": tape_id, "folder": str(folder), "files": {"bars.csv": 2}, "licence": "none",
    }  # fmt: skip
    assert (folder / "bars.csv").read_text().splitlines()[
        1
    ] == "A,2024-03-01,0.10,0.12,0.09,0.11,100"
    again = shell("tape", "export", tape_id, str(folder))
    assert again.code == 1
    assert "exists already" in again.error
    assert "There is no tape 'x'" in shell("tape", "export", "x", str(folder)).error


def test_a_tape_is_removed(shell: Shell, tape_id: str) -> None:
    assert shell("tape", "remove", tape_id, "--json").json == {"tape": tape_id, "removed": True}
    assert tape_id not in shell("tape", "list").out
    assert "There is no tape" in shell("tape", "remove", tape_id).error


def test_a_shipped_tape_a_used_one_and_any_beside_a_server_stay(shell: Shell, tape_id: str) -> None:
    core = Simtrade.open(Settings(data=shell.data, port=0))
    shipped = core.venues.tapes()[0].name
    user = core.people.create_guest(None).user.user_id
    asked = OpenPractice(UserId(user), "k", tape_id, DAYS[0], FillProfile.STANDARD)
    assert "A server is running" in shell("tape", "remove", tape_id).error
    done = asyncio.run(core.gateway.submit(asked))
    assert isinstance(done, Done)
    core.close()
    used = shell("tape", "remove", tape_id)
    assert used.code == 1
    assert f"1 markets run on the tape {tape_id}" in used.error
    named = next(
        one
        for one in shell("tape", "list", "--json").json["tapes"]
        if one["tape"].startswith(shipped)
    )
    assert "comes with the program" in shell("tape", "remove", named["tape"]).error
    with DataLock(shell.data):
        assert "A server is running" in shell("tape", "remove", tape_id).error
