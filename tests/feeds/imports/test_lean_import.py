"""``simtrade tape import lean``: our own small folder, and every way in which one can be broken."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from feeds.bar_replay import BarFeed
from feeds.calendar import Int64s
from feeds.imports.importer import Job, Wanted
from feeds.imports.lean_files import Resolution
from feeds.imports.lean_rows import (
    QUOTE_BAR,
    QUOTE_TICK,
    TRADE_BAR,
    TRADE_TICK,
    BestQuotes,
    Condition,
)
from feeds.imports.number_rows import number_rows
from feeds.imports.report import Report
from feeds.tape_store import open_tape, verify_tape
from matching.market import Band, SessionOpen
from matching.units import NS_PER_MINUTE as MINUTE_NS
from matching.units import NS_PER_SECOND as SECOND_NS
from matching.units import AtNs
from tests.feeds.imports.lean_sample import MINUTES, QUOTES, TRADES, pack, write
from tests.simtrade.commands.conftest import Shell


def imported(shell: Shell, path: Path, kind: str = "") -> dict[str, dict[str, object]]:
    """What was made, by resolution."""
    options = ("--kind", kind) if kind else ()
    result = shell("tape", "import", "lean", str(path), *options, "--json").json
    assert result["refused"] == 0
    for one in result["tapes"]:
        assert verify_tape(shell.data / "tapes", one["tape"]) == []
    kinds = [kind] if kind else list(Resolution)
    found = [kind for kind in kinds for one in result["tapes"] if kind in one["tape"]]
    return dict(zip(found or [kind], result["tapes"], strict=True))


def test_every_resolution_becomes_a_tape(shell: Shell, tmp_path: Path) -> None:
    made = imported(shell, write(tmp_path / "lean"))
    assert {kind: one["counts"] for kind, one in made.items()} == {
        "daily": {"bars": 7, "splits": 1, "dividends": 1, "codes": 1},
        "minute": {"bars": 1, "quote bars read": 2},
        "second": {"status": 2, "snapshots": 3},
        "tick": {"status": 2, "trades": 7, "depth": 3},
    }
    assert made["daily"]["span"] == ["2013-10-03", "2013-10-08"]
    assert made["minute"]["notes"] == ["2 bars before or after regular hours: left out."]
    assert "lean_tick-" in str(made["tick"]["tape"])


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


def test_one_file_or_folder_is_a_part(shell: Shell, tmp_path: Path) -> None:
    root = write(tmp_path / "lean")
    ticks = root / "equity" / "usa" / "tick"
    assert imported(shell, ticks / "abc" / "20131007_trade.zip")["tick"]["counts"] == {
        "status": 2,
        "trades": 7,
    }
    assert imported(shell, ticks, "tick")["tick"]["counts"] == {
        "status": 2,
        "trades": 7,
        "depth": 3,
    }


def test_without_hours_maps_and_factors_our_own_schedule_counts(
    shell: Shell, tmp_path: Path
) -> None:
    root = tmp_path / "lean"
    pack(root / "minute" / "abc" / "20131007_trade.zip", MINUTES)
    assert imported(shell, root)["minute"]["rows"] == 1
    pack(root / "minute" / "abc" / "20131006_trade.zip", MINUTES)  # a Sunday
    assert imported(shell, root)["minute"]["rows"] == 1


def test_a_bad_line_is_left_out_and_told(shell: Shell, tmp_path: Path) -> None:
    root = tmp_path / "lean"
    lines = [*TRADES[:2], "34200100,0,100,N,1,0", "34200100,1", TRADES[0], *TRADES[2:]]
    pack(root / "tick" / "abc" / "20131007_trade.zip", lines)
    result = shell("tape", "import", "lean", str(root), "--json").json
    assert (result["rows"], result["refused"], result["out_of_order"]) == (7, 3, 1)
    told = [(one["line"], one["code"]) for one in result["problems"]]
    assert sorted(told) == [
        (3, "not_positive"),
        (4, "wrong_number_of_cells"),
        (5, "out_of_order"),
    ]
    assert result["problems"][0]["file"] == "20131007_trade.zip/inside.csv"


def test_what_can_not_be_used_imports_nothing(shell: Shell, tmp_path: Path) -> None:
    root = write(tmp_path / "lean")
    usa = root / "equity" / "usa"

    def stopped(said: str) -> None:
        done = shell("tape", "import", "lean", str(root))
        assert (done.code, said in done.error) == (2, True), done.error
        assert shell("tape", "list", "--json").json["tapes"] == []

    quotes = usa / "tick" / "abc" / "20131007_quote.zip"
    whole = quotes.read_bytes()
    quotes.write_bytes(whole[:-30])
    stopped("20131007_quote.zip: damaged_file")
    quotes.write_bytes(b"<html>not found</html>")
    stopped("20131007_quote.zip: damaged_file")
    pack(quotes, ["<!DOCTYPE html>", "<p>"])
    stopped("line 1: web_page")
    pack(quotes, [QUOTES[-1], QUOTES[0]])
    stopped("20131007_quote.zip/inside.csv, line 2: contradiction: 34199000000000 ns after")
    with zipfile.ZipFile(quotes, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.csv", b"\0" * 1_000_000)
    stopped("line 1: not_text: a zero byte")
    quotes.write_bytes(whole)
    (usa / "map_files" / "new.csv").write_text("nonsense")
    stopped("new.csv, line 1: wrong_number_of_cells")


def test_mistakes_are_one_sentence(shell: Shell, tmp_path: Path) -> None:
    done = shell("tape", "import", "lean", str(tmp_path))
    assert (done.code, "not_this_format: no folder daily" in done.error) == (2, True)
    done = shell("tape", "import", "lean", str(write(tmp_path / "lean")), "--kind", "hourly")
    assert (done.code, "There is no kind 'hourly'" in done.error) == (1, True)


SHARED = Path(__file__).parents[4] / "shared" / "data" / "us_equity_lean"
USA = SHARED / "equity" / "usa"
WITH_SHARED = pytest.mark.skipif(not USA.is_dir(), reason="the shared folder is not here")


def tell(text: str) -> None:
    """A measured figure, for who runs this with ``-s``."""
    sys.stdout.write(f"\n{text}\n")


def shared_rows(path: Path, kinds: tuple[int, ...]) -> Int64s:
    with Job(Wanted(path=path), path, Report()).parts() as parts:
        return np.concatenate([rows.values for rows in number_rows(next(parts), kinds)])


@WITH_SHARED
def test_shared_ticks_make_the_vendors_minute_bars() -> None:
    """Bars of our own from ticks, by what the vendor leaves out of prices (not of volumes): sweeps
    and average prices in regular hours, derivatively priced and option trades, official prices."""
    bars = equal = with_volume = 0
    for path in sorted((USA / "tick").glob("*/*_trade.zip")):
        ticks = shared_rows(path, TRADE_TICK)
        vendor = shared_rows(USA / "minute" / path.parent.name / path.name, TRADE_BAR)
        minute, price, flags = ticks[:, 0] // MINUTE_NS * MINUTE_NS, ticks[:, 1], ticks[:, 4]
        assert not ticks[:, 5].any()
        in_hours = (flags & Condition.EXTENDED_HOURS) == 0
        never = (
            Condition.DERIVATIVELY_PRICED | Condition.OPTION_TRADE
            | Condition.OFFICIAL_CLOSE | Condition.OFFICIAL_OPEN
        )  # fmt: skip
        sometimes = Condition.SWEEP | Condition.AVERAGE_PRICE
        left_out = ((flags & never) != 0) | (in_hours & ((flags & sometimes) != 0))
        for row in vendor:
            own = (minute == row[0]) & ~left_out
            prices = price[own]
            made = [prices[0], prices.max(), prices.min(), prices[-1]] if len(prices) else []
            same = made == row[1:5].tolist()
            bars, equal = bars + 1, equal + same
            with_volume += same and int(ticks[minute == row[0], 2].sum()) == row[5]
    tell(f"{equal} of {bars} minute bars have the vendor's prices, {with_volume} its volume too")
    assert (bars, equal, with_volume) == (3_578, 3_563, 3_552)


@WITH_SHARED
def test_shared_quotes_close_where_the_vendors_second_bars_do() -> None:
    seconds = equal = 0
    for path in sorted((USA / "tick").glob("*/*_quote.zip")):
        ticks = shared_rows(path, QUOTE_TICK)
        best = BestQuotes(0, 0)
        told = np.concatenate((best.take(ticks), best.take(ticks[:0], last=True)))
        vendor = shared_rows(USA / "second" / path.parent.name / path.name, QUOTE_BAR)
        second = told["at_ns"] // SECOND_NS * SECOND_NS
        place = np.searchsorted(second, vendor[:, 0], side="right") - 1
        shown = np.stack([told[f"{side}_{name}"][place, 0] for side in ("bid", "ask")
                          for name in ("ticks", "qty")])  # fmt: skip
        same = (shown == vendor[:, [4, 5, 9, 10]].T).all(axis=0)
        seconds, equal = seconds + len(vendor), equal + int(same.sum())
    tell(f"{equal} of {seconds} second bars close at the national best bid and ask of the ticks")
    assert equal >= seconds - 10


@WITH_SHARED
def test_the_shared_folder(shell: Shell) -> None:
    """Every count is that of its SOURCE.md."""
    made = imported(shell, SHARED)
    counts = {kind: one["counts"] for kind, one in made.items()}
    assert counts["daily"] == {"bars": 50_963, "splits": 15, "dividends": 552, "codes": 1}
    assert counts["minute"] == {"bars": 11_899, "quote bars read": 19_918}
    assert made["minute"]["notes"] == ["5,871 bars before or after regular hours: left out."]
    assert 11_899 + 5_871 == 17_770
    assert counts["tick"] == {"status": 14, "trades": 465_168, "depth": 928_445}
    assert counts["second"] == {"status": 44, "snapshots": 398_484}
