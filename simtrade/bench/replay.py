"""``simtrade bench replay``: the whole shipped tape past a thousand resting orders.

Fourteen years of five instruments at full speed through the real desk: sessions, splits, fills,
settlement, journal rows and their chain, without a browser and without a disk.  The same commands
must give the same chain twice.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import typer

from feeds.bar_replay import BarFeed
from feeds.catalogue import US_DAILY
from matching.instrument import InstrumentId
from matching.orders import OrderKind, Side, TimeInForce
from matching.units import PriceTicks, Qty
from simtrade.commands.output import AsJson, tell
from simtrade.desk import desk
from simtrade.desk.commands import Command, CommandKind, body_of
from simtrade.desk.requests import DEFAULT_SPEED, Done, PlaceRequest, VenueId
from simtrade.desk.state import VenueState
from simtrade.desk.work import Work
from simtrade.store.engine_store import CHAIN_START
from simtrade.venues.feeds import Feeds, session_of
from simtrade.venues.loader import new_venue

MUST_SECONDS = 20.0
ORDERS = 1_000
ACCOUNTS = 10


@dataclass(frozen=True, slots=True)
class ReplayResult:
    sessions: int
    orders: int
    fills: int
    seconds: float
    chains_equal: bool
    must_seconds: float

    @property
    def holds(self) -> bool:
        return self.chains_equal and self.seconds <= self.must_seconds

    def as_json(self) -> dict[str, object]:
        return asdict(self) | {"holds": self.holds}


def replay(*, as_json: AsJson = False) -> None:
    """Fourteen years of the shipped tape past 1,000 resting orders, twice, the same chain."""
    result = run()
    verdict = "holds" if result.holds else "DOES NOT HOLD"
    text = (
        f"{result.sessions:,} sessions, {result.orders:,} orders, {result.fills} fills in "
        f"{result.seconds} s (at most {result.must_seconds:.0f} s), chains "
        f"{'equal' if result.chains_equal else 'DIFFERENT'}: {verdict}"
    )
    tell(result.as_json(), text, as_json=as_json)
    if not result.holds:
        raise typer.Exit(1)


def run() -> ReplayResult:
    """Replay twice; the slower run counts."""
    with tempfile.TemporaryDirectory(prefix="simtrade-bench-") as folder:
        feeds = Feeds(Path(folder), floor_seed=1)
        runs = [_one_run(feeds) for _ in range(2)]
    venue, fills = runs[0].venue, runs[0].fills
    feed = venue.feed
    assert isinstance(feed, BarFeed)
    return ReplayResult(
        sessions=len(feed.store.calendar.days),
        orders=ORDERS,
        fills=fills,
        seconds=round(max(one.seconds for one in runs), 2),
        chains_equal=runs[0].work.chain == runs[1].work.chain,
        must_seconds=MUST_SECONDS,
    )


@dataclass(slots=True)
class _Run:
    venue: VenueState
    work: Work
    seconds: float = 0.0
    fills: int = 0
    seq: int = 0

    def apply(self, kind: CommandKind, body: dict[str, object], key: str | None = None) -> Done:
        self.seq += 1
        venue = self.venue
        command = Command(self.seq, venue.venue_id, "", key, kind, body, 0, venue.cursor_ns)
        reply, changes = desk.apply(venue, command)
        assert isinstance(reply, Done), reply
        self.work.journal(venue, command, reply, changes)
        self.fills += len(changes.fills)
        return reply


def _one_run(feeds: Feeds) -> _Run:
    tape = feeds.resolve(US_DAILY)
    assert tape is not None
    feed = feeds.feed(tape)
    start_ns = feed.advance(feed.start_ns, 1)
    body: dict[str, object] = {
        "tape": tape,
        "owner": 1,
        "first_session": session_of(feed, start_ns).isoformat(),
        "start_ns": start_ns,
        "running": True,
        "speed": DEFAULT_SPEED,
        "currency": "USD",
        "start_minor": 10**11,
    }
    run = _Run(new_venue(VenueId("bench"), body, feeds), Work(CHAIN_START))
    run.apply(CommandKind.VENUE, body)
    started = time.perf_counter()
    _place_orders(run)
    assert feed.end_ns is not None
    run.apply(CommandKind.ADVANCE, {"to_ns": feed.end_ns})
    run.seconds = time.perf_counter() - started
    return run


def _place_orders(run: _Run) -> None:
    """Buyers from 1 % to 80 % below the market, good till cancelled, on what is listed."""
    listed = [key for key, one in run.venue.exchange.listings.items() if one.listed]
    accounts = [
        run.apply(CommandKind.ACCOUNT, {"user_id": user, "profile": "standard"}).account_id
        for user in range(ACCOUNTS)
    ]
    for number in range(ORDERS):
        instrument_id = InstrumentId(listed[number % len(listed)])
        listing = run.venue.exchange.listings[instrument_id]
        assert listing.reference_ticks is not None
        account_id = accounts[number % ACCOUNTS]
        assert account_id is not None
        limit = listing.reference_ticks * (9_900 - 79 * (number // 10)) // 10_000
        request = PlaceRequest(
            account_id,
            f"bench-{number}",
            instrument_id,
            Side.BUY,
            OrderKind.LIMIT,
            Qty(10 + number % 90),
            PriceTicks(max(1, limit)),
            TimeInForce.GTC,
        )
        run.apply(CommandKind.PLACE, {"request": body_of(request)}, request.key)
