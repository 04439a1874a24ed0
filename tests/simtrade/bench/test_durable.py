"""``simtrade bench durable``: what it counts is on the disk."""

from __future__ import annotations

import pytest

from simtrade.app import Simtrade
from simtrade.bench import durable
from simtrade.settings import Settings
from simtrade.store.engine_store import EngineStore


@pytest.fixture
def journal(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The kinds of all commands, read before the measured folder is removed."""
    kinds: list[str] = []
    close = Simtrade.close

    def reading(app: Simtrade) -> None:
        kinds.extend(str(rows.command[4]) for rows in app.store.journal())
        close(app)

    monkeypatch.setattr(Simtrade, "close", reading)
    return kinds


def test_every_counted_order_is_in_the_journal(
    monkeypatch: pytest.MonkeyPatch, journal: list[str]
) -> None:
    monkeypatch.setattr(durable, "CLIENTS", (1, 40))  # every share of the floor
    monkeypatch.setattr(durable, "ACCOUNTS", 4)
    waits: list[int] = []
    run_clients = durable._run_clients

    async def counting(*arguments: object) -> durable.Figure:
        figure = await run_clients(*arguments)  # type: ignore[arg-type]
        waits.append(figure.orders_per_second)
        return figure

    monkeypatch.setattr(durable, "_run_clients", counting)
    result = durable.run(0.1)
    assert [one.clients for one in result.figures] == [1, 40]
    assert journal.count("account") == 4
    assert journal.count("place") == journal.count("cancel") > 0
    # orders a second x a tenth of a second, both figures together; a run ends a little late
    assert journal.count("place") + journal.count("cancel") >= sum(waits) * 0.1 * 0.9
    for one in result.figures:
        assert 0 < one.p50_ms <= one.p99_ms
    assert result.holds == (max(waits) >= durable.MUST_ORDERS_PER_SECOND)
    assert result.as_json()["must_orders_per_second"] == durable.MUST_ORDERS_PER_SECOND


def test_it_measures_with_the_settings_that_survive_a_power_cut(tmp_path_factory: object) -> None:
    assert isinstance(tmp_path_factory, pytest.TempPathFactory)
    store = EngineStore.open(Settings(data=tmp_path_factory.mktemp("full")).data)
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
    store.close()
