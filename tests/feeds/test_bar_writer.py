from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds import bar_writer
from feeds.bar_writer import BarWriter
from feeds.calendar import US_HOURS, day_number
from feeds.market_manifest import TapeHeader
from feeds.record_checks import RowFault
from feeds.records import BARS, Records
from feeds.tape import BarColumns, TapeError, TapeKind, TapeSplit, make_tape
from feeds.tape_listings import ListingStatus, TapeListing
from feeds.tape_store import list_tapes, open_tape, verify_tape, write_tape
from tests.feeds.market_samples import header
from tests.feeds.samples import instrument

FIRST = day_number(date(2024, 1, 2))
A = instrument("A").instrument_id


def bars(*rows: tuple[int, ...]) -> Records:
    """Rows of day, instrument, open, high, low, close and volume."""
    return np.array([(FIRST + row[0], *row[1:]) for row in rows], BARS)


ROWS = bars(
    (0, 1, 5, 6, 4, 5, 100),
    (0, 0, 50, 60, 40, 50, 0),
    (1, 0, 51, 61, 41, 51, 7),
    (3, 1, 6, 6, 6, 6, 1),
)


def told(**changes: object) -> TapeHeader:
    return header(hours=US_HOURS, **changes)


def write(root: Path, records: Records, size: int = 1000, **changes: object) -> str:
    with BarWriter(root, told(**changes), TapeKind.DAILY_BARS) as writer:
        for first in range(0, len(records), size):
            assert not writer.bars(records[first : first + size]).any()
        return writer.finish()


def whole(root: Path, records: Records, **changes: object) -> str:
    """The same tape as ``make_tape`` makes it."""
    facts = told(**changes)
    places = np.unique(records["instrument"]).tolist()
    columns = [
        BarColumns(*(records[name][records["instrument"] == place] for name in BARS.names or ()
                     if name != "instrument"))
        for place in places
    ]  # fmt: skip
    tape = make_tape(
        name=facts.name,
        kind=TapeKind.DAILY_BARS,
        source=facts.source,
        licence=facts.licence,
        hours=facts.hours,
        instruments=tuple(facts.instruments[place] for place in places),
        columns=tuple(columns),
        splits=facts.splits,
        listings=facts.listings,
        first_references=tuple(
            facts.reference(facts.instruments[place].instrument_id) for place in places
        ),
    )
    write_tape(root, tape)
    return tape.tape_id


def test_the_tape_is_the_one_that_is_made_in_memory(tmp_path: Path) -> None:
    changes: dict[str, object] = {
        "splits": (TapeSplit(A, date(2024, 1, 3), 2, 1),),
        "listings": (TapeListing(A, date(2024, 1, 2), status=ListingStatus.ST),),
        "first_references": {A: 49},
    }
    tape_id = write(tmp_path / "rows", ROWS, **changes)
    assert tape_id == whole(tmp_path / "whole", ROWS, **changes)
    assert verify_tape(tmp_path / "rows", tape_id) == []
    mine, theirs = (open_tape(tmp_path / one, tape_id) for one in ("rows", "whole"))
    assert mine.rows == theirs.rows == 4
    assert (
        list_tapes(tmp_path / "rows")[0].instruments
        == list_tapes(tmp_path / "whole")[0].instruments
    )


@st.composite
def many(draw: st.DrawFn) -> Records:
    days = dict.fromkeys(range(3), 0)
    rows = []
    for place in draw(st.lists(st.integers(0, 2), min_size=1, max_size=20)):
        days[place] += draw(st.integers(1, 3))
        low, high = sorted(draw(st.tuples(st.integers(1, 9), st.integers(1, 9))))
        rows.append((days[place], place, low, high, low, high, draw(st.integers(0, 9))))
    return bars(*rows)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)
@given(many(), st.integers(1, 5), st.integers(1, 5))
def test_any_batches_and_chunks_make_the_same_tape(
    tmp_path: Path, records: Records, size: int, chunk: int
) -> None:
    symbols = tuple(instrument(symbol) for symbol in "ABC")
    kept, bar_writer.CHUNK_ROWS = bar_writer.CHUNK_ROWS, chunk
    try:
        found = write(tmp_path / "rows", records, size, instruments=symbols)
    finally:
        bar_writer.CHUNK_ROWS = kept
    assert found == whole(tmp_path / "whole", records, instruments=symbols)
    assert verify_tape(tmp_path / "rows", found) == []


def test_bad_bars_are_left_out_with_their_reason(tmp_path: Path) -> None:
    with BarWriter(tmp_path, told(), TapeKind.DAILY_BARS) as writer:
        rows = bars(
            (5, 0, 5, 6, 4, 5, 1),
            (5, 0, 5, 6, 4, 5, 1),
            (4, 0, 5, 6, 4, 5, 1),
            (6, 0, 5, 6, 4, 7, 1),
            (6, 0, 3, 6, 4, 5, 1),
            (6, 0, 0, 6, 4, 5, 1),
            (6, 0, 5, 6, 4, 5, -1),
            (6, 0, 5, 10**12, 4, 5, 1),
            (6, 2, 5, 6, 4, 5, 1),
            (10**9, 0, 5, 6, 4, 5, 1),
            (6, 0, 5, 6, 4, 5, 1),
        )
        expected = [
            0,
            RowFault.REPEATED,
            RowFault.TIME_RUNS_BACK,
            RowFault.CONTRADICTS_ITSELF,
            RowFault.CONTRADICTS_ITSELF,
            RowFault.NOT_POSITIVE,
            RowFault.NOT_POSITIVE,
            RowFault.TOO_LARGE,
            RowFault.UNKNOWN_INSTRUMENT,
            RowFault.NOT_A_TIME,
            0,
        ]
        assert writer.bars(rows).tolist() == expected
        assert writer.rows == 2
        assert writer.refused[RowFault.CONTRADICTS_ITSELF] == 2
        assert writer.bars(rows[-1:]).tolist() == [RowFault.REPEATED]


def test_instruments_may_come_with_their_bars_and_stay_away_without(tmp_path: Path) -> None:
    with BarWriter(tmp_path, told(instruments=()), TapeKind.DAILY_BARS) as writer:
        assert writer.bars(ROWS).all()
        assert [writer.index(instrument(symbol)) for symbol in "ABC"] == [0, 1, 2]
        writer.bars(ROWS)
        assert writer.finish() == whole(tmp_path, ROWS)


def test_what_makes_no_tape_leaves_nothing(tmp_path: Path) -> None:
    writer = BarWriter(tmp_path, told(), TapeKind.DAILY_BARS)
    with pytest.raises(TapeError, match="needs a row"):
        writer.finish()
    with BarWriter(tmp_path, told(), TapeKind.DAILY_BARS) as writer:
        writer.bars(ROWS)
        writer.header = replace(writer.header, name="No Name")
        with pytest.raises(TapeError, match="tape name"):
            writer.finish()
    with BarWriter(tmp_path, told(), TapeKind.DAILY_BARS) as writer:
        with pytest.raises(TapeError, match="records are"):
            writer.bars(np.zeros(1, np.int64))  # type: ignore[arg-type]
        writer.bars(ROWS)
    assert list(tmp_path.iterdir()) == []
