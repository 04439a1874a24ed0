from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from feeds.feed import Interval
from feeds.order_feed import OrderFeed
from feeds.tape import TapeError
from matching.exchange import Exchange
from matching.instrument import InstrumentId
from matching.market import (
    AuctionCross,
    DataKind,
    MarketEvent,
    Phase,
    PhaseChange,
    SessionOpen,
    StreetCancel,
    StreetOrder,
    Trade,
)
from matching.orders import Side
from matching.street_book import StreetBook
from matching.units import NS_PER_MINUTE, NS_PER_SECOND, AtNs
from simtrade.venues.rules import rule_books
from tests.feeds.l2_sample import SESSION, SampleDay
from tests.feeds.samples import AWAKE
from tests.feeds.test_order_day import at, until

DAY = SampleDay()
TAPE = DAY.tape()
FEED = OrderFeed(TAPE)
NAME = TAPE.instrument.instrument_id


def told(feed: OrderFeed, after: int, to: int) -> list[MarketEvent]:
    return list(feed.events(AtNs(after), AtNs(to), lambda _: AWAKE))


def test_orders_are_told_as_recorded() -> None:
    events = told(FEED, 0, FEED.end_ns)
    street = [one for one in events if isinstance(one, StreetOrder | StreetCancel | Trade)]
    assert [one._replace(seq=0) for one in street] == [one._replace(seq=0) for one in TAPE.events()]
    opened = events[0]
    assert isinstance(opened, SessionOpen)
    assert (opened.session, opened.references) == (SESSION, ((NAME, 1_000),))
    (cross, _) = (one for one in events if isinstance(one, AuctionCross))
    assert isinstance(events[cross.seq + 1], Trade)  # its trades follow it
    assert isinstance(events[cross.seq - 1], PhaseChange)


def test_a_trade_at_the_bell_belongs_to_the_phase_that_ends() -> None:
    row = next(k for k in range(TAPE.street.shape[1]) if TAPE.street[1, k] > at(11, 20))
    street = TAPE.street[:, : row + 1].copy()
    street[1, row] = at(11, 30)
    shots = TAPE.snapshots.copy()
    shots[0] = at(11, 31)
    events = told(OrderFeed(replace(TAPE, street=street, snapshots=shots)), 0, at(12, 0))
    (lunch,) = (k for k, one in enumerate(events) if getattr(one, "phase", None) is Phase.LUNCH)
    assert isinstance(events[lunch - 1], StreetOrder | StreetCancel | Trade)


@pytest.mark.parametrize("kind", DataKind)
def test_any_stretch_is_a_part_of_the_whole(kind: DataKind) -> None:
    feed = OrderFeed(TAPE, kind)
    whole = told(feed, 0, feed.end_ns)
    stops = [0, at(9, 20), at(9, 26), at(9, 31), at(10, 47, 3), at(12, 0), at(14, 59), feed.end_ns]
    pieces = [told(feed, *pair) for pair in itertools.pairwise(stops)]
    assert [one for piece in pieces for one in piece] == whole


@pytest.mark.parametrize("moment", [at(9, 14), at(9, 21), at(10, 0), at(12, 0), at(14, 58)])
def test_a_street_is_warmed_with_everybody_who_stands(moment: int) -> None:
    warm = list(FEED.warm(AtNs(moment)))
    books = StreetBook(), StreetBook()
    newest: list[MarketEvent | None] = [None, None]
    for number, events in enumerate((warm, told(FEED, 0, moment))):
        for event in events:
            if isinstance(event, StreetOrder | StreetCancel | Trade):
                books[number].on(event)
                newest[number] = event
    assert newest[0] == newest[1]  # how old the display is hangs on it
    for side in Side:
        levels = books[1].levels(side)
        assert books[0].levels(side) == levels
        assert [books[0].queue(side, one.price_ticks) for one in levels] == [
            books[1].queue(side, one.price_ticks) for one in levels
        ]
    before = {one.seq: type(one) for one in told(FEED, 0, moment)}
    assert all(before[one.seq] is type(one) for one in warm)
    assert bool(warm) == (moment >= FEED.start_ns)


