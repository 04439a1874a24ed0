"""Numbers, money and times as people read them."""

from __future__ import annotations

from datetime import date

import pytest

from matching.instrument import Instrument, InstrumentId
from matching.units import CURRENCIES
from web import formats

APPLE = Instrument(
    InstrumentId("XNAS:AAPL"), "AAPL", "Apple", "苹果", CURRENCIES["USD"], "US", "main"
)
NEW_YORK = "America/New_York"
OPEN_NS = 1_221_226_200 * 10**9  # 2008-09-12 09:30 in New York


def test_money_has_the_symbol_of_its_currency_and_a_sign_when_asked() -> None:
    assert formats.money(100_000_000, CURRENCIES["CNY"]) == "¥1,000,000.00"
    assert formats.money(-350, CURRENCIES["USD"]) == "-$3.50"
    assert formats.money(350, CURRENCIES["HKD"], signed=True) == "+HK$3.50"
    assert formats.money(0, CURRENCIES["USD"], signed=True) == "$0.00"


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (123_456_789, "1.23亿", "123.46M"),
        (625_800, "62.58万", "625.8K"),
        (9_999, "9,999", "9,999"),
    ],
)
def test_large_numbers_are_short(value: int, zh: str, en: str) -> None:
    assert formats.compact(value, "zh") == zh
    assert formats.compact(value, "en") == en


def test_percent_is_exact_and_signed() -> None:
    assert formats.percent(formats.permyriad(123, 10_000)) == "+1.23%"
    assert formats.percent(formats.permyriad(-1, 3)) == "-33.33%"
    assert formats.percent(formats.permyriad(5, 0)) == "0.00%"


def test_prices_keep_all_decimals() -> None:
    assert formats.price(1_234_567, APPLE) == "12,345.67"
    assert formats.price(None, APPLE) == "–"
    assert formats.price_change(5, APPLE) == "+0.05"
    assert formats.average_price(15_049_000, APPLE) == "150.49"
    assert formats.average_price(15_049_500, APPLE) == "150.4950"


def test_half_a_tick_and_half_a_cent_have_one_more_digit() -> None:
    dollar = CURRENCIES["USD"]
    assert [formats.half_money(one, dollar) for one in (0, 1, 2, 200_001, -1, -4)] == [
        "$0.00", "$0.005", "$0.01", "$1,000.005", "-$0.005", "-$0.02",
    ]  # fmt: skip
    assert [formats.half_price(one, APPLE) for one in (2_000, 2_001)] == ["10.00", "10.005"]


def test_times_are_the_markets_wall_clock() -> None:
    assert formats.moment(OPEN_NS, NEW_YORK, "zh") == "2008/09/12 09:30"
    assert formats.moment_seconds(OPEN_NS, NEW_YORK, "en") == "Sep 12, 2008 09:30:00"
    assert (
        formats.midnight_ns(date(2008, 9, 12), NEW_YORK)
        == OPEN_NS - 9 * 3600 * 10**9 - 1800 * 10**9
    )
    assert formats.day(date(2008, 9, 12), "zh") == "2008年9月12日"
    assert formats.iso_utc(OPEN_NS + 999_999_999) == "2008-09-12T13:30:00Z"


def test_a_time_of_day_has_seconds_where_there_are_some() -> None:
    at_ns = 1_675_733_100 * 10**9  # 2023-02-07 01:25 UTC
    assert formats.time_of_day(at_ns, "Asia/Shanghai") == "09:25"
    assert formats.time_of_day(at_ns + 7 * 10**9, "Asia/Shanghai") == "09:25:07"
