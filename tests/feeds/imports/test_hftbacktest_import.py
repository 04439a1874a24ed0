"""``simtrade tape import hftbacktest``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from feeds.imports.hftbacktest import Kind
from feeds.market_store import open_market_tape
from feeds.records import Table
from feeds.tape_store import verify_tape
from tests.feeds.imports.test_hftbacktest import BUY, EXCHANGE, SELL, array
from tests.simtrade.commands.conftest import Shell

T = 1_723_161_253 * 10**9
ROWS = array(
    (EXCHANGE | BUY | Kind.CLEAR, T, 99.0, 0),
    (EXCHANGE | BUY | Kind.SNAPSHOT, T, 100.01, 1.5),
    (EXCHANGE | BUY | Kind.SNAPSHOT, T, 99.5, 2.0),
    (EXCHANGE | SELL | Kind.SNAPSHOT, T, 100.02, 0.25),
    (EXCHANGE | BUY | Kind.DEPTH, T + 5, 100.01, 0.5),
    (EXCHANGE | SELL | Kind.TRADE, T + 5, 100.01, 1.0),
    (EXCHANGE | BUY | Kind.DEPTH, T + 4, 100.0, 9.0),  # earlier than the row before
    (EXCHANGE | BUY | Kind.CLEAR, T + 9, 100.0, 0),  # of the best bid alone
    (EXCHANGE | SELL | Kind.DEPTH, T + 9, 100.02, 0.25),
    (EXCHANGE | BUY | Kind.DEPTH, T + 10, np.nan, 0.25),
    (EXCHANGE | Kind.CLEAR, T + 11, np.nan, 0),
)


def test_level_changes_become_displays(shell: Shell, tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "btcusdt_20240808.npz", data=ROWS)
    path = str(tmp_path / "btcusdt_20240808.npz")
    result = shell("tape", "import", "hftbacktest", path, "--json").json
    assert (result["refused"], result["out_of_order"]) == (2, 1)
    told = [(one["line"], one["code"]) for one in result["problems"]]
    assert sorted(told) == [(7, "out_of_order"), (10, "not_a_number")]
    root = shell.data / "tapes"
    assert verify_tape(root, result["tape"]) == []
    tape = open_market_tape(root, result["tape"])
    (instrument,) = tape.header.instruments
    assert (instrument.symbol, instrument.price_decimals, instrument.qty_decimals) == (
        "BTCUSDT",
        2,
        2,
    )
    depth = np.concatenate(list(tape.rows(Table.DEPTH)))
    shown = [
        (row["at_ns"] - T, row["heard_ns"] - T, row["bid_ticks"][:2].tolist(), row["ask_qty"][0])
        for row in depth
    ]
    assert shown == [
        (0, 5, [10_001, 9_950], 25),
        (5, 10, [10_001, 9_950], 25),
        (9, 14, [9_950, 0], 25),
        (11, 16, [0, 0], 0),
    ]
    (trade,) = np.concatenate(list(tape.rows(Table.TRADES)))
    assert (trade["price_ticks"], trade["qty"], trade["aggressor"]) == (10_001, 100, 2)


def test_files_of_a_folder_follow_each_other(shell: Shell, tmp_path: Path) -> None:
    np.savez(tmp_path / "ethusdt_1.npz", data=ROWS[:4])
    np.save(tmp_path / "ethusdt_2.npy", ROWS[4:6])
    result = shell("tape", "import", "hftbacktest", str(tmp_path), "--json").json
    assert result["tapes"][0]["counts"] == {"trades": 1, "depth": 2}


@pytest.mark.parametrize(
    ("name", "rows", "said"),
    [
        ("unknown.npz", ROWS, "Which pair is it?"),
        ("btcusdt.npz", ROWS[:0], "no_rows: no trade and no book"),
        ("btcusdt.npz", array((EXCHANGE | BUY | Kind.DEPTH, T, 1 / 3, 1.0)), "more than nine"),
        ("btcusdt.npz", np.zeros(3), "not_this_format"),
    ],
)
def test_what_can_not_be_used_imports_nothing(
    shell: Shell, tmp_path: Path, name: str, rows: np.ndarray, said: str
) -> None:
    np.savez(tmp_path / name, data=rows)
    done = shell("tape", "import", "hftbacktest", str(tmp_path / name))
    assert (done.code in (1, 2), said in done.error) == (True, True), done.error
    assert shell("tape", "list", "--json").json["tapes"] == []


def test_a_cut_file_and_an_empty_folder_are_one_sentence(shell: Shell, tmp_path: Path) -> None:
    done = shell("tape", "import", "hftbacktest", str(tmp_path))
    assert "missing_file: no npz or npy file in it" in done.error
    np.savez_compressed(tmp_path / "btcusdt.npz", data=ROWS)
    whole = (tmp_path / "btcusdt.npz").read_bytes()
    (tmp_path / "btcusdt.npz").write_bytes(whole[: len(whole) // 2])
    done = shell("tape", "import", "hftbacktest", str(tmp_path))
    assert (done.code, "damaged_file" in done.error) == (2, True)
