"""The shipped parameters are distributions that the kernel can draw from."""

from __future__ import annotations

import numpy as np
import pytest

from feeds.generator.agents import Agents, agents_file, mean_of
from feeds.generator.calendar import TRADING_SECONDS
from feeds.generator.second_market import VERSION

TABLES = [
    name for name in Agents._fields if isinstance(getattr(agents_file().agents, name), np.ndarray)
]


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_a_distribution(name: str) -> None:
    table = getattr(agents_file().agents, name)
    assert table.dtype == np.int64
    assert (table[0, 0], table[-1, 0]) == (0, 1000)
    assert (np.diff(table, axis=0) >= 0).all()


def test_the_file_is_that_of_the_version_and_covers_the_day() -> None:
    file = agents_file()
    assert file.version == VERSION
    assert 600 * len(file.arrivals.by_ten_minutes) >= TRADING_SECONDS
    agents = file.agents
    assert agents.takes + agents.cancels < 1000
    assert agents.improves + agents.at_best < 1000
    assert agents.informed + agents.momentum + agents.value < 1000
    assert agents.oldest >= int(agents.cancel_rank[-1, 1])


def test_the_mean_of_a_table() -> None:
    table = np.array([[0, 100], [500, 100], [1000, 300]], np.int64)
    assert mean_of(table) == 150_000
