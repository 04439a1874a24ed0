"""``simtrade tape import binance`` and ``cryptofeed``."""

from __future__ import annotations

import gzip
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from feeds.market_store import open_market_tape
from feeds.records import Table
from feeds.tape_store import verify_tape
from tests.feeds.imports.capture_sample import CoinDay
from tests.simtrade.commands.conftest import Shell

SHARED = Path(__file__).parents[4] / "shared" / "data"
WITH_SHARED = pytest.mark.skipif(
    not SHARED.is_dir() or find_spec("zstandard") is None,
    reason="the shared recordings, or zstandard to open them, are not here",
)


def written(folder: Path, lines: list[str], name: str = "abc.jsonl.gz") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(gzip.compress("\n".join(lines).encode()))
    return folder / name


def imported(shell: Shell, form: str, path: Path) -> list[dict[str, Any]]:
    result = shell("tape", "import", form, str(path), "--json").json
    for one in result["tapes"]:
        assert verify_tape(shell.data / "tapes", one["tape"]) == []
    return list(result["tapes"])


def displays(shell: Shell, tape: str) -> list[tuple[list[tuple[int, int]], list[tuple[int, int]]]]:
    """The levels of every display, without empty ones."""
    rows = np.concatenate(list(open_market_tape(shell.data / "tapes", tape).rows(Table.DEPTH)))
    return [
        tuple(
            [
                (int(price), int(qty))
                for price, qty in zip(row[f"{side}_ticks"], row[f"{side}_qty"], strict=True)
                if qty
            ]
            for side in ("bid", "ask")
        )
        for row in rows
    ]  # type: ignore[misc]


@pytest.mark.parametrize("futures", [False, True])
def test_the_book_is_the_markets_own(shell: Shell, tmp_path: Path, *, futures: bool) -> None:
    day = CoinDay(futures=futures)
    (made,) = imported(shell, "binance", written(tmp_path / "in", day.lines))
    changes = [k for k, book in enumerate(day.books) if not k or book != day.books[k - 1]]
    assert displays(shell, made["tape"]) == [day.books[k] for k in changes]
    assert made["counts"] == {"trades": day.trades, "depth": len(changes)}
    assert made["gaps"] == 0
    assert made["notes"] == [
        "ABCUSDT: the best prices are those that the venue told in 57 of 57 changes."
    ]


@pytest.mark.parametrize("futures", [False, True])
def test_a_lost_change_empties_the_display_until_the_next_book(
    shell: Shell, tmp_path: Path, *, futures: bool
) -> None:
    day = CoinDay(futures=futures, lost=frozenset({20}), again=30)
    (made,) = imported(shell, "binance", written(tmp_path / "in", day.lines))
    found = displays(shell, made["tape"])
    assert found.count(([], [])) == made["gaps"] == 1
    hole = found.index(([], []))
    assert all(one in day.books for one in found[:hole] + found[hole + 1 :])
    assert found[-1] == day.books[-1]
    assert "1 times a change was missing." in made["notes"][1]


def test_without_a_whole_book_the_best_prices_are_the_display(shell: Shell, tmp_path: Path) -> None:
    lines = [one for one in CoinDay().lines if "lastUpdateId" not in one]
    (made,) = imported(shell, "binance", written(tmp_path / "in", lines))
    assert all(len(side) == 1 for one in displays(shell, made["tape"]) for side in one)
    assert "its best prices are the display" in made["notes"][0]


