"""Ticks and seconds: what the vendor's own bars say of them."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from feeds.calendar import Int64s
from feeds.imports.importer import Job, Wanted
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
from matching.units import NS_PER_MINUTE as MINUTE_NS
from matching.units import NS_PER_SECOND as SECOND_NS
from tests.feeds.imports.lean_sample import imported, pack, write
from tests.simtrade.commands.conftest import Shell


def test_the_close_before_and_that_of_the_day_are_told(shell: Shell, tmp_path: Path) -> None:
    root = write(tmp_path / "lean")
    made = imported(shell, root, "tick")["tick"]
    assert made["span"] == ["2013-10-07T00:00:00-04:00", "2013-10-07T16:00:00.500000-04:00"]
    assert dict(made["counts"])["status"] == 2  # type: ignore[call-overload]
    (root / "equity" / "usa" / "daily" / "abc.zip").unlink()
    assert "status" not in dict(imported(shell, root, "tick")["tick"]["counts"])  # type: ignore[call-overload]


def test_more_bars_than_a_day_has_seconds_stop_the_import(shell: Shell, tmp_path: Path) -> None:
    root = tmp_path / "lean"
    line = "34200000,1,1,1,1,1"
    pack(root / "second" / "abc" / "20131007_trade.zip", [line] * 86_401)
    done = shell("tape", "import", "lean", str(root))
    assert (done.code, "more than 86400 bars of one day" in done.error) == (2, True)


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
