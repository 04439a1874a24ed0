"""``simtrade bench import``: rows a second and memory of every way into a tape.

Each case runs in a process of its own, so that its peak of memory is its own too.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, ParamSpec, TypeVar

import typer

from simtrade.bench.import_cases import CASES
from simtrade.commands.output import AsJson, tell

Given = ParamSpec("Given")
Found = TypeVar("Found")

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
    """One case: its recording is made in one process and imported in another."""
    with tempfile.TemporaryDirectory(prefix="simtrade-bench-") as folder:
        path = _alone(make, name, Path(folder), rows)
        taken, seconds, peak = _alone(measure, name, Path(folder), path, rows)
    return ImportResult(
        case=name,
        rows=taken,
        seconds=round(seconds, 2),
        rows_per_second=int(taken / seconds),
        peak_mb=peak >> 20,
        must_rows_per_second=CASES[name].must_rows_per_second,
        must_peak_mb=MUST_PEAK_MB,
    )


def _alone(function: Callable[Given, Found], *given: Given.args, **named: Given.kwargs) -> Found:
    """What a function gives in a fresh process."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(function, *given, **named).result()


def make(name: str, folder: Path, rows: int) -> Path:
    """The recording of a case."""
    return CASES[name].make(folder, rows)


def measure(name: str, folder: Path, path: Path, rows: int) -> tuple[int, float, int]:
    """Rows of the tape, seconds, and the peak of this process's memory in bytes.

    On a machine that is busy with others the time of the processor is less than that of the wall;
    where several threads work it is more.  The lesser one is what an idle machine would take.
    """
    begun, used = time.perf_counter(), time.process_time()
    taken = CASES[name].run(folder / "tapes", path, rows)
    seconds = min(time.perf_counter() - begun, time.process_time() - used)
    return taken, seconds, peak_bytes()


def peak_bytes() -> int:
    """The most memory that this process has held since it began; 0 where Linux does not tell.

    The kernel's own ``ru_maxrss`` would count the parent's memory too.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM")), 0)
