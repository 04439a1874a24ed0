"""Every kind of market event reaches the rules of its data, and can be seen without a fill."""

from __future__ import annotations

import pytest

from matching.market import DataKind, Phase
from matching.orders import Side
from matching.street_data import meet, show
from tests.matching.street_tapes import OrderMarket
from tests.matching.tapes import DepthMarket, Run, Step, bar_tape, seen_as

STEPS = [
    Step(kind, side, place, 30)
    for kind in ("join", "cancel", "hit", "unknown")
    for side in Side
    for place in (0, 1)
]


@pytest.mark.parametrize("kind", DataKind)
def test_a_street_that_is_seen_is_the_one_that_is_met(kind: DataKind) -> None:
    tape = seen_as(kind, DepthMarket().play(STEPS))
    if kind is DataKind.BARS:
        tape = bar_tape([(0, 3, 3, 5, 100), (1, 2, 2, 3, 50)])
    if kind is DataKind.ORDERS:
        tape = OrderMarket().play(STEPS)
    met, seen = Run(kind).listing, Run(kind).listing
    assert len(tape) > 2
    for event in tape:
        assert meet(met, event, Phase.CONTINUOUS, matches=True) == []  # type: ignore[arg-type]
        show(seen, event)  # type: ignore[arg-type]
        for name in ("visible", "sizes", "last_ticks", "event_seq", "displayed_at_ns", "joined"):
            assert getattr(met.street, name) == getattr(seen.street, name), name
