from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.calendar import CHINA_HOURS, day_number
from feeds.imports.csv_bars import CsvBars, CsvResult, import_csv_bars
from feeds.imports.csv_values import Field, OffTick
from feeds.tape import TapeKind
from tests.feeds.samples import SHANGHAI, at, instrument

HEADER = "Ticker,Date,Open,High,Low,Close,Volume"
ROW = "A,2020-01-02,1.00,1.10,0.90,1.05,1000"
SHARED = Path(__file__).parents[4] / "shared" / "data"


def plan(**changes: object) -> CsvBars:
    given_by_test: dict[str, object] = {
        "name": "sample",
        "kind": TapeKind.DAILY_BARS,
        "source": "made up",
        "licence": "none",
        "instruments": {"A": instrument("A"), "B": instrument("B")},
    }
    return CsvBars(**{**given_by_test, **changes})  # type: ignore[arg-type]


def read(path: Path, text: str | bytes, **changes: object) -> CsvResult:
    file = path / "bars.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return import_csv_bars(file, plan(**changes))


def codes(result: CsvResult) -> list[tuple[int, str]]:
    return [(problem.line, problem.code.value) for problem in result.report.problems]


def test_good_lines_become_a_tape(tmp_path: Path) -> None:
    result = read(tmp_path, f"{HEADER}\n{ROW}\nB,2020-01-03,2,2.5,1.5,2,0\n")
    assert (result.rows, result.report.refused, result.report.problems) == (2, 0, [])
    assert result.span == (date(2020, 1, 2), date(2020, 1, 3))
    assert result.tape is not None
    values = [column.tolist() for column in result.tape.columns[0].all()]
    assert values == [[day_number(date(2020, 1, 2))], [100], [110], [90], [105], [1000]]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("A,2020-01-03,x,1.10,0.90,1.05,1000", "not_a_number"),
        ("A,2020-01-03,1,1.10,0.90,1.05,1e3", "not_a_number"),
        ("A,2020-01-03,-1,1.10,0.90,1.05,1000", "not_positive"),
        ("A,2020-01-03,1,1.10,0.90,1.05,-7", "negative_volume"),
        ("A,2020-01-03,1,1.10,0.90,1.05,1.5", "too_precise"),
        ("A,2020-01-03,1,99999999999999999,0.90,1.05,1", "too_large"),
        ("A,2020-01-03,1,0.80,0.90,0.85,1000", "high_below_low"),
        ("A,2020-01-03,1.2,1.10,0.90,1.05,1000", "open_outside"),
        ("A,2020-01-03,1,1.10,0.90,1.11,1000", "close_outside"),
        ("A,2020-01-02,1,1.10,0.90,1.05,1000", "duplicate_time"),
        ("A,2020-01-01,1,1.10,0.90,1.05,1000", "out_of_order"),
        ("A,2020-02-30,1,1.10,0.90,1.05,1000", "not_a_time"),
        ("A,yesterday,1,1.10,0.90,1.05,1000", "not_a_time"),
        ("A,2020-01-03,1.001,1.10,0.90,1.05,1000", "off_tick"),
        ("C,2020-01-03,1,1.10,0.90,1.05,1000", "unknown_symbol"),
        (",2020-01-03,1,1.10,0.90,1.05,1000", "unknown_symbol"),
        ("A,2020-01-03,1,1.10,0.90,1.05", "wrong_number_of_cells"),
        ("A,2020-01-03,1,1.10,0.90,1.05,1,2", "wrong_number_of_cells"),
        ('A,2020-01-03,"1,1.10,0.90,1.05,1000', "not_csv"),
        ("A," + "9" * 5000, "not_csv"),
    ],
)
def test_a_bad_line_is_refused_and_the_rest_kept(tmp_path: Path, line: str, code: str) -> None:
    last = "A,2020-01-06,1,1.10,0.90,1.05,1000"
    result = read(tmp_path, "\n".join((HEADER, ROW, line, "", last)))
    assert codes(result) == [(3, code)]
    assert (result.rows, result.report.refused, result.report.problem_count) == (2, 1, 1)


@pytest.mark.parametrize(
    ("header", "expected", "rows"),
    [
        ("symbol,DATE,open,HIGH,low,close,volume", [], 1),
        ("\ufeffTicker,Date,Open,High,Low,Close,Volume", [], 1),
        (
            "Ticker,Date,Open,High,Low,Close,Traded",
            [(1, "unknown_column"), (1, "missing_column")],
            0,
        ),
        ("Ticker,Date,Open,High,Low,Close", [(1, "missing_column")], 0),
        (
            "Ticker,Date,Open,Open,Low,Close,Volume",
            [(1, "duplicate_column"), (1, "missing_column")],
            0,
        ),
        ('Ticker,"Date', [(1, "not_csv")], 0),
        ("", [(1, "empty_file")], 0),
    ],
)
def test_headers(tmp_path: Path, header: str, expected: list[tuple[int, str]], rows: int) -> None:
    result = read(tmp_path, f"{header}\n{ROW}\n")
    assert codes(result) == expected
    assert result.rows == rows
    assert (result.tape is None) == (rows == 0)


def test_an_extra_column_is_named_or_ignored(tmp_path: Path) -> None:
    text = f"{HEADER},Adj Close\n{ROW},0.5\n"
    assert codes(read(tmp_path, text)) == [(1, "unknown_column")]
    assert read(tmp_path, text).rows == 1
    assert codes(read(tmp_path, text, ignored=frozenset({"Adj Close"}))) == []


