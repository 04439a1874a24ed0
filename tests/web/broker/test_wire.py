from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.orders import OrderId
from tests.web.core_double import instrument
from web.broker import wire

ORDERS = st.integers(0, (1 << 56) - 1)


@given(ORDERS, st.integers(0, wire.REPLACEMENTS_MAX))
def test_an_orders_id_can_be_read_back(order_id: int, replaced: int) -> None:
    text = wire.order_uuid(OrderId(order_id), replaced)
    assert UUID(text).version == 4
    assert UUID(text).variant == "specified in RFC 4122"
    for spelt in (text, text.upper(), text.replace("-", "")):
        assert wire.order_of_uuid(spelt) == (order_id, replaced)


@given(ORDERS, st.integers(0, 127))
def test_a_changed_bit_makes_it_no_id(order_id: int, bit: int) -> None:
    number = UUID(wire.order_uuid(OrderId(order_id))).int ^ 1 << bit
    assert wire.order_of_uuid(str(UUID(int=number))) is None


@pytest.mark.parametrize(
    "text", ["", "1", "x" * 36, "٣" * 32, "8a35d4cb-2d8f-4272-b810-f82ee5f216fc"]
)
def test_what_we_never_wrote_is_no_id(text: str) -> None:
    assert wire.order_of_uuid(text) is None


def test_how_numbers_are_written() -> None:
    one = instrument(1)
    assert wire.price(one, 1234) == "12.34"
    assert wire.average_price(one, 1_234_500) == "12.345"
    assert wire.average_price(one, 1_234_000) == "12.34"
    assert wire.qty(one, 100) == "100"
    assert wire.money(one.currency, -5) == "-0.05"
    assert wire.ratio(1, 3) == "0.333333"
    assert wire.ratio(-1, 3) == "-0.333333"
    assert wire.ratio(5, 0) == "0"
    assert wire.moment(1_700_000_000_123_456_789) == "2023-11-14T22:13:20.123456789Z"


def test_the_id_of_a_fill_is_its_own_and_stays() -> None:
    ids = {wire.execution_uuid(OrderId(order), number) for order in (1, 2) for number in (1, 2)}
    assert len(ids) == 4
    assert wire.execution_uuid(OrderId(1), 2) in ids
