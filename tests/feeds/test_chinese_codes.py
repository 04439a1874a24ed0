from __future__ import annotations

import pytest

from feeds.chinese_codes import chinese_instrument


@pytest.mark.parametrize(
    ("symbol", "name", "board"),
    [
        ("sh.600519", "XSHG:600519", "main"), ("SH688001", "XSHG:688001", "star"),
        ("000001.XSHG", "XSHG:000001", "index"), ("000001.SH", "XSHG:000001", "index"),
        ("000001", "XSHE:000001", "main"), ("sz.300059", "XSHE:300059", "chinext"),
        ("510300", "XSHG:510300", "fund"), ("508000", "XSHG:508000", "reit"),
        ("159915.SZ", "XSHE:159915", "fund"), ("113050", "XSHG:113050", "convertible"),
        ("123001", "XSHE:123001", "convertible"), ("900901", "XSHG:900901", "b"),
        ("200002", "XSHE:200002", "b"), ("830799", "BJSE:830799", "bse"),
        ("920819", "BJSE:920819", "bse"), ("399001.SZ", "XSHE:399001", "index"),
        ("SH#601003", "XSHG:601003", "main"),
    ],
)  # fmt: skip
def test_a_code_tells_its_board(symbol: str, name: str, board: str) -> None:
    found = chinese_instrument(symbol)
    assert found is not None
    assert (found.instrument_id, found.board) == (name, board)
    thirds = ("fund", "reit", "convertible", "index")
    assert found.price_decimals == (3 if board in thirds or name == "XSHG:900901" else 2)


@pytest.mark.parametrize(
    "symbol", ["", "AAPL", "60051", "6005190", "sh.999999", "700000", "hk.00700"]
)
def test_what_is_no_chinese_code(symbol: str) -> None:
    assert chinese_instrument(symbol) is None
