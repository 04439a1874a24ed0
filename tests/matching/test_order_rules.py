"""Which kinds of orders a market offers, from dated records."""

from __future__ import annotations

import pytest

from matching.order_rules import PLAIN_KINDS, offered
from matching.orders import OrderKind, TimeInForce
from tests.matching.scenario import Scenario, rules


def test_a_book_without_records_offers_the_plain_kinds() -> None:
    assert offered([]) == PLAIN_KINDS
    assert PLAIN_KINDS[OrderKind.LIMIT] == tuple(TimeInForce)


def test_records_are_read_in_the_order_of_the_vocabulary_and_may_end_a_kind() -> None:
    found = offered([("limit", "gtc day"), ("best_five", "day ioc"), ("own_best", "")])
    assert list(found.items()) == [
        (OrderKind.LIMIT, (TimeInForce.DAY, TimeInForce.GTC)),
        (OrderKind.BEST_FIVE, (TimeInForce.DAY, TimeInForce.IOC)),
    ]


@pytest.mark.parametrize("record", [("limits", "day"), ("limit", "days")])
def test_a_word_that_does_not_exist_is_a_mistake_in_the_book(record: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match=r"days|limits"):
        offered([record])


def test_a_refusal_names_what_is_offered() -> None:
    made = Scenario(book=rules(kinds__code="limit", kinds__times="day gtc"))
    made.run("depth 9999x300 / 10001x200")
    assert made.step("A buy 10") == "refused kind_not_offered"
    assert made.step("A buy 10 @ 9999 ioc") == "refused time_not_offered"
    assert made.step("A buy 10 @ 9999 gtc") == "ahead 300"
