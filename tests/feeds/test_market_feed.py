from __future__ import annotations

import itertools
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.calendar import CHINA_HOURS
from feeds.feed import Interval
from feeds.market_feed import MarketFeed, kinds_of
from feeds.market_session import HEARTBEAT_NS
from feeds.records import Records, StatusKind, Table, depth_of, status_of, trade_of
from feeds.tape import TapeError
from matching.exchange import Exchange
from matching.instrument import InstrumentId
from matching.market import (
    AuctionCross,
    AuctionIndication,
    Band,
    Bar,
    BarOpen,
    DataKind,
    Depth,
    Halt,
    MarketEvent,
    Phase,
    PhaseChange,
    SessionClose,
    SessionOpen,
    Snapshot,
    Trade,
)
from matching.units import NS_PER_MINUTE, AtNs
from simtrade.venues.rules import rule_books
from tests.feeds.market_samples import (
    SECOND,
    START_NS,
    columns,
    days,
    displays,
    feed_of,
    snapshots,
    statuses,
    told,
    trades,
)
from tests.feeds.samples import ASLEEP, SHANGHAI, at, instrument

A, B = (instrument(symbol).instrument_id for symbol in "AB")


def street(events: list[MarketEvent]) -> list[MarketEvent]:
    return [one for one in events if isinstance(one, Depth | Trade | Halt | Snapshot)]


def naive(rows: dict[Table, Records]) -> list[MarketEvent]:
    """The rows as events in the order in which they happened."""
    ranks = {Table.STATUS: 0, Table.TRADES: 1, Table.DEPTH: 2}
    makers = {Table.STATUS: status_of, Table.TRADES: trade_of, Table.DEPTH: depth_of}
    found = [
        (*row.tolist()[0:3:2], ranks[table], number, makers[table](row, (A, B)[row["instrument"]]))
        for table, records in rows.items()
        for number, row in enumerate(records)
    ]  # fmt: skip
    return [one[4] for one in sorted(found, key=lambda one: one[:4])]  # type: ignore[misc]


SLOW = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)


@SLOW
@given(days())
def test_a_tape_tells_its_rows_in_order(tmp_path: Path, rows: dict[Table, Records]) -> None:
    if not set(rows) & {Table.TRADES, Table.DEPTH}:
        return
    feed = feed_of(tmp_path, rows)
    if Table.DEPTH not in rows:
        assert feed.kind is DataKind.TRADES
    events = street(told(feed))
    expected = [one._replace(seq=0) for one in naive(rows)]
    for number, event in enumerate(events):
        if expected and event._replace(seq=0) == expected[0]:
            del expected[0]
        else:
            assert again(event, events[:number], feed.start_ns)
    assert not expected


def again(event: MarketEvent, before: list[MarketEvent], start_ns: int) -> bool:
    """Whether a display is told again because nothing changed for ten seconds."""
    assert isinstance(event, Depth)
    shown = [one for one in before if isinstance(one, Depth)]
    newest = [one for one in shown if one.instrument_id == event.instrument_id][-1]
    same = newest._replace(at_ns=event.at_ns, heard_ns=event.at_ns, seq=event.seq) == event
    beats = (event.at_ns - start_ns) % HEARTBEAT_NS == 0
    return same and beats and event.at_ns >= newest.at_ns + HEARTBEAT_NS


@SLOW
@given(days(), st.sampled_from(DataKind), st.lists(st.integers(-10, 4000), max_size=5))
def test_any_stretch_is_a_part_of_the_whole(
    tmp_path: Path, rows: dict[Table, Records], kind: DataKind, cuts: list[int]
) -> None:
    counts = {table.value: len(records) for table, records in rows.items()}
    if kind not in kinds_of(counts, 2):
        return
    feed = feed_of(tmp_path, rows, kind)
    whole = told(feed)
    assert [(one.at_ns, one.seq) for one in whole] == sorted(
        {(one.at_ns, one.seq) for one in whole}
    )
    stops = [0, *sorted(START_NS + cut * SECOND for cut in cuts), feed.end_ns]
    pieces = [told(feed, *pair) for pair in itertools.pairwise(stops)]
    assert [one for piece in pieces for one in piece] == whole


