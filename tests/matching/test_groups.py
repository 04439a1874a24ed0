"""Groups: no event fills two orders beyond what they share."""

from __future__ import annotations

import pytest

from matching.groups import exits_of, partner_of, settles_first
from matching.market import DataKind
from matching.orders import Side
from tests.matching.scenario import Scenario, rules


def test_a_print_that_reaches_both_of_a_pair_fills_them_once() -> None:
    made = Scenario()
    made.run(
        """
        depth 9999x300 / 10001x200
        A sell 100 @ 10010 or @ 9985 stop 9990   => ahead 0
        depth 9980x10 / 9982x200
        trade sell 1 @ 9982                      => A-or sent 9982
        depth 9980x10 / 9986x200
        trade buy 1000 @ 10020                   => A-or 100@9985 A other_filled
        """
    )
    assert not made.listing.orders
    assert not made.listing.groups


def test_partners_know_each_other_and_an_entry_has_none() -> None:
    made = Scenario()
    made.run("depth 9999x300 / 10001x200\nA buy 10 @ 9990 profit 10010 loss 9980 => ahead 0")
    entry, profit, loss = (made.listing.orders[one] for one in made.orders.values())
    assert partner_of(made.listing, entry) is None
    assert partner_of(made.listing, profit) is loss
    assert partner_of(made.listing, loss) is profit
    assert exits_of(made.listing, entry.order_id) == [profit, loss]


@pytest.mark.parametrize(("sessions", "side", "first"), [(1, Side.BUY, True), (1, Side.SELL, False),
                                                         (0, Side.BUY, False)])  # fmt: skip
def test_only_purchases_of_a_market_with_t_1_settle_first(
    sessions: int, side: Side, first: bool
) -> None:
    made = Scenario(book=rules(settlement__buys_settle_sessions=sessions))
    assert settles_first(made.listing, side) is first


def test_an_exit_that_grows_goes_to_the_back_and_says_so() -> None:
    made = Scenario(data=DataKind.DEPTH)
    made.run(
        """
        depth 9999x300 / 10001x60 10010x40
        A buy 100 @ 10001 profit 10010      => A 60@10001 A-profit works 60
        ahead A-profit 40
        B sell 5 @ 10010                    => ahead 40
        depth 9999x300 / 10001x100 10010x40 => A 40@10001 A-profit works 100
        """
    )
    queue = [one.order_id for one in made.listing.reached(Side.SELL, 10_010)]
    assert queue == [made.orders["B"], made.orders["A-profit"]]


def test_a_strict_stop_comes_first_wherever_the_path_would_meet_it() -> None:
    made = Scenario(data=DataKind.BARS)
    made.run(
        """
        volume 4000
        profile strict
        open 10000
        A sell 40 @ 10010 or stop 9990      => waits
        bar 10000 10000 10000 10000 x4000
        open 10000
        """
    )
    told = made.step("bar 10000 10020 9980 9985 x4000")
    assert told == "A-or sent 9990 A-or 40@9989 A other_filled"
