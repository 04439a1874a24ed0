"""The recorder: durable before visible, torn ends are cut, killed it loses a second at most."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from feeds.live.journal import segment_path, segments
from feeds.live.recorder import Recorder
from feeds.live.recording import Recording
from matching.market import SessionClose
from matching.units import NS_PER_SECOND, AtNs
from tests.feeds.live.made import (
    DAY,
    OPENED,
    START_NS,
    Wall,
    described,
    killed,
    market,
    opening,
    recorder,
    told,
    trade,
)


def test_nothing_is_seen_before_it_is_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wall = Wall()
    made = recorder(tmp_path, wall)
    seen: list[int] = []

    def fsync(handle: int) -> None:
        seen.append(len(list(made.recording.events(0, 1 << 62))))

    monkeypatch.setattr(os, "fsync", fsync)
    made.hear(told(opening()))
    assert list(made.recording.events(0, 1 << 62)) == []
    assert made.flush()
    assert seen == [0]  # while it was being written, nobody saw it
    assert len(list(made.recording.events(0, 1 << 62))) == 2


def test_times_never_go_back_whatever_the_clock_does(tmp_path: Path) -> None:
    wall = Wall()
    made = recorder(tmp_path, wall)
    for seconds in (1, 5, -30, 2, -1, 0, 60):
        wall.pass_seconds(seconds)
        before = made.upto_ns
        made.hear(told(list(market(seconds, 3))))
        wall.pass_seconds(-0.5)
        made.hear(told(list(market(seconds, 3))))
        made.flush()
        events = list(made.recording.events(before, 1 << 62))
        assert len(events) == 6
        assert [one.at_ns for one in events] == sorted(one.at_ns for one in events)
        assert events[-1].at_ns <= made.upto_ns
    made.close()
    wall.now_ns = START_NS - 10 * NS_PER_SECOND
    again = recorder(tmp_path, wall)
    assert again.upto_ns > made.upto_ns
    again.hear(told(list(market(1, 3))))
    again.flush()
    assert len(list(again.recording.events(made.upto_ns, 1 << 62))) == 3


def test_a_torn_end_is_cut_off_and_the_rest_goes_on(tmp_path: Path) -> None:
    wall = Wall()
    made = recorder(tmp_path, wall)
    made.hear(told([*opening(), *market(1, 20)]))
    made.flush()
    whole = list(made.recording.events(0, 1 << 62))
    wall.pass_seconds(1)
    made.hear(told(list(market(2, 20))))
    made.flush()
    path = segment_path(tmp_path, 1)
    path.write_bytes(path.read_bytes()[:-7])
    reader = Recording(tmp_path, described(tmp_path))
    assert list(reader.events(0, 1 << 62)) == whole
    assert path.stat().st_size > reader.good_bytes  # a reader changes nothing
    with pytest.raises(OSError, match="another process records"):
        Recorder(reader, wall)
    killed(made)
    again = Recorder(reader, wall)
    OPENED.append(again)
    assert again.cut_bytes > 0
    again.hear(told(list(market(3, 5))))
    again.flush()
    found = list(Recording(tmp_path, described(tmp_path)).events(0, 1 << 62))
    assert found[: len(whole)] == whole
    assert [one.seq for one in found] == list(range(1, len(whole) + 6))


def test_a_session_that_closes_begins_a_new_file(tmp_path: Path) -> None:
    wall = Wall()
    made = recorder(tmp_path, wall)
    made.hear(told([*opening(), *market(1, 20), SessionClose(AtNs(0), 0, DAY, ())]))
    made.flush()
    assert len(segments(tmp_path)) == 2
    wall.pass_seconds(1)
    made.hear(told(opening()))
    made.flush()
    found = Recording(tmp_path, described(tmp_path))
    assert list(found.events(0, 1 << 62)) == list(made.recording.events(0, 1 << 62))
    assert found.segment == 2


def test_a_process_that_ends_between_two_files_goes_on_in_the_new_one(tmp_path: Path) -> None:
    wall = Wall()
    made = recorder(tmp_path, wall)
    made.hear(told([*opening(), SessionClose(AtNs(0), 0, DAY, ())]))
    made.flush()
    killed(made)
    segment_path(tmp_path, 2).write_bytes(b"")
    again = recorder(tmp_path, wall)
    again.hear(told(list(market(1, 5))))
    again.flush()
    assert segment_path(tmp_path, 2).stat().st_size > 0
    assert len(list(Recording(tmp_path, described(tmp_path)).events(0, 1 << 62))) == 8


def test_a_full_disk_stops_the_recording_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wall = Wall()
    made = recorder(tmp_path, wall)
    made.hear(told(opening()))
    made.flush()
    known = made.upto_ns

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        made.hear(told(list(market(1, 5))))
        wall.pass_seconds(1)
        assert not made.flush()
    assert made.failed == "No space left on device"
    wall.pass_seconds(1)
    made.hear(told(list(market(1, 5))))
    assert not made.flush()
    assert (made.upto_ns, made.dropped) == (known, 5)


def test_numbers_that_no_file_holds_stop_the_recording_and_nothing_else(tmp_path: Path) -> None:
    wall = Wall()
    made = recorder(tmp_path, wall)
    made.hear(told([trade(1, 1 << 70)]))
    wall.pass_seconds(1)
    assert not made.flush()
    assert made.failed.startswith("OverflowError")
    assert list(Recording(tmp_path, described(tmp_path)).events(0, 1 << 62)) == []


def test_too_much_between_two_flushes_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feeds.live.recorder.PENDING_MAX", 10)
    made = recorder(tmp_path, Wall())
    made.hear(told(list(market(1, 15))))
    made.flush()
    assert made.dropped == 5
    assert len(list(made.recording.events(0, 1 << 62))) == 10


CHILD = """
import sys, time
from pathlib import Path
from feeds.live.recorder import Recorder
from tests.feeds.live.made import market, opening, recorder, told
made = recorder(Path(sys.argv[1]), time.time_ns)
made.hear(told(opening()))
number = 2
while True:
    for event in market(number, 5):
        made.hear(told([event]))
        number += 1
        print(number, time.time_ns(), flush=True)
    if number % 4 == 0:
        made.flush()
    time.sleep(0.01)
"""


@pytest.mark.parametrize("round_number", [1, 2])
def test_killed_it_loses_a_second_at_most(tmp_path: Path, round_number: int) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert child.stdout is not None
    heard: list[tuple[int, int]] = []
    began: float | None = None
    for line in child.stdout:
        began = began or time.monotonic()
        number, at_ns = line.split()
        heard.append((int(number), int(at_ns)))
        if time.monotonic() - began > 0.5 * round_number:
            break
    os.kill(child.pid, signal.SIGKILL)
    heard += [
        (int(a), int(b))
        for a, b in (
            line.split() for line in child.stdout if line.count(" ") == 1 and line.endswith("\n")
        )
    ]
    child.wait()
    child.stdout.close()
    found = Recording(tmp_path, described(tmp_path))
    kept = len(list(found.events(0, 1 << 62)))
    lost = [at_ns for number, at_ns in heard if number > kept]
    assert kept > 20
    assert not lost or heard[-1][1] - lost[0] < NS_PER_SECOND
