"""Contradictory stops, dates and groups are refused at entry, with the field at fault."""

from __future__ import annotations

import pytest

from matching.reasons import Reason
from tests.matching.scenario import Scenario, rules

MARKET = "depth 9999x300 / 10001x200\ntrade buy 1 @ 10001"
LATER = rules(settlement__buys_settle_sessions=1)


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ("sell 10 stop 10001", Reason.STOP_WRONG_SIDE),
        ("buy 10 stop 10001", Reason.STOP_WRONG_SIDE),
        ("sell 10 stop 0", Reason.STOP_NOT_POSITIVE),
        ("buy 10 stop 2147483649", Reason.STOP_TOO_LARGE),
        ("sell 10 trail 0", Reason.TRAIL_NOT_POSITIVE),
        ("sell 10 trail 10001", Reason.TRAIL_TOO_FAR),
        ("sell 10 trail 100%", Reason.TRAIL_TOO_FAR),
        ("sell 10 @ 9990 trail 5", Reason.TRIGGER_NOT_POSSIBLE),
        ("buy 10 @ 9990 till 2026-01-04", Reason.GOOD_TILL_PAST),
        ("buy 10 @ 9990 gtd", Reason.GOOD_TILL_MISSING),
        ("buy 10 @ 9990 best_five", Reason.KIND_NOT_OFFERED),
        ("buy 10 @ 9990 at_open", Reason.AUCTION_OVER),
        ("buy 10 stop 10010 at_close", Reason.TRIGGER_NOT_POSSIBLE),
        ("buy 10 @ 9999 profit 9999", Reason.TAKE_PROFIT_WRONG_SIDE),
        ("buy 10 @ 9999 loss 9999", Reason.STOP_LOSS_WRONG_SIDE),
        ("sell 10 @ 10005 profit 10005", Reason.TAKE_PROFIT_WRONG_SIDE),
        ("sell 10 @ 10005 loss 10004", Reason.STOP_LOSS_WRONG_SIDE),
        ("buy 10 @ 12000 loss 10002", Reason.STOP_LOSS_WRONG_SIDE),  # it would fill at 10001
        ("buy 10 profit 9999 loss 9990", Reason.TAKE_PROFIT_WRONG_SIDE),
        ("buy 10 stop 10010 profit 10010", Reason.TAKE_PROFIT_WRONG_SIDE),
        ("buy 10 @ 9999 profit 10010 fok", Reason.LEG_TOO_SHORT),
        ("buy 10 @ 9999 gtc profit 10010 day", Reason.LEG_TOO_SHORT),
        ("sell 10 @ 10010 or stop 10010", Reason.STOP_WRONG_SIDE),
        ("sell 10 @ 9980 or stop 9985", Reason.LEGS_CROSSED),
        ("sell 10 @ 10010 or @ 10020", Reason.GROUP_LEGS_WRONG),
        ("sell 10 @ 10010 ioc or stop 9990", Reason.GROUP_LEGS_WRONG),
    ],
)
def test_what_cannot_work_is_refused(order: str, reason: Reason) -> None:
    made = Scenario()
    made.run(MARKET)
    assert made.step(f"A {order}") == f"refused {reason.code}"
    assert not made.listing.orders
    assert reason.field


@pytest.mark.parametrize(
    "order",
    [
        "sell 10 stop 10000",
        "buy 10 stop 10002",
        "sell 10 trail 10000",
        "buy 10 @ 9990 till 2026-01-05",  # today is its last day
        "buy 10 @ 9999 profit 10000 loss 9998",
        "buy 10 @ 12000 loss 10000",
        "buy 10 @ 9999 gtc profit 10010 gtc",
        "sell 10 @ 10001 or stop 9999",
    ],
)
def test_what_is_one_tick_inside_is_taken(order: str) -> None:
    made = Scenario()
    made.run(MARKET)
    assert not made.step(f"A {order}").startswith("refused")


def test_exits_of_shares_that_settle_tomorrow_have_to_live_until_then() -> None:
    made = Scenario(book=LATER)
    made.run(MARKET)
    assert made.step("A buy 10 @ 9999 profit 10010 day") == "refused leg_too_short"
    assert made.step("A sell 10 @ 10005 profit 9990 day") == "ahead 0"


def test_a_date_that_ends_today_is_over_after_the_close() -> None:
    made = Scenario()
    made.run(MARKET + "\nclose 10000")
    assert made.step("A buy 10 @ 9990 till 2026-01-05") == "refused good_till_past"
    assert made.step("A buy 10 @ 9990 till 2026-01-06") == "waits"


@pytest.mark.parametrize(
    ("placed", "changed", "found"),
    [
        ("sell 10 trail 20", "replace 10 stop 9990", "refused replace_not_possible"),
        ("sell 10 stop 9990", "replace 10 @ 9990", "refused replace_not_possible"),
        ("sell 10 @ 10010", "replace 10 @ 10010 stop 9990", "refused replace_not_possible"),
        ("sell 10 @ 10010 or stop 9990", "replace 9 @ 10010", "refused group_qty_fixed"),
        ("sell 10 @ 10010 or stop 9990", "replace 10 @ 10020", "ahead 0"),
        ("sell 10 @ 9980 stop 9990", "replace 8 @ 9970 stop 9985", "stop 9985"),
    ],
)
def test_what_a_replace_may_change(placed: str, changed: str, found: str) -> None:
    made = Scenario()
    made.run(MARKET)
    made.step(f"A {placed}")
    assert made.step(f"A {changed}") == found
