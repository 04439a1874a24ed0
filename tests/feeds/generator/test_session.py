from __future__ import annotations

import numpy as np

from feeds.calendar import Int64s
from feeds.generator.calendar import CLOSE_NS, MINUTE_STARTS_NS, OPENED_NS, PARTS_NS, midnight_ns
from feeds.generator.first_market import FirstMarket
from feeds.generator.session import GeneratedSessions, make_depth, market_seq, minutes_of
from matching.instrument import InstrumentId
from matching.market import AuctionCross, AuctionIndication, Level
from matching.orders import Side
from matching.units import NS_PER_MINUTE

SESSIONS = GeneratedSessions(FirstMarket(11))
NAME = InstrumentId("SIMA:609001")


def test_moments_lie_in_the_trading_seconds_and_numbers_follow_them() -> None:
    for instrument in (0, 7, 19):
        found = SESSIONS.get(instrument, 3)
        for at_ns, seq in (
            (found.depth_at, found.depth_seq),
            (found.print_at, found.print_seq),
        ):
            assert inside_trading(at_ns - midnight_ns(3))
            assert (np.diff(at_ns) >= 0).all()
            assert (np.diff(seq) > 0).all()
        both = np.concatenate((found.depth_seq, found.print_seq))
        moments = np.concatenate((found.depth_at, found.print_at))
        order = np.argsort(both)
        assert (np.diff(both[order]) > 0).all()
        assert (np.diff(moments[order]) >= 0).all()


def inside_trading(within: Int64s) -> bool:
    return bool(
        np.logical_or.reduce([(within >= start) & (within < end) for start, end in PARTS_NS]).all()
    )


def test_numbers_of_different_instruments_never_meet() -> None:
    seen: set[int] = set()
    count = 0
    for instrument in range(20):
        found = SESSIONS.get(instrument, 0)
        seen.update(found.depth_seq.tolist(), found.print_seq.tolist())
        count += len(found.depth_seq) + len(found.print_seq)
    assert len(seen) == count
    assert max(seen) < market_seq(1, midnight_ns(1), 0)


def test_the_market_speaks_first_in_its_millisecond() -> None:
    opening = midnight_ns(0) + PARTS_NS[0][0]
    found = SESSIONS.get(0, 0)
    assert int(found.depth_at[0]) == opening
    assert market_seq(0, opening, 1) < int(found.depth_seq[0])


def test_events_say_what_was_recorded() -> None:
    found = SESSIONS.get(0, 0)
    depth = SESSIONS.depth_event(0, found, 5)
    assert depth.at_ns == depth.heard_ns == found.depth_at[5]
    assert depth.seq == found.depth_seq[5]
    assert [cell for level in (*depth.bids, *depth.asks) for cell in level] == found.depth[
        5
    ].tolist()
    trade = SESSIONS.trade_event(0, found, 5)
    assert (trade.price_ticks, trade.qty) == tuple(found.prints[5, 2:4].tolist())
    assert trade.aggressor is Side(int(found.prints[5, 4]))
    assert trade.instrument_id == NAME


def test_empty_levels_are_not_shown() -> None:
    depth = make_depth(NAME, 1, 2, [10, 100, 9, 200, *[0] * 6, *[0] * 10])
    assert depth.bids == (Level(10, 100), Level(9, 200))  # type: ignore[arg-type]
    assert depth.asks == ()
    assert depth.levels_shown == 5


def test_minutes_are_made_of_the_prints() -> None:
    found = SESSIONS.get(4, 2)
    minutes = SESSIONS.minutes(4, 2)
    assert minutes.volume.sum() == found.bar.volume
    assert minutes.open_ticks[0] == found.bar.open_ticks
    assert minutes.close_ticks[-1] == found.bar.close_ticks
    assert minutes.high_ticks.max() == found.bar.high_ticks
    assert minutes.low_ticks.min() == found.bar.low_ticks
    assert minutes.volume[[0, -1]].tolist() == [found.opening.qty, found.closing.qty]
    start = int(minutes.start_ns[100])
    inside = (found.print_at >= start) & (found.print_at < start + 60_000_000_000)
    prices = found.prints[inside, 2]
    assert minutes.open_ticks[100] == prices[0]
    assert minutes.close_ticks[100] == prices[-1]
    assert minutes.high_ticks[100] == prices.max()
    assert minutes.low_ticks[100] == prices.min()
    assert minutes.volume[100] == found.prints[inside, 3].sum()
    starts = (minutes.start_ns - midnight_ns(2)).tolist()
    assert set(starts[1:-1]) <= set(MINUTE_STARTS_NS.tolist())
    assert starts[0] == OPENED_NS
    assert starts[-1] == CLOSE_NS - NS_PER_MINUTE
    assert len(minutes_of(found, found.opening_at - 1, 2).start_ns) == 0
    assert len(minutes_of(found, found.opening_at, 2).start_ns) == 1
    assert len(minutes_of(found, found.closing_at - 1, 2).start_ns) == len(starts) - 1


def test_auctions_say_what_was_recorded_and_end_with_the_result() -> None:
    for instrument in range(20):
        found, auctions = SESSIONS.get(instrument, 1), SESSIONS.auctions(instrument, 1)
        assert (np.diff(auctions.at) > 0).all()
        assert (np.diff(auctions.seq) > 0).all()
        results = np.flatnonzero(auctions.rows[:, 4])
        assert auctions.at[results].tolist() == [found.opening_at, found.closing_at]
        for row, result in zip(results.tolist(), (found.opening, found.closing), strict=True):
            event = SESSIONS.auction_event(instrument, auctions, row)
            assert isinstance(event, AuctionCross)
            assert event[4:] == result
        first = SESSIONS.auction_event(instrument, auctions, 0)
        assert isinstance(first, AuctionIndication)
        assert first.seq == auctions.seq[0]
        if first.qty == 0:
            assert (first.price_ticks, first.unmatched_side) == (None, None)
