"""The names of invented markets, as venues store them.

``generator:SEED`` is version 1; ``market:2:SEED`` version 2, and ``market:2:SEED:SCENARIO`` version
2 with a scenario.  Whoever knows a name knows the whole path.
"""

from __future__ import annotations

import re
from functools import lru_cache

from feeds.generator.feed import GeneratorFeed
from feeds.generator.first_market import FirstMarket
from feeds.generator.scenarios import Scenario, scenario_of
from feeds.generator.second_market import VERSION, SecondMarket

_FIRST = re.compile(r"generator:(-?\d{1,20})")
_SECOND = re.compile(rf"market:{VERSION}:(0|[1-9]\d{{0,39}})(?::(.+))?")


def market_name(seed: int, scenario: Scenario | None = None) -> str:
    """The name of a market of the newest version; the seed is not negative."""
    assert seed >= 0
    name = f"market:{VERSION}:{seed}"
    return name if scenario is None else f"{name}:{scenario}"


def is_market(name: str) -> bool:
    """Whether a name is that of an invented market."""
    second = _SECOND.fullmatch(name)
    if second is None:
        return _FIRST.fullmatch(name) is not None
    return second[2] is None or scenario_of(second[2]) is not None


def practice_market(name: str) -> Scenario | None:
    """The scenario of a market that has one."""
    second = _SECOND.fullmatch(name)
    return None if second is None or second[2] is None else scenario_of(second[2])


@lru_cache(maxsize=4)
def open_market(name: str) -> GeneratorFeed:
    """The feed of a name; ValueError for any other text.

    A market is a pure function of its name, so whoever opens it again in the same process gets what
    was worked out before.
    """
    if not is_market(name):
        raise ValueError(f"{name!r} is no invented market")
    first = _FIRST.fullmatch(name)
    if first is not None:
        return GeneratorFeed(FirstMarket(int(first[1])))
    seed = int(name.split(":")[2])
    return GeneratorFeed(SecondMarket(seed, practice_market(name)))
