"""Days on which markets trade."""

from __future__ import annotations

from datetime import date

import pytest

from feeds.trading_days import EVERY_DAY, DaysUnknownError, trading_days


@pytest.mark.parametrize(
    ("exchange", "day", "trades", "half"),
    [
        ("XSHG", date(2026, 7, 6), True, False),
        ("XSHG", date(2026, 10, 1), False, False),  # National Day
        ("XSHG", date(2020, 1, 31), False, False),  # the holiday that was made longer that year
        ("XSHG", date(2026, 1, 3), False, False),  # a Saturday
        ("XHKG", date(2026, 12, 24), True, True),
        ("XNYS", date(2026, 11, 26), False, False),  # Thanksgiving
        ("XNYS", date(2026, 11, 27), True, True),
        (EVERY_DAY, date(2026, 1, 3), True, False),
    ],
)
def test_days(exchange: str, day: date, trades: bool, half: bool) -> None:
    days = trading_days(exchange, day.year)
    assert (days.trades(day), day in days.half) == (trades, half)


def test_the_days_of_a_year_are_in_order_and_within_it() -> None:
    days = trading_days("XSHG", 2025)
    assert len(days.sessions) == 243
    assert list(days.sessions) == sorted(set(days.sessions))
    assert {one.year for one in days.sessions} == {2025}
    assert days.between(date(2025, 10, 1), date(2025, 10, 9)) == (date(2025, 10, 9),)
    assert days.between(date(2025, 10, 1), date(2025, 10, 8)) == ()


def test_a_leap_year_of_a_market_that_never_closes() -> None:
    assert len(trading_days(EVERY_DAY, 2024).sessions) == 366


def test_what_nobody_knows_is_refused() -> None:
    with pytest.raises(DaysUnknownError, match="XSHG in 1989"):
        trading_days("XSHG", 1989)
    first = trading_days("XSHG", 1990)
    with pytest.raises(DaysUnknownError, match="1990-12-03"):
        first.trades(date(1990, 12, 2))
