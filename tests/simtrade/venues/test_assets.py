from __future__ import annotations

from dataclasses import replace

import pytest

from matching.instrument import InstrumentId
from matching.tick_table import TickTable
from simtrade.desk.requests import FLOOR
from simtrade.venues.assets import assets
from tests.world import World

AAPL, FB = InstrumentId("XNAS:AAPL"), InstrumentId("XNAS:FB")


def test_what_is_listed_may_be_traded_borrowed_and_lent(world: World) -> None:
    venue_id, _ = world.practice()
    found = {one.instrument.instrument_id: one for one in world.venues.assets(venue_id)}
    apple = found[AAPL]
    assert apple.rules is not None
    assert (apple.rules.lots.lot, apple.step, apple.step_decimals) == (1, 1, 2)
    assert (apple.listed, apple.tradable, apple.marginable, apple.shortable) == (True,) * 4
    assert apple.maintenance_permille == 250
    assert (found[FB].listed, found[FB].tradable, found[FB].shortable) == (False,) * 3


def test_a_halt_or_a_suspension_stops_trading(world: World) -> None:
    view = world.venues.view(FLOOR)
    assert view is not None
    shown = world.venues.snapshot(FLOOR)
    name = view.instruments[0].instrument_id
    for change in ({"halted": True}, {"suspended": True}):
        stopped = replace(shown.quotes[name], **change)
        found = assets(view, replace(shown, quotes={**shown.quotes, name: stopped}))
        assert (found[0].listed, found[0].tradable) == (True, False)
        assert found[1].tradable
    ended = assets(view, replace(shown, clock=replace(shown.clock, ended=True)))
    assert not any(one.tradable for one in ended)


@pytest.mark.parametrize(
    ("last_ticks", "expected"), [(99, (1, 2)), (999, (1, 2)), (1_000, (5, 2)), (9_999, (5, 2))]
)
def test_a_step_that_depends_on_the_price(
    world: World, last_ticks: int, expected: tuple[int, int]
) -> None:
    """Prices are told in cents here, whatever finer steps the rules allow."""
    view = world.venues.view(FLOOR)
    assert view is not None
    shown = world.venues.snapshot(FLOOR)
    name = view.instruments[0].instrument_id
    quote = replace(shown.quotes[name], last_ticks=last_ticks)
    rules = replace(shown.rules[name], tick_table=TickTable(3, (1_000, 10_000), (1, 10, 50)))
    changed = replace(
        shown, quotes={**shown.quotes, name: quote}, rules={**shown.rules, name: rules}
    )
    found = assets(view, changed)[0]
    assert (found.step, found.step_decimals) == expected
