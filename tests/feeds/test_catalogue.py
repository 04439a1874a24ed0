from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import feeds.catalogue
from feeds.calendar import day_of
from feeds.catalogue import US_DAILY, ensure_shipped
from feeds.tape import Tape
from feeds.tape_store import list_tapes, verify_tape

SHIPPED = Path(feeds.catalogue.__file__).parent / "shipped" / US_DAILY
SHA256 = "5abadf99b2d394f920120a27de6f0df129859d71d4cfb0bf661bcc99446ab1fd"


def test_the_shipped_file_is_the_one_that_was_checked() -> None:
    data = (SHIPPED / "stocks.csv.gz").read_bytes()
    assert hashlib.sha256(data).hexdigest() == SHA256
    assert SHA256 in (SHIPPED / "SOURCE.md").read_text(encoding="utf-8")


def test_built_once_and_the_same_everywhere(tmp_path: Path, us_tape: Tape) -> None:
    first = ensure_shipped(tmp_path)
    assert first == ensure_shipped(tmp_path) == {US_DAILY: us_tape.tape_id}
    assert len(list_tapes(tmp_path)) == 1
    assert verify_tape(tmp_path, us_tape.tape_id) == []


def test_the_tape_id_is_recorded(us_tape: Tape) -> None:
    """Another id means another invented path: recorded results would no longer replay."""
    assert us_tape.tape_id == "us_daily-97031199636a8613"


def test_what_the_tape_holds(us_tape: Tape) -> None:
    found = {
        instrument.instrument_id: (
            instrument.name_zh,
            len(columns.time),
            day_of(int(columns.time[0])),
            reference,
        )
        for instrument, columns, reference in zip(
            us_tape.instruments, us_tape.columns, us_tape.first_references, strict=True
        )
    }
    assert found == {
        "XNAS:AAPL": ("苹果", 3270, date(2000, 3, 1), None),
        "XNAS:FB": ("脸书(Facebook)", 196, date(2012, 5, 18), 3800),
        "XNAS:GOOG": ("谷歌", 2148, date(2004, 8, 19), 8500),
        "XNYS:IBM": ("国际商业机器(IBM)", 3270, date(2000, 3, 1), None),
        "XNAS:MSFT": ("微软", 3270, date(2000, 3, 1), None),
    }
    assert all(instrument.risk_level == 3 for instrument in us_tape.instruments)


def test_splits_are_the_real_ones(us_tape: Tape) -> None:
    found = [(split.instrument_id, split.session) for split in us_tape.splits]
    assert found == [
        ("XNAS:AAPL", date(2000, 6, 21)),
        ("XNAS:MSFT", date(2003, 2, 18)),
        ("XNAS:AAPL", date(2005, 2, 28)),
    ]


def test_a_price_is_the_one_in_the_file(us_tape: Tape) -> None:
    apple = us_tape.columns[0]
    assert [int(column[0]) for column in apple.all()[1:]] == [11856, 13206, 11850, 13031, 9616100]
