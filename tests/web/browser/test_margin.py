"""On a phone: margin is switched on, a share is sold short, its fee and the price of a call are
seen, and it is bought back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.web.browser.desk import Open, Visit
from tests.web.browser.test_looks import violations

pytestmark = pytest.mark.browser

WORDS = {
    "en": {"again": "Margin is on", "call": "A margin call would come at", "owed": "sold short"},
    "zh": {"again": "融资融券已开通", "call": "触发追保", "owed": "融券卖出"},
}


def fits(one: Visit) -> None:
    """Nothing of a page is wider than the phone."""
    wide = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert one.look(wide) <= 0


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_sell_short_and_buy_back(visit: Open, lang: str) -> None:
    one, words = visit(lang=lang), WORDS[lang]
    one.try_it()
    one.ticket()
    one.page.locator(".more-kinds summary").click()
    expect(one.page.locator("#side-short")).to_have_count(0)
    one.page.locator(".more-kinds a[href^='/margin']").click()
    expect(one.page.locator("#figures")).to_be_visible()
    fits(one)
    assert violations(one) == []
    one.page.locator("main form button.fill").click()  # without having confirmed
    expect(one.page.locator(".error")).to_be_visible()
    one.page.locator("#understood").check()
    one.page.locator("main form button.fill").click()
    expect(one.page.locator("h2#now")).to_contain_text(words["again"])
    fits(one)
    one.go("/trade")
    one.live()
    one.ticket("sell")
    one.page.locator("label[for=side-short]").click()
    one.page.locator("#qty").fill("1")
    expect(one.page.locator("#call-price")).to_be_visible()
    expect(one.page.locator("#initial-margin")).to_contain_text("$")
    expect(one.page.locator("#preview")).to_contain_text(words["call"])
    one.page.locator("#confirm").click()
    one.filled()
    one.go("/portfolio")
    expect(one.page.locator("main")).to_contain_text(words["owed"])
    expect(one.page.locator("#margin-short")).not_to_have_text("$0.00")
    fits(one)
    assert violations(one) == []
    one.page.get_by_role("link", name=re.compile("^(Buy back|买入还券)")).first.click()
    one.live()
    one.ticket()
    one.page.locator("#qty").fill("1")
    one.page.locator("#confirm").click()
    one.filled()
    one.go("/margin")
    one.page.locator("form button.wide-button").click()
    expect(one.page.locator("#understood")).to_be_visible()
    assert one.complaints == []
