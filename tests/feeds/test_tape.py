from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from feeds.tape import Tape, TapeError, TapeSplit, content_faults, content_id
from matching.instrument import InstrumentId
from tests.feeds.samples import columns, daily_tape

DAY = date(2020, 1, 2)
ROW = (DAY, 100, 110, 90, 105, 1000)


def sample() -> Tape:
    split = TapeSplit(InstrumentId("XTST:A"), DAY, 2, 1)
    return daily_tape({"A": [ROW], "B": [ROW]}, (split,))


def test_the_id_follows_from_every_part_of_the_content() -> None:
    tape = sample()
    assert tape.tape_id == sample().tape_id
    assert tape.tape_id.startswith("sample-")
    others = [
        replace(tape, source="elsewhere"),
        replace(tape, licence="other"),
        replace(tape, origin="other"),
        replace(tape, splits=()),
        replace(tape, first_references=(1, None)),
        replace(tape, instruments=tuple(reversed(tape.instruments))),
        replace(tape, columns=(columns([(18263, 100, 110, 90, 105, 1001)]), tape.columns[1])),
    ]
    ids = {content_id(other) for other in others}
    assert len(ids) == len(others)
    assert tape.tape_id not in ids


def test_the_id_does_not_depend_on_how_columns_lie_in_memory() -> None:
    tape = sample()
    wide = np.zeros((1, 12), np.int64)
    wide[:, ::2] = np.stack(tape.columns[0].all()).T
    strided = replace(tape.columns[0], open_ticks=wide[:, 2], volume=wide[:, 10])
    assert content_id(replace(tape, columns=(strided, tape.columns[1]))) == tape.tape_id


def test_rows_count_all_instruments() -> None:
    assert sample().rows == 2


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ((1, 100, 110, 0, 105, 1), "not positive"),
        ((1, 100, 10**12, 90, 105, 1), "too large"),
        ((1, 89, 110, 90, 105, 1), "outside"),
        ((1, 100, 110, 90, 111, 1), "outside"),
        ((1, 100, 110, 90, 105, -1), "volume"),
        ((1, 100, 110, 90, 105, 10**15 + 1), "volume"),
    ],
)
def test_bad_bars_are_no_tape(row: tuple[int, int, int, int, int, int], fault: str) -> None:
    tape = sample()
    faults = list(content_faults(replace(tape, columns=(columns([row]), tape.columns[1]))))
    assert len(faults) == 1
    assert fault in faults[0]


def test_bad_shapes_are_no_tape() -> None:
    tape = sample()
    good = tape.columns[0]
    twice = columns([(1, 100, 110, 90, 105, 1), (1, 100, 110, 90, 105, 1)])
    for changed, fault in [
        (replace(tape, name="Bad Name"), "name"),
        (replace(tape, instruments=(), columns=(), first_references=(), splits=()), "needs"),
        (replace(tape, columns=(good,)), "differ in number"),
        (replace(tape, columns=(columns([]), good)), "no bars"),
        (replace(tape, columns=(twice, good)), "ascending"),
        (replace(tape, columns=(replace(good, volume=good.volume[:0]), good)), "equal length"),
        (
            replace(tape, splits=(TapeSplit(InstrumentId("XTST:C"), DAY, 2, 1),)),
            "unknown instrument",
        ),
        (replace(tape, splits=(TapeSplit(InstrumentId("XTST:A"), DAY, 0, 1),)), "between"),
        (replace(tape, instruments=(tape.instruments[0],) * 2), "twice"),
    ]:
        assert any(fault in text for text in content_faults(changed)), fault


def test_a_faulty_tape_is_never_made() -> None:
    with pytest.raises(TapeError, match="outside"):
        daily_tape({"A": [(DAY, 1, 110, 90, 105, 1)]})
