from __future__ import annotations

from typing import Any

import pytest

from feeds.imports.capture_venues import VENUES, Amount, asked_symbol, parsed, told_steps

BINANCE, COINBASE = VENUES["binance"], VENUES["coinbase"]


def test_a_message_may_be_wrapped_in_its_stream() -> None:
    assert parsed('{"stream":"x","data":{"e":"trade"}}') == {"e": "trade"}
    assert parsed('{"event":"data","data":{}}') == {"event": "data", "data": {}}
    assert parsed('{"half') is None
    assert asked_symbol("https://x/api/v3/depth?symbol=nknusdt&limit=1000") == "NKNUSDT"
    assert asked_symbol("https://x/products") == ""


def test_the_numbers_of_a_message() -> None:
    depth = {"e": "depthUpdate", "s": "A", "b": [["1.5", "2"]], "a": [["1.6", "3"], ["x"]]}
    assert list(BINANCE.amounts(depth)) == [Amount("A", "1.5", "2"), Amount("A", "1.6", "3")]
    trade = {"e": "aggTrade", "s": "A", "p": "1", "q": "2", "a": 7}
    assert list(BINANCE.amounts(trade)) == [Amount("A", "1", "2")]
    best = {"u": 5, "s": "A", "b": "1", "B": "2", "a": "3", "A": "4"}
    assert list(BINANCE.amounts(best)) == [Amount("A", "1", "2"), Amount("A", "3", "4")]
    assert BINANCE.best(best) == ("A", 5, "1", "2", "3", "4", 0)
    assert BINANCE.best(depth) is None
    change = {"type": "l2update", "product_id": "A-USD", "changes": [["buy", "1", "2"]]}
    assert list(COINBASE.amounts(change)) == [Amount("A-USD", "1", "2")]
    book = {"channel": "diff_order_book_aeur", "data": {"bids": [["1", "2"]], "asks": []}}
    assert list(VENUES["bitstamp"].amounts(book)) == [Amount("AEUR", "1", "2")]
    assert list(VENUES["gemini"].amounts({"symbol": "A", "changes": [["buy", "1", "2"]]})) == [
        Amount("A", "1", "2")
    ]


def test_a_whole_book_is_told_as_such() -> None:
    assert BINANCE.whole({"lastUpdateId": 1, "bids": [], "asks": []}) == ""
    assert BINANCE.whole({"e": "trade"}) is None
    assert COINBASE.whole({"type": "snapshot", "product_id": "A-USD"}) == "A-USD"
    assert VENUES["gemini"].whole({"symbol": "A", "changes": [], "trades": []}) == "A"
    assert VENUES["bitstamp"].whole({}) is None


def test_steps_come_from_a_venues_list() -> None:
    filters = [
        {"filterType": "PRICE_FILTER", "tickSize": "0.01"},
        {"filterType": "LOT_SIZE", "stepSize": "0.001"},
    ]
    listed = {"symbols": [{"symbol": "A", "filters": filters}, {"symbol": "B"}, 5]}
    assert list(told_steps(listed)) == [Amount("A", "0.01", "0.001"), Amount("B", None, None)]
    products = [{"id": "A-USD", "quote_increment": "0.1", "base_increment": "1"}, {}]
    assert list(told_steps(products)) == [Amount("A-USD", "0.1", "1")]


@pytest.mark.parametrize("message", [None, 5, "x", [], {}, {"data": 5}, {"bids": 5, "changes": {}}])
def test_anything_is_no_reason_to_fail(message: Any) -> None:
    assert list(told_steps(message)) == []
    for venue in VENUES.values():
        assert list(venue.amounts(message)) == []
        assert venue.whole(message) is None
        assert venue.best(message) is None
