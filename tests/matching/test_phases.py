"""The phases of a day follow each other as the table says."""

from __future__ import annotations

import pytest

from matching.exchange import Exchange
from matching.market import (
    DataKind,
    Phase,
    PhaseChange,
)
from matching.phases import PHASES, check_transition
from matching.units import AtNs
from tests.matching.scenario import INSTRUMENT, rules


def test_only_the_table_s_transitions_happen() -> None:
    for old in Phase:
        for new in Phase:
            if new == old or new in PHASES[old].next_phases:
                check_transition(old, new)
            else:
                with pytest.raises(AssertionError):
                    check_transition(old, new)
    exchange = Exchange([INSTRUMENT], rules(), DataKind.DEPTH)
    with pytest.raises(AssertionError):
        exchange.on_market(PhaseChange(AtNs(1), 1, Phase.LUNCH))
