from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from feeds.imports.importer import Job, Wanted, WantedError
from feeds.imports.order_head import order_head, street_of
from feeds.imports.report import Report
from feeds.order_tape import STREET
from feeds.us_shares import us_share


def test_a_head_knows_the_hours_of_its_day(tmp_path: Path) -> None:
    job = Job(Wanted(path=tmp_path / "Some File.gz", licence="none"), tmp_path, Report())
    head = order_head(job, us_share("AAPL", "XNAS"), date(2012, 6, 21))
    assert (head.name, head.source, head.licence) == ("some_file", "Some File.gz", "none")
    assert (head.hours.time_zone, head.street.shape) == ("America/New_York", (len(STREET), 0))
    assert order_head(job, us_share("AAPL"), date(2012, 6, 21), "a b").name == "a_b"
    with pytest.raises(WantedError, match="2012-06-24"):
        order_head(job, us_share("AAPL"), date(2012, 6, 24))


def test_rows_get_their_places() -> None:
    rows = [(10, 0, 1, 7, -1, 100, 5), (11, 1, 1, 7, -1, 100, 5)]
    assert street_of(rows, 5).T.tolist() == [[5, *rows[0]], [6, *rows[1]]]
    assert street_of([], 5).shape == (len(STREET), 0)
