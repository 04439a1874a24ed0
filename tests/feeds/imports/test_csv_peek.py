from __future__ import annotations

from pathlib import Path

from feeds.imports.csv_peek import bar_minutes, peek
from feeds.imports.importer import Job, Wanted
from feeds.imports.report import Report


def test_the_length_of_bars_is_their_shortest_step() -> None:
    times = ["2020-01-02 11:15", "2020-01-02 11:30", "2020-01-02 13:15", "2020-01-02 13:30"]
    assert bar_minutes(times, []) == 15
    both = [time for time in times for _ in "AB"]
    assert bar_minutes(both, ["A", "B"] * 4) == 15
    assert bar_minutes(["2020-01-02 09:30", "2020-01-02 09:37"], []) == 1
    assert bar_minutes(["x"], []) == 1


def test_the_first_lines_of_any_table(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("\ufeffDate;Name\n2020-01-02;中\n".encode())
    seen = peek(Job(Wanted(path=path), tmp_path, Report()), path)
    assert (seen.words, seen.column("DATE"), seen.column("x")) == (
        ["date", "name"],
        ["2020-01-02"],
        [],
    )
    path.write_bytes(b'a,b\n"1,2\n')
    assert peek(Job(Wanted(path=path), tmp_path, Report()), path).words == ["a", "b"]
