from __future__ import annotations

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from feeds.calendar import ALWAYS_OPEN_HOURS
from feeds.tape import Tape, TapeError, TapeSplit
from feeds.tape_store import (
    BARS,
    MANIFEST,
    list_tapes,
    open_tape,
    read_manifest,
    verify_tape,
    write_tape,
)
from matching.instrument import InstrumentId
from tests.feeds.samples import daily_tape, minute_tape

DAYS = [(date(2020, 1, day), 100, 110 + day, 90, 105, 1000 * day) for day in (2, 3, 6)]


def sample() -> Tape:
    split = TapeSplit(InstrumentId("XTST:A"), date(2020, 1, 3), 2, 1)
    return daily_tape({"A": DAYS, "B": DAYS[1:]}, (split,), first_references=(99, None))


def same(one: Tape, other: Tape) -> bool:
    pairs = zip(one.columns, other.columns, strict=True)
    columns = all(
        np.array_equal(a, b)
        for left, right in pairs
        for a, b in zip(left.all(), right.all(), strict=True)
    )
    fields = [name for name in Tape.__dataclass_fields__ if name != "columns"]
    return columns and all(getattr(one, name) == getattr(other, name) for name in fields)


def test_what_is_written_is_what_is_opened(tmp_path: Path) -> None:
    minutes = minute_tape({"A": [(60_000_000_000, 5, 6, 4, 5, 0)]}, ALWAYS_OPEN_HOURS)
    for tape in (sample(), minutes):
        folder = write_tape(tmp_path, tape)
        assert folder.name == tape.tape_id
        assert same(open_tape(tmp_path, tape.tape_id), tape)
        assert verify_tape(tmp_path, tape.tape_id) == []


def test_the_manifest_tells_what_the_tape_is(tmp_path: Path) -> None:
    tape = sample()
    manifest = read_manifest(write_tape(tmp_path, tape))
    assert manifest.rows == 5
    assert [entry.rows for entry in manifest.instruments] == [3, 2]
    assert manifest.instruments[0].first_reference_ticks == 99
    assert manifest.splits == tape.splits
    assert set(manifest.files) == {BARS}
    assert manifest.time_zone == "America/New_York"


def test_writing_again_changes_nothing(tmp_path: Path) -> None:
    folder = write_tape(tmp_path, sample())
    before = (folder / MANIFEST).stat().st_mtime_ns
    assert write_tape(tmp_path, sample()) == folder
    assert (folder / MANIFEST).stat().st_mtime_ns == before


def test_concurrent_writers_leave_one_whole_tape(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        folders = set(pool.map(lambda _: write_tape(tmp_path, sample()), range(8)))
    assert [path.name for path in tmp_path.iterdir()] == [sample().tape_id]
    assert len(folders) == 1
    assert verify_tape(tmp_path, sample().tape_id) == []


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_tape(tmp_path, sample())
    assert list(tmp_path.iterdir()) == []
    assert list_tapes(tmp_path) == []


def test_tapes_are_listed_by_id(tmp_path: Path) -> None:
    assert list_tapes(tmp_path / "absent") == []
    minutes = minute_tape({"A": [(60_000_000_000, 5, 6, 4, 5, 0)]}, ALWAYS_OPEN_HOURS)
    for tape in (sample(), minutes):
        write_tape(tmp_path, tape)
    (tmp_path / ".draft-left-behind").mkdir()
    (tmp_path / "something else").mkdir()
    found = [manifest.tape_id for manifest in list_tapes(tmp_path)]
    assert found == sorted([sample().tape_id, minutes.tape_id])


def edit(change: Callable[[dict[str, object]], None]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        manifest = json.loads((folder / MANIFEST).read_text())
        change(manifest)
        (folder / MANIFEST).write_text(json.dumps(manifest))

    return apply


def flip(folder: Path) -> None:
    data = bytearray((folder / BARS).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / BARS).write_bytes(data)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (flip, "SHA-256"),
        (lambda folder: (folder / BARS).unlink(), "missing"),
        (lambda folder: (folder / MANIFEST).unlink(), "manifest"),
        (lambda folder: (folder / MANIFEST).write_text("{"), "manifest"),
        (edit(lambda m: m.update(format=2)), "format 2"),
        (edit(lambda m: m.update(source="forged")), "another id"),
        (edit(lambda m: m.update(files={})), "not in the manifest"),
        (edit(lambda m: m.update(rows=4)), "number of rows"),
        (edit(lambda m: m.update(phases=[])), "continuous"),
    ],
)
def test_damage_is_found_and_never_opened(
    tmp_path: Path, damage: Callable[[Path], None], message: str
) -> None:
    tape = sample()
    damage(write_tape(tmp_path, tape))
    problems = verify_tape(tmp_path, tape.tape_id)
    assert any(message in problem.message for problem in problems), problems
    with pytest.raises(TapeError, match=message):
        open_tape(tmp_path, tape.tape_id)


def test_a_renamed_tape_is_not_trusted(tmp_path: Path) -> None:
    folder = write_tape(tmp_path, sample())
    folder.rename(tmp_path / "sample-0000000000000000")
    with pytest.raises(TapeError, match="another id"):
        open_tape(tmp_path, "sample-0000000000000000")
