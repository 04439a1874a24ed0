"""Each style of the ticket sends its own fields and nothing that was typed for another."""

from __future__ import annotations

import pytest

from matching.orders import AccountId, GroupKind, OrderKind, TriggerKind
from simtrade.desk.requests import PlaceRequest
from tests.web.core_double import instrument
from web.forms import Typed
from web.i18n import translate
from web.order_form import place_request
from web.order_styles import FIRST, STYLES, offered

EVERYTHING = {
    "key": "k",
    "qty": "100",
    "price": "10.50",
    "stop": "9.90",
    "trail": "0.20",
    "pair_stop": "9.80",
    "take_profit": "11",
    "stop_loss": "9",
    "amount": "500",
}


def asked(**fields: str) -> PlaceRequest:
    found = place_request(Typed.of(EVERYTHING | fields), AccountId(1), instrument(0), "en")
    assert found.request is not None, found.errors
    return found.request


@pytest.mark.parametrize(
    ("style", "kind", "limit", "trigger", "group"),
    [
        ("market", OrderKind.MARKET, None, None, None),
        ("limit", OrderKind.LIMIT, 1_050, None, None),
        ("stop", OrderKind.MARKET, None, TriggerKind.STOP, None),
        ("stop_limit", OrderKind.LIMIT, 1_050, TriggerKind.STOP, None),
        ("trailing", OrderKind.MARKET, None, TriggerKind.TRAIL, None),
        ("pair", OrderKind.LIMIT, 1_050, None, GroupKind.OCO),
        ("own_best", OrderKind.OWN_BEST, None, None, None),
    ],
)
def test_only_the_fields_of_the_style_count(
    style: str,
    kind: OrderKind,
    limit: int | None,
    trigger: TriggerKind | None,
    group: GroupKind | None,
) -> None:
    request = asked(style=style)
    assert (request.kind, request.limit_ticks, request.group) == (kind, limit, group)
    assert (request.trigger.kind if request.trigger else None) == trigger


def test_an_amount_takes_the_place_of_the_quantity() -> None:
    request = asked(style="amount")
    assert (request.qty, request.amount_minor) == (0, 50_000)
    assert asked(style="market").amount_minor is None
    empty = Typed.of(EVERYTHING | {"style": "amount", "amount": ""})
    assert list(place_request(empty, AccountId(1), instrument(0), "en").errors) == ["amount"]


def test_exits_count_when_chosen_and_belong_to_a_purchase() -> None:
    assert asked(style="limit", exits="1").group is GroupKind.BRACKET
    assert asked(style="limit").legs == ()
    assert asked(style="limit", exits="1", side="sell").legs == ()
    assert len(asked(style="pair", exits="1").legs) == 1


def test_what_was_typed_for_another_style_is_shown_again() -> None:
    typed = Typed.of(EVERYTHING | {"style": "trailing"})
    assert (typed.stop, typed.asked().stop) == ("9.90", "")
    assert typed.shown_style == "trailing"
    assert Typed.of({"kind": "limit"}).shown_style == "limit"
    assert Typed.of({"style": "no such"}).shown_style == "market"


def test_a_market_shows_the_styles_of_its_kinds_and_each_has_its_words() -> None:
    plain = offered((OrderKind.MARKET, OrderKind.LIMIT), money=False)
    assert plain == ("market", "limit", "stop", "stop_limit", "trailing", "pair")
    assert "amount" in offered((OrderKind.MARKET,), money=True)
    assert offered((OrderKind.LIMIT,), money=False) == ("limit", "stop_limit", "pair")
    assert set(FIRST) < set(STYLES)
    for style in STYLES.values():
        assert translate(style.hint, "zh") != style.hint
