from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from feeds.imports.importer import Job, Wanted
from feeds.imports.lean_hours import OwnHours, hours_of, regular_hours
from feeds.imports.report import Report, StopImportError
from tests.feeds.imports.lean_sample import HOURS, write

DAYS = {
    date(2013, 10, 7): (34_200, 57_600),
    date(2013, 7, 3): (34_200, 46_800),  # the day before a holiday
    date(2013, 1, 1): None,
    date(2013, 10, 6): None,  # a Sunday
}


def test_the_database_knows_holidays_and_early_closes() -> None:
    hours = regular_hours("hours.json", json.dumps(HOURS).encode())
    assert {day: hours.on(day) for day in DAYS} == DAYS


def test_our_own_schedule_says_the_same() -> None:
    assert {day: OwnHours().on(day) for day in DAYS} == DAYS


def test_the_file_is_used_where_there_is_one(tmp_path: Path) -> None:
    root = write(tmp_path / "lean")
    job = Job(Wanted(path=root), tmp_path, Report())
    assert not isinstance(hours_of(job, root / "equity" / "usa"), OwnHours)
    next((root / "market-hours").iterdir()).unlink()
    assert isinstance(hours_of(job, root / "equity" / "usa"), OwnHours)


@pytest.mark.parametrize("text", ["<html>", "{}", '{"entries":{"Equity-usa-[*]":{"monday":5}}}'])
def test_what_is_no_database_stops_the_import(text: str) -> None:
    with pytest.raises(StopImportError, match="not_this_format"):
        regular_hours("hours.json", text.encode())
