"""A tape that tells what its shares were on each day, practised on under those days' rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from feeds.calendar import CHINA_HOURS
from feeds.imports.csv_bars import CsvBars, import_csv_bars
from feeds.imports.csv_listings import import_csv_listings
from feeds.tape import TapeId, TapeKind
from feeds.tape_store import write_tape
from matching.instrument import Instrument, InstrumentId
from matching.orders import AccountId, FillProfile, Side
from matching.reasons import Reason
from matching.units import CURRENCIES
from simtrade.desk.requests import ClockAction, Done, OpenPractice, Refusal, UserId, VenueId
from simtrade.venues.feeds import session_start
from tests.world import World, open_world, shared_tapes

# From Thursday to the Friday of the next week; each closes every day at 10.00.
DAYS = [date(2026, 7, day) for day in (2, 3, 6, 7, 8, 9, 10)]
ST, NEW, YOUNG, STAR = "600001", "600002", "600003", "688001"
LISTINGS = f"""symbol,from,to,status,board
{ST},2026-01-05,,st,
{NEW},2026-07-03,,listing,
{STAR},2026-07-02,,,star
"""


def made_tape(root: Path, folder: Path) -> TapeId:
    lines = ["symbol,date,open,high,low,close,volume"]
    for symbol in (ST, NEW, YOUNG, STAR):
        begins = date(2026, 7, 3) if symbol in (NEW, YOUNG) else DAYS[0]
        lines += [f"{symbol},{day},10,10.01,9.99,10,1000000" for day in DAYS if day >= begins]
    (folder / "bars.csv").write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "listings.csv").write_text(LISTINGS, "utf-8")
    template = Instrument(
        InstrumentId("XSHG:"), "", "", "", CURRENCIES["CNY"], market="XSHG", board="main"
    )
    plan = CsvBars(
        name="china",
        kind=TapeKind.DAILY_BARS,
        source="made up",
        licence="none",
        hours=CHINA_HOURS,
        template=template,
    )
    bars = import_csv_bars(folder / "bars.csv", plan)
    assert bars.tape is not None
    told = import_csv_listings(folder / "listings.csv", bars.tape)
    assert (told.rows, told.problems) == (3, ())
    write_tape(root, told.tape)
    return told.tape.tape_id


@pytest.fixture
def market(tmp_path: Path) -> Iterator[tuple[World, VenueId, AccountId]]:
    root = shared_tapes(tmp_path / "tapes")
    tape = made_tape(root, tmp_path)
    with open_world(tmp_path / "data", root) as world:
        asked = OpenPractice(UserId(1), world.key(), tape, DAYS[1], FillProfile.STANDARD)
        done = world.submit(asked)
        assert isinstance(done, Done), done
        assert done.account_id is not None
        yield world, done.venue_id, done.account_id


def go_to(world: World, venue: VenueId, day: date) -> None:
    view = world.venues.view(venue)
    assert view is not None
    start = session_start(world.feeds.feed(view.tape), day)
    if start > world.at(venue):
        assert isinstance(world.set_clock(venue, ClockAction.SEEK, start), Done)


def limits(world: World, venue: VenueId) -> dict[str, tuple[int | None, int | None]]:
    quotes = world.venues.quotes(venue)
    return {one.instrument_id[5:]: (one.lower_ticks, one.upper_ticks) for one in quotes}


def test_each_day_has_its_price_limits(market: tuple[World, VenueId, AccountId]) -> None:
    world, venue, _ = market
    ten, none = (900, 1100), (None, None)
    expected = [
        (DAYS[1], (950, 1050), none),
        (DAYS[2], ten, none),
        (DAYS[5], ten, none),
        (DAYS[6], ten, ten),
    ]
    for day, risk_warned, new in expected:
        go_to(world, venue, day)
        # Data of the young one begins on the same day: that alone is no listing.
        assert limits(world, venue) == {
            ST: risk_warned, NEW: new, YOUNG: ten, STAR: (800, 1200),
        }, day  # fmt: skip


def refusal(world: World, account: AccountId, symbol: str, price: int) -> Reason | None:
    reply = world.place(account, Side.BUY, 100, f"XSHG:{symbol}", price)
    return reply.reason if isinstance(reply, Refusal) else None


def test_orders_are_held_to_them(market: tuple[World, VenueId, AccountId]) -> None:
    world, venue, account = market
    assert refusal(world, account, ST, 1051) is Reason.PRICE_ABOVE_LIMIT
    # What has no limit still has its cage.
    assert refusal(world, account, NEW, 1500) is Reason.PRICE_ABOVE_CAGE
    assert refusal(world, account, NEW, 1000) is None
    assert refusal(world, account, STAR, 1000) is Reason.QTY_TOO_SMALL
    go_to(world, venue, DAYS[2])
    assert refusal(world, account, ST, 1051) is Reason.PRICE_ABOVE_CAGE
    assert refusal(world, account, ST, 1101) is Reason.PRICE_ABOVE_LIMIT
    again = world.reopen()
    try:
        assert limits(again, venue)[NEW] == (None, None)
        assert again.verify().ok
    finally:
        again.close()
