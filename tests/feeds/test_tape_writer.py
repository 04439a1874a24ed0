from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds import tape_writer
from feeds.market_store import open_market_tape
from feeds.record_checks import RowFault
from feeds.records import Records, Table, depth_dtype
from feeds.tape import TapeError
from feeds.tape_store import list_tapes, read_manifest, verify_tape
from feeds.tape_writer import TapeWriter
from tests.feeds.market_samples import days, displays, header, statuses, trades
from tests.feeds.samples import instrument

TRADES = trades((1, 0, 100, 5), (2, 1, 50, 7), (3, 0, 101, 5, 0, 1))
DEPTH = displays((1, 0, [(99, 5)], [(101, 5)]), (4, 1, [(51, 5)], [(50, 5)]))


def write(root: Path, rows: dict[Table, Records], size: int = 1000) -> str:
    with TapeWriter(root, header()) as writer:
        for table, records in rows.items():
            for first in range(0, len(records), size):
                assert not writer.take(table, records[first : first + size]).any()
        return writer.finish()


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    rows = {Table.TRADES: TRADES, Table.DEPTH: DEPTH, Table.STATUS: statuses((2, 0, 1))}
    tape = open_market_tape(tmp_path, write(tmp_path, rows))
    for table in Table:
        found = list(tape.rows(table))
        if table in rows:
            assert (np.concatenate(found) == rows[table]).all()
        else:
            assert not found
    assert verify_tape(tmp_path, tape.manifest.tape_id) == []


def test_the_manifest_tells_what_came(tmp_path: Path) -> None:
    with TapeWriter(tmp_path, header("A", "B", "C")) as writer:
        writer.trades(TRADES)
        writer.depth(DEPTH)
        summary = writer.summary
        manifest = read_manifest(tmp_path / writer.finish())
    assert manifest.counts == {"trades": 3, "depth": 2}
    assert [one.rows for one in manifest.instruments] == [3, 2, 0]
    first, last = summary.first_ns, summary.last_ns
    assert [(one.first_time, one.last_time) for one in manifest.instruments] == [
        (first, TRADES["at_ns"][2]),
        (TRADES["at_ns"][1], last),
        (first, last),
    ]
    assert [str(one.day) for one in manifest.sessions] == ["2023-11-15"]
    assert summary.crossed == 1
    assert list_tapes(tmp_path) == [manifest]


def test_rows_that_no_tape_has_are_left_out_and_counted(tmp_path: Path) -> None:
    with TapeWriter(tmp_path, header(), numbered=[Table.TRADES]) as writer:
        faults = writer.trades(
            trades((5, 0, 100, 5, 1), (4, 0, 100, 5, 2), (6, 2, 9, 9), (7, 0, 100, 5, 9))
        )
        assert faults.tolist() == [
            0,
            RowFault.TIME_RUNS_BACK,
            RowFault.UNKNOWN_INSTRUMENT,
            0,
        ]
        assert writer.trades(trades((8, 0, 100, 5, 9))).tolist() == [RowFault.REPEATED]
        summary = writer.summary
        assert summary.rows[Table.TRADES] == 2
        assert (summary.gaps, summary.missing) == (1, 7)
        told = {fault: count for fault, count in summary.refused.items() if count}
    assert told == {
        RowFault.TIME_RUNS_BACK: 1,
        RowFault.UNKNOWN_INSTRUMENT: 1,
        RowFault.REPEATED: 1,
    }


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30
)
@given(days(), st.integers(1, 9))
def test_the_id_does_not_depend_on_the_batches(
    tmp_path: Path, rows: dict[Table, Records], size: int
) -> None:
    if not rows:
        return
    assert write(tmp_path, rows) == write(tmp_path, rows, size)


def test_parts_do_not_depend_on_the_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tape_writer, "PART_BYTES", 2 * TRADES.dtype.itemsize)
    records = np.concatenate([TRADES] * 3)
    records["at_ns"] += np.arange(9) * 10**10
    found = [
        read_manifest(root / write(root, {Table.TRADES: records}, size))
        for size, root in ((1, tmp_path / "a"), (4, tmp_path / "b"), (9, tmp_path / "c"))
    ]
    assert [part.rows for part in found[0].parts] == [2, 2, 2, 2, 1]
    assert found[0] == found[1] == found[2]


def test_every_fact_and_row_counts_in_the_id(tmp_path: Path) -> None:
    def made(rows: Records, **changes: object) -> str:
        with TapeWriter(tmp_path, header(**changes)) as writer:
            writer.trades(rows)
            return writer.finish()

    other = TRADES.copy()
    other["flags"][1] = 1
    ids = {
        made(TRADES),
        made(other),
        made(TRADES[:2]),
        made(TRADES, source="another"),
        made(TRADES, levels=3),
        made(TRADES, first_references={instrument("A").instrument_id: 9}),
    }
    assert len(ids) == 6
    assert made(TRADES) in ids


def test_instruments_may_come_with_their_rows(tmp_path: Path) -> None:
    with TapeWriter(tmp_path, replace(header(), instruments=())) as writer:
        assert writer.trades(TRADES).all()
        assert [writer.index(instrument(symbol)) for symbol in ("A", "B", "A")] == [0, 1, 0]
        with pytest.raises(TapeError, match="two ways"):
            writer.index(instrument("A", tick=5))
        assert not writer.trades(TRADES).any()
        assert writer.finish() == write(tmp_path, {Table.TRADES: TRADES})


def test_what_makes_no_tape_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(TapeError, match="needs a row"), TapeWriter(tmp_path, header()) as writer:
        writer.finish()
    with TapeWriter(tmp_path, header()) as writer:
        writer.header = replace(writer.header, name="Not A Name")
        writer.trades(TRADES)
        with pytest.raises(TapeError, match="tape name"):
            writer.finish()
    with TapeWriter(tmp_path, header()) as writer:
        with pytest.raises(TapeError, match="records are"):
            writer.depth(np.zeros(1, depth_dtype(5)))
        writer.trades(TRADES)
    assert list(tmp_path.iterdir()) == []


def test_the_same_tape_twice_is_one(tmp_path: Path) -> None:
    assert write(tmp_path, {Table.TRADES: TRADES}) == write(tmp_path, {Table.TRADES: TRADES})
    assert len(list(tmp_path.iterdir())) == 1


KILLED = """
import sys, os, signal
from pathlib import Path
from feeds import tape_files, tape_writer
from tests.feeds.test_tape_writer import TRADES, header
tape_writer.PART_BYTES = 64
writer = tape_writer.TapeWriter(Path(sys.argv[1]), header())
writer.trades(TRADES)
if sys.argv[2] == "publishing":
    tape_files.manifest_bytes = lambda manifest: os.kill(os.getpid(), signal.SIGKILL)
    writer.finish()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("when", ["writing", "publishing"])
def test_a_kill_in_the_middle_leaves_no_tape(tmp_path: Path, when: str) -> None:
    run = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), when],
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert run.returncode == -signal.SIGKILL
    assert list_tapes(tmp_path) == []
    (left,) = tmp_path.iterdir()
    with TapeWriter(tmp_path, header()):  # a young one might be somebody's
        assert left.exists()
    os.utime(left, (1, 1))
    with TapeWriter(tmp_path, header()) as writer:
        assert not left.exists()
        os.utime(writer._draft.folder, (1, 1))
        assert write(tmp_path, {Table.TRADES: TRADES})
        assert writer._draft.folder.exists(), "it is being written"
    assert len(list_tapes(tmp_path)) == len(list(tmp_path.iterdir())) == 1
