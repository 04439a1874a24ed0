"""More than market and limit, on a phone: brackets, stops, and the day shares become sellable."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.web.browser.desk import Open, Visit
from tests.web.browser.test_looks import violations

pytestmark = pytest.mark.browser


def style(one: Visit, code: str, side: str = "buy", **fields: str) -> None:
    """Open a fresh ticket and choose a type of order that a beginner does not see."""
    one.ticket(side)
    details = one.page.locator(".more-kinds")
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    one.page.locator(f"label[for=kind-{code}]").click()
    for name, text in fields.items():
        one.page.locator(f"#{name}").fill(text)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_place_watch_and_cancel_a_bracket(visit: Open, lang: str) -> None:
    one = visit(lang=lang)
    one.try_it()
    one.ticket()
    price = float(one.page.locator("#price").input_value().replace(",", ""))
    one.page.locator("label[for=kind-limit]").click()
    one.page.locator("#price").fill(f"{price * 0.8:.2f}")  # far below: it waits
    one.page.locator("#qty").fill("10")
    one.page.locator(".more-kinds summary").click()
    one.page.locator("#exits").check()
    one.page.locator("#take_profit").fill(f"{price * 1.1:.2f}")
    one.page.locator("#stop_loss").fill(f"{price * 0.7:.2f}")
    expected = "If the take-profit fills" if lang == "en" else "若止盈成交"
    expect(one.page.locator("#preview")).to_contain_text(expected)
    one.page.locator("#confirm").click()
    one.received()
    one.tab("orders")
    rows = one.page.locator("#orders tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_contain_text("take-profit" if lang == "en" else "止盈")
    expect(rows.nth(2)).to_contain_text("stop-loss" if lang == "en" else "止损")
    rows.first.get_by_role("button", name=re.compile("Cancel|撤")).first.click()
    expect(rows).to_have_count(0)
    assert one.complaints == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_bracket_whose_stop_loss_follows_the_price(visit: Open, lang: str) -> None:
    one = visit(lang=lang)
    one.try_it()
    one.ticket()
    price = float(one.page.locator("#price").input_value().replace(",", ""))
    one.page.locator("label[for=kind-limit]").click()
    one.page.locator("#price").fill(f"{price * 0.8:.2f}")
    one.page.locator("#qty").fill("10")
    one.page.locator(".more-kinds summary").click()
    one.page.locator("#exits").check()
    one.page.locator("#take_profit").fill(f"{price * 1.1:.2f}")
    one.page.locator("#stop_loss").fill(f"{price * 0.7:.2f}")
    one.page.locator("#stop_loss_trail").fill("5")
    one.page.locator("#confirm").click()
    note = one.page.locator("#stop_loss_trail-note")
    expect(note).to_contain_text("not both" if lang == "en" else "只能填一个")
    one.page.locator("#stop_loss").fill("")
    assert violations(one) == []
    one.page.locator("#confirm").click()
    one.received()
    one.tab("orders")
    rows = one.page.locator("#orders tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.nth(2)).to_contain_text("5.0 %")
    expect(rows.nth(2)).to_contain_text("stop-loss" if lang == "en" else "止损")
    assert one.complaints == []


def test_stops_stand_among_the_open_orders(visit: Open) -> None:
    one = visit(lang="en")
    one.try_it()
    one.ticket()
    price = float(one.page.locator("#price").input_value().replace(",", ""))
    one.order(qty=30)
    one.filled()
    below = f"{price * 0.8:.2f}"
    for code, fields in (
        ("stop_limit", {"stop": below, "price": below}),
        ("trailing", {"trail": "12.5"}),
    ):
        style(one, code, "sell", qty="10", **fields)
        one.page.locator("#confirm").click()
        one.received()
    one.tab("orders")
    rows = one.page.locator("#orders")
    expect(rows).to_contain_text("Stop limit")
    expect(rows).to_contain_text("Trailing stop")
    expect(rows).to_contain_text("12.5 %")


@pytest.mark.parametrize(("lang", "words"), [("en", "can be sold from"), ("zh", "起可以卖出")])
def test_shares_of_today_say_from_which_day_they_can_be_sold(
    visit: Open, lang: str, words: str
) -> None:
    one = visit(lang=lang)
    one.join_floor()
    one.order(qty=100)
    one.filled()
    one.order(side="sell", qty=100)
    note = one.page.locator("#qty-note")
    expect(note).to_contain_text(words)
    assert re.search(r"\d{4}-\d{2}-\d{2}", note.inner_text())


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_type_is_readable(visit: Open, lang: str) -> None:
    one = visit(lang=lang)
    one.try_it()
    style(one, "stop_limit")
    one.page.locator("#exits").check()
    assert violations(one) == []
    one.page.locator("#tif").select_option("gtd")
    expect(one.page.locator("#good_till")).to_be_visible()
    style(one, "trailing")
    expect(one.page.locator("#stop")).to_be_hidden()
    style(one, "pair")
    assert violations(one) == []
