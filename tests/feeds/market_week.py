"""Invented recordings of two sessions for the desk: quotes in New York, snapshots in Shanghai."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from feeds.calendar import CHINA_HOURS, US_HOURS
from feeds.market_manifest import TapeHeader
from feeds.records import STATUS, TRADES, Records, StatusKind, Table, depth_dtype, snapshot_dtype
from feeds.tape_writer import TapeWriter
from matching.instrument import InstrumentId
from matching.units import CURRENCIES
from tests.feeds.samples import NEW_YORK, SHANGHAI, at, instrument

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


def write_shanghai(root: Path, seed: int = 1) -> str:
    """Two Shanghai days as snapshots every half a minute, with their call auctions."""
    share = instrument(
        "600001",
        market="XSHG",
        instrument_id=InstrumentId("XSHG:600001"),
        currency=CURRENCIES["CNY"],
    )
    header = TapeHeader(
        "snapshots", "made up", "none", CHINA_HOURS, (share,), _LEVELS,
        first_references={share.instrument_id: 1_000},
    )  # fmt: skip
    rng = Random(seed)
    with TapeWriter(root, header) as writer:
        for day in SESSIONS:
            assert not writer.snapshots(_snapshots(rng, day)).any()
        return writer.finish()


def _snapshots(rng: Random, day: date) -> Records:
    midnight = at(SHANGHAI, day.year, day.month, day.day)
    clock = [
        *range(9 * 3600 + 16 * 60, 9 * 3600 + 25 * 60, 30),
        9 * 3600 + 25 * 60 + 3,
        *range(9 * 3600 + 30 * 60, 11 * 3600 + 30 * 60, 30),
        *range(13 * 3600, 15 * 3600, 30),
        15 * 3600 + 3,
    ]
    rows: list[Any] = []
    middle, volume, turnover, trades = 1_000, 0, 0, 0
    high, low, last = 0, 1 << 30, 0
    for second in clock:
        moment = midnight + second * SECOND
        auction = second < 33_900 or 53_820 <= second < 54_000
        middle = min(1_090, max(910, middle + rng.choice((-2, -1, 0, 1, 2))))
        if auction:
            size = 100 * rng.randrange(1, 90)
            bids, asks = [(middle, size)], [(middle, size)]
        else:
            bids = [(middle - 1 - k, 100 * rng.randrange(1, 9)) for k in range(_LEVELS)]
            asks = [(middle + 1 + k, 100 * rng.randrange(1, 9)) for k in range(_LEVELS)]
            qty = 100 * rng.randrange(0, 40)
            if qty:
                last, volume, turnover = middle, volume + qty, turnover + middle * qty
                trades, high, low = trades + 1, max(high, middle), min(low, middle)
        ladders: list[list[int]] = []
        for side in (bids, asks):
            whole = [*side, *([(0, 0)] * (_LEVELS - len(side)))]
            ladders += [[one[0] for one in whole], [one[1] for one in whole]]
        totals = (last, high, low if last else 0, volume, turnover, trades)
        rows.append((moment, moment, 0, 0, *ladders, *totals))
    return np.array(rows, snapshot_dtype(_LEVELS))


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
