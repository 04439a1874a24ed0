"""What somebody typed becomes a request or a sentence beside the field, never an exception."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.instrument import Instrument, InstrumentId
from matching.orders import AccountId, OrderId, OrderKind, Side, TimeInForce
from matching.units import CURRENCIES
from web.forms import Typed, read_date, replace_request
from web.i18n import LANGUAGES, Language
from web.order_form import place_request

MOUTAI = Instrument(
    InstrumentId("SIMA:600000"), "600000", "Bank", "银行", CURRENCIES["CNY"], "SIMA", "main"
)
NICKEL = Instrument(
    InstrumentId("X:N"), "N", "Nickel", "五分", CURRENCIES["USD"], "X", "main", tick=5
)
ACCOUNT = AccountId(7)


def typed(**fields: str) -> Typed:
    return Typed.of(
        {"key": "k", "side": "buy", "kind": "limit", "qty": "100", "price": "10", **fields}
    )


@pytest.mark.parametrize(
    "text",
    ["", "0", "-1", "1e3", "NaN", "inf", "10" * 15, "abc", "1.5", "１x", "0x10", "--5", "٣", "1_0"],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_quantity_that_cannot_be_is_explained(text: str, language: Language) -> None:
    checked = place_request(typed(qty=text), ACCOUNT, MOUTAI, language)
    assert checked.request is None
    assert list(checked.errors) == ["qty"]
    assert checked.errors["qty"]
    assert "{" not in checked.errors["qty"]


@pytest.mark.parametrize("text", ["", "0", "-3", "NaN", "1e5", "1" * 30, "ten", "10.001"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_price_that_cannot_be_is_explained(text: str, language: Language) -> None:
    checked = place_request(typed(price=text), ACCOUNT, MOUTAI, language)
    assert list(checked.errors) == ["price"]
    assert "{" not in checked.errors["price"]


def test_a_price_off_the_tick_names_the_tick() -> None:
    checked = place_request(typed(price="10.02"), ACCOUNT, NICKEL, "en")
    assert checked.errors["price"] == "Prices move in steps of 0.05 here."


def test_all_errors_come_at_once() -> None:
    checked = place_request(typed(price="x", qty="y"), ACCOUNT, MOUTAI, "en")
    assert set(checked.errors) == {"price", "qty"}


def test_what_is_right_becomes_a_request() -> None:
    request = place_request(
        typed(price="1,234.50", qty=" 200 ", tif="gtc"), ACCOUNT, MOUTAI, "en"
    ).request
    assert request is not None
    assert (request.limit_ticks, request.qty) == (123450, 200)
    assert (request.side, request.kind) == (Side.BUY, OrderKind.LIMIT)
    assert request.time_in_force is TimeInForce.GTC


def test_full_width_digits_count() -> None:
    request = place_request(typed(qty="１００"), ACCOUNT, MOUTAI, "zh").request
    assert request is not None
    assert request.qty == 100


def test_a_market_order_ignores_the_price_field() -> None:
    request = place_request(typed(kind="market", price="nonsense"), ACCOUNT, MOUTAI, "en").request
    assert request is not None
    assert request.limit_ticks is None


def test_unknown_words_fall_back_to_the_harmless_choice() -> None:
    odd = typed(side="steal", kind="stop", tif="forever")
    assert (odd.side, odd.kind, odd.tif) == ("buy", "market", "day")


@given(st.dictionaries(st.sampled_from(["key", "side", "kind", "qty", "price", "tif"]), st.text()))
def test_no_form_can_break_the_parser(form: dict[str, str]) -> None:
    checked = place_request(Typed.of(form), ACCOUNT, MOUTAI, "zh")
    assert (checked.request is None) == bool(checked.errors)
    if checked.request:
        assert checked.request.qty > 0


def test_a_replacement_needs_both_numbers() -> None:
    wrong = replace_request({"qty": "0", "price": "x"}, ACCOUNT, OrderId(1), MOUTAI, "en")
    assert set(wrong.errors) == {"qty", "price"}
    right = replace_request({"qty": "300", "price": "9.99"}, ACCOUNT, OrderId(1), MOUTAI, "en")
    assert right.request is not None
    assert (right.request.qty, right.request.limit_ticks) == (300, 999)


@pytest.mark.parametrize("text", [None, "", "yesterday", "2008-13-01", "2008-02-30", 5])
def test_dates_that_are_none(text: object) -> None:
    assert read_date(text) is None