@SLOW
@given(days(), st.sampled_from(DataKind), st.integers(0, 3700))
def test_a_warm_street_is_the_one_that_saw_everything(
    tmp_path: Path, rows: dict[Table, Records], kind: DataKind, second: int
) -> None:
    counts = {table.value: len(records) for table, records in rows.items()}
    if kind not in kinds_of(counts, 2):
        return
    feed = feed_of(tmp_path, rows, kind)
    moment = AtNs(START_NS + second * SECOND)
    markets = []
    for events in (feed.warm(moment), told(feed, 0, moment)):
        market = Exchange(feed.instruments, rule_books(feed.instruments), kind)
        for event in events:
            market.see(event)
        markets.append(market)
    warm, seen = markets
    assert (warm.phase, warm.session) == (seen.phase, seen.session)
    for key, listing in warm.listings.items():
        other = seen.listings[key]
        assert (listing.listed, listing.halted) == (other.listed, other.halted)
        one, two = listing.street, other.street
        assert (one.visible, one.sizes, one.displayed_at_ns) == (
            two.visible, two.sizes, two.displayed_at_ns)  # fmt: skip
        if kind not in (DataKind.DEPTH, DataKind.QUOTES):
            assert one.last_ticks == two.last_ticks
        assert one.bar_start_ns == two.bar_start_ns


@SLOW
@given(days(), st.sampled_from(DataKind), st.integers(1, 3600))
def test_what_comes_later_changes_nothing(
    tmp_path: Path, rows: dict[Table, Records], kind: DataKind, second: int
) -> None:
    """All but the phases and the close of a recording that breaks off."""
    moment = START_NS + second * SECOND
    short = {table: records[records["at_ns"] <= moment] for table, records in rows.items()}
    short = {table: records for table, records in short.items() if len(records)}
    for table in rows.keys() - short.keys():
        del rows[table]
    counts = {table.value: len(records) for table, records in short.items()}
    if kind not in kinds_of(counts, 2):
        return
    known = {A: 100, B: 100}  # else a first price of the day stands in for it
    feeds = [feed_of(tmp_path, one, kind, first_references=known) for one in (rows, short)]
    if any(feed.start_ns != feeds[0].start_ns for feed in feeds):
        return
    to = min(moment, feeds[1].end_ns) - 1
    facts = []
    for feed in feeds:
        events = [one for one in told(feed, 0, to) if not isinstance(one, SessionOpen)]
        facts.append([
            [one._replace(seq=0, **({"ends_ns": None} if isinstance(one, PhaseChange) else {}))
             for one in events],
            [feed.last(name, AtNs(to)) for name in (A, B)],
            [
                columns(feed.bars(name, interval, AtNs(to), 5))
                for name in (A, B) for interval in Interval
            ],
        ])  # fmt: skip
    listed = [feed.last(name, AtNs(to)) is None for feed in feeds for name in (A, B)]
    if listed[:2] == listed[2:]:
        assert facts[0] == facts[1]


def test_who_waits_for_nothing_is_told_nothing(tmp_path: Path) -> None:
    rows = {
        Table.TRADES: trades((1, 0, 100, 5), (2, 1, 50, 7), (3, 0, 90, 5)),
        Table.STATUS: statuses((2, 0, 1)),
    }
    feed = feed_of(tmp_path, rows)
    bands = {A: Band(None, None, awake=False), B: Band(None, None, awake=True)}
    some = list(feed.events(AtNs(0), feed.end_ns, lambda name: bands[name]))
    assert [one.instrument_id for one in some if isinstance(one, Trade)] == [B]
    assert [type(one) for one in some if not isinstance(one, Trade)] == [
        type(one) for one in told(feed) if not isinstance(one, Trade)
    ]
    bands[A] = Band(90, None, awake=False)  # type: ignore[arg-type]
    some = list(feed.events(AtNs(0), feed.end_ns, lambda name: bands[name]))
    assert [one.price_ticks for one in some if isinstance(one, Trade)] == [50, 90]


def test_bars_are_told_where_they_reach_somebody(tmp_path: Path) -> None:
    prices = [100, 101, 99, 105, 100]
    rows = {Table.TRADES: trades(*((61 * k, 0, price, 5) for k, price in enumerate(prices)))}
    feed = feed_of(tmp_path, rows, DataKind.BARS)
    every = [one for one in told(feed) if isinstance(one, Bar)]
    assert [one.open_ticks for one in every] == prices
    for low in (98, 99, 100, 106):
        band = Band(low, None, awake=False)  # type: ignore[arg-type]
        some = list(feed.events(AtNs(0), feed.end_ns, lambda _, band=band: band))  # type: ignore[misc]
        assert [one for one in some if isinstance(one, Bar)] == [
            one for one in every if one.low_ticks <= low
        ]
        assert len([one for one in some if isinstance(one, BarOpen)]) == sum(
            one.low_ticks <= low for one in every
        )
    assert not [
        one
        for one in feed.events(AtNs(0), feed.end_ns, lambda _: ASLEEP)
        if isinstance(one, Bar | BarOpen)
    ]


