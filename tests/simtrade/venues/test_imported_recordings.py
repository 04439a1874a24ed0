"""Imported recordings are markets to practise on: an order on each kind fills and is verified."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from feeds.calendar import day_number, local_ns, time_of
from feeds.imports.capture_import import import_binance
from feeds.imports.importer import Job, Run, Wanted, run_import
from feeds.imports.lean_import import import_lean
from feeds.imports.lobster_import import import_lobster
from feeds.imports.report import Report
from matching.orders import Side
from simtrade.desk.requests import ClockAction, Done, OpenPractice, Refusal, UserId
from tests.feeds.imports.capture_sample import CoinDay
from tests.feeds.imports.lean_sample import write as write_lean
from tests.feeds.imports.lobster_sample import LobsterDay
from tests.world import World

SHARED = Path(__file__).parents[4] / "shared" / "data"


@pytest.fixture
def tapes(tmp_path: Path) -> Path:
    return tmp_path / "tapes"


@pytest.fixture
def world(tmp_path: Path, tapes: Path) -> Iterator[World]:
    tapes.mkdir()
    opened = World.open(tmp_path / "data", tapes)
    yield opened
    opened.close()


def imported(run: Run, tapes: Path, path: Path, **wanted: object) -> str:
    (made,) = run_import(run, Job(Wanted(path=path, **wanted), tapes, Report()))  # type: ignore[arg-type]
    return made.tape_id


def bought(world: World, tape: str, at_ns: int, symbol: str, qty: int) -> int:
    """What a market order paid a moment after it was sent, in ticks; the journal tells it again."""
    session = time_of(at_ns, world.feeds.feed(tape).traits.time_zone).date()
    done = world.submit(OpenPractice(UserId(1), world.key(), tape, session))
    assert isinstance(done, Done), done
    assert done.account_id is not None
    assert isinstance(world.set_clock(done.venue_id, ClockAction.SEEK, at_ns), Done)
    placed = world.place(done.account_id, Side.BUY, qty, symbol)
    assert isinstance(placed, Done), placed
    assert isinstance(world.set_clock(done.venue_id, ClockAction.SEEK, at_ns + 10**8), Done)
    fills = world.portfolio.fills(done.account_id)
    assert sum(fill.qty for fill in fills) == qty, world.portfolio.orders(done.account_id)
    assert world.verify().ok
    return max(fill.price_ticks for fill in fills)


def new_york(day: int, month: int, year: int, milliseconds: int) -> int:
    midnight = local_ns(day_number(date(year, month, day)), 0, ZoneInfo("America/New_York"))
    return midnight + milliseconds * 10**6


def test_a_tick_day_of_a_lean_folder(world: World, tapes: Path, tmp_path: Path) -> None:
    tape = imported(import_lean, tapes, write_lean(tmp_path / "lean"), kind="tick")
    paid = bought(world, tape, new_york(7, 10, 2013, 34_201_500), "US:ABC", 100)
    assert paid == 200_500  # the ask of that moment


def test_a_day_of_seconds(world: World, tapes: Path, tmp_path: Path) -> None:
    tape = imported(import_lean, tapes, write_lean(tmp_path / "lean"), kind="second")
    paid = bought(world, tape, new_york(7, 10, 2013, 34_203_900), "US:ABC", 100)
    assert paid == 200_400


def test_a_day_of_a_coin(world: World, tapes: Path, tmp_path: Path) -> None:
    day, file = CoinDay(), tmp_path / "abc.gz"
    file.write_bytes(gzip.compress("\n".join(day.lines).encode()))
    tape = imported(import_binance, tapes, file)
    shown_ns = (day.at_ms - 100) * 10**6  # the last but one of its changes
    assert bought(world, tape, shown_ns, "COIN:ABCUSDT", 10) == day.books[-2][1][0][0]


def test_what_is_not_priced_in_an_accounts_money_is_no_market(
    world: World, tapes: Path, tmp_path: Path
) -> None:
    lines = "\n".join(CoinDay().lines).replace("ABCUSDT", "ABCBTC")
    (tmp_path / "abc.jsonl").write_text(lines)
    tape = imported(import_binance, tapes, tmp_path / "abc.jsonl")
    done = world.submit(OpenPractice(UserId(1), world.key(), tape, date(2024, 8, 8)))
    assert isinstance(done, Refusal)
    assert tape not in [one.name for one in world.venues.tapes()]


def test_a_piece_of_a_day_order_by_order(world: World, tapes: Path, tmp_path: Path) -> None:
    day = LobsterDay()
    tape = imported(import_lobster, tapes, day.write(tmp_path / "lobster"))
    line = day.messages[100].split(",")
    ask = int(day.rows[100].split(",")[0])
    at_ns = new_york(21, 6, 2012, 0) + int(float(line[0]) * 1000) * 10**6 + 10**6
    assert bought(world, tape, at_ns, "XNAS:TEST", 1) == ask


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared folder is not here")
def test_a_shared_tick_day(world: World, tapes: Path) -> None:
    path = SHARED / "us_equity_lean" / "equity" / "usa" / "tick" / "ibm"
    tape = imported(import_lean, tapes, path, kind="tick")
    paid = bought(world, tape, new_york(8, 10, 2013, 36_000_000), "US:IBM", 100)
    assert 1_700_000 < paid < 1_900_000


@pytest.mark.skipif(
    not SHARED.is_dir() or find_spec("zstandard") is None,
    reason="the shared recording, or zstandard to open it, is not here",
)
def test_a_shared_coin_day(world: World, tapes: Path) -> None:
    folder = SHARED / "crypto_binance_spot_ws_20240808"
    tape = imported(import_binance, tapes, folder / "spot_ethusdt_20240808.jsonl.zst")
    paid = bought(world, tape, 1_723_161_400 * 10**9, "COIN:ETHUSDT", 10_000)
    assert 260_000 < paid < 280_000
