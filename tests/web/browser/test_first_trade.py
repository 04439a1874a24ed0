"""A newcomer's first minutes: try, buy, understand, keep it."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from tests.web.browser.desk import DESKTOP, Open, cents

pytestmark = pytest.mark.browser


def test_check_01_trade_without_an_account(visit: Open) -> None:
    began = time.monotonic()
    one = visit()
    one.go("/")
    one.tap('form[action="/try"] button')
    one.tap("[data-open-ticket=buy]")
    one.tap("#confirm")
    one.filled()
    assert one.taps <= 5
    assert time.monotonic() - began <= 60
    expect(one.page.locator("#order-form .receipt")).to_contain_text("150")


@pytest.mark.parametrize(("lang", "word"), [("zh", "模拟"), ("en", "play money")])
def test_check_02_know_that_it_is_not_real_money(visit: Open, lang: str, word: str) -> None:
    one = visit(lang=lang)

    def above_the_fold(where: str) -> None:
        marks = one.page.locator(where).get_by_text(word).all()
        boxes = [mark.bounding_box() for mark in marks if mark.is_visible()]
        assert any(box and box["y"] + box["height"] <= 844 for box in boxes), where

    one.go("/")
    above_the_fold("main")
    one.try_it()
    above_the_fold("main")
    one.ticket()
    note = one.page.locator("#order-form > .fine")
    expect(note).to_contain_text("练习" if lang == "zh" else "Practice")
    box = note.bounding_box()
    assert box
    assert box["y"] + box["height"] <= 844


def test_check_03_the_landing_page_is_fast(visit: Open) -> None:
    one = visit()
    cdp = one.cdp()
    received: list[int] = []
    cdp.send("Network.enable")
    cdp.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    speed = {"latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750}
    cdp.send("Network.emulateNetworkConditions", {"offline": False, **speed})
    one.go("/")
    painted = one.look(
        """() => new Promise((done) => new PerformanceObserver((list) =>
             done(list.getEntries().at(-1).startTime))
             .observe({type: "largest-contentful-paint", buffered: true}))"""
    )
    one.page.wait_for_load_state("networkidle")
    assert painted <= 2_000
    assert sum(received) <= 60 * 1024


def test_check_10_keep_what_i_did(visit: Open) -> None:
    one = visit()
    one.try_it()
    one.pause()
    one.order(qty=10)
    one.received()
    while one.page.locator("#order-form").get_attribute("data-order-state") != "filled":
        one.page.keyboard.press("Escape")
        one.page.locator("[data-clock=step]").click()
        one.page.wait_for_timeout(500)
    before = one.csv("positions"), one.summary()
    one.go("/signup")
    name = f"小满{time.time_ns() % 10**9}"
    one.page.get_by_label("名字").fill(name)
    one.page.get_by_label("密码").fill("a lantern over water")
    one.page.locator("main form button").click()
    expect(one.page).to_have_url(one.origin + "/portfolio")
    assert (one.csv("positions"), one.summary()) == before
    one.go("/settings")
    expect(one.page.locator("h1")).to_have_text(name)
    one.page.get_by_role("button", name="退出登录").click()
    one.go("/login")
    one.page.get_by_label("名字").fill(name)
    one.page.get_by_label("密码").fill("a lantern over water")
    one.page.locator("main form button").click()
    one.page.wait_for_url("**/trade/**")
    assert one.csv("positions") == before[0]


def test_a_refused_sign_up_says_why_beside_the_field(visit: Open) -> None:
    one = visit(lang="en")
    one.go("/signup")
    one.page.get_by_label("Your name").fill("somebody.new")
    one.page.get_by_label("Password").fill("short")
    one.page.locator("main form button").click()
    field = one.page.get_by_label("Password")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    expect(one.page.get_by_label("Your name")).to_have_value("somebody.new")


def test_check_30_the_numbers_add_up(visit: Open) -> None:
    one = visit(size=DESKTOP, lang="en")
    one.try_it()
    one.order(qty=50)
    one.filled()
    one.order(qty=10, price="1.00")
    one.received()
    one.pause()
    desk = one.page.locator("[data-acct=equity]").first
    summary = one.summary()
    expect(desk).to_have_text(f"${float(summary['equity']):,.2f}")
    one.go("/portfolio")
    equity = cents(one.page.locator(".equity").inner_text())
    assert equity == cents(summary["equity"])
    values = sum(cents(row[5]) for row in one.csv("positions")[1:])
    assert equity == cents(summary["cash"]) + cents(summary["hold"]) + values
    assert cents(summary["hold"]) > 0
    twin = one.page.get_by_text("Compared with doing nothing")
    difference = abs(equity - cents(summary["twin"])) / 100
    expect(twin).to_contain_text(f"${difference:,.2f}")
