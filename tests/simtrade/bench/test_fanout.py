"""The measurement itself: what it compiles, reads and refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from simtrade.bench import fanout
from simtrade.mistakes import Mistake

MEASURED = {
    "windows": [[1.0, 1000, cpu_seconds, 0, 0, 0, 1, 2, 3] for cpu_seconds in (0.01, 0.03, 0.02)],
    "open": 10,
    "per_s": 1000.0,
    "p99_us": 5.0,
    "srv_cpu_pct": 2.0,
    "rss_per_conn_kb": 30.0,
    "rss_conn_kb": 100,
    "rss_end_kb": 120,
    "min_frames": 99,
}


def test_the_cost_is_the_median_of_the_windows() -> None:
    result = fanout.Result.of(MEASURED)
    assert result.us_per_message == 20.0
    assert result.slowest_socket_messages == 99
    assert fanout.Result.of({**MEASURED, "windows": []}).us_per_message == 0.0


def test_missing_and_broken_sources_are_mistakes(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match=r"no wsload\.c"):
        fanout.compile_tools(tmp_path, tmp_path)
    (tmp_path / "wsload.c").write_text("int main(void) { return }")
    with pytest.raises(Mistake, match="does not compile"):
        fanout.compile_tools(tmp_path, tmp_path)


def test_sources_are_found_in_folders_below(tmp_path: Path) -> None:
    for name in fanout.SOURCES:
        folder = tmp_path / "src" / name
        folder.mkdir(parents=True)
        (folder / f"{name}.c").write_text("int main(void) { return 0; }")
    tools = fanout.compile_tools(tmp_path, tmp_path)
    assert all(program.exists() for program in tools.values())
