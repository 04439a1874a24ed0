"""What becomes of tickers, splits and dividends."""

from __future__ import annotations

from pathlib import Path

from feeds.bar_replay import BarFeed
from feeds.tape_store import open_tape
from matching.market import Band, SessionOpen
from matching.units import AtNs
from tests.feeds.imports.lean_sample import DAILY, FACTORS, imported, pack, write
from tests.simtrade.commands.conftest import Shell


def test_a_change_of_ticker_and_a_split_reach_the_replay(shell: Shell, tmp_path: Path) -> None:
    made = imported(shell, write(tmp_path / "lean"), "daily")["daily"]
    assert made["notes"] == [
        "1 bars are those of other companies under the same tickers: left out."
    ]
    tape = open_tape(shell.data / "tapes", str(made["tape"]))
    assert [one.instrument_id for one in tape.instruments] == [
        "US:ABC",
        "US:NEW",
        "US:OLD-20131004",
    ]
    feed = BarFeed(tape)
    asleep = Band(None, None, awake=False)
    opened = [
        one
        for one in feed.events(AtNs(0), feed.end_ns, lambda _: asleep)
        if isinstance(one, SessionOpen)
    ]
    references = [dict(one.references) for one in opened]
    # Two new shares for an old one at a close of 101.00; 0.50 of cash at a close of 20.50.
    assert references[2] == {"US:ABC": 200_000, "US:NEW": 505_000}


def test_what_happened_while_there_are_no_rows_comes_together(shell: Shell, tmp_path: Path) -> None:
    root = write(tmp_path / "lean")
    usa = root / "equity" / "usa"
    rows = [
        FACTORS["abc"][0],
        "20131004,0.9756098,1,20.5",
        "20131005,1,0.5,20",
        "20501231,1,1.005,0",
    ]
    (usa / "factor_files" / "abc.csv").write_text("\n".join(rows))
    pack(usa / "daily" / "abc.zip", [DAILY["abc"][0], DAILY["abc"][2]])
    made = imported(shell, usa / "daily" / "abc.zip", "daily")["daily"]
    tape = open_tape(shell.data / "tapes", str(made["tape"]))
    # 1 for 2, then 2.01 for 1: 1 new share for 200, with the cash of the first day.
    assert tape.splits == ()
    (one,) = tape.actions
    assert (one.cash_micro, one.bonus_new, one.bonus_old) == (500_000, 1, 200)


def test_a_ticker_that_no_map_knows_is_a_company_of_its_own(shell: Shell, tmp_path: Path) -> None:
    root = write(tmp_path / "lean")
    (root / "equity" / "usa" / "map_files" / "new.csv").write_text("20131003,nex,N\n20501231,nex,N")
    made = imported(shell, root, "daily")["daily"]
    tape = open_tape(shell.data / "tapes", str(made["tape"]))
    assert [one.instrument_id for one in tape.instruments] == ["US:ABC", "US:NEW", "US:OLD"]
