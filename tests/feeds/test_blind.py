"""A hidden tape tells what happened and nothing by which one could know it."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.blind import AFTER, BEFORE, BEGINS, LONGER, Blind, blind, can_be_blind
from feeds.calendar import day_of
from feeds.tape import Tape, TapeError, TapeSplit
from feeds.tape_store import open_tape, read_manifest, write_tape
from matching.instrument import InstrumentId
from tests.feeds.samples import daily_tape, minute_tape

START = date(2001, 1, 1)
DAYS = [START + timedelta(days=n) for n in range(900) if (START + timedelta(days=n)).weekday() < 5]
SPLIT = DAYS[400]


@pytest.fixture(scope="module")
def real() -> Tape:
    rng = np.random.default_rng(5)
    bars = {}
    for name in ("AAA", "BBB", "CCC"):
        rows, close = [], 10_000
        for place, day in enumerate(DAYS):
            if name == "BBB" and day == SPLIT:
                close //= 2
            opened = max(2, close + int(rng.integers(-50, 51)))
            close = max(2, opened + int(rng.integers(-200, 201)))
            high, low = max(opened, close) + 3, min(opened, close) - 1
            if name != "CCC" or place > 600:
                rows.append((day, opened, high, low, close, int(rng.integers(0, 10**7))))
        bars[name] = rows
    split = TapeSplit(InstrumentId("XTST:BBB"), SPLIT, 2, 1)
    return daily_tape(bars, (split,))


def unmasked(hidden: Blind, real: Tape) -> list[tuple[int, int, Fraction]]:
    """(index in the hidden tape, index in the real one, scale)."""
    places = {one.instrument_id: place for place, one in enumerate(real.instruments)}
    return [
        (place, places[share.real.instrument_id], share.scale)
        for place, share in enumerate(hidden.shares)
    ]


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_moves_stay_and_everything_that_could_be_known_goes(real: Tape, seed: int) -> None:
    hidden = blind(real, seed)
    assert hidden.tape.tape_id == blind(real, seed).tape.tape_id
    told = repr(
        (hidden.tape.instruments, hidden.tape.source, hidden.tape.licence, hidden.tape.name)
    )
    assert not any(name in told for name in ("AAA", "BBB", "CCC", "Aaa", "Bbb", "sample"))
    assert hidden.tape.splits == ()
    assert hidden.shift.days % 7 == 0
    assert BEGINS <= hidden.first_session < BEGINS + timedelta(days=7)
    for place, index, scale in unmasked(hidden, real):
        shown, was = hidden.tape.columns[place], real.columns[index]
        begin = int(np.searchsorted(was.time, shown.time[0] - hidden.shift.days))
        days = was.time[begin : begin + len(shown.time)]
        assert (shown.time == days + hidden.shift.days).all()
        for row, day in enumerate(days):
            half = real.instruments[index].symbol == "BBB" and day_of(int(day)) < SPLIT
            by = scale / 2 if half else scale
            for column, before in zip(shown.all()[1:5], was.all()[1:5], strict=True):
                exact = int(before[begin + row]) * by
                assert abs(int(column[row]) - exact) <= Fraction(1, 2) or column[row] == 1
            money = int(was.volume[begin + row]) / by
            assert abs(int(shown.volume[row]) - money) <= Fraction(1, 2)


def test_there_is_history_before_and_time_after(real: Tape) -> None:
    starts = set()
    for seed in range(40):
        hidden = blind(real, seed)
        days = max((one.time for one in hidden.tape.columns), key=len)
        begun = int((days < (hidden.first_session - date(1970, 1, 1)).days).sum())
        assert begun <= BEFORE
        assert AFTER <= len(days) - begun <= AFTER + LONGER
        starts.add(hidden.shift)
    assert len(starts) > 10


def test_what_cannot_be_hidden(real: Tape, tmp_path: Path) -> None:
    short = daily_tape({"A": [(day, 10, 10, 10, 10, 1) for day in DAYS[:300]]})
    with pytest.raises(TapeError, match="it has 300 days"):
        blind(short, 1)
    with pytest.raises(TapeError, match="not plain daily bars"):
        blind(minute_tape({"A": [(10**18, 10, 10, 10, 10, 1)]}), 1)
    write_tape(tmp_path, short)
    assert not can_be_blind(read_manifest(tmp_path / short.tape_id))
    write_tape(tmp_path, real)
    assert can_be_blind(read_manifest(tmp_path / real.tape_id))


def test_the_shipped_tape_is_hidden(tapes: Path) -> None:
    (path,) = [one for one in tapes.iterdir() if one.name.startswith("us_daily-")]
    real = open_tape(tapes, path.name)
    last = max(int(columns.time[-1]) for columns in real.columns)
    ends = set()
    for seed in range(12):
        found = blind(real, seed)
        assert {one.shown.market for one in found.shares} == {"XNAS"}, "IBM alone is of New York"
        end = max(int(columns.time[-1]) for columns in found.tape.columns)
        ends.add(last - (end - found.shift.days))
    assert len(ends) > 6, "its end does not tell where it stands"
    hidden = blind(real, 3)
    assert len(hidden.shares) >= 3
    for share, columns in zip(hidden.shares, hidden.tape.columns, strict=True):
        assert 2_000 <= columns.close_ticks[0] < 20_000, share
