from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

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
