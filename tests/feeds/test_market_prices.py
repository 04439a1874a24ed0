from __future__ import annotations

from pathlib import Path

import pytest

from feeds.market_prices import DayBar, MarketPrices
from feeds.records import Records, StatusKind, Table
from tests.feeds.market_samples import displays, feed_of, statuses, trades

DAY = 86_400


@pytest.fixture
def prices(tmp_path: Path) -> MarketPrices:
    rows: dict[Table, Records] = {
        Table.TRADES: trades((0, 0, 100, 5), (61, 0, 104, 1), (65, 0, 99, 2), (DAY, 0, 50, 1)),
        Table.DEPTH: displays((5, 1, [(10, 1)], []), (6, 1, [(10, 1)], [(13, 1)])),
        Table.STATUS: statuses(
            (9, 0, StatusKind.CLOSE, 103), (DAY + 9, 1, StatusKind.REFERENCE, 11)
        ),
    }
    return feed_of(tmp_path, rows).prices


def test_the_day_of_an_instrument_ends_with_the_official_price(prices: MarketPrices) -> None:
    assert prices.day(0) == {0: DayBar(100, 104, 99, 103, 8)}
    assert prices.day(1) == {0: DayBar(50, 50, 50, 50, 1)}
    assert prices.day(0) is prices.day(0)


def test_minutes_of_a_session(prices: MarketPrices) -> None:
    table = prices.minutes(0)[0]
    assert table[1:].T.tolist() == [[100, 100, 100, 100, 5], [104, 104, 99, 99, 3]]


def test_what_the_tape_says_of_a_session(prices: MarketPrices) -> None:
    assert prices.official(0, StatusKind.CLOSE) == {0: 103}
    assert prices.official(0, StatusKind.REFERENCE) == {}
    assert prices.official(1, StatusKind.REFERENCE) == {1: 11}
    assert prices.present(0) == [0, 1]
    assert prices.present(1) == [0]
    assert prices.first_middle(0, 1) == 11
    assert prices.first_middle(0, 0) is None