def test_a_bad_message_is_refused_and_the_rest_goes_on(shell: Shell, tmp_path: Path) -> None:
    day = CoinDay()
    lines = day.lines.copy()
    trades = [k for k, line in enumerate(lines) if '"trade"' in line]
    lines[trades[0]] = lines[trades[0]].replace("100.01000000", "-5")
    lines[trades[1]] = lines[trades[1]][:-30]
    lines[trades[2]] = lines[trades[2]].replace('"100.01000000"', "[]")
    lines.insert(trades[3], "<html>502 Bad Gateway</html>")
    result = shell("tape", "import", "binance", str(written(tmp_path / "in", lines)), "--json").json
    assert result["refused"] == 4
    told = [(one["line"], one["code"]) for one in result["problems"]]
    assert told == [
        (trades[0] + 1, "number"),
        (trades[1] + 1, "not_json"),
        (trades[2] + 1, "shape"),
        (trades[3] + 1, "no_line"),
    ]
    assert result["tapes"][0]["counts"]["trades"] == day.trades - 3


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (gzip.compress(b"<html></html>", mtime=0), "line 1: web_page"),
        (gzip.compress(b"a,b\n1,2", mtime=0), "line 1: not_this_format: a,b"),
        (
            gzip.compress(b'1723161253937085768 {"e":"kline"}', mtime=0),
            "no_rows: no pair is told of",
        ),
        (gzip.compress(b"x" * 1000, mtime=0)[:-9], "damaged_file"),
        (b"", "empty_file"),
    ],
)
def test_what_is_no_recording_imports_nothing(
    shell: Shell, tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / "x.gz").write_bytes(content)
    done = shell("tape", "import", "binance", str(tmp_path / "x.gz"))
    assert (done.code, said in done.error) == (2, True), done.error
    assert shell("tape", "list", "--json").json["tapes"] == []


def test_cryptofeeds_files_say_the_venue(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    lines = [
        "wss://api.gemini.com <-> 1624493666.4",
        'wss://api.gemini.com <- 1624493666.6: {"type":"subscribe"}',
        '1624493666.7: {"type":"l2_updates","symbol":"ABCUSD","changes":[["buy","3.02","1"],'
        '["sell","3.05","2"]],"trades":[]}',
        '1624493667.7: {"type":"l2_updates","symbol":"ABCUSD","changes":[["sell","3.04","1.5"]]}',
        '1624493667.9: {"type":"trade","symbol":"ABCUSD","event_id":1,"timestamp":1624493667800,'
        '"price":"3.04","quantity":"0.5","side":"buy"}',
    ]
    written(folder, lines, "GEMINI.ws.1.0.gz")
    (made,) = imported(shell, "cryptofeed", folder)
    assert made["tape"].startswith("gemini-")
    assert made["counts"] == {"trades": 1, "depth": 2}
    written(folder, lines, "KRAKEN.ws.1.0.gz")
    done = shell("tape", "import", "cryptofeed", str(folder))
    assert (done.code, "its name begins with none of BINANCE" in done.error) == (2, True)


@WITH_SHARED
def test_the_shared_binance_recording(shell: Shell) -> None:
    (made,) = imported(shell, "binance", SHARED / "crypto_binance_spot_ws_20240808")
    assert made["notes"] == [
        "BTCUSDT: the best prices are those that the venue told in 6,490 of 6,492 changes.",
        "ETHUSDT: the best prices are those that the venue told in 6,468 of 6,468 changes.",
    ]
    assert made["gaps"] == 0
    assert made["span"][0].startswith("2024-08-08T23:54:15")
    assert made["span"][1].startswith("2024-08-09T00:05:05")
    header = open_market_tape(shell.data / "tapes", made["tape"]).header
    found = [(one.symbol, one.price_decimals, one.qty_decimals) for one in header.instruments]
    assert found == [("BTCUSDT", 2, 6), ("ETHUSDT", 2, 5)]


@WITH_SHARED
def test_the_shared_connections(shell: Shell) -> None:
    made = imported(shell, "cryptofeed", SHARED / "ws_multi_exchange_cryptofeed")
    counts = {one["tape"].rpartition("-")[0]: one["counts"] for one in made}
    assert sum(one.get("trades", 0) for word, one in counts.items() if "coinbase" in word) == 97
    assert counts["gemini_usd"] == {"trades": 16, "depth": 343}
    assert counts["binance_us"] == {"trades": 11, "depth": 128}
    assert counts["bitstamp_usd_top"] == {"trades": 10}
    notes = [note for one in made for note in one["notes"] if "NKNUSDT" in note]
    assert notes == [
        "NKNUSDT: the best prices are those that the venue told in 143 of 143 changes."
    ]
