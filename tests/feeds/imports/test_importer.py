from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from feeds.imports.importer import Format, Job, Made, Wanted, run_import, sweep, unused
from feeds.imports.report import Report, StopImportError
from feeds.tape import TapeError


def job(tmp_path: Path) -> Job:
    return Job(Wanted(path=tmp_path / "x.csv"), tmp_path / "tapes", Report())


def make(inner: Job, *names: str) -> tuple[Made, ...]:
    for name in names:
        (inner.root / name).mkdir()
        (inner.root / name / "manifest.json").write_text(name)
    return tuple(Made(name, 1, ("a", "b")) for name in names)


def here(tmp_path: Path) -> list[str]:
    return sorted(one.name for one in (tmp_path / "tapes").iterdir())


def test_tapes_come_to_their_place_when_all_succeeded(tmp_path: Path) -> None:
    made = run_import(lambda inner: make(inner, "a-1", "b-2"), job(tmp_path))
    assert [one.tape_id for one in made] == ["a-1", "b-2"]
    assert here(tmp_path) == ["a-1", "b-2"]
    run_import(lambda inner: make(inner, "a-1"), job(tmp_path))
    assert here(tmp_path) == ["a-1", "b-2"]


def test_nothing_is_left_of_an_import_that_fails(tmp_path: Path) -> None:
    def fail(inner: Job) -> tuple[Made, ...]:
        make(inner, "a-1")
        raise KeyError

    with pytest.raises(KeyError):
        run_import(fail, job(tmp_path))

    def contradict(_inner: Job) -> tuple[Made, ...]:
        raise TapeError("two records tell the same of one day")

    with pytest.raises(StopImportError, match=r"x\.csv: contradiction: two records"):
        run_import(contradict, job(tmp_path))
    with pytest.raises(StopImportError, match=r"x\.csv: no_rows"):
        run_import(lambda _inner: (), job(tmp_path))
    assert here(tmp_path) == []


def test_what_a_killed_import_left_is_swept_and_a_running_one_is_not(tmp_path: Path) -> None:
    root = tmp_path / "tapes"
    program = """
import os, sys
from pathlib import Path
from feeds.imports.importer import Job, Wanted, run_import
from feeds.imports.report import Report
def run(job):
    (job.root / "half").write_text("x")
    print("ready", flush=True)
    sys.stdin.read()
run_import(run, Job(Wanted(path=Path("x")), Path(sys.argv[1]), Report()))
"""
    with subprocess.Popen(
        [sys.executable, "-c", program, str(root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        sweep(root)
        assert len(here(tmp_path)) == 1
        process.kill()
    sweep(root)
    assert here(tmp_path) == []


def test_options_that_a_format_does_not_know_are_named() -> None:
    own = Format("x", "", lambda: lambda _job: (), frozenset({"board"}))
    wanted = Wanted(path=Path("x"), name="n", board="star", symbol="A", decimals=0)
    assert unused(own, wanted) == ["symbol", "decimals"]
