from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from matching.units import NumberFault
from tests.web.broker.program import Program
from web.broker.body import number_text, scaled, truth


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        ("12.5", 2, 1250),
        (12, 2, 1200),
        (Decimal("0.1"), 1, 1),
        (Decimal("1e3"), 0, 1000),
        (Decimal("1e-3"), 2, NumberFault.TOO_PRECISE),
        (Decimal("1e999999"), 2, NumberFault.NOT_A_NUMBER),
        (True, 2, NumberFault.NOT_A_NUMBER),
        (None, 2, NumberFault.NOT_A_NUMBER),
        ([1], 2, NumberFault.NOT_A_NUMBER),
        ("NaN", 2, NumberFault.NOT_A_NUMBER),
        ("1e3", 2, NumberFault.NOT_A_NUMBER),
        (10**14 * 10, 2, NumberFault.TOO_LARGE),
    ],
)
def test_numbers_and_texts_of_numbers(value: Any, decimals: int, expected: object) -> None:
    assert scaled(value, decimals) == expected


def test_fractions_are_never_rounded_in_binary() -> None:
    assert number_text(Decimal("0.1")) == "0.1"
    assert number_text(Decimal("100.123")) == "100.123"


@pytest.mark.parametrize(
    ("value", "expected"),
    [("True", True), ("true", True), ("1", True), (1, True), (False, False), ("0", False),
     (None, False), ("yes", None), ([], None)],
)  # fmt: skip
def test_truth(value: object, expected: bool | None) -> None:
    assert truth(value) is expected


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"content-encoding": "gzip"}, 415), ({"content-type": "multipart/form-data"}, 415)],
)
def test_bodies_of_other_kinds(bot: Program, headers: dict[str, str], status: int) -> None:
    found, body = bot.refused("POST", "/v2/orders", content=b"{}", headers=headers)
    assert found == status
    assert body["code"] == status * 100_000 + 10_000


def test_a_body_that_is_too_large(bot: Program) -> None:
    found, body = bot.refused("POST", "/v2/orders", content=b"x" * 1_000_000)
    assert (found, body["code"]) == (413, 41310000)


@pytest.mark.parametrize("qty", [2**63 - 1, "9223372036854775807"])
def test_a_number_that_is_too_large_is_no_fault_of_the_body(bot: Program, qty: object) -> None:
    symbol = bot.get("/v2/assets")[0]["symbol"]
    terms = {"symbol": symbol, "side": "buy", "type": "market", "time_in_force": "day"}
    found, body = bot.refused("POST", "/v2/orders", json={**terms, "qty": qty})
    assert (found, body["code"], body["message"]) == (422, 42210000, "qty is too large")
