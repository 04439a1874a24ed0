from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.feed import Interval, LastPrice
from feeds.generator.calendar import midnight_ns, session_at
from feeds.generator.days import HISTORY
from feeds.generator.first_market import FirstMarket
from feeds.generator.session import GeneratedSessions
from feeds.generator.views import chart, last_price, trades_between
from matching.units import NS_PER_MINUTE, NS_PER_SECOND
from tests.feeds.samples import SHANGHAI, at

SESSIONS = GeneratedSessions(FirstMarket(11))
COARSE = [one for one in Interval if one.width_ns >= NS_PER_MINUTE]


def test_before_the_open_the_previous_close_stands() -> None:
    bar = SESSIONS.maker.bar(2, 5)
    reference = bar.reference_ticks
    expected = LastPrice(reference, reference, reference, reference, 0)
    assert last_price(SESSIONS, 2, at(SHANGHAI, 2026, 1, 12, 9, 15)) == expected
    assert last_price(SESSIONS, 2, at(SHANGHAI, 2026, 1, 12, 9, 25)) == expected
    opened = last_price(SESSIONS, 2, at(SHANGHAI, 2026, 1, 12, 9, 30))
    price, volume = bar.open_ticks, SESSIONS.get(2, 5).opening.qty
    assert opened == (price, reference, price, price, volume)
    before = last_price(SESSIONS, 2, at(SHANGHAI, 2026, 1, 12, 9, 14))
    assert before is not None
    assert before.last_ticks == SESSIONS.maker.bar(2, 4).close_ticks == reference
    closed = last_price(SESSIONS, 2, at(SHANGHAI, 2026, 1, 12, 15, 0))
    assert closed == (bar.close_ticks, reference, bar.high_ticks, bar.low_ticks, bar.volume)
    almost = last_price(SESSIONS, 2, at(SHANGHAI, 2026, 1, 12, 15, 0) - 1)
    assert almost == closed


def test_the_history_begins_somewhere() -> None:
    first = midnight_ns(-HISTORY)
    assert last_price(SESSIONS, 0, first) is None
    assert len(chart(SESSIONS, 0, Interval.DAY, first, 5).start_ns) == 0
    assert len(chart(SESSIONS, 0, Interval.MINUTE, first, 5).start_ns) == 0
    whole = chart(SESSIONS, 0, Interval.DAY, midnight_ns(0), 1000)
    assert len(whole.start_ns) == HISTORY
    assert not whole.partial
    minutes = chart(SESSIONS, 0, Interval.MINUTE, midnight_ns(-HISTORY + 1), 500)
    assert 230 < len(minutes.start_ns) <= 239


def test_trades_of_a_morning_do_not_need_the_day_before(monkeypatch: pytest.MonkeyPatch) -> None:
    sessions = GeneratedSessions(FirstMarket(11))
    asked: list[int] = []
    make = sessions.get
    monkeypatch.setattr(sessions, "get", lambda one, day: (asked.append(day), make(one, day))[1])
    whole = trades_between(sessions, 2, midnight_ns(5) - 1, midnight_ns(6))
    assert asked == [5]
    evening = at(SHANGHAI, 2026, 1, 9, 14, 59)
    both = trades_between(sessions, 2, evening, midnight_ns(6))
    assert asked == [5, 4, 5]
    assert len(both.at_ns) > len(whole.at_ns) > 0
    assert both.at_ns[-len(whole.at_ns) :].tolist() == whole.at_ns.tolist()


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 19), st.integers(0, 5 * 86_400))
def test_last_prices_and_charts_agree(instrument: int, second: int) -> None:
    moment = midnight_ns(2) + second * NS_PER_SECOND
    last = last_price(SESSIONS, instrument, moment)
    assert last is not None
    found = {k: chart(SESSIONS, instrument, k, moment, 300) for k in COARSE}
    for bars in found.values():
        assert (np.diff(bars.start_ns) > 0).all()
        assert int(bars.start_ns[-1]) <= moment
        assert (bars.low_ticks <= np.minimum(bars.open_ticks, bars.close_ticks)).all()
        assert (bars.high_ticks >= np.maximum(bars.open_ticks, bars.close_ticks)).all()
        assert int(bars.close_ticks[-1]) == last.last_ticks
    if last.volume:
        day = found[Interval.DAY]
        assert (last.high_ticks, last.low_ticks) == (day.high_ticks[-1], day.low_ticks[-1])
        assert last.volume == day.volume[-1]
        opened = midnight_ns(session_at(moment))
        for interval in COARSE[:-1]:
            today = found[interval].start_ns >= opened
            assert found[interval].volume[today].sum() == last.volume


def test_partial_bars() -> None:
    moment = at(SHANGHAI, 2026, 1, 6, 10, 2, 30)
    for interval in COARSE:
        bars = chart(SESSIONS, 3, interval, moment, 3)
        assert bars.partial
        assert len(bars.start_ns) == 3
    assert not chart(SESSIONS, 3, Interval.DAY, at(SHANGHAI, 2026, 1, 6, 15, 0), 3).partial
    assert len(chart(SESSIONS, 3, Interval.DAY, moment, 0).start_ns) == 0
