"""``simtrade bench import``: rows a second and memory of every way into a tape.

Each case runs in a process of its own, so that its peak of memory is its own too.
"""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated

import typer

from simtrade.bench.import_cases import CASES
from simtrade.commands.output import AsJson, tell

ROWS = 5_000_000
MUST_PEAK_MB = 300


@dataclass(frozen=True, slots=True)
class ImportResult:
    case: str
    rows: int
    seconds: float
    rows_per_second: int
    peak_mb: int
    must_rows_per_second: int
    must_peak_mb: int

    @property
    def holds(self) -> bool:
        fast = self.rows_per_second >= self.must_rows_per_second
        return fast and self.peak_mb <= self.must_peak_mb

    def as_json(self) -> dict[str, object]:
        return asdict(self) | {"holds": self.holds}

    def text(self) -> str:
        return (
            f"{self.case}: {self.rows:,} rows in {self.seconds} s, {self.rows_per_second:,}/s "
            f"(at least {self.must_rows_per_second:,}), peak {self.peak_mb} MB (at most "
            f"{self.must_peak_mb}): {'holds' if self.holds else 'DOES NOT HOLD'}"
        )


def imports(
    *,
    case: Annotated[
        list[str] | None, typer.Option(help=f"One of {', '.join(CASES)}; all when left out.")
    ] = None,
    rows: Annotated[int, typer.Option(min=1, help="Rows of each recording.")] = ROWS,
    as_json: AsJson = False,
) -> None:
    """Import recordings of every kind into tapes: rows a second and peak of memory."""
    chosen = case or list(CASES)
    for name in chosen:
        if name not in CASES:
            raise typer.BadParameter(f"{name} is none of {', '.join(CASES)}")
    results = [run(name, rows) for name in chosen]
    text = "\n".join(one.text() for one in results)
    tell({"cases": [one.as_json() for one in results]}, text, as_json=as_json)
    if not all(one.holds for one in results):
        raise typer.Exit(1)


def run(name: str, rows: int) -> ImportResult:
    """One case in a fresh process."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        taken, seconds, peak = pool.submit(measure, name, rows).result()
    return ImportResult(
        case=name,
        rows=taken,
        seconds=round(seconds, 2),
        rows_per_second=int(taken / seconds),
        peak_mb=peak >> 20,
        must_rows_per_second=CASES[name].must_rows_per_second,
        must_peak_mb=MUST_PEAK_MB,
    )


def measure(name: str, rows: int) -> tuple[int, float, int]:
    """Rows of the tape, seconds, and the peak of this process's memory in bytes."""
    case = CASES[name]
    with tempfile.TemporaryDirectory(prefix="simtrade-bench-") as folder:
        path = case.make(Path(folder), rows)
        begun = time.perf_counter()
        taken = case.run(Path(folder) / "tapes", path, rows)
        return taken, time.perf_counter() - begun, peak_bytes()


def peak_bytes() -> int:
    """The most memory that this process has held since it began; 0 where Linux does not tell.

    The kernel's own ``ru_maxrss`` would count the parent's memory too.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM")), 0)
