from __future__ import annotations

import pytest

from feeds.imports.capture_scales import Pair, Scale, currency_of, decimals_of, pair_of


@pytest.mark.parametrize(
    ("symbol", "pair"),
    [
        ("BTCUSDT", Pair("BTC", "USDT")),
        ("BTC-USD", Pair("BTC", "USD")),
        ("ethbtc", Pair("ETH", "BTC")),
        ("BTCFDUSD", Pair("BTC", "FDUSD")),
        ("USDTUSD", Pair("USDT", "USD")),
        ("XYZ", None),
        ("USDT", None),
    ],
)
def test_a_pair_ends_with_what_it_is_priced_in(symbol: str, pair: Pair | None) -> None:
    assert pair_of(symbol) == pair


def test_dollar_tokens_are_dollars() -> None:
    assert [currency_of(one).code for one in ("USDT", "USD", "EUR", "BTC")] == [
        "USD",
        "USD",
        "EUR",
        "BTC",
    ]
    assert [currency_of(one).decimals for one in ("USDC", "GBP", "ETH")] == [2, 2, 8]


@pytest.mark.parametrize(
    ("text", "decimals"),
    [("1", 0), ("1.50", 1), ("0.00000637", 8), ("1.", 0), ("-1.5", 0), ("", 0), ("1e-5", 0)],
)
def test_trailing_zeros_are_no_decimals(text: str, decimals: int) -> None:
    assert decimals_of(text) == decimals


def test_a_scale_is_as_fine_as_its_finest_number() -> None:
    scale = Scale()
    scale.see("61837.63000000", "0.02000000")
    scale.see("61837.60000000", "3.78826000")
    found = scale.instrument("BTCUSDT", Pair("BTC", "USDT"))
    assert found is not None
    assert (found.price_decimals, found.qty_decimals) == (2, 5)
    assert (found.instrument_id, found.name_en) == ("COIN:BTCUSDT", "BTC/USDT")
    scale.see(None, "0.0001")
    assert scale.qty_decimals == 5
    scale.see("1", "0.0000000001")
    assert scale.instrument("BTCUSDT", Pair("BTC", "USDT")) is None
