"""``simtrade verify``."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import date

from simtrade.app import Simtrade
from simtrade.desk.requests import Done, OpenPractice
from simtrade.settings import Settings
from tests.simtrade.commands.conftest import Shell


def practise(shell: Shell) -> Simtrade:
    """A running application in which somebody opened a practice."""
    app = Simtrade.open(Settings(data=shell.data))
    guest = app.people.create_guest(None).user.user_id
    tape = app.venues.tapes()[0].name
    asked = OpenPractice(guest, "k1", tape, date(2008, 9, 12))
    assert isinstance(asyncio.run(app.gateway.submit(asked)), Done)
    return app


def test_it_agrees_while_the_server_runs_and_after(shell: Shell) -> None:
    app = practise(shell)
    running = shell("verify", "--json").json
    app.close()
    assert running["ok"] is True
    assert running["commands"] > 0
    assert running["ledger_sums"]
    assert not any(running["ledger_sums"].values())
    after = shell("verify", "--json").json
    assert after["ok"] is True
    assert shell("verify").out.endswith(f"everything agrees. {after['hash']}\n")
    assert list(shell.data.glob("verify-*")) == []


def test_a_changed_row_is_found(shell: Shell) -> None:
    practise(shell).close()
    with closing(sqlite3.connect(shell.data / "engine.db")) as connection:
        changed = connection.execute("UPDATE balance SET credits_posted = credits_posted + 1")
        assert changed.rowcount > 0
        connection.commit()
    found = shell("verify")
    assert found.code == 1
    assert "balance: " in found.error
    assert "NOT everything agrees" in found.out


def test_nothing_to_verify_is_one_sentence(shell: Shell) -> None:
    finished = shell("verify")
    assert (finished.code, finished.error) == (1, f"There is no database in {shell.data}.\n")
