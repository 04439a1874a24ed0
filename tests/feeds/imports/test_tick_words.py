from __future__ import annotations

import pytest

from feeds.imports.csv_kernel import Kind
from feeds.imports.tick_words import levels_of, side_codes, tick_field, tick_fields
from feeds.records import Aggressor


@pytest.mark.parametrize(
    ("word", "field"),
    [
        ("price", "price"), ("成交量", "qty"), ("side", "side"), ("datetime", "date"),
        ("bid", "bid1"), ("ask_price", "ask1"), ("bidsize", "bid1_qty"), ("ask_qty", "ask1_qty"),
        ("bid1", "bid1"), ("bid_price_10", "bid10"), ("ask2_volume", "ask2_qty"), ("bids", "bid1"),
        ("bid_vol_3", "bid3_qty"), ("ask11", None), ("bid1_qty_2", None), ("nothing", None),
        ("bid0", None), ("askew", None),
    ],
)  # fmt: skip
def test_words_of_a_header(word: str, field: str | None) -> None:
    assert tick_field(word) == field


def test_fields_need_their_quantity() -> None:
    assert tick_fields(["price", "side"]) == {}
    assert list(tick_fields(["price", "qty", "side"])) == ["price", "qty", "side"]
    quotes = ["bid1", "bid1_qty", "ask1", "ask1_qty", "bid2", "bid2_qty", "ask2"]
    fields = tick_fields(quotes)
    assert (levels_of(fields), "ask2" in fields) == (2, False)
    assert levels_of(tick_fields(quotes, 1)) == 1
    assert fields["bid1"] is Kind.PRICE_OR_NONE


def test_sides_in_both_languages() -> None:
    codes = side_codes(None, "gb18030")
    assert codes[int.from_bytes("买盘".encode("gb18030"), "big")] == Aggressor.BUYER
    assert codes[int.from_bytes(b"SELL", "big")] == Aggressor.SELLER
    own = side_codes({"0": Aggressor.BUYER, "12345678": Aggressor.SELLER}, "utf-8")
    assert own == {ord("0"): Aggressor.BUYER}
