"""``simtrade bench replay``: the whole tape, twice the same."""

from __future__ import annotations

import pytest

from simtrade.bench import replay
from simtrade.desk.work import Work


def test_fourteen_years_give_the_same_chain_twice() -> None:
    result = replay.run()
    assert result.sessions > 3_000
    assert result.orders == 1_000
    assert result.fills > 100
    assert result.chains_equal
    assert result.holds == (result.seconds <= result.must_seconds)


def test_a_difference_between_the_runs_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "ORDERS", 20)
    numbers = iter(range(10**6))
    journal = Work.journal

    def drifting(
        work: Work, venue: object, command: object, reply: object, changes: object
    ) -> None:
        journal(work, venue, command, reply, changes)  # type: ignore[arg-type]
        if next(numbers) == 40:  # once, in the second run
            work.chain = "f" * 32

    monkeypatch.setattr(Work, "journal", drifting)
    result = replay.run()
    assert not result.chains_equal
    assert not result.holds
    assert result.as_json()["holds"] is False
