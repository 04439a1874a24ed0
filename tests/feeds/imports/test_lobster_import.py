"""``simtrade tape import lobster``: our own piece of a day, and the shared one."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from feeds.imports.lobster import Fault, ladders_of
from feeds.order_day import displays_of, levels_of
from feeds.order_feed import OrderFeed
from feeds.order_store import open_order_tape
from feeds.tape_store import verify_tape
from matching.market import Phase
from tests.feeds.imports.lobster_sample import LEVELS, LobsterDay
from tests.simtrade.commands.conftest import Shell

SHARED = Path(__file__).parents[4] / "shared" / "data" / "lobster_aapl_20120621_first1000"
DAY = LobsterDay()


def test_a_pair_of_files_becomes_a_tape(shell: Shell, tmp_path: Path) -> None:
    folder = DAY.write(tmp_path / "recording")
    own = ("--source", "made up", "--json")
    result = shell("tape", "import", "lobster", str(folder), *own).json
    assert result["tape"].startswith("test_20120621-")
    counts = result["tapes"][0]["counts"]
    kinds = [line.split(",")[1] for line in DAY.messages]
    assert counts["trades"] == kinds.count("4") + kinds.count("5")
    assert result["rows"] == sum(counts.values())
    root = shell.data / "tapes"
    assert verify_tape(root, result["tape"]) == []
    tape = open_order_tape(root, result["tape"])
    first = DAY.messages[[*kinds].index("4")].split(",")
    assert (tape.instrument.instrument_id, tape.reference_ticks) == ("XNAS:TEST", int(first[4]))
    feed = OrderFeed(tape)
    assert [step.phase for step in feed.day.phases] == [
        Phase.PRE_OPEN,
        Phase.CONTINUOUS,
        Phase.CLOSED,
    ]
    message = str(next(folder.glob("*message*")))
    again = shell("tape", "import", "lobster", message, *own).json
    assert again["tape"] == result["tape"]


def test_a_book_that_stands_at_the_beginning_is_in_the_tape_before_the_first_message(
    shell: Shell, tmp_path: Path
) -> None:
    result = shell(
        "tape", "import", "lobster", str(DAY.write(tmp_path / "recording")), "--json"
    ).json
    tape = open_order_tape(shell.data / "tapes", result["tape"])
    opened = int(tape.street[1, 0])
    standing = int((tape.street[1] == opened).sum())
    assert LEVELS < standing <= 2 * LEVELS + 1
    assert opened == 1_340_285_400 * 10**9  # 09:30 in New York


@pytest.mark.parametrize(
    ("which", "line", "text", "code"),
    [
        ("messages", 5, "34260.1,1,7,18", Fault.WRONG_NUMBER_OF_CELLS),
        ("messages", 9, "34200.0,5,0,1,100000,1", Fault.TIME_RUNS_BACK),
        ("rows", 7, "1,2,3", Fault.WRONG_NUMBER_OF_CELLS),
        ("rows", 7, "100100,1,99900,1,100200,1,99800,1,100300,1,99700,1", Fault.ANOTHER_BOOK),
    ],
)
def test_a_bad_line_imports_nothing(
    shell: Shell, tmp_path: Path, which: str, line: int, text: str, code: Fault
) -> None:
    lines = {"messages": DAY.messages.copy(), "rows": DAY.rows.copy()}
    lines[which][line - 1] = text
    done = shell(
        "tape", "import", "lobster", str(DAY.write(tmp_path / "recording", **lines)), "--json"
    )
    assert done.code == 2
    assert f"message_3.csv.gz, line {line}: {code.value}: " in done.error
    assert shell("tape", "list", "--json").json["tapes"] == []


def test_files_that_are_no_pair_are_one_sentence(shell: Shell, tmp_path: Path) -> None:
    def stopped(folder: Path) -> str:
        done = shell("tape", "import", "lobster", str(folder))
        assert done.code == 2
        return done.error

    short = DAY.write(tmp_path / "short", rows=DAY.rows[:-1])
    assert f"line {len(DAY.messages)}: missing_row" in stopped(short)
    alone = DAY.write(tmp_path / "alone")
    next(alone.glob("*orderbook*")).unlink()
    assert "missing_file" in stopped(alone)
    next(alone.glob("*message*")).unlink()
    assert "missing_file: 0 message files" in stopped(alone)
    cut = DAY.write(tmp_path / "cut")
    message = next(cut.glob("*message*"))
    message.write_bytes(message.read_bytes()[:-20])
    assert "damaged_file" in stopped(cut)
    message.write_bytes(gzip.compress(b"<html><body>404</body></html>"))
    assert "line 1: web_page" in stopped(cut)
    message.rename(message.with_name("message_3.csv.gz"))
    assert "missing_file" in stopped(cut)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared recording is not here")
def test_the_shared_fifty_seconds(shell: Shell) -> None:
    result = shell("tape", "import", "lobster", str(SHARED), "--json").json
    assert result["tapes"][0]["counts"] == {
        "orders": 501,
        "cancels": 372,
        "trades": 159,
        "snapshots": 0,
    }
    assert result["span"][0] == "2012-06-21T09:30:00-04:00"
    assert result["span"][1].startswith("2012-06-21T09:30:49.08")
    assert result["tapes"][0]["notes"][0].startswith("999 messages agree with the book")
    tape = open_order_tape(shell.data / "tapes", result["tape"])
    last = gzip.decompress(next(SHARED.glob("*orderbook*")).read_bytes()).split()[-1].decode()
    shown = levels_of(displays_of(tape.street)[-1].tolist())
    assert tuple(map(tuple, ladders_of(last))) == shown
