"""The live feed: the same protocol as every feed, over what is on the disk."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from feeds.feed import Interval
from feeds.live.feed import LiveFeed
from feeds.live.recorder import Recorder
from feeds.live.recording import Recording
from matching.exchange import Exchange
from matching.instrument import InstrumentId
from matching.market import Band, Phase, PhaseChange, SessionClose
from matching.units import NS_PER_MINUTE, NS_PER_SECOND, AtNs
from simtrade.venues.rules import rule_books
from tests.feeds.live.made import (
    DAY,
    KEY,
    OTHER,
    START_NS,
    Wall,
    described,
    market,
    opening,
    recorder,
    told,
    trade,
)


def awake(_key: InstrumentId) -> Band:
    return Band(None, None, awake=True)


@pytest.fixture
def made(tmp_path: Path) -> Recorder:
    return recorder(tmp_path, Wall())


def run(made: Recorder, seconds: int = 150, seed: int = 3) -> LiveFeed:
    """A market of some minutes, and the feed on it."""
    wall, draw = made._wall_ns, random.Random(seed)
    assert isinstance(wall, Wall)
    made.hear(told(opening()))
    events = iter(market(seed, 10_000))
    for _ in range(seconds):
        wall.pass_seconds(1)
        made.hear(told([next(events) for _ in range(draw.randint(0, 4))]))
        made.flush()
    return LiveFeed(made.recording)


def exchange_of(feed: LiveFeed) -> Exchange:
    return Exchange(feed.instruments, rule_books(feed.instruments), feed.traits.kind)


def test_a_street_warmed_at_any_moment_is_the_street_that_ran(made: Recorder) -> None:
    feed = run(made)
    draw = random.Random(1)
    for _ in range(15):
        at_ns = AtNs(draw.randint(START_NS, feed.recording.upto_ns))
        ran, warmed = exchange_of(feed), exchange_of(feed)
        for event in feed.events(AtNs(0), at_ns, awake):
            ran.on_market(event)
        for event in feed.warm(at_ns):
            warmed.see(event)
        assert (ran.phase, ran.session) == (warmed.phase, warmed.session)
        for key, listing in ran.listings.items():
            other = warmed.listings[key]
            assert listing.street.visible == other.street.visible
            assert listing.street.traded == other.street.traded
            assert listing.street.displayed_at_ns == other.street.displayed_at_ns
            assert (listing.halted, listing.listed) == (other.halted, other.listed)


def test_events_come_in_order_and_in_parts(made: Recorder) -> None:
    feed = run(made)
    whole = list(feed.events(AtNs(0), AtNs(feed.recording.upto_ns), awake))
    assert [one.seq for one in whole] == list(range(1, len(whole) + 1))
    middle = AtNs(whole[len(whole) // 2].at_ns)
    parts = [
        *feed.events(AtNs(0), middle, awake),
        *feed.events(middle, AtNs(feed.recording.upto_ns), awake),
    ]
    assert parts == whole
    with pytest.raises(AssertionError):
        next(feed.events(middle, AtNs(feed.recording.upto_ns + 1), awake))


def test_a_venue_may_go_as_far_as_is_on_the_disk(made: Recorder) -> None:
    feed, wall = LiveFeed(made.recording), made._wall_ns
    assert isinstance(wall, Wall)
    before = feed.advance(AtNs(START_NS), 1)
    made.hear(told(opening()))
    wall.pass_seconds(5)
    assert feed.advance(AtNs(START_NS), 1) == before
    made.flush()
    assert feed.advance(before, 1) >= before + 5 * NS_PER_SECOND
    assert feed.advance(before, 0) == before
    assert feed.next_step(before) == before + NS_PER_SECOND
    assert feed.next_step(AtNs(feed.recording.upto_ns)) == feed.recording.upto_ns
    assert feed.end_ns is None


def test_who_is_far_behind_comes_after_it_in_steps(made: Recorder) -> None:
    feed, wall = run(made, 600), made._wall_ns
    assert isinstance(wall, Wall)
    at_ns, steps = feed.start_ns, 0
    while (further := feed.advance(at_ns, 1)) > at_ns:
        assert further - at_ns <= 2 * NS_PER_MINUTE + NS_PER_SECOND
        at_ns, steps = further, steps + 1
    assert at_ns == feed.recording.upto_ns
    assert 4 <= steps <= 12
    wall.pass_seconds(86_400)  # nobody listened for a day: that is one step
    made.flush()
    assert feed.behind_ns(at_ns) > 0
    assert feed.advance(at_ns, 1) == feed.recording.upto_ns
    assert feed.behind_ns(AtNs(feed.recording.upto_ns)) == 0


def test_bars(made: Recorder) -> None:
    wall, feed = made._wall_ns, LiveFeed(made.recording)
    assert isinstance(wall, Wall)
    made.hear(told(opening()))
    for price in (100, 104, 98, 101, 102):
        made.hear(told([trade(price, 10)]))
        made.flush()
        wall.pass_seconds(40)
    made.flush()
    at_ns = AtNs(feed.recording.upto_ns)
    minutes = feed.bars(KEY, Interval.MINUTE, at_ns, 10)
    assert minutes.open_ticks.tolist() == [100, 98, 101]
    assert minutes.high_ticks.tolist() == [104, 98, 102]
    assert minutes.low_ticks.tolist() == [100, 98, 101]
    assert minutes.close_ticks.tolist() == [104, 98, 102]
    assert minutes.volume.tolist() == [20, 10, 20]
    assert feed.bars(KEY, Interval.MINUTE, at_ns, 2).open_ticks.tolist() == [98, 101]
    five = feed.bars(KEY, Interval.FIVE_MINUTES, at_ns, 10)
    assert (five.volume.tolist(), five.partial) == ([50], True)
    assert five.start_ns.tolist() == [START_NS]
    assert feed.bars(KEY, Interval.SECOND, at_ns, 10).volume.tolist() == []
    assert feed.bars(OTHER.instrument_id, Interval.DAY, at_ns, 10).volume.tolist() == []
    day = feed.bars(KEY, Interval.DAY, at_ns, 10)
    assert (day.open_ticks.tolist(), day.high_ticks.tolist(), day.partial) == ([100], [104], True)


def test_days_are_what_was_recorded_between_two_openings(made: Recorder) -> None:
    wall, feed = made._wall_ns, LiveFeed(made.recording)
    assert isinstance(wall, Wall)
    made.hear(told([*opening(), trade(100, 1), trade(105, 2)]))
    wall.pass_seconds(86_399)
    made.flush()
    made.hear(told([PhaseChange(AtNs(0), 0, Phase.CLOSED), SessionClose(AtNs(0), 0, DAY, ())]))
    made.flush()
    closed = AtNs(feed.recording.upto_ns)
    assert not feed.bars(KEY, Interval.DAY, closed, 5).partial
    wall.pass_seconds(2)
    made.hear(told([*opening(), trade(110, 4)]))
    made.flush()
    day = feed.bars(KEY, Interval.DAY, AtNs(feed.recording.upto_ns), 5)
    assert (day.close_ticks.tolist(), day.volume.tolist(), day.partial) == (
        [105, 110],
        [3, 4],
        True,
    )
    assert len(feed.bars(KEY, Interval.DAY, AtNs(feed.recording.upto_ns), 1).volume) == 1


def test_a_reader_of_the_disk_answers_the_same(made: Recorder, tmp_path: Path) -> None:
    feed = run(made)
    again = LiveFeed(Recording(tmp_path, described(tmp_path)))
    draw = random.Random(4)
    for _ in range(20):
        at_ns = AtNs(draw.randint(START_NS, feed.recording.upto_ns))
        assert list(again.warm(at_ns)) == list(feed.warm(at_ns))
        assert again.last(KEY, at_ns) == feed.last(KEY, at_ns)
        for interval in (Interval.MINUTE, Interval.DAY):
            found, expected = (one.bars(KEY, interval, at_ns, 99) for one in (again, feed))
            assert found.volume.tolist() == expected.volume.tolist()
            assert found.partial == expected.partial


def test_what_it_says_of_itself(made: Recorder) -> None:
    feed = run(made, 5)
    assert feed.traits.live
    assert not feed.traits.complete
    assert [one.symbol for one in feed.instruments] == ["BTCUSDT", "ETHUSDT"]
    at_ns = AtNs(feed.recording.upto_ns)
    following = feed.next_session(at_ns)
    assert following is not None
    (session,) = feed.sessions(following, following)
    assert session.closes_ns - session.opens_ns == 86_400 * 10**9
    assert (feed.splits(KEY, at_ns), feed.actions(at_ns)) == ((), ())
    assert feed.start_ns <= START_NS + NS_PER_MINUTE
    with pytest.raises(KeyError):
        feed.last(InstrumentId("COIN:NOBODY"), at_ns)


def test_trades_are_not_kept_apart(made: Recorder) -> None:
    feed = run(made, 5)
    assert feed.traded(KEY, feed.start_ns, AtNs(feed.recording.upto_ns)) is None
    with pytest.raises(KeyError):
        feed.traded(InstrumentId("COIN:NONE"), feed.start_ns, feed.start_ns)
