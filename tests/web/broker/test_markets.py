from __future__ import annotations

from web.broker.markets import Market, market_of, named

# What alpaca-py can read as an exchange; another word would break every list with it.
EXCHANGES = {
    "AMEX", "ARCA", "ASCX", "BATS", "NYSE", "NASDAQ", "NYSEARCA", "FTXU", "CBSE", "GNSS", "ERSX",
    "OTC", "CRYPTO", "",
}  # fmt: skip


def test_an_exchange_is_one_that_clients_know() -> None:
    codes = ("XNAS", "XNYS", "US", "XSHG", "XSHE", "BJSE", "XHKG", "SIMA", "COIN", "XTST")
    assert {market_of(one).exchange for one in codes} <= EXCHANGES
    assert market_of("XNAS").exchange == "NASDAQ"
    assert market_of("XTST") == Market("XTST", None, "XTST", "XTST")


def test_a_market_by_any_of_its_names() -> None:
    there = [market_of("XSHG"), market_of("XSHE")]
    for name in ("XSHG", "sse", "SSE"):
        assert named(there, name) == there[0]
    assert named(there, "NYSE") is None
