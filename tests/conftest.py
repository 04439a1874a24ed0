from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from feeds.feed import Feed
from matching.units import NS_PER_MINUTE, AtNs
from simtrade.venues.feeds import floor_start
from tests.world import World, open_world, shared_tapes


@pytest.fixture(scope="session")
def tapes() -> Iterator[Path]:
    """The shipped tapes, built once per test process."""
    with tempfile.TemporaryDirectory(prefix="simtrade-tapes-") as folder:
        yield shared_tapes(Path(folder))


@pytest.fixture
def world(tmp_path: Path, tapes: Path) -> Iterator[World]:
    with open_world(tmp_path / "data", tapes) as world:
        yield world


@pytest.fixture
def evening(tmp_path: Path, tapes: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A world whose floor begins a quarter of an hour before a close: its night is near."""

    def late(feed: Feed) -> AtNs:
        return AtNs(floor_start(feed) + 315 * NS_PER_MINUTE)

    monkeypatch.setattr("simtrade.desk.shard.floor_start", late)
    with open_world(tmp_path / "data", tapes) as world:
        yield world
