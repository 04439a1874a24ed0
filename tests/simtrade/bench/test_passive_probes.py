from __future__ import annotations

import numpy as np

from feeds.order_day import TIME, OrderDay, levels_of
from matching.market import Phase
from simtrade.bench.passive_probes import Case, Place, Probe, choose
from tests.feeds.l2_sample import SampleDay

DAY = OrderDay(SampleDay().tape())
CASE = Case(200, 60)


def shown(one: Probe) -> tuple[list[int], list[int]]:
    """Own and opposite prices on display when a probe comes."""
    row = int(np.searchsorted(DAY.tape.street[TIME], one.at_ns, side="right")) - 1
    sides = levels_of(DAY.displays[row].tolist())
    return ([p for p, _ in sides[one.side]], [p for p, _ in sides[one.side.opposite]])


def test_each_has_the_place_it_says_and_takes_nothing() -> None:
    found = choose(DAY, CASE, 200, 1)
    assert len(found) == 200
    assert {one.place for one in found} == set(Place)
    assert {int(one.side) for one in found} == {0, 1}
    for one in found:
        own, other = shown(one)
        assert one.side.sign * (other[0] - one.price_ticks) > 0
        wanted = {Place.BEST: own[0], Place.BEHIND: own[1], Place.BETTER: own[0] + one.side.sign}
        assert one.price_ticks == wanted[one.place]
        assert (one.qty, one.until_ns - one.at_ns) == (200, 60 * 10**9)


def test_they_live_in_continuous_trading_only_and_come_in_order() -> None:
    found = choose(DAY, CASE, 100, 2)
    assert [one.at_ns for one in found] == sorted(one.at_ns for one in found)
    parts = [one for one in DAY.phases if one.phase is Phase.CONTINUOUS]
    for one in found:
        assert any(part.at_ns <= one.at_ns and one.until_ns <= part.ends_ns for part in parts)
    assert any(one.at_ns > parts[1].at_ns for one in found)


def test_the_same_seed_chooses_the_same() -> None:
    assert choose(DAY, CASE, 50, 3) == choose(DAY, CASE, 50, 3)
    assert choose(DAY, CASE, 50, 3) != choose(DAY, CASE, 50, 4)


def test_a_day_without_time_for_them_has_none() -> None:
    assert choose(DAY, Case(200, 7 * 3600), 10, 1) == []
