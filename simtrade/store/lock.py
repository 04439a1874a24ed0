"""One server per data folder: a lock that the operating system frees when the process ends."""

from __future__ import annotations

import fcntl
from pathlib import Path
from types import TracebackType
from typing import Self

from simtrade.mistakes import Mistake

LOCK_FILE = "simtrade.lock"


class DataLocked(Mistake):
    """Another process runs on this data folder."""


class DataLock:
    """Holds the data folder until ``release`` or the end of the process, however it ends."""

    def __init__(self, data: Path) -> None:
        """Take the lock at once.  Raises DataLocked when another process has it."""
        data.mkdir(parents=True, exist_ok=True)
        self._file = (data / LOCK_FILE).open("a", encoding="ascii")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._file.close()
            raise DataLocked(f"A server is running on the data folder {data}.") from error

    def release(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
