"""Listing states from CSV."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from feeds.imports.csv_listings import COLUMNS, ListingsResult, import_csv_listings
from feeds.tape import Tape
from feeds.tape_actions import ActionKind, TapeAction
from feeds.tape_listings import ListingStatus, TapeListing
from feeds.tape_store import open_tape, verify_tape, write_tape
from matching.instrument import InstrumentId
from tests.feeds.samples import daily_tape

A, B = InstrumentId("XTST:A"), InstrumentId("XTST:B")
D2, D3, D6 = date(2020, 1, 2), date(2020, 1, 3), date(2020, 1, 6)
HEADER = ",".join(COLUMNS)


def sample() -> Tape:
    rows = [(day, 100, 110, 90, 101, 10) for day in (D2, D3, D6)]
    return daily_tape({"A": rows, "B": rows[1:]})


def read(tmp_path: Path, *lines: str, header: str = HEADER) -> ListingsResult:
    width = header.count(",")
    path = tmp_path / "listings.csv"
    padded = [line + "," * (width - line.count(",")) for line in lines]
    path.write_text("\n".join([header, *padded]) + "\n", "utf-8")
    return import_csv_listings(path, sample())


def test_every_state(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "A,2020-01-02,2020-01-03,ST,risk,500,tier1",
        "A,2020-01-03,2020-01-03,suspended",
        "A,2020-01-06,,delisting_period",
        "B,2020-01-03,,listing,star,,,0.95",
        "B,2020-01-06,,relisting",
    )
    assert (found.problems, found.rows) == ((), 5)
    assert found.tape.listings == (
        TapeListing(A, D2, D3, ListingStatus.ST, "tier1", 500),
        TapeListing(B, D3, None, ListingStatus.LISTING),
        TapeListing(A, D6, None, ListingStatus.DELISTING_PERIOD),
        TapeListing(B, D6, None, ListingStatus.RELISTING),
    )
    assert found.tape.actions == (TapeAction(A, D3, ActionKind.SUSPENSION, until=D3),)
    assert [one.board for one in found.tape.instruments] == ["risk", "star"]
    assert found.tape.first_references == (None, 95)


def test_a_tape_keeps_them_and_has_another_id(tmp_path: Path) -> None:
    found = read(tmp_path, "A,2020-01-02,,st").tape
    write_tape(tmp_path, found)
    assert open_tape(tmp_path, found.tape_id).listings == found.listings != ()
    assert not verify_tape(tmp_path, found.tape_id)
    board = read(tmp_path, "A,2020-01-02,,,star").tape
    assert board.listings == ()
    assert len({one.tape_id for one in (found, board, sample())}) == 3


BAD = [
    ("A,2020-01-03,,ipo", "unknown_status"),
    ("C,2020-01-03,,st", "unknown_symbol"),
    ("A,03.01.2020,,st", "not_a_date"),
    ("A,2020-01-03,soon,st", "not_a_date"),
    ("A,2020-01-03,,suspended", "not_a_date"),
    ("A,2020-01-03,,,,0", "not_a_number"),
    ("A,2020-01-03,,,,1.5", "not_a_number"),
    ("B,2020-01-03,,listing,,,,0.955", "not_a_number"),
    ("B,2020-01-03,,listing,,,,0", "not_a_number"),
    ("A,2020-01-03", "contradiction"),
    ("A,2020-01-03,2020-01-02,st", "contradiction"),
    ("A,2020-01-03,,listing", "contradiction"),
    ("B,2020-01-02,,listing,,,,0.95", "contradiction"),
    ("A,2020-01-03,,st,,,,0.95", "contradiction"),
    ("A,2020-01-03,2020-01-05,suspended,,,x", "contradiction"),
    ("B,2020-01-06,,,other", "contradiction"),
    ("B,2020-01-06,,st", "contradiction"),
    ("A,2020-01-03,,st,,,,,extra", "wrong_number_of_cells"),
]


@pytest.mark.parametrize(("line", "code"), BAD)
def test_a_bad_line_is_named_and_the_good_ones_are_used(
    tmp_path: Path, line: str, code: str
) -> None:
    found = read(tmp_path, "B,2020-01-03,2020-01-06,st,star", line, "A,2020-01-06,,st")
    assert [(one.line, one.code.value) for one in found.problems] == [(3, code)]
    assert (found.rows, len(found.tape.listings)) == (2, 2)
    assert [one.board for one in found.tape.instruments] == ["main", "star"]
    assert not found.tape.actions


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(b"symbol,from\n\xff\xfe\n")
    found = import_csv_listings(path, sample())
    assert [one.code.value for one in found.problems] == ["not_text"]
    assert found.tape.tape_id == sample().tape_id
