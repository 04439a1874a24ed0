"""A plan from the desk to work: phone and desktop, both languages, with and without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.web.browser.desk import DESKTOP, PHONE, Open, Visit

pytestmark = pytest.mark.browser


def start(one: Visit, day: str) -> None:
    """A practice market that has finished sessions before it."""
    one.go("/")
    one.tap('form[action="/try"] button')
    one.page.wait_for_url("**/trade/**")
    one.go("/practice")
    one.page.locator("#date").fill(day)
    one.tap('form[action="/practice"] button.fill')
    one.page.wait_for_url("**/trade/**")


def last_price(one: Visit) -> float:
    text = one.page.locator(".plan .hint").first.inner_text()
    return float(re.search(r"([0-9,]+\.[0-9]+)", text)[1].replace(",", ""))  # type: ignore[index]


@pytest.mark.parametrize(
    ("size", "lang", "scripts"), [(PHONE, "zh", True), (DESKTOP, "en", True), (PHONE, "en", False)]
)
def test_dry_run_and_arm_a_grid(
    visit: Open, size: tuple[int, int], lang: str, scripts: bool
) -> None:
    one = visit(size=size, lang=lang, scripts=scripts)
    start(one, "2010-05-06")
    one.go("/plans?symbol=AAPL")
    one.tap('a[href^="/plans/new/grid"]')
    last = last_price(one)
    for name, value in (("lower", last * 0.8), ("upper", last * 0.7), ("step", last * 0.01)):
        one.page.locator(f"#{name}").fill(f"{value:.2f}")
    one.page.locator("#qty").fill("5")
    one.tap(".plan button.fill")
    expect(one.page.locator("#lower")).to_have_attribute("aria-invalid", "true")
    expect(one.page.locator("#lower-note")).to_contain_text(
        "必须低于" if lang == "zh" else "must be below"
    )
    one.page.locator("#upper").fill(f"{last * 1.2:.2f}")
    one.tap(".plan button.fill")
    trial = one.page.locator("main")
    expect(trial).to_contain_text("没有偷看未来" if lang == "zh" else "No look-ahead")
    expect(trial).to_contain_text("与什么都不做相比" if lang == "zh" else "Against doing nothing")
    expect(trial).to_contain_text("2010年5月5日" if lang == "zh" else "May 5, 2010")
    one.tap('form[action="/plans"] button')
    one.page.wait_for_url(re.compile(r"/plans/\d+"))
    expect(one.page.locator("h1 .badge")).to_have_text("运行中" if lang == "zh" else "At work")
    expect(one.page.locator("#opened + ul li")).to_have_count(1)
    one.tap('form[action$="/stop"] button')
    expect(one.page.locator("h1 .badge")).to_have_text("已停止" if lang == "zh" else "Stopped")
    expect(one.page.locator("#opened")).to_have_count(0)


def test_stage_an_order_for_the_next_open(visit: Open) -> None:
    one = visit(lang="en")
    start(one, "2010-05-06")
    one.live()
    one.pause()
    one.page.locator(".seek summary").click()
    one.page.locator("#seek-date").fill("2010-05-09")  # a Sunday
    one.page.locator(".seek button").click()
    expect(one.page.locator("#clock")).to_contain_text("May 9, 2010")
    one.order(qty=7)
    closed = one.page.locator("#form-error")
    expect(closed).to_contain_text("The market is closed right now.")
    closed.locator("a").click()
    expect(one.page.locator("h1")).to_have_text("Order for the next open")
    expect(one.page.locator("#qty")).to_have_value("7")
    one.tap(".plan button.fill")
    expect(one.page.locator("main")).to_contain_text("On May 7, 2010")
    one.tap('form[action="/plans"] button')
    expect(one.page.locator("h1 .badge")).to_have_text("At work")
    plan = one.page.url
    one.go("/trade/AAPL")
    expect(one.page.locator("html")).to_have_attribute("data-ws", "live")
    one.page.locator("[data-clock=toggle]").click()
    expect(one.page.locator("#clock")).to_have_attribute("data-running", "true")
    for _ in range(20):
        one.page.goto(plan)
        if one.page.locator("h1 .badge").inner_text() == "Finished":
            break
        one.page.wait_for_timeout(500)
    expect(one.page.locator("h1 .badge")).to_have_text("Finished")
    expect(one.page.locator("main")).to_contain_text("Buy 7 AAPL at the market price.")
    expect(one.page.locator("main")).to_contain_text("A session began.")
