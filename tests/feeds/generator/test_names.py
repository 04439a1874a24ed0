from __future__ import annotations

import pytest

from feeds.generator.names import is_market, market_name, open_market, practice_market
from feeds.generator.scenarios import Scenario, ScenarioKind

LOCK = Scenario(ScenarioKind.LOCK)


@pytest.mark.parametrize(
    ("name", "instruments", "ends"),
    [("generator:7", 20, False), ("generator:-3", 20, False), ("market:2:0", 25, False),
     ("market:2:7:lock", 8, True), ("market:2:7:halt.3.40", 8, True),
     ("market:2:340282366920938463463374607431768211455", 25, False)],
)  # fmt: skip
def test_a_name_is_a_market(name: str, instruments: int, ends: bool) -> None:
    assert is_market(name)
    feed = open_market(name)
    assert len(feed.instruments) == instruments
    assert (feed.end_ns is not None) == ends
    assert feed.traits.synthetic


@pytest.mark.parametrize(
    "name",
    ["", "generator:", "generator:x", "market:2:", "market:2:x", "market:2:-1", "market:2:01",
     "market:3:1", "market:2:1:", "market:2:1:flood", "market:2:1:lock:lock", "us_daily"],
)  # fmt: skip
def test_anything_else_is_none(name: str) -> None:
    assert not is_market(name)
    assert practice_market(name) is None
    with pytest.raises(ValueError, match="no invented market"):
        open_market(name)


def test_names_are_written_as_they_are_read() -> None:
    assert market_name(5) == "market:2:5"
    assert market_name(5, LOCK) == "market:2:5:lock"
    assert practice_market(market_name(5, LOCK)) == LOCK
    assert practice_market(market_name(5)) is None


def test_the_second_version_does_not_tell_its_seed() -> None:
    """A screen shows the source: whoever knew the seed would know what comes."""
    assert "4711" in open_market("generator:4711").traits.source
    assert "4711" not in open_market("market:2:4711").traits.source
