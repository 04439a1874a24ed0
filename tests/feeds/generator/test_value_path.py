"""The value goes through its nodes, stays inside its bounds and touches both."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.calendar import Int64s
from feeds.generator.agents import agents_file
from feeds.generator.calendar import TRADING_SECONDS
from feeds.generator.value_path import value_path

WANDERING = agents_file().wandering
LAST = TRADING_SECONDS - 1
EVEN = np.full(TRADING_SECONDS, 1_000, np.int64)


def nodes_of(*points: tuple[int, int]) -> Int64s:
    return np.array(points, np.int64)


@st.composite
def sessions(draw: st.DrawFn) -> tuple[Int64s, tuple[int, int]]:
    seconds = sorted(draw(st.sets(st.integers(1, LAST - 1), max_size=4)))
    low = draw(st.integers(1, 100_000))
    high = low + draw(st.integers(0, 5_000))
    price = st.integers(low, high)
    points = [(second, draw(price)) for second in [0, *seconds, LAST]]
    return nodes_of(*points), (low, high)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**64 - 1), sessions())
def test_nodes_are_met_and_bounds_are_touched(
    seed: int, session: tuple[Int64s, tuple[int, int]]
) -> None:
    nodes, bounds = session
    path = value_path(seed, nodes, bounds, EVEN, WANDERING)
    assert (path.values.min(), path.values.max()) == bounds
    met = path.values[nodes[:, 0]] == nodes[:, 1]
    # Where the free walk never reached a bound, one second is moved there.
    assert met[[0, -1]].all()
    assert met.sum() >= len(nodes) - 2
    assert (path.activity > 0).all()
    again = value_path(seed, nodes, bounds, EVEN, WANDERING)
    assert np.array_equal(path.values, again.values)
    assert np.array_equal(path.activity, again.activity)


def test_nothing_moves_where_nothing_happens_and_then_it_is_elsewhere() -> None:
    lively = EVEN.copy()
    lively[3_000:5_000] = 0
    nodes = nodes_of((0, 1_000), (3_000, 1_010), (5_000, 950), (LAST, 960))
    path = value_path(4, nodes, (940, 1_020), lively, WANDERING)
    assert set(path.values[3_000:5_000].tolist()) == {1_010}
    assert path.values[5_000] == 950
    assert not path.activity[3_000:5_000].any()


def test_activity_comes_in_bursts_and_large_steps_come_with_it() -> None:
    busy, steps = [], []
    for seed in range(20):
        path = value_path(
            seed, nodes_of((0, 99_000), (LAST, 100_500)), (97_000, 102_000), EVEN, WANDERING
        )
        minutes = path.activity.reshape(-1, 60)[:, 0].astype(float)
        busy.append(np.corrcoef(np.log(minutes[1:]), np.log(minutes[:-1]))[0, 1])
        moved = np.abs(np.diff(path.values[::60])).astype(float)
        steps.append(np.corrcoef(minutes[:-1], moved)[0, 1])
    assert np.mean(busy) > 0.8
    assert np.mean(steps) > 0.2
