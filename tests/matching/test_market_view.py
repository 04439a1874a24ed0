"""Knowing the market without any order: what is seen is the same as what happens."""

from __future__ import annotations

from matching.exchange import Exchange
from matching.market import DataKind, MarketEvent, Phase
from matching.market_view import MarketView
from tests.matching.scenario import FIRST_DAY, INSTRUMENT, Scenario, rules

TEXT = """
    depth 9999x300 9998x500 / 10001x200
    trade sell 30 @ 9999
    halt on
    halt off
    phase lunch
    phase continuous
    depth 9998x100 / 10002x50
    close 10000
"""


class Told(Scenario):
    """Keeps every market event."""

    def __init__(self) -> None:
        self.events: list[MarketEvent] = []
        super().__init__()

    def _market(self, event: MarketEvent) -> list:  # type: ignore[type-arg]
        self.events.append(event)
        return super()._market(event)


def test_a_view_that_only_looks_knows_what_an_exchange_knows() -> None:
    told = Told()
    told.run(TEXT)
    view = MarketView([INSTRUMENT], rules(), DataKind.DEPTH)
    for event in told.events:
        view.see(event)
    seen, known = (one.listings[INSTRUMENT.instrument_id] for one in (view, told.exchange))
    assert (
        (view.phase, view.session)
        == (told.exchange.phase, FIRST_DAY)
        == (
            Phase.CLOSED,
            FIRST_DAY,
        )
    )
    assert seen.street == known.street
    assert (seen.listed, seen.halted, seen.rules) == (known.listed, known.halted, known.rules)
    assert isinstance(told.exchange, Exchange)
    assert view.band(INSTRUMENT.instrument_id) == told.exchange.band(INSTRUMENT.instrument_id)
    assert view.shows_depth
