"""Orders: known cost, clear refusals, never twice, quickly cancelled."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.web.browser.desk import DESKTOP, Open, Visit, cents

pytestmark = pytest.mark.browser


def test_check_21_know_the_cost_first(visit: Open) -> None:
    one = visit(size=DESKTOP)
    one.join_floor()
    before = cents(one.summary()["cash"])
    one.page.locator("[data-level=a0]").click()
    expect(one.page.locator("#kind-limit")).to_be_checked()
    price = one.page.locator("#price").input_value()
    one.page.locator("#qty").fill("100")
    shown = one.page.locator("#preview .costs dd")
    expect(shown.nth(1)).to_have_text(price)
    fee, total_place = shown.nth(2), one.page.locator("#total")
    expect(fee).to_have_text("¥5.01")  # at least 5.00 commission, and the transfer fee
    expect(total_place).not_to_contain_text("≈")
    total = cents(total_place.inner_text())
    assert total == cents(price) * 100 + cents(fee.inner_text())
    one.page.locator("#confirm").click()
    one.received()
    fills = one.csv("fills")[1:]
    if not fills:  # somebody was faster than the tap: the order waits at that price
        one.filled()
        fills = one.csv("fills")[1:]
    assert all(cents(fill[6]) <= cents(price) for fill in fills)
    debit = before - cents(one.summary()["cash"])
    better = sum((cents(price) - cents(fill[6])) * int(fill[5]) for fill in fills)
    assert total - debit == better


def refused(one: Visit, field: str, words: str) -> None:
    """The field is marked, says why in my language and has the focus."""
    place = one.page.locator(f"#{field}")
    expect(place).to_have_attribute("aria-invalid", "true")
    note = one.page.locator(f"#{place.get_attribute('aria-describedby')}")
    expect(note).to_contain_text(words)
    expect(place).to_be_focused()


CASES = [
    ("buy", "150", None, "qty", "整手", "whole lots"),
    ("buy", "0", None, "qty", "至少", "at least 1"),
    ("buy", "abc", None, "qty", "数字", "as a number"),
    ("buy", "9" * 30, None, "qty", "太大", "too large"),
    ("buy", "100", "99999", "price", "涨停", "upper limit"),
    ("buy", "100", "0.001", "price", "最小价格", "steps of"),
    ("buy", "900000", None, "qty", "资金不足", "enough available cash"),
    ("sell", "100", None, "qty", "可卖", "can sell now"),
]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_check_22_clear_refusals(visit: Open, lang: str) -> None:
    one = visit(lang=lang)
    one.join_floor()
    for side, qty, price, field, chinese, english in CASES:
        with one.page.expect_response("**/orders") as answer:
            one.page.keyboard.press("Escape")
            one.order(side=side, qty=qty, price=price)
        assert answer.value.status == 422, (side, qty, price)
        refused(one, field, chinese if lang == "zh" else english)
        expect(one.page.locator("#qty")).to_have_value(qty)


def test_check_22_bought_today_cannot_be_sold_today(visit: Open) -> None:
    one = visit(size=DESKTOP)
    one.join_floor()
    one.order(qty=100)
    one.filled()
    one.order(side="sell", qty=100)
    refused(one, "qty", "T+1")


def test_check_23_no_double_order(visit: Open) -> None:
    one = visit(size=DESKTOP)
    one.try_it()
    one.page.locator("label[for=kind-limit]").click()
    one.page.locator("#price").fill("1.00")
    one.page.locator("#qty").fill("10")
    one.page.locator("#confirm").dblclick()
    one.received()
    one.page.wait_for_timeout(500)
    assert len(one.csv("orders")) == 2


def test_check_23_sent_again_after_a_lost_answer(visit: Open) -> None:
    one = visit(size=DESKTOP)
    one.try_it()
    one.page.locator("label[for=kind-limit]").click()
    one.page.locator("#price").fill("1.00")
    one.page.locator("#qty").fill("10")
    lost: list[int] = []

    def lose_the_first_answer(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    one.page.route("**/orders", lose_the_first_answer)
    one.page.locator("#confirm").click()
    expect(one.page.locator("#toast")).not_to_be_empty()
    one.page.locator("#confirm").click()
    one.received()
    assert lost == [201]
    assert len(one.csv("orders")) == 2
    one.complaints.clear()  # the lost answer itself is reported by the browser


def test_check_24_cancel_quickly(visit: Open) -> None:
    one = visit(lang="en")
    one.try_it()
    one.order(qty=100, price="1.00")
    one.received()
    one.page.locator("#order-form [data-close-ticket]").click()
    frozen = one.page.locator("#positions [data-acct=frozen]")
    expect(frozen).not_to_have_text("$0.00")
    one.taps = 0
    one.tap("#tab-orders")
    one.tap("#orders button")
    assert one.taps <= 2
    expect(one.page.locator("#orders")).to_contain_text("Order cancelled.")
    one.page.locator("#tab-positions").click()
    expect(frozen).to_have_text("$0.00", timeout=1_000)


def test_a_waiting_order_can_be_changed(visit: Open) -> None:
    one = visit(size=DESKTOP, lang="en")
    one.try_it()
    one.order(qty=100, price="1.00")
    one.received()
    one.tab("orders")
    one.page.locator("#orders details.replace summary").click()
    one.page.get_by_label("New price").fill("0")
    one.page.get_by_role("button", name="Save").click()
    expect(one.page.locator(".replace-form .error")).to_contain_text("greater than zero")
    one.page.get_by_label("New price").fill("2.00")
    one.page.get_by_role("button", name="Save").click()
    expect(one.page.locator("#orders")).to_contain_text("Order changed.")
    expect(one.page.locator("#orders tbody tr")).to_contain_text("2.00")


def test_a_waiting_order_is_in_reach_of_a_thumb(visit: Open) -> None:
    one = visit(lang="en")
    one.try_it()
    one.order(qty=100, price="1.00")
    one.received()
    one.tab("orders")
    one.page.locator("#orders details.replace summary").click()
    for target in ("#orders .inline button", "#orders summary", "#orders .replace-form button"):
        box = one.page.locator(target).bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390, target
        assert box["height"] >= 44 and box["width"] >= 44, target
    one.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    save = one.page.locator("#orders .replace-form button").bounding_box()
    bar = one.page.locator(".action-bar").bounding_box()
    assert save and bar and save["y"] + save["height"] <= bar["y"]


def test_all_is_known_beside_a_refusal_and_a_sale_starts_with_what_is_owned(visit: Open) -> None:
    one = visit(size=DESKTOP, lang="en")
    one.try_it()
    one.order(qty=3)
    one.filled()
    one.ticket("buy")
    one.page.locator("label[for=side-sell]").click()
    expect(one.page.locator("#qty")).to_have_value("3")
    one.page.locator("#qty").fill("900000")
    expect(one.page.locator(".preview-note")).to_contain_text("You can sell 3 now")
    one.page.locator("[data-fraction='1']").click()
    expect(one.page.locator("#qty")).to_have_value("3")
