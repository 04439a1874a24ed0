"""Fill model E0-E3 and E14 on displayed books: the worked vectors, and what they leave open."""

from __future__ import annotations

import pytest

from matching.market import DataKind
from matching.orders import Side
from tests.matching.scenario import Scenario, rules

BOOK = "depth 9999x300 9998x500 9997x400 / 10001x200 10002x600 10003x100\n"

SCENARIOS = {
    "a market order walks the levels, each at its own price": """
        A buy 900 market => A 200@10001 A 600@10002 A 100@10003
        left A 0
    """,
    "the rest of a market order works against new depth inside its collar": """
        A buy 1000 market => A 200@10001 A 600@10002 A 100@10003
        left A 100
        depth 9999x300 / 10004x500 => A 100@10004
    """,
    "nobody buys the same displayed share twice": """
        A buy 150 market => A 150@10001
        A2 buy 150 @ 10001 ioc => A2 50@10001 A2 ioc_remainder
        A3 buy 10 @ 10001 ioc => A3 ioc_remainder
        depth 9999x300 / 10001x260 10002x600
        A4 buy 100 @ 10001 ioc => A4 60@10001 A4 ioc_remainder
    """,
    "trades leave what was taken, cancels shrink it in proportion": """
        depth 9999x300 / 10001x100
        A buy 50 market => A 50@10001
        trade buy 40 @ 10001
        depth 9999x300 / 10001x60
        A2 buy 99 @ 10001 ioc => A2 10@10001 A2 ioc_remainder
        depth 9999x300 / 10001x100 10002x5
        B buy 50 market => B 50@10001
        depth 9999x300 / 10001x60 10002x5
        B2 buy 99 @ 10001 ioc => B2 30@10001 B2 ioc_remainder
    """,
    "a level that was eaten is not refilled by its own shrinking": """
        depth 9999x300 / 10001x100
        A buy 100 market => A 100@10001
        trade buy 80 @ 10001
        depth 9999x300 / 10001x20
        A2 buy 99 @ 10001 ioc => A2 ioc_remainder
        depth 9999x300 / 10001x120
        A3 buy 200 @ 10001 ioc => A3 100@10001 A3 ioc_remainder
    """,
    "another account meets the same market": """
        A buy 200 @ 10001 ioc => A 200@10001
        B buy 200 @ 10001 ioc => B 200@10001
    """,
    "a resting order waits behind what is displayed": """
        A buy 50 @ 9999 => ahead 300
        trade sell 280 @ 9999
        ahead A 20
        trade sell 30 @ 9999 => A 10@9999
        trade sell 50 @ 9999 => A 40@9999
    """,
    "cancels: standard gives part of the credit": """
        depth 9999x500 / 10001x200
        A buy 50 @ 9999 => ahead 500
        trade sell 200 @ 9999
        depth 9999x500 / 10001x200   # 200 joined behind
        ahead A 300
        depth 9999x300 / 10001x200
        ahead A 161.539              # 300 - 200 * 9/13, rounded up
    """,
    "cancels: strict gives none": """
        profile strict
        depth 9999x500 / 10001x200
        A buy 50 @ 9999 => ahead 500
        trade sell 200 @ 9999
        depth 9999x500 / 10001x200
        depth 9999x300 / 10001x200
        ahead A 300
    """,
    "ahead never exceeds what is displayed": """
        A buy 50 @ 9999 => ahead 300
        depth 9999x100 9998x500 / 10001x200
        ahead A 100
        depth 9998x500 / 10001x200
        ahead A 0
    """,
    "strict: no credit, but no more before us than is displayed": """
        profile strict
        A buy 50 @ 9999 => ahead 300
        depth 9999x250 9998x500 / 10001x200
        ahead A 250
        depth 9999x900 9998x500 / 10001x200
        ahead A 250
    """,
    "a print beyond our price fills at our limit, never more than was traded": """
        A buy 1000 @ 9999 => ahead 300
        trade sell 120 @ 9998 => A 120@9999
    """,
    "an opposite quote at or through our price fills its size once, at our limit": """
        A buy 500 @ 9999 => ahead 300
        depth 9997x100 / 9998x80 10002x10 => A 80@9999
        depth 9997x100 / 9998x80 10002x10
        left A 420
    """,
    "two orders of an account share one print": """
        A buy 50 @ 9999 => ahead 300
        A2 buy 50 @ 9999 => ahead 300
        trade sell 360 @ 9999 => A 50@9999 A2 10@9999
    """,
    "each account has the print for itself": """
        A buy 50 @ 9999 => ahead 300
        B buy 50 @ 9999 => ahead 300
        trade sell 350 @ 9999 => A 50@9999 B 50@9999
    """,
    "better priced orders of an account spend a print first": """
        A buy 40 @ 9999 => ahead 300
        A2 buy 40 @ 10000 => ahead 0
        trade sell 60 @ 9999 => A2 40@10000
        ahead A 240
    """,
    "an order inside the spread is first": """
        A buy 50 @ 10000 => ahead 0
        trade sell 20 @ 10000 => A 20@10000
    """,
    "behind the window nothing is known until the level appears": """
        depth 9999x1 9998x1 9997x1 9996x1 9995x1 / 10001x200
        A buy 50 @ 9990 => pending
        depth 9992x1 9991x1 9990x70 9989x1 9988x1 / 10001x200
        ahead A 70
    """,
    "the window comes to an empty level: whoever waits there is the first": """
        depth 9999x1 9998x1 9997x1 9996x1 9995x1 / 10001x200
        A buy 50 @ 9990 => pending
        trade sell 99 @ 9990
        left A 50
        depth 9992x1 9991x1 9989x1 9988x1 9987x1 / 10001x200
        ahead A 0
        trade sell 30 @ 9990 => A 30@9990
        depth 9989x1 9988x1 9987x1 9986x1 9985x1 / 10001x200
        trade sell 5 @ 9990 => A 5@9990
    """,
    "a hidden order that is cancelled, replaced or passed is gone from its level": """
        depth 9999x1 9998x1 9997x1 9996x1 9995x1 / 10001x200
        A buy 50 @ 9990 => pending
        A2 buy 50 @ 9991 => pending
        A3 buy 50 @ 9992 => pending
        A cancel => A by_owner
        A2 replace 50 @ 9999 => ahead 1
        trade sell 60 @ 9991 => A2 50@9999 A3 10@9992
        depth 9992x1 9991x1 9990x70 9989x1 9988x1 / 10001x200
        ahead A3 1
    """,
    "a queue of its own: better than the best, or a hole in the book": """
        depth 9999x300 9997x400 / 10001x200
        A buy 10 @ 9998 => ahead 0
    """,
    "fok: all at once or nothing": """
        A buy 901 @ 10003 fok => A fok_not_fillable
        A2 buy 900 @ 10003 fok => A2 200@10001 A2 600@10002 A2 100@10003
    """,
    "a limit order takes up to its limit and rests with the remainder": """
        A buy 250 @ 10001 => A 200@10001
        left A 50
        ahead A 0
    """,
    "a crossed display fills nobody": """
        A buy 50 @ 9999 => ahead 300
        depth 10005x10 / 9998x80
        left A 50
        A2 buy 10 market => waits
        depth 9999x10 / 10001x80 => A2 10@10001
    """,
    "a stale display fills nobody": """
        wait 61
        A buy 10 market => waits
        depth 9999x300 / 10001x200 => A 10@10001
    """,
    "a print does not make a stale display fresh": """
        wait 61
        trade buy 5 @ 10001
        A buy 10 market => waits
        depth 9999x300 / 10001x200 => A 10@10001
    """,
    "a feed that has lost its source fills nobody until it shows something again": """
        A buy 50 @ 9998 => ahead 500
        silence
        B buy 10 market => waits
        trade buy 5 @ 10001
        ahead A 500
        depth 9998x500 / 10001x200 => B 10@10001
        ahead A 500
    """,
    "nobody overtakes an order that still waits for the display": """
        phase lunch
        A buy 10 @ 9999 => waits
        phase continuous
        A2 buy 10 @ 9999 => waits
        depth 9999x300 / 10001x200
        trade sell 315 @ 9999 => A 10@9999 A2 5@9999
    """,
    "a market order that works on is overtaken: it has met the display": """
        A buy 1000 market => A 200@10001 A 600@10002 A 100@10003
        A2 buy 10 @ 9999 => ahead 300
    """,
    "beginner: a print at the price is enough": """
        profile beginner
        A buy 50 @ 9999 => ahead 0
        trade sell 30 @ 9999 => A 30@9999
    """,
    "replace: smaller keeps its place, larger or dearer goes to the back": """
        A buy 50 @ 9999 => ahead 300
        trade sell 280 @ 9999
        A replace 40 @ 9999 => ahead 20
        A replace 60 @ 9999 => ahead 300
        A replace 60 @ 9998 => ahead 500
        A replace 60 @ 9998 => refused replace_changes_nothing
        A replace 60 @ 10001 => A 60@10001
    """,
    "yesterday's limit may lie outside today's limits when it is replaced": """
        A buy 50 @ 9000 gtc => ahead 0
        close 11000
        session
        depth 10999x30 10000x70 / 11001x200
        A2 buy 50 @ 9000 => refused price_below_limit
        A replace 50 @ 9000 => refused replace_changes_nothing
        A replace 50 @ 9899 => refused price_below_limit
        A replace 50 @ 10000 => ahead 70
    """,
    "replace cannot go below what is filled": """
        A buy 50 @ 10000 => ahead 0
        trade sell 20 @ 10000 => A 20@10000
        A replace 20 @ 10000 => refused qty_below_filled
        A replace 30 @ 10000 => ahead 0
        left A 10
    """,
    "an own opposite order is refused only where it would cross": """
        A buy 50 @ 9999 => ahead 300
        A2 sell 50 @ 10000 => ahead 0
        A3 sell 50 @ 9999 => refused self_trade
        A4 sell 50 market => refused self_trade
        B sell 50 @ 9999 => B 50@9999
    """,
    "cancel": """
        A buy 50 @ 9999 => ahead 300
        A cancel => A by_owner
        trade sell 999 @ 9999
    """,
    "no matching at lunch, queues live on": """
        A buy 50 @ 9999 => ahead 300
        phase lunch
        A2 buy 10 market ioc => refused market_closed
        A3 buy 10 @ 10001 => waits
        phase continuous
        trade sell 350 @ 9999 => A 50@9999
        depth 9999x300 / 10001x200 => A3 10@10001
    """,
    "day orders end with the session, gtc orders queue anew": """
        A buy 50 @ 9999 day => ahead 300
        A2 buy 50 @ 9998 gtc => ahead 500
        close 10000 => A day_over
        B buy 5 @ 9999 day => refused market_closed
        B2 buy 5 @ 9999 gtc => waits
        session
        depth 9999x30 9998x70 / 10001x200
        ahead A2 70
        ahead B2 30
    """,
    "a halted instrument takes and fills nothing": """
        A buy 50 @ 9999 => ahead 300
        halt on
        B buy 1 market => refused instrument_halted
        trade sell 999 @ 9999
        left A 50
        halt off
        trade sell 999 @ 9999 => A 50@9999
    """,
    "sealed at the limit: only the queue fills, market orders find nothing": """
        depth 11000x500000 10999x10 /
        A buy 50 @ 11000 => ahead 500000
        B buy 50 market ioc => B ioc_remainder
        trade sell 400000 @ 11000
        depth 11000x100000 10999x10 /
        traded A 400000
        trade sell 100050 @ 11000 => A 50@11000
    """,
    "a print whose taker is unknown: the quote decides": """
        A buy 50 @ 9999 => ahead 300
        B sell 50 @ 10001 => ahead 200
        trade unknown 320 @ 9999 => A 20@9999
        trade unknown 220 @ 10001 => B 20@10001
    """,
}  # fmt: skip


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name: str) -> None:
    Scenario(book=rules(limit__permille=100)).run(BOOK + SCENARIOS[name])


