from __future__ import annotations

from datetime import date

from feeds.generator.calendar import session_date
from feeds.generator.companies import FREE_DAYS, SHARES
from feeds.generator.days import HISTORY
from feeds.generator.market import COMPANIES
from feeds.generator.second_market import SecondMarket
from matching.terms import ORDINARY
from simtrade.venues.rules import market_book

BY_SYMBOL = {share.symbol: share for share in SHARES}


def test_the_companies_of_the_first_version_are_the_first() -> None:
    assert [share.company for share in SHARES[: len(COMPANIES)]] == list(COMPANIES)
    assert len(BY_SYMBOL) == len(SHARES)
    assert {share.board for share in SHARES} == {"main", "star", "chinext"}
    for text in ("name_en", "name_zh"):
        assert len({getattr(share.company, text) for share in SHARES}) == len(SHARES)


def test_an_st_share_has_half_the_limit_until_the_rules_change() -> None:
    (warned,) = (share for share in SHARES if share.warned)
    days = {session_date(k): warned.permille(k) for k in range(200)}
    assert (days[date(2026, 7, 3)], days[date(2026, 7, 6)]) == (50, 100)
    assert warned.terms(3).risk_warned
    assert warned.terms(3).listing_day == 0
    assert warned.first == -HISTORY


def test_a_new_share_is_free_for_five_days_and_counts_them() -> None:
    for share in SHARES:
        if share.first == -HISTORY:
            continue
        found = [share.terms(share.first + k) for k in range(FREE_DAYS + 2)]
        assert [one.listing_day for one in found] == [1, 2, 3, 4, 5, 0, 0]
        assert found[-1] == ORDINARY
        limits = [share.permille(share.first + k) for k in range(FREE_DAYS + 1)]
        assert limits == [0] * FREE_DAYS + [100 if share.board == "main" else 200]


def test_limits_are_those_of_the_rule_book() -> None:
    """The feed keeps to what the exchange will check."""
    book, market = market_book("SIMA"), SecondMarket(5)
    seen = set()
    for index, share in enumerate(SHARES):
        for session in (-20, 0, 1, 5, 39, 41, 120, 200):
            if session < share.first or session_date(session) < date(2026, 1, 1):
                continue
            rules = book.on(share.board, session_date(session), share.terms(session))
            bar, band = market.bar(index, session), market.band(index, session)
            allowed = rules.band(bar.reference_ticks)
            assert allowed == (band if share.permille(session) else None)
            assert band[0] <= bar.low_ticks <= bar.high_ticks <= band[1]
            seen.add((share.board, share.permille(session)))
    assert seen == {("main", 100), ("main", 50), ("main", 0), *_young(0), *_young(200)}


def _young(permille: int) -> set[tuple[str, int]]:
    return {("star", permille)} if not permille else {("star", permille), ("chinext", permille)}


def test_without_a_limit_nobody_goes_so_far_that_the_exchange_stops_him() -> None:
    book, market = market_book("SIMA"), SecondMarket(5)
    for index, share in enumerate(SHARES):
        if share.first == -HISTORY:
            continue
        rules = book.on(share.board, session_date(share.first), share.terms(share.first))
        assert rules.halt is not None
        for session in range(share.first, share.first + FREE_DAYS):
            bar = market.bar(index, session)
            far = rules.halt.steps_permille[0] * bar.open_ticks // 1000
            assert max(bar.high_ticks - bar.open_ticks, bar.open_ticks - bar.low_ticks) < far
