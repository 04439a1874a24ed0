from __future__ import annotations

from feeds.generator.market import COMPANIES, instruments


def test_twenty_different_companies_in_two_languages() -> None:
    found = instruments()
    assert len(found) == len(COMPANIES) == 20
    for names in (
        {one.instrument_id for one in found},
        {one.name_en for one in found},
        {one.name_zh for one in found},
    ):
        assert len(names) == 20
    assert all("一" <= letter <= "鿿" for one in found for letter in one.name_zh)
    assert all(one.name_en.isascii() for one in found)


def test_they_trade_in_yuan_on_a_market_of_their_own() -> None:
    for one in instruments():
        assert one.instrument_id == f"SIMA:{one.symbol}"
        assert (one.market, one.board, one.currency.code) == ("SIMA", "main", "CNY")
        assert (one.tick, one.price_decimals, one.qty_decimals) == (1, 2, 0)
