"""What is read of the past for a stream: bounded, and never twice."""

from __future__ import annotations

import pytest

from simtrade.desk.requests import FLOOR
from tests.web.broker.program import Program
from tests.web.broker.streams.trading import MINUTE_NS, pass_minutes
from tests.web.serving import Site
from web.broker.streams import happened
from web.broker.streams.happened import Stretch

SECOND_NS = 1_000_000_000


def test_trades_of_two_halves_are_those_of_the_whole(broker: Site) -> None:
    history = broker.core.venues.history(FLOOR)
    wanted = {one.instrument_id: one for one in history.feed.instruments}
    start = history.feed.start_ns + 20 * MINUTE_NS
    for begin in range(start, start + 120 * MINUTE_NS, 15 * MINUTE_NS):
        middle, end = begin + 5 * SECOND_NS, begin + 10 * SECOND_NS
        whole = happened.trades(history, wanted, Stretch(begin, end))
        halves = [Stretch(begin, middle), Stretch(middle, end)]
        parts = [told for half in halves for told in happened.trades(history, wanted, half)]
        assert [one._value["i"] for one in whole] == [one._value["i"] for one in parts]
        moments = [one._value["t"].at_ns for one in whole]
        assert moments == sorted(moments)
    assert happened.trades(history, {}, Stretch(start, start + MINUTE_NS)) == []


def test_of_a_very_fast_market_only_the_newest(
    broker: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = broker.core.venues.history(FLOOR)
    wanted = {one.instrument_id: one for one in history.feed.instruments}
    start = history.feed.start_ns + 60 * MINUTE_NS
    found = happened.trades(history, wanted, Stretch(start, start + 60 * MINUTE_NS))
    newest = start + 60 * MINUTE_NS - happened.TRADES_SPAN_NS
    assert all(one._value["t"].at_ns > newest for one in found)
    monkeypatch.setattr(happened, "TRADES_PER_NOTICE", 1)
    few = happened.trades(history, wanted, Stretch(start, start + 60 * MINUTE_NS))
    assert len({one.symbol for one in few}) == len(few) <= len(found)


def test_a_market_of_bars_tells_no_single_trades_but_minutes_and_days(replay: Program) -> None:
    pass_minutes(replay, 10)
    history = replay.site.core.venues.history(replay.key.venue_id)
    one = next(each for each in history.feed.instruments if each.symbol == "MSFT")
    wanted, now_ns = {one.instrument_id: one}, history.at_ns
    assert happened.trades(history, wanted, Stretch(now_ns - MINUTE_NS, now_ns)) == []
    edge = happened.minute_of(history.time_zone, now_ns)
    told = happened.minutes(history, wanted, Stretch(edge - 5 * MINUTE_NS, edge))
    starts = [each._value["t"].at_ns for each in told]
    assert starts == [edge - minutes * MINUTE_NS for minutes in (5, 4, 3, 2, 1)]
    (day,) = happened.days(history, wanted)
    assert day._value["T"] == "d"
    assert day._value["c"] == told[-1]._value["c"]
