"""One process per data folder."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from simtrade.store.lock import DataLock, DataLocked

HOLD = """
import sys
from pathlib import Path
from simtrade.store.lock import DataLock
lock = DataLock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_lock_is_refused_until_the_first_is_released(tmp_path: Path) -> None:
    with DataLock(tmp_path / "new"), pytest.raises(DataLocked, match="A server is running"):
        DataLock(tmp_path / "new")
    DataLock(tmp_path / "new").release()


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(DataLocked):
            DataLock(tmp_path)
        process.send_signal(signal.SIGKILL)
        process.wait()
    DataLock(tmp_path).release()
