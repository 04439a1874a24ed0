from __future__ import annotations

import pytest

from feeds.bar_replay import BarFeed
from matching.instrument import InstrumentId
from matching.market import DataKind
from tests.feeds.samples import NEW_YORK, at, minute_tape


def test_what_is_told_about_the_data(us_feed: BarFeed) -> None:
    assert us_feed.traits.kind is DataKind.BARS
    assert us_feed.traits.reconstructed
    assert not us_feed.traits.synthetic
    assert "Public domain" in us_feed.traits.source
    minutes = BarFeed(minute_tape({"A": [(at(NEW_YORK, 2020, 1, 2, 9, 30), 1, 1, 1, 1, 1)]}))
    assert not minutes.traits.reconstructed


def test_unknown_instruments_are_an_error(us_feed: BarFeed) -> None:
    with pytest.raises(KeyError):
        us_feed.last(InstrumentId("XNAS:NONE"), us_feed.start_ns)
