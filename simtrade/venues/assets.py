"""What may be done with each instrument of a venue in the running session."""

from __future__ import annotations

from dataclasses import dataclass

from matching.board_rules import BoardRules
from matching.instrument import Instrument
from matching.margin_rules import MarginRules, margin_rules
from simtrade.venues.rules import market_book
from simtrade.venues.snapshot import Snapshot
from simtrade.venues.views import QuoteView, VenueView


@dataclass(frozen=True, slots=True)
class AssetView:
    """``rules`` None: no record says what an order may be, so there are none.  ``tradable``:
    listed and neither halted nor suspended.  Prices move in steps of ``step`` times
    10^-``step_decimals`` at the last one; ``maintenance_permille`` is the equity that a holding
    takes where money is lent against it."""

    instrument: Instrument
    rules: BoardRules | None
    listed: bool
    tradable: bool
    marginable: bool
    shortable: bool
    step: int
    step_decimals: int
    maintenance_permille: int


def assets(view: VenueView, shown: Snapshot) -> tuple[AssetView, ...]:
    """In the venue's own order."""
    session = shown.clock.session or view.first_session
    found = []
    for instrument in view.instruments:
        quote = shown.quotes.get(instrument.instrument_id)
        rules = shown.rules.get(instrument.instrument_id)
        lent = margin_rules(market_book(instrument.market), instrument.board, session)
        step, decimals = _step(instrument, rules, quote)
        stopped = quote is None or quote.halted or quote.suspended
        found.append(
            AssetView(
                instrument=instrument,
                rules=rules,
                listed=quote is not None,
                tradable=not stopped and rules is not None and not shown.clock.ended,
                marginable=lent is not None and lent.collateral_permille > 0,
                shortable=lent is not None and rules is not None and rules.short is not None,
                step=step,
                step_decimals=decimals,
                maintenance_permille=_maintenance(lent),
            )
        )
    return tuple(found)


def _step(
    instrument: Instrument, rules: BoardRules | None, quote: QuoteView | None
) -> tuple[int, int]:
    """Of the rules, unless prices of the instrument are told in larger steps."""
    tick, decimals = instrument.tick, instrument.price_decimals
    if rules is None or rules.tick_table is None or quote is None:
        return _shortened(tick, decimals)
    table = rules.tick_table
    step = table.step(quote.last_ticks * tick * 10**table.decimals // 10**decimals)
    if step * 10**decimals < tick * 10**table.decimals:
        return _shortened(tick, decimals)
    return _shortened(step, table.decimals)


def _shortened(step: int, decimals: int) -> tuple[int, int]:
    while decimals and step % 10 == 0:
        step, decimals = step // 10, decimals - 1
    return step, decimals


def _maintenance(lent: MarginRules | None) -> int:
    """Where a market asks for it of the loan in place of the holding, that."""
    if lent is None:
        return 1000
    return lent.maintenance.long_permille or lent.maintenance.loan_permille
