from __future__ import annotations

from feeds.generator.days import HISTORY, GeneratedDays
from feeds.generator.first_market import FirstMarket
from matching.terms import ORDINARY

MARKET = FirstMarket(11)


def test_it_is_what_it_was() -> None:
    """The first version knows no boards, no listings, no halts and no end."""
    assert len(MARKET.instruments) == 20
    assert MARKET.last is None
    for k in range(20):
        assert MARKET.first(k) == -HISTORY
        assert MARKET.terms(k, 3) == ORDINARY
        assert MARKET.pauses(k, 3) == ()
    assert MARKET.bar(4, 7) == GeneratedDays(11).bar(4, 7)
    assert len({MARKET.seed(k, s) for k in range(20) for s in range(50)}) == 1000


def test_instruments_speak_one_after_the_other() -> None:
    first, second = (
        MARKET.record(k, 2, MARKET.bar(k, 2), MARKET.parts(k, 2)).depth_ms for k in (0, 1)
    )
    assert set(first.tolist()) == {0}
    assert set(second.tolist()) == {37}
