"""Which days a tape tells of: of every kind of tape, by its market's own wall clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.calendar import CHINA_HOURS
from feeds.coverage import coverage
from feeds.order_store import write_order_tape
from feeds.tape import Tape
from feeds.tape_store import read_manifest, write_tape
from feeds.tape_writer import TapeWriter
from tests.feeds.l2_sample import SampleDay
from tests.feeds.market_samples import START_NS, displays, header, trades
from tests.feeds.samples import SHANGHAI, at, daily_tape, minute_tape

FRIDAY = date(2024, 3, 1)
BAR = (1000, 1100, 900, 1050, 5000)


def of(tmp_path: Path, tape: Tape) -> tuple[tuple[tuple[date, int], ...], tuple[date, ...] | None]:
    write_tape(tmp_path, tape)
    found = coverage(tmp_path, read_manifest(tmp_path / tape.tape_id))
    return found.days, found.missing


def test_daily_bars_are_counted_per_day_over_all_instruments(tmp_path: Path) -> None:
    monday = FRIDAY + timedelta(days=3)
    tape = daily_tape({"A": [(FRIDAY, *BAR), (monday, *BAR)], "B": [(monday, *BAR)]})
    assert of(tmp_path, tape) == (((FRIDAY, 1), (monday, 2)), None)


def test_days_of_a_known_market_that_are_missing_are_named(tmp_path: Path) -> None:
    thursday = FRIDAY + timedelta(days=6)  # Monday to Wednesday are missing, the weekend is not
    tape = daily_tape({"A": [(FRIDAY, *BAR), (thursday, *BAR)]})
    known = tuple(replace(one, market="XNYS") for one in tape.instruments)
    _, missing = of(tmp_path, replace(tape, instruments=known, tape_id=tape.tape_id))
    assert missing == tuple(FRIDAY + timedelta(days=n) for n in (3, 4, 5))


def test_minutes_belong_to_the_local_day(tmp_path: Path) -> None:
    """09:30 in Shanghai is 01:30 in London of the same day; 00:30 would be the day before."""
    bars = [
        (at(SHANGHAI, 2024, 3, day, 9, 30 + minute), *BAR) for day in (1, 4) for minute in (0, 1)
    ]
    found, _ = of(tmp_path, minute_tape({"A": bars}, CHINA_HOURS))
    assert found == ((FRIDAY, 2), (FRIDAY + timedelta(days=3), 2))


def test_a_day_of_orders_is_one_day(tmp_path: Path) -> None:
    tape = SampleDay().tape()
    write_order_tape(tmp_path, tape)
    manifest = read_manifest(tmp_path / tape.tape_id)
    assert coverage(tmp_path, manifest).days == ((tape.session, manifest.rows),)


def test_trades_and_displays_of_a_market_are_counted_together(tmp_path: Path) -> None:
    with TapeWriter(tmp_path, header("A")) as writer:
        writer.trades(trades((0, 0, 100, 5), (86_400, 0, 101, 5)))
        writer.depth(displays((86_401, 0, [(99, 1)], [(101, 1)])))
        tape_id = writer.finish()
    found = coverage(tmp_path, read_manifest(tmp_path / tape_id))
    first = date(1970, 1, 1) + timedelta(seconds=START_NS // 10**9)
    assert found.days == ((first, 1), (first + timedelta(days=1), 2))


@settings(max_examples=20, deadline=None)
@given(st.sets(st.integers(0, 40), min_size=1, max_size=12))
def test_every_day_with_a_bar_is_told_once(tmp_path_factory: object, days: set[int]) -> None:
    folder = tmp_path_factory.mktemp("tape")  # type: ignore[attr-defined]
    told = [FRIDAY + timedelta(days=day) for day in sorted(days)]
    found, _ = of(folder, daily_tape({"A": [(day, *BAR) for day in told]}))
    assert [day for day, _ in found] == told