def test_a_column_map_wins_over_the_usual_words(tmp_path: Path) -> None:
    text = "when,Open,first,High,Low,Close,Volume\n2020-01-02,x,1.00,1.10,0.90,1.05,1\n"
    names = {Field.DATE: "when", Field.OPEN: "first"}
    result = read(tmp_path, text, names=names, only_symbol="A", ignored=frozenset({"Open"}))
    assert codes(result) == []
    assert result.rows == 1


def test_unknown_symbols_can_follow_a_template(tmp_path: Path) -> None:
    result = read(tmp_path, f"{HEADER}\n{ROW}\n", instruments={}, template=instrument("T"))
    assert result.tape is not None
    assert result.tape.instruments[0].instrument_id == "XTST:A"


def test_rounding_happens_only_when_asked_for_and_is_counted(tmp_path: Path) -> None:
    text = f"{HEADER}\nA,2020-01-02,1.005,1.10,0.9049,1.05,1000\n"
    assert codes(read(tmp_path, text)) == [(2, "off_tick")]
    result = read(tmp_path, text, off_tick=OffTick.ROUND_HALF_UP)
    assert (result.rows, result.report.counted["rounded"]) == (1, 2)
    assert result.tape is not None
    assert result.tape.columns[0].open_ticks[0] == 101
    assert result.tape.columns[0].low_ticks[0] == 90


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        ("2020-01-02 09:31", None),
        ("2020-01-02T09:31:00", None),
        ("2020-01-02T01:31:00Z", None),
        ("2020/01/02 13:00", None),
        ("2020-01-02 11:30", "outside_hours"),
        ("2020-01-02 09:15", "outside_hours"),
        ("2020-01-02 15:00", "outside_hours"),
        ("2020-01-02 09:31:30", "not_a_whole_minute"),
        ("2020-01-02 25:00", "not_a_time"),
    ],
)
def test_minutes_lie_inside_the_hours(tmp_path: Path, moment: str, code: str | None) -> None:
    text = f"Datetime,Open,High,Low,Close,Volume\n{moment},1,1.10,0.90,1.05,1000\n"
    changes = {"kind": TapeKind.MINUTE_BARS, "hours": CHINA_HOURS, "only_symbol": "A"}
    assert codes(read(tmp_path, text, **changes)) == ([(2, code)] if code else [])


def test_a_minute_named_by_its_end_starts_a_minute_earlier(tmp_path: Path) -> None:
    text = "Date,Time,Open,High,Low,Close,Volume\n20200102,11:30,1,1.10,0.90,1.05,1000\n"
    changes = {"kind": TapeKind.MINUTE_BARS, "hours": CHINA_HOURS, "only_symbol": "A"}
    result = read(tmp_path, text, minute_label="end", **changes)
    assert result.tape is not None
    assert result.tape.columns[0].time.tolist() == [at(SHANGHAI, 2020, 1, 2, 11, 29)]


def test_a_file_that_breaks_off_gives_no_tape(tmp_path: Path) -> None:
    whole = gzip.compress(f"{HEADER}\n{ROW}\n".encode() * 50)
    file = tmp_path / "bars.csv.gz"
    for data, code in (
        (whole[:-9], "damaged_file"),
        (b"no gzip", "damaged_file"),
        (gzip.compress(b"\xff\xfe\x00"), "not_text"),
    ):
        file.write_bytes(data)
        result = import_csv_bars(file, plan())
        assert (0, code) in codes(result)
        assert result.tape is None


def test_progress_is_told_in_bytes_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "bars.csv"
    file.write_text(f"{HEADER}\n" + f"{ROW}\n" * 9_000 + "\n" * 5_000_000)
    told: list[tuple[int, int]] = []
    result = import_csv_bars(file, plan(), lambda done, total: told.append((done, total)))
    size = file.stat().st_size
    assert len(told) >= 3
    assert told == sorted(told)
    assert told[-1] == (size, size)
    assert result.report.refused == 8_999


PRICE = st.integers(1, 10**7)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(PRICE, PRICE, PRICE, PRICE, st.integers(0, 10**12)), min_size=1))
def test_what_was_written_is_read_exactly(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, int, int, int, int]]
) -> None:
    lines, expected = [HEADER], []
    for number, (*prices, volume) in enumerate(rows):
        low, first, second, high = sorted(prices)
        day = date.fromordinal(737_000 + number)
        texts = [f"{p // 100}.{p % 100:02}" for p in (first, high, low, second)]
        lines.append(",".join(("A", day.isoformat(), *texts, str(volume))))
        expected.append([day_number(day), first, high, low, second, volume])
    result = read(tmp_path_factory.mktemp("csv"), "\n".join(lines))
    assert result.tape is not None
    columns = [column.tolist() for column in result.tape.columns[0].all()]
    assert [list(row) for row in zip(*columns, strict=True)] == expected


def test_real_minutes_of_the_shared_data(tmp_path: Path) -> None:
    path = SHARED / "ashare_index_1min_czsc" / "000001.XSHG_1MIN_202007.csv.gz"
    if not path.exists():
        pytest.skip(f"{path.name} of the shared data is absent")
    with gzip.open(path, "rt") as file:
        lines = file.read().splitlines()
    # Volumes are written as decimals, times are the minutes' ends.
    result = read(
        tmp_path,
        "\n".join(lines),
        kind=TapeKind.MINUTE_BARS,
        hours=CHINA_HOURS,
        minute_label="end",
        names={Field.DATE: "dt"},
        instruments={"000001.XSHG": instrument("INDEX")},
    )
    assert result.report.problem_count == 0
    assert result.rows == len(lines) - 1
    assert result.rows % 240 == 0
    assert result.gaps == ()