@pytest.mark.parametrize("kind", [one for one in DataKind if one is not DataKind.ORDERS])
def test_a_lesser_street_is_warmed_with_the_newest_of_each(kind: DataKind) -> None:
    feed = OrderFeed(TAPE, kind)
    moment = at(10, 30)
    past = told(feed, 0, moment)
    warm = list(feed.warm(AtNs(moment)))
    assert [one.seq for one in warm] == sorted({one.seq for one in warm})
    for one in warm:
        same = [each for each in past if type(each) is type(one)]
        assert one in same
        if not isinstance(one, Trade):
            assert one == same[-1]
    assert {type(one) for one in warm} >= {SessionOpen, PhaseChange}
    assert list(feed.warm(AtNs(feed.start_ns - 1))) == []


def test_the_clock_runs_through_auctions_and_skips_breaks() -> None:
    start = FEED.start_ns
    assert start == at(9, 15)
    assert FEED.advance(start, 1) == start + 1
    assert FEED.advance(AtNs(start - NS_PER_MINUTE), 1) == start + 1
    assert FEED.advance(start, 10 * NS_PER_MINUTE) == at(9, 25)
    assert FEED.advance(AtNs(at(9, 25)), 1) == at(9, 30) + 1
    assert FEED.advance(AtNs(at(11, 29)), 2 * NS_PER_MINUTE) == at(13, 1)
    assert FEED.advance(AtNs(at(12, 0)), NS_PER_SECOND) == at(13, 0, 1)
    assert FEED.advance(AtNs(at(14, 59)), 5 * NS_PER_MINUTE) == FEED.end_ns
    assert FEED.advance(FEED.end_ns, 5) == FEED.end_ns
    assert FEED.advance(AtNs(at(10, 0)), 0) == at(10, 0)
    assert FEED.next_step(AtNs(at(10, 0))) == at(10, 0, 1)


def test_what_a_screen_shows() -> None:
    assert FEED.last(NAME, AtNs(FEED.start_ns - 1)) is None
    before = FEED.last(NAME, FEED.start_ns)
    assert before == (1_000, 1_000, 1_000, 1_000, 0)
    opened = FEED.last(NAME, AtNs(at(9, 26)))
    assert opened == (1_001, 1_000, 1_001, 1_001, 200)
    bars = FEED.bars(NAME, Interval.MINUTE, AtNs(at(9, 26)), 5)
    assert (bars.start_ns.tolist(), bars.volume.tolist()) == ([at(9, 25)], [200])
    assert FEED.splits(NAME, FEED.end_ns) == ()
    (session,) = FEED.sessions(SESSION, SESSION)
    assert (session.opens_ns, session.closes_ns) == (FEED.start_ns, at(15, 0))
    before = SESSION - timedelta(days=1)
    assert FEED.sessions(before, before) == ()
    assert FEED.instruments == (TAPE.instrument,)
    traits = FEED.traits
    assert (traits.kind, traits.time_zone) == (DataKind.ORDERS, "Asia/Shanghai")
    assert (traits.reconstructed, traits.synthetic) == (False, False)
    assert traits.source == "made up. Licence: none"
    for asked in (FEED.last, FEED.splits):
        with pytest.raises(KeyError):
            asked(InstrumentId("XSHG:1"), FEED.end_ns)


def test_a_recording_of_an_auction_alone_is_no_feed() -> None:
    with pytest.raises(TapeError, match="before continuous trading"):
        OrderFeed(until(TAPE, at(9, 21)))


@pytest.mark.parametrize("kind", [one for one in DataKind if one is not DataKind.BARS])
@pytest.mark.parametrize("moment", [at(9, 26), at(10, 0), at(12, 0), at(14, 58), at(15, 1)])
def test_a_warm_street_knows_the_same_auction(kind: DataKind, moment: int) -> None:
    feed = OrderFeed(TAPE, kind)
    lived, warmed = (
        Exchange(feed.instruments, rule_books(feed.instruments), kind) for _ in range(2)
    )
    for event in told(feed, 0, moment):
        lived.on_market(event)
    for event in feed.warm(AtNs(moment)):
        warmed.see(event)
    (mine,), (other,) = lived.listings.values(), warmed.listings.values()
    assert mine.street.auction_qty == other.street.auction_qty
    assert bool(mine.street.auction_qty) == (moment in (at(9, 26), at(15, 1)))