def test_the_first_price_of_a_bar_is_told_when_it_is_known(tmp_path: Path) -> None:
    rows = {Table.TRADES: trades((1, 0, 100, 5), (97, 0, 101, 6), (99, 0, 103, 7), (400, 0, 1, 1))}
    events = told(feed_of(tmp_path, rows, DataKind.BARS))
    opens = [one for one in events if isinstance(one, BarOpen)]
    assert [(one.at_ns - START_NS) // SECOND for one in opens] == [1, 97, 400]
    assert [one.previous_volume for one in opens] == [0, 5, 13]
    second = [one for one in events if isinstance(one, Bar)][1]
    assert (second.at_ns - START_NS) // SECOND == 120
    assert second[4:] == (START_NS + 97 * SECOND, 101, 103, 101, 103, 13)


def test_a_lesser_feed_tells_less(tmp_path: Path) -> None:
    rows = {
        Table.TRADES: trades((2, 0, 101, 5, 0, 1)),
        Table.DEPTH: displays(
            (1, 0, [(99, 5), (98, 1)], [(101, 5)]),
            (2, 0, [(99, 5), (98, 2)], [(101, 5)]),
            (4, 0, [(99, 5), (98, 2)], [(102, 5)]),
        ),
    }
    full, quotes, prints = (
        street(told(feed_of(tmp_path, rows, kind)))
        for kind in (None, DataKind.QUOTES, DataKind.TRADES)
    )
    assert [type(one).__name__ for one in full] == ["Depth", "Trade", "Depth", "Depth"]
    assert [type(one).__name__ for one in quotes] == ["Depth", "Trade", "Depth"]
    assert [one.levels_shown for one in quotes if isinstance(one, Depth)] == [1, 1]
    assert [one.aggressor for one in (*quotes, *prints) if isinstance(one, Trade)] == [None, None]
    assert len(prints) == 1
    feed = feed_of(tmp_path, rows, DataKind.SNAPSHOTS)
    (picture,) = (one for one in told(feed) if isinstance(one, Snapshot))
    assert picture.at_ns == START_NS + 3 * SECOND
    assert (picture.volume, picture.turnover, picture.trades) == (5, 505, 1)
    assert (picture.last_ticks, picture.bids[1].qty) == (101, 2)
    with pytest.raises(TapeError, match="can't be told as orders"):
        feed_of(tmp_path, rows, DataKind.ORDERS)


@pytest.mark.parametrize(
    ("counts", "levels", "expected"),
    [
        ({"depth": 1, "trades": 1}, 5, "depth quotes snapshots trades bars"),
        ({"depth": 1}, 5, "depth quotes bars"),
        ({"depth": 1, "trades": 1}, 1, "quotes snapshots trades bars"),
        ({"snapshots": 1}, 5, "snapshots bars"),
        ({"snapshots": 1, "trades": 1}, 5, "snapshots trades bars"),
        ({"trades": 1}, 1, "trades bars"),
        ({"status": 1}, 1, ""),
    ],
)
def test_what_a_tape_can_be_told_as(counts: dict[str, int], levels: int, expected: str) -> None:
    assert " ".join(kinds_of(counts, levels)) == expected


# A Shanghai day: auctions, a lunch, a closing auction.

DAY = date(2024, 3, 5)
SHARE = instrument("600519", market="XSHG", instrument_id=InstrumentId("XSHG:600519"))


def clock(hour: int, minute: int, second: int = 0) -> int:
    return (at(SHANGHAI, 2024, 3, 5, hour, minute, second) - START_NS) // SECOND


def shanghai(root: Path, rows: dict[Table, Records], kind: DataKind | None = None) -> MarketFeed:
    return feed_of(root, rows, kind, hours=CHINA_HOURS, instruments=(SHARE,))


def test_a_day_of_snapshots_has_its_auctions(tmp_path: Path) -> None:
    shown = displays(
        (clock(9, 16), 0, [(100, 50)], [(100, 50)]),
        (clock(9, 25, 3), 0, [(100, 5)], [(101, 5)]),
        (clock(9, 30, 3), 0, [(100, 5)], [(101, 5)]),
        (clock(14, 56, 58), 0, [(100, 5)], [(101, 5)]),
        (clock(14, 58), 0, [(101, 5)], [(101, 5)]),
        (clock(15, 0, 3), 0, [(100, 5)], [(101, 5)]),
    )
    nothing = (0, 0, 0, 0, 0, 0)
    totals = [nothing, (100, 100, 100, 60, 6000, 2), (101, 101, 100, 70, 7010, 3),
              (101, 101, 100, 70, 7010, 3), (101, 101, 100, 70, 7010, 3),
              (102, 102, 100, 90, 9050, 5)]  # fmt: skip
    rows = {
        Table.SNAPSHOTS: snapshots(shown, totals),
        Table.STATUS: statuses((clock(9, 0), 0, StatusKind.REFERENCE, 98)),
    }
    feed = shanghai(tmp_path, rows)
    assert feed.kind is DataKind.SNAPSHOTS
    events = told(feed)
    opened = events[0]
    assert isinstance(opened, SessionOpen)
    assert opened[2:4] == (DAY, ((SHARE.instrument_id, 98),))
    indications = [one for one in events if isinstance(one, AuctionIndication)]
    assert [(one.price_ticks, one.qty) for one in indications] == [(100, 50), (101, 5)]
    crosses = [one for one in events if isinstance(one, AuctionCross)]
    assert [(one.at_ns, one.price_ticks, one.qty) for one in crosses] == [
        (at(SHANGHAI, 2024, 3, 5, 9, 25, 3), 100, 60),
        (at(SHANGHAI, 2024, 3, 5, 15, 0, 3), 102, 20),
    ]
    phases = [one.phase for one in events if isinstance(one, PhaseChange)]
    assert phases[0] is Phase.OPENING_AUCTION
    assert phases[-1] is Phase.CLOSED
    closed = events[-1]
    assert isinstance(closed, SessionClose)
    assert closed.closes == ((SHARE.instrument_id, 102),)
    assert closed.at_ns == feed.end_ns == at(SHANGHAI, 2024, 3, 5, 15, 0, 3)
    exchange = Exchange(feed.instruments, rule_books(feed.instruments), feed.kind)
    for event in events:
        exchange.on_market(event)  # every change of phase is one that can be
    day = feed.bars(SHARE.instrument_id, Interval.DAY, feed.end_ns, 3)
    assert [column.tolist() for column in (day.open_ticks, day.close_ticks, day.volume)] == [
        [100], [102], [90]]  # fmt: skip


def test_the_trades_of_an_auction_are_told_as_its_result(tmp_path: Path) -> None:
    rows = {
        Table.TRADES: trades(
            (clock(9, 25), 0, 100, 5, 0, 3),
            (clock(9, 25), 0, 100, 7, 1, 3),
            (clock(9, 31), 0, 101, 2, 0, 1),
            (clock(15, 0, 1), 0, 103, 4, 0, 3),
            (clock(15, 4), 0, 500, 4, 0, 1),
        )
    }
    feed = shanghai(tmp_path, rows)
    events = told(feed)
    crosses = [one for one in events if isinstance(one, AuctionCross)]
    assert [(one.price_ticks, one.qty) for one in crosses] == [(100, 12), (103, 4)]
    assert [one.price_ticks for one in events if isinstance(one, Trade)] == [101]
    assert feed.last(SHARE.instrument_id, feed.end_ns) == (103, 100, 103, 100, 18)
    minutes = feed.bars(SHARE.instrument_id, Interval.MINUTE, feed.end_ns, 9)
    assert minutes.start_ns.tolist() == [
        at(SHANGHAI, 2024, 3, 5, *one) for one in ((9, 30), (9, 31), (14, 59))
    ]
    assert minutes.volume.tolist() == [12, 2, 4]
    bars = [one for one in told(shanghai(tmp_path, rows, DataKind.BARS)) if isinstance(one, Bar)]
    assert [one.volume for one in bars] == [12, 2]  # the closing auction is no minute


def test_the_clock_runs_through_auctions_and_skips_breaks(tmp_path: Path) -> None:
    rows = {Table.TRADES: trades((clock(9, 25), 0, 100, 5, 0, 3), (clock(15, 0), 0, 100, 5))}
    feed = shanghai(tmp_path, rows)
    moment = lambda *when: at(SHANGHAI, 2024, 3, 5, *when)  # noqa: E731
    assert feed.start_ns == moment(9, 15)
    assert feed.advance(feed.start_ns, 10 * NS_PER_MINUTE) == moment(9, 25)
    assert feed.advance(AtNs(moment(9, 25)), 1) == moment(9, 30) + 1
    assert feed.advance(AtNs(moment(11, 29)), 2 * NS_PER_MINUTE) == moment(13, 1)
    assert feed.advance(AtNs(moment(14, 59)), 9 * NS_PER_MINUTE) == feed.end_ns
    assert feed.next_step(AtNs(moment(10, 0))) == moment(10, 0) + SECOND
    bars = shanghai(tmp_path, rows, DataKind.BARS)
    assert bars.advance(bars.start_ns, 1) == moment(9, 30) + 1
    assert bars.next_step(AtNs(moment(10, 0, 20))) == moment(10, 1)
    assert feed.next_session(AtNs(moment(9, 0))) == DAY
    assert feed.next_session(feed.start_ns) is None
    (session,) = feed.sessions(DAY, DAY)
    assert (session.day, session.opens_ns) == (DAY, feed.start_ns)
    assert session.closes_ns == moment(15, 0)
    assert feed.sessions(DAY + timedelta(days=1), DAY + timedelta(days=9)) == ()