def test_a_feed_that_tells_everything_is_quiet_not_stale() -> None:
    Scenario(complete=True).run(
        BOOK
        + """
        wait 3600
        A buy 10 market => A 10@10001
        B buy 50 @ 9999 => ahead 300
        """
    )


QUOTES = {
    "nothing exists beyond the best quote, the rest waits for the next one": """
        A buy 500 market => A 200@10001
        depth 9999x300 / 10002x600 => A 300@10002
    """,
    "behind the best quote nothing is known of the queue": """
        A buy 50 @ 9998 => pending
        depth 9998x500 / 10001x200
        ahead A 500
    """,
    "takings fade: after a minute half of them is there again": """
        A buy 200 @ 10001 ioc => A 200@10001
        wait 58
        depth 9999x300 / 10001x200
        A2 buy 200 @ 10001 ioc => A2 100@10001 A2 ioc_remainder
    """,
}


@pytest.mark.parametrize("name", QUOTES)
def test_with_the_best_quote_alone(name: str) -> None:
    Scenario(data=DataKind.QUOTES).run("window 1\ndepth 9999x300 / 10001x200\n" + QUOTES[name])


@pytest.mark.parametrize(
    ("display", "side"),
    [
        ("depth 11000x5 10999x10 /", Side.BUY),
        ("depth / 9000x5", Side.SELL),
        ("depth 11000x5 / 11001x5", None),
        ("depth 10999x5 /", None),
        ("depth 9999x5 / 10001x5", None),
    ],
)
def test_sealed_is_the_limit_with_nobody_on_the_other_side(display: str, side: Side | None) -> None:
    scenario = Scenario(book=rules(limit__permille=100))
    scenario.step(display)
    assert scenario.listing.sealed is side


def test_market_remainder_is_cancelled_where_the_rules_say_so() -> None:
    Scenario(book=rules(market_order__remainder="cancel")).run(
        BOOK + "A buy 1000 market => A 200@10001 A 600@10002 A 100@10003 A market_remainder"
    )


def test_limits_and_lots_are_refused_with_their_figures() -> None:
    book = rules(lot__lot=100, limit__permille=100)
    Scenario(book=book).run(
        BOOK
        + """
        A buy 150 @ 9999 => refused qty_not_in_lots
        A sell 150 @ 10001 => ahead 200
        A buy 0 @ 9999 => refused qty_not_positive
        B buy 100 @ 11001 => refused price_above_limit
        B buy 100 @ 8999 => refused price_below_limit
        B buy 100 @ 9000 => ahead 0
        B2 buy 2000000000 @ 9000 => refused qty_too_large
        """
    )
