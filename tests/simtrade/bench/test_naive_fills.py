from __future__ import annotations

from matching.orders import Side
from simtrade.bench.naive_fills import Naive, NaiveFills
from simtrade.bench.passive_probes import Place, Probe
from simtrade.bench.true_fills import NOTHING, Got
from tests.simtrade.bench.test_true_fills import BUY, SELL, Row, day, joins, sells, when

LONG = when(100)


def probe(price: int, side: Side = Side.BUY, until: int = 100) -> Probe:
    return Probe(when(3), when(until), side, price, 100, Place.BEST)


def fills(rows: list[Row], one: Probe) -> dict[Naive, Got]:
    models = NaiveFills(day(rows))
    return {model: models.fills(model, [one])[0] for model in Naive}


def test_a_trade_at_the_price_touches_and_goes_not_through() -> None:
    found = fills([sells(1, 99, 100)], probe(99))
    assert found == {
        Naive.QUOTE_CROSSES: NOTHING,
        Naive.ANY_TOUCH: Got(100, when(4)),
        Naive.TRADE_THROUGH: NOTHING,
    }


def test_a_trade_beyond_the_price_goes_through() -> None:
    found = fills([sells(1, 99, 300), sells(2, 99, 200), sells(3, 98, 1)], probe(99))
    assert found[Naive.ANY_TOUCH] == Got(100, when(4))
    assert found[Naive.TRADE_THROUGH] == Got(100, when(6))


def test_a_quote_that_comes_to_the_price_crosses() -> None:
    assert fills([joins(SELL, 9, 100, 5)], probe(100))[Naive.QUOTE_CROSSES] == Got(100, when(4))
    assert fills([joins(SELL, 9, 100, 5)], probe(99))[Naive.QUOTE_CROSSES] == NOTHING


def test_sellers_are_the_mirror() -> None:
    rows: list[Row] = [joins(BUY, 9, 100, 5)]
    seller = probe(100, Side.SELL)
    assert fills(rows, seller)[Naive.QUOTE_CROSSES] == Got(100, when(4))
    assert fills(rows, probe(101, Side.SELL))[Naive.QUOTE_CROSSES] == NOTHING
    # With nobody left on the other side there is no quote that could cross.
    bought: list[Row] = [(2, BUY, 901, 4, 101, 500)]
    assert fills(bought, probe(100))[Naive.QUOTE_CROSSES] == NOTHING
    assert fills(bought, seller)[Naive.TRADE_THROUGH] == Got(100, when(4))


def test_what_was_before_or_comes_after_does_not_count() -> None:
    rows = [sells(1, 99, 100)]
    assert fills(rows, probe(99, until=3))[Naive.ANY_TOUCH] == NOTHING
    late = Probe(when(4), LONG, Side.BUY, 99, 100, Place.BEST)
    assert fills(rows, late)[Naive.ANY_TOUCH] == NOTHING
