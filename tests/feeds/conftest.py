"""The shipped tape, built once a run, and small tapes for the properties."""

from __future__ import annotations

from pathlib import Path

import pytest

from feeds.bar_replay import BarFeed
from feeds.catalogue import US_DAILY, ensure_shipped
from feeds.tape import Tape
from feeds.tape_store import open_tape


@pytest.fixture(scope="session")
def tape_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tapes")
    ensure_shipped(root)
    return root


@pytest.fixture(scope="session")
def us_tape(tape_root: Path) -> Tape:
    return open_tape(tape_root, ensure_shipped(tape_root)[US_DAILY])


@pytest.fixture(scope="session")
def us_feed(us_tape: Tape) -> BarFeed:
    return BarFeed(us_tape)
