"""The fast reading of a Shanghai day makes the tape of the slow one, or gives up."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

import feeds.imports.number_rows
from feeds.imports.importer import Job, Wanted
from feeds.imports.report import Report
from feeds.imports.sse_l2 import import_sse_l2
from feeds.imports.sse_rows import IrregularError, write_sse
from feeds.tape_store import verify_tape
from tests.feeds.l2_sample import SampleDay, described

SHARED = Path(__file__).parents[4] / "shared" / "data" / "ashare_l3_sse_600519_am"


def fast(folder: Path, root: Path) -> str:
    tape_id, facts = write_sse(Job(Wanted(path=folder), root, Report()), described())
    assert verify_tape(root, tape_id) == []
    assert sum(facts.counts.values()) > 0
    return tape_id


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("block", [500, 1 << 20])
def test_the_same_day_is_the_same_tape(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, block: int
) -> None:
    monkeypatch.setattr(feeds.imports.number_rows, "BLOCK_BYTES", block)
    folder = SampleDay(seed).write(tmp_path / "day")
    slow = import_sse_l2(folder, described()).tape
    assert slow is not None
    assert fast(folder, tmp_path / "tapes") == slow.tape_id


def test_whatever_the_slow_reading_refuses_the_fast_one_does_not_take(tmp_path: Path) -> None:
    day, draw = SampleDay(), random.Random(1)
    whole = day.lines()
    refused = 0
    for number in range(150):
        lines = {name: own.copy() for name, own in whole.items()}
        name = draw.choice(list(lines))
        line = draw.randrange(len(lines[name]))
        cells = lines[name][line].split(",")
        cell = draw.randrange(len(cells))
        changed = ("", "0", "-1", "1.0", "Z", "B", "5", "95000000", '"', " 7", "9" * 20)
        cells[cell] = draw.choice(changed)
        lines[name][line] = ",".join(cells)
        folder = day.write(tmp_path / f"day{number}", **lines)
        slow = import_sse_l2(folder, described()).tape
        try:
            taken = fast(folder, tmp_path / "tapes")
        except IrregularError:
            taken = ""
        if slow is None:
            refused += 1
            assert taken == "", (name, line, cells)
        elif taken:
            assert taken == slow.tape_id
    assert 50 < refused < 150


def test_giving_up_leaves_nothing_and_says_where(tmp_path: Path) -> None:
    day = SampleDay()
    lines = day.lines()["trades"]
    lines[9] = lines[9].replace(",", ";")
    folder = day.write(tmp_path / "day", trades=lines)
    with pytest.raises(IrregularError) as found:
        fast(folder, tmp_path / "tapes")
    assert (found.value.file, found.value.line) == ("trades.csv.gz", 10)
    assert list((tmp_path / "tapes").iterdir()) == []


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared morning is not here")
def test_the_shared_morning_is_the_same_tape(tmp_path: Path) -> None:
    from dataclasses import replace

    own = replace(described(), name="morning")
    slow = import_sse_l2(SHARED, own).tape
    assert slow is not None
    job = Job(Wanted(path=SHARED), tmp_path, Report())
    assert write_sse(job, own)[0] == slow.tape_id
