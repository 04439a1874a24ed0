"""An invented recording of two shares over two sessions in New York, for the desk."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random

import numpy as np

from feeds.calendar import US_HOURS
from feeds.market_manifest import TapeHeader
from feeds.records import STATUS, TRADES, Records, StatusKind, Table, depth_dtype
from feeds.tape_writer import TapeWriter
from tests.feeds.samples import NEW_YORK, at, instrument

SESSIONS = (date(2024, 3, 7), date(2024, 3, 8))
SECOND = 1_000_000_000
_LEVELS = 3


def write_week(root: Path, seed: int = 1, steps: int = 400) -> str:
    """Write the tape; every few seconds a trade takes from one side of a book of three levels."""
    header = TapeHeader(
        name="week",
        source="made up",
        licence="none",
        hours=US_HOURS,
        instruments=(instrument("A"), instrument("B")),
        levels=_LEVELS,
    )
    rng = Random(seed)
    with TapeWriter(root, header) as writer:
        for day in SESSIONS:
            for table, records in _day(rng, day, steps).items():
                assert not writer.take(table, records).any()
        return writer.finish()


def _day(rng: Random, day: date, steps: int) -> dict[Table, Records]:
    opened = at(NEW_YORK, day.year, day.month, day.day, 9, 30)
    width = 23_400 // steps
    trades, depth, statuses = [], [], []
    middle = [5_000, 12_000]
    for index in (0, 1):
        reference = (opened, opened, 0, index, int(StatusKind.REFERENCE), middle[index], 0, 0, 0)
        statuses.append(reference)
    for step in range(steps):
        index = rng.randrange(2)
        moment = opened + (step * width + rng.randrange(width)) * SECOND
        middle[index] += rng.choice((-1, 0, 0, 1))
        size = [100 * rng.randrange(1, 9) for _ in range(2 * _LEVELS)]
        bids = [middle[index] - 1 - k for k in range(_LEVELS)]
        asks = [middle[index] + 1 + k for k in range(_LEVELS)]
        depth.append((moment, moment, 0, index, bids, size[:_LEVELS], asks, size[_LEVELS:]))
        if rng.random() < 0.5:
            side = rng.randrange(1, 3)
            price = asks[0] if side == 1 else bids[0]
            trades.append((moment + SECOND // 2, moment, 0, index, price, 100, side, 0))
    return {
        Table.STATUS: np.array(statuses, STATUS),
        Table.TRADES: np.array(trades, TRADES),
        Table.DEPTH: np.array(depth, depth_dtype(_LEVELS)),
    }
