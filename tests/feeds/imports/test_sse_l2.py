"""A recording of a day, order by order; and every way in which a file can be wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from feeds.imports.sse_l2 import Fault, SseResult, import_sse_l2
from feeds.order_tape import SnapshotPhase
from matching.market import StreetCancel, StreetOrder, Trade
from matching.orders import Side
from tests.feeds.l2_sample import REFERENCE, SampleDay, described

SHARED = Path(__file__).parents[4] / "shared" / "data" / "ashare_l3_sse_600519_am"
DAY = SampleDay()
LINES = DAY.lines()


def read(folder: Path, **lines: list[str]) -> SseResult:
    return import_sse_l2(DAY.write(folder, **lines), described())


def changed(name: str, line: int, column: int, text: str) -> dict[str, list[str]]:
    """The lines of a file with one cell of a line (the header is line 1) replaced."""
    lines = LINES[name].copy()
    cells = lines[line - 1].split(",")
    cells[column] = text
    lines[line - 1] = ",".join(cells)
    return {name: lines}


def test_a_day_becomes_a_tape(tmp_path: Path) -> None:
    result = read(tmp_path)
    tape = result.tape
    assert tape is not None, result.problems
    assert (result.refused, result.problems) == (0, ())
    kinds = {kind: sum(row[5] == kind for row in DAY.orders) for kind in "AD"}
    assert tape.counts() == {
        "orders": kinds["A"],
        "cancels": kinds["D"],
        "trades": len(DAY.trades),
        "snapshots": len(DAY.snapshots),
    }
    assert result.rows == tape.rows == sum(tape.counts().values())
    assert tape.reference_ticks == REFERENCE
    first, second = list(tape.events(0, 2))
    assert (first, type(second)) == (
        StreetOrder(first.at_ns, first.at_ns, 0, first.instrument_id, 2, Side.BUY, 1_002, 200),  # type: ignore[arg-type]
        StreetOrder,
    )
    assert first.at_ns == 1_675_732_507 * 10**9  # 09:15:07 in Shanghai


def test_orders_and_trades_are_merged_by_the_markets_own_number(tmp_path: Path) -> None:
    tape = read(tmp_path).tape
    assert tape is not None
    told = sorted(
        [(row[1], row[4]) for row in DAY.orders] + [(row[1], row[4]) for row in DAY.trades]
    )
    assert [(int(p), int(o)) for p, o in tape.street[[0, 4]].T] == told
    kinds = {type(event) for event in tape.events()}
    assert kinds == {StreetOrder, StreetCancel, Trade}
    auction = [e for e in tape.events() if isinstance(e, Trade) and e.aggressor is None]
    assert [one.price_ticks for one in auction[:2]] == [1_001, 1_001]


def test_snapshots_are_kept_as_shown(tmp_path: Path) -> None:
    tape = read(tmp_path).tape
    assert tape is not None
    rows = list(tape.snapshot_rows())
    indicated = rows[7]
    assert indicated.phase is SnapshotPhase.OPENING_AUCTION
    assert (indicated.bids, indicated.asks) == (((1_001, 600),), ((1_001, 600),))
    assert indicated.left_over == (100, 0)
    opened = rows[8]
    assert (opened.trades, opened.volume, opened.turnover) == (2, 200, 200_200)
    assert opened.bids[0] == (998, 300)
    assert opened.left_over == (0, 0)


@pytest.mark.parametrize(
    ("name", "line", "column", "text", "fault"),
    [
        ("orders", 2, 1, "x", Fault.NOT_A_NUMBER),
        ("orders", 2, 4, "9" * 19, Fault.TOO_LARGE),
        ("orders", 2, 9, "9156099", Fault.NOT_A_TIME),
        ("orders", 2, 5, "U", Fault.UNKNOWN_TYPE),
        ("orders", 2, 6, "G", Fault.UNKNOWN_SIDE),
        ("orders", 2, 7, "0", Fault.NOT_POSITIVE),
        ("orders", 2, 7, "10021", Fault.OFF_TICK),
        ("orders", 2, 8, "200001", Fault.TOO_PRECISE),
        ("orders", 3, 1, "103", Fault.DUPLICATE_PLACE),
        ("orders", 4, 1, "100", Fault.OUT_OF_ORDER),
        ("orders", 4, 9, "9150000", Fault.TIME_RUNS_BACK),
        ("orders", 3, 4, "2", Fault.DUPLICATE_ORDER),
        ("orders", 9, 4, "3", Fault.UNKNOWN_ORDER),
        ("orders", 9, 6, "S", Fault.UNKNOWN_ORDER),
        ("orders", 9, 8, "600000", Fault.MORE_THAN_RESTS),
        ("orders", 9, 7, "10020", Fault.ANOTHER_PRICE),
        ("trades", 2, 8, "F", Fault.UNKNOWN_TYPE),
        ("trades", 2, 5, "7", Fault.UNKNOWN_ORDER),
        ("trades", 2, 7, "300000", Fault.MORE_THAN_RESTS),
        ("trades", 2, 1, "106", Fault.DUPLICATE_PLACE),
        ("trades", 3, 9, "9140000", Fault.TIME_RUNS_BACK),
        ("snapshots", 2, 2, "7", Fault.UNKNOWN_PHASE),
        ("snapshots", 2, 1, "91560", Fault.NOT_A_TIME),
        ("snapshots", 2, 7, "0", Fault.NOT_POSITIVE),
        ("snapshots", 3, 7, "10010", Fault.ANOTHER_REFERENCE),
        ("snapshots", 3, 1, "91400", Fault.TIME_RUNS_BACK),
        ("snapshots", 20, 4, "0", Fault.OUT_OF_ORDER),
        ("snapshots", 20, 6, "1", Fault.TOO_PRECISE),
        ("snapshots", 20, 16, "10001", Fault.OFF_TICK),
        ("snapshots", 20, 17, "1", Fault.TOO_PRECISE),
    ],
)
def test_a_bad_line_refuses_the_day_and_is_named(
    tmp_path: Path, name: str, line: int, column: int, text: str, fault: Fault
) -> None:
    result = read(tmp_path, **changed(name, line, column, text))
    assert result.tape is None
    assert result.rows == 0
    first = result.problems[0]
    assert (first.file, first.line, first.code) == (f"{name}.csv.gz", line, fault)
    assert result.refused == result.problem_count >= 1


def without(name: str, line: int) -> dict[str, list[str]]:
    lines = LINES[name].copy()
    del lines[line - 1]
    return {name: lines}


def test_one_missing_order_is_noticed(tmp_path: Path) -> None:
    result = read(tmp_path, **without("orders", 2))
    assert result.tape is None
    codes = {one.code for one in result.problems}
    assert codes == {Fault.UNKNOWN_ORDER}


def test_a_taker_is_not_needed_and_a_passive_order_is(tmp_path: Path) -> None:
    taken = next(k for k, row in enumerate(DAY.trades, 2) if row[8] == "B")
    # Whoever bought is told by its trades only: any number will do.
    assert read(tmp_path / "taker", **changed("trades", taken, 4, "777777")).tape is not None
    passive = read(tmp_path / "passive", **changed("trades", taken, 5, "777777"))
    assert (passive.problems[0].line, passive.problems[0].code) == (taken, Fault.UNKNOWN_ORDER)


@pytest.mark.parametrize(
    ("lines", "fault", "line"),
    [
        ({"orders": []}, Fault.EMPTY_FILE, 0),
        ({"orders": ["a,b"]}, Fault.WRONG_HEADER, 0),
        ({"trades": ["\ufeffline", *LINES["trades"][1:]]}, Fault.WRONG_HEADER, 0),
        ({"orders": [LINES["orders"][0] + ",x", *LINES["orders"][1:]]}, Fault.WRONG_HEADER, 0),
        ({"orders": LINES["orders"][:1], "trades": LINES["trades"][:1]}, Fault.NO_ORDERS, 0),
        ({"snapshots": LINES["snapshots"][:1]}, Fault.NO_REFERENCE, 0),
        (
            {"orders": [*LINES["orders"], "1,2"]},
            Fault.WRONG_NUMBER_OF_CELLS,
            len(LINES["orders"]) + 1,
        ),
        ({"orders": [*LINES["orders"], '"1']}, Fault.NOT_CSV, len(LINES["orders"]) + 1),
        ({"orders": [*LINES["orders"], "1" * 9_000]}, Fault.NOT_CSV, len(LINES["orders"]) + 1),
    ],
)
def test_a_file_that_is_no_recording(
    tmp_path: Path, lines: dict[str, list[str]], fault: Fault, line: int
) -> None:
    result = read(tmp_path, **lines)
    assert result.tape is None
    assert [(one.code, one.line) for one in result.problems] == [(fault, line)]


def test_columns_in_another_order_are_refused(tmp_path: Path) -> None:
    words = LINES["orders"][0].split(",")
    header = ",".join([words[1], words[0], *words[2:]])
    result = read(tmp_path, orders=[header, *LINES["orders"][1:]])
    assert [(one.code, one.text) for one in result.problems] == [
        (Fault.WRONG_HEADER, "the order of the columns")
    ]


def test_a_missing_or_damaged_file(tmp_path: Path) -> None:
    folder = DAY.write(tmp_path)
    (folder / "trades.csv.gz").unlink()
    packed = (folder / "orders.csv.gz").read_bytes()
    (folder / "orders.csv.gz").write_bytes(packed[: len(packed) // 2])
    (folder / "snapshots.csv.gz").write_bytes(b"plain text")
    result = import_sse_l2(folder, described())
    assert result.tape is None
    assert [(one.file, one.code) for one in result.problems] == [
        ("orders.csv.gz", Fault.DAMAGED_FILE),
        ("trades.csv.gz", Fault.MISSING_FILE),
        ("snapshots.csv.gz", Fault.DAMAGED_FILE),
    ]


def test_blank_lines_are_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, orders=[*LINES["orders"], ""]).tape is not None


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    import_sse_l2(DAY.write(tmp_path), described(), lambda *done: told.append(done))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_the_shared_morning() -> None:
    if not SHARED.is_dir():
        pytest.skip("ashare_l3_sse_600519_am is not here")
    result = import_sse_l2(SHARED, described())
    assert result.tape is not None
    assert result.refused == 0
    assert result.tape.counts() == {
        "orders": 20_957,
        "cancels": 8_759,
        "trades": 11_537,
        "snapshots": 2_579,
    }
