"""Orders speak in words, in both languages: no bare name of the vocabulary."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from matching.orders import (
    GroupKind,
    OrderId,
    OrderKind,
    Side,
    TimeInForce,
    Trigger,
    TriggerKind,
)
from simtrade.portfolio.views import OrderState, OrderView
from tests.web.core_double import START_NS, instrument
from web.order_words import can_change, can_move_stop, kind_words, terms_words

PLAIN = OrderView(
    OrderId(1), "k", instrument(0), Side.SELL, OrderKind.MARKET, TimeInForce.DAY, 100, 0, None,
    None, OrderState.OPEN, "", "queue", None, None, START_NS, 0,
)  # fmt: skip
STOP = replace(PLAIN, trigger=Trigger(TriggerKind.STOP, 990), stop_ticks=990, waiting_for="trigger")
TRAIL = replace(STOP, trigger=Trigger(TriggerKind.TRAIL_PERMILLE, 15), stop_ticks=985)


@pytest.mark.parametrize("kind", list(OrderKind))
def test_every_kind_has_a_name(kind: OrderKind) -> None:
    english = kind_words(replace(PLAIN, kind=kind), "en")
    assert english
    assert "_" not in english
    chinese = kind_words(replace(PLAIN, kind=kind), "zh")
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)


@pytest.mark.parametrize(
    ("order", "kind", "terms"),
    [
        (PLAIN, "Market", ""),
        (replace(PLAIN, short=True), "Market", "sold short"),
        (replace(PLAIN, key="margin-call-2024-01-08"), "Market", "placed by a margin call"),
        (STOP, "Stop order", "stop at 9.90"),
        (replace(STOP, kind=OrderKind.LIMIT, limit_ticks=980), "Stop limit", "stop at 9.90"),
        (TRAIL, "Trailing stop", "trails by 1.5 %, stop now at 9.85"),
        (
            replace(TRAIL, trigger=Trigger(TriggerKind.TRAIL, 20), stop_ticks=None),
            "Trailing stop",
            "trails by 0.20",
        ),
        (replace(STOP, triggered_ticks=985), "Stop order", "sent by a trade at 9.85"),
        (
            replace(STOP, platform_stop=True, time_in_force=TimeInForce.GTC),
            "Stop order",
            "stop at 9.90 · Until I cancel it · kept by this platform: the market itself knows no "
            "stop orders",
        ),
        (
            replace(PLAIN, role="take_profit", group=GroupKind.BRACKET, good_till=date(2026, 12, 1),
                    time_in_force=TimeInForce.GTD),
            "Market",
            "take-profit · valid until Dec 1, 2026",
        ),
    ],
)  # fmt: skip
def test_the_terms_of_an_order(order: OrderView, kind: str, terms: str) -> None:
    assert kind_words(order, "en") == kind
    assert terms_words(order, "en") == terms


def test_only_what_can_be_changed_offers_it() -> None:
    assert not can_change(PLAIN)
    assert can_change(replace(PLAIN, kind=OrderKind.LIMIT, limit_ticks=1_000))
    assert can_change(STOP)
    assert can_move_stop(STOP)
    assert not can_change(TRAIL)
    assert not can_move_stop(replace(STOP, waiting_for="queue", triggered_ticks=980))
