"""One instrument and the plainest rules, for tests of the exchange."""

from __future__ import annotations

from datetime import date

from matching.instrument import Instrument, InstrumentId
from matching.rulebook import DatedRule, RuleBook, Value
from matching.units import CURRENCIES

INSTRUMENT = Instrument(
    InstrumentId("TEST:ONE"), "ONE", "One", "一", CURRENCIES["CNY"], "TEST", "main"
)
FIRST_DAY = date(2026, 1, 5)


def rules(**changes: Value) -> RuleBook:
    """A rule book with lots of one, no limits and no fees, changed as named (kind_name=value)."""
    kinds: dict[str, dict[str, Value]] = {
        "lot": {"lot": 1, "odd_lot_sell": True, "max_qty": 10**9},
        "settlement": {"buys_settle_sessions": 0},
        "market_order": {"collar_permille": 100, "remainder": "work"},
        "bar_fill": {"half_spread_ppm": 100, "share_permille": 250},
        "stale": {"seconds": 60},
    }
    for name, value in changes.items():
        kind, _, figure = name.partition("__")
        kinds.setdefault(kind, {})[figure] = value
    return RuleBook(
        "TEST",
        [
            DatedRule(kind, "*", date(2000, 1, 1), None, f"test {kind}", v)
            for kind, v in kinds.items()
        ],
    )
