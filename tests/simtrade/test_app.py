"""The whole application: opened, used, killed, opened again."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from matching.orders import OrderKind, Side, TimeInForce
from matching.scope import Scope
from matching.units import Qty
from simtrade.app import Simtrade
from simtrade.desk.requests import FLOOR, Done, JoinVenue, PlaceRequest, UserId
from simtrade.desk.shard import Clocks
from simtrade.settings import Settings
from simtrade.store.lock import DataLocked
from simtrade.venues.feeds import TAPES
from tests.world import ManualClock


@pytest.fixture
def settings(tmp_path: Path, tapes: Path) -> Settings:
    (tmp_path / TAPES).symlink_to(tapes, target_is_directory=True)
    return Settings(data=tmp_path, floor_seed=7, latency=False)


def test_an_order_through_the_door_is_there_after_a_restart(settings: Settings) -> None:
    clock = ManualClock()
    app = Simtrade.open(settings, Clocks(clock.read, clock.read))
    clock.pass_seconds(10)

    async def trade() -> Done:
        joined = await app.gateway.submit(JoinVenue(UserId(1), "join", FLOOR))
        assert isinstance(joined, Done)
        assert joined.account_id is not None
        instrument_id = next(iter(app.venues.instruments(FLOOR)))
        order = PlaceRequest(joined.account_id, "k", instrument_id, Side.BUY, OrderKind.MARKET,
                             Qty(100), None, TimeInForce.DAY)  # fmt: skip
        done = await app.gateway.submit(order)
        assert isinstance(done, Done)
        return done

    done = asyncio.run(trade())
    assert done.account_id is not None
    before = app.portfolio.fills(done.account_id)
    assert len(before) >= 1
    app.close()
    again = Simtrade.open(settings, Clocks(clock.read, clock.read))
    assert again.portfolio.fills(done.account_id) == before
    assert again.gateway.seq >= done.seq
    again.close()


def test_a_folder_has_one_application_and_is_free_after_it(settings: Settings) -> None:
    app = Simtrade.open(settings)
    with pytest.raises(DataLocked):
        Simtrade.open(settings)
    app.close()
    assert not app.gateway.alive
    Simtrade.open(settings).close()


def test_what_is_given_is_used(settings: Settings) -> None:
    clock = ManualClock()
    app = Simtrade.open(settings, Clocks(clock.read, clock.read))
    view = app.venues.view(FLOOR)
    assert view is not None
    assert view.tape == "market:2:7"
    assert app.settings is settings
    at_ns = app.venues.clock(FLOOR).at_ns
    asyncio.run(app.gateway.submit(JoinVenue(UserId(1), "join", FLOOR)))
    assert app.venues.clock(FLOOR).at_ns == at_ns, "time stands still"
    app.close()


def test_the_floor_keeps_the_scope_it_began_with(settings: Settings) -> None:
    for setting in ("exchange", "account"):  # the second start finds a floor
        core = Simtrade.open(replace(settings, floor_scope=setting))
        view = core.venues.view(FLOOR)
        core.close()
        assert view is not None
        assert view.scope is Scope.EXCHANGE
