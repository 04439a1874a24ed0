"""Every refusal of the desk has its status, code and words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matching.reasons import Reason
from simtrade.desk.requests import Refusal
from tests.web.broker.test_order_json import APPLE
from web.broker.refusals import REFUSALS, Asked, refused


def test_every_reason_has_an_answer() -> None:
    assert set(REFUSALS) == set(Reason)
    for reason, answer in REFUSALS.items():
        assert answer.status in (403, 404, 422, 429), reason
        assert answer.code // 100_000 in (answer.status, 400, 422), reason
        assert answer.message


@pytest.mark.parametrize("reason", list(Reason))
def test_a_refusal_without_figures_can_be_told_too(reason: Reason) -> None:
    error = refused(Refusal(reason), Asked(APPLE, {}))
    assert error.more["reason"] == reason.code
    assert "{" not in error.message


@pytest.mark.parametrize(
    ("refusal", "members", "status", "code", "message", "more"),
    [
        (
            Refusal(Reason.NOT_ENOUGH_CASH, {"available_minor": 100, "needed_minor": 25_050}),
            {}, 403, 40310000, "insufficient buying power",
            {"buying_power": "1.00", "cost_basis": "250.50"},
        ),
        (
            Refusal(Reason.NOT_ENOUGH_TO_SELL, {"available": 3, "unsettled": 0}),
            {"requested": "5", "existing_qty": "4", "held_for_orders": "1"}, 403, 40310000,
            "insufficient qty available for order (requested: 5, available: 3)",
            {"available": "3", "existing_qty": "4", "held_for_orders": "1", "symbol": "AAPL"},
        ),
        (
            Refusal(Reason.PRICE_ABOVE_LIMIT, {"lower_ticks": 900, "upper_ticks": 1_100}, "SSE 1"),
            {}, 422, 42210000, "limit_price must be <= limit_up (11.0000)",
            {"limit_down": "9.0000", "limit_up": "11.0000", "rule": "SSE 1"},
        ),
        (
            Refusal(Reason.QTY_NOT_IN_LOTS, {"lot": 100, "below_qty": 0, "above_qty": 100}),
            {}, 422, 42210000, "qty must be a multiple of 100", {"lot": "100"},
        ),
        (
            Refusal(Reason.ORDER_NOT_OPEN), {"status": "filled"}, 422, 42210000,
            'order is already in "filled" state', {"status": "filled"},
        ),
        (
            Refusal(Reason.SELF_TRADE, {"limit_ticks": 1_000}), {}, 403, 40310000,
            "potential wash trade detected. use complex orders", {"limit_price": "10.0000"},
        ),
        (
            Refusal(Reason.NOT_SETTLED_YET, {"available": 0, "sellable_day": 20_260_706}),
            {"requested": "5"}, 403, 40310000,
            "insufficient qty available for order (requested: 5, available: 0)",
            {"sellable_day": "2026-07-06"},
        ),
        (
            Refusal(Reason.CANCEL_LOCKED, {"until_ns": 10**9}), {}, 422, 42210000,
            "orders cannot be canceled or replaced in this phase",
            {"until": "1970-01-01T00:00:01.000000000Z"},
        ),
        (
            Refusal(Reason.TIME_NOT_OFFERED, {"time_day": 1, "time_gtd": 1, "time_gtc": 1}), {},
            422, 42210000, "this market does not offer that time_in_force for the type",
            {"offered": ["day", "gtc"]},
        ),
        (
            Refusal(Reason.TOO_MANY_OPEN_ORDERS, {"max_orders": 200}), {}, 403, 40310000,
            "too many open orders (max: 200)", {"max_orders": "200"},
        ),
        (Refusal(Reason.KEY_REUSED), {}, 422, 42210000, "client_order_id must be unique", {}),
        (Refusal(Reason.MARGIN_NOT_ON), {}, 403, 40310000, "account is not allowed to short", {}),
        (Refusal(Reason.ORDER_UNKNOWN), {"order_id": "x"}, 404, 40410000, "order not found for x",
         {}),
    ],
)  # fmt: skip
def test_words_and_figures(
    refusal: Refusal,
    members: dict[str, str],
    status: int,
    code: int,
    message: str,
    more: dict[str, object],
) -> None:
    error = refused(refusal, Asked(APPLE, members))
    assert (error.status_code, error.code, error.message) == (status, code, message)
    assert more.items() <= error.more.items()


def test_who_comes_when_too_much_waits_may_come_again() -> None:
    error = refused(Refusal(Reason.INBOX_FULL), Asked(replace(APPLE), {}))
    assert (error.status_code, error.code) == (429, 42910000)
    assert error.headers == {"retry-after": "1"}
