from __future__ import annotations

import pytest

from feeds.live.markets import coin, hong_kong_share, mainland_share, us_share
from feeds.live.vendor import SymbolError
from feeds.live.wire import UnreadableError


@pytest.mark.parametrize(
    ("symbol", "instrument_id", "board", "decimals"),
    [
        ("sh600000", "XSHG:600000", "main", 2),
        ("sh688150", "XSHG:688150", "star", 2),
        ("sh510300", "XSHG:510300", "fund", 3),
        ("sz000001", "XSHE:000001", "main", 2),
        ("sz300059", "XSHE:300059", "chinext", 2),
        ("sz162411", "XSHE:162411", "fund", 3),
        ("bj430047", "BJSE:430047", "bse", 2),
    ],
)
def test_the_code_says_the_board(
    symbol: str, instrument_id: str, board: str, decimals: int
) -> None:
    found = mainland_share(symbol)
    assert (found.instrument_id, found.board, found.price_decimals) == (
        instrument_id,
        board,
        decimals,
    )
    assert found.currency.code == "CNY"


def test_other_markets() -> None:
    assert hong_kong_share("hk00700").instrument_id == "XHKG:00700"
    share = us_share("BRK.B")
    assert (share.instrument_id, share.price_text(1_712_400)) == ("US:BRK.B", "171.2400")


@pytest.mark.parametrize("symbol", ["600000", "sh000001", "sz600000", "sh60000", "", "sh60000a"])
def test_what_is_no_share_of_the_mainland(symbol: str) -> None:
    with pytest.raises(SymbolError):
        mainland_share(symbol)


def test_what_is_no_symbol_elsewhere() -> None:
    for make, symbol in ((us_share, "aapl"), (us_share, "A B"), (hong_kong_share, "00700")):
        with pytest.raises(SymbolError):
            make(symbol)


def test_the_steps_of_a_coin() -> None:
    found = coin("BTCUSDT", "USDT", "0.01000000", "0.00001000")
    assert (found.price_decimals, found.tick, found.qty_decimals) == (2, 1, 5)
    fives = coin("X-USD", "USD", "0.0005", "0.1")
    assert (fives.price_decimals, fives.tick, fives.qty_decimals) == (4, 5, 1)
    whole = coin("Y-USD", "USD", "1", "1")
    assert (whole.price_decimals, whole.tick, whole.qty_decimals) == (0, 1, 0)
    with pytest.raises(SymbolError, match="EUR"):
        coin("BTC-EUR", "EUR", "0.01", "1")
    with pytest.raises(SymbolError):
        coin("btc", "USD", "0.01", "1")
    for step in ("0", "x", "-1", "0.00000000001"):
        with pytest.raises(UnreadableError):
            coin("BTCUSDT", "USDT", step, "1")
