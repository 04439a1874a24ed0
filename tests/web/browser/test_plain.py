"""Half-loaded pages still work, and no page does anything behind a person's back."""

from __future__ import annotations

from urllib.parse import urlparse

import pytest
from playwright.sync_api import expect

from tests.web.browser.desk import DESKTOP, Open

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [(390, 844), DESKTOP], ids=["phone", "desktop"])
def test_check_49_works_without_scripts(visit: Open, size: tuple[int, int]) -> None:
    one = visit(size=size, scripts=False)
    one.go("/")
    one.page.locator('form[action="/try"] button').first.click()
    one.page.locator("label[for=kind-limit]").click()
    one.page.locator("#price").fill("0")
    one.page.locator("#qty").fill("10")
    one.page.locator("#confirm").click()
    expect(one.page.locator("#price")).to_have_attribute("aria-invalid", "true")
    expect(one.page.locator("#qty")).to_have_value("10")
    one.page.locator("label[for=kind-market]").click()
    one.page.locator("#confirm").click()
    result = one.page.locator("#order-form.result")
    expect(result).to_be_visible()
    for _ in range(20):
        if result.get_attribute("data-order-state") == "filled":
            break
        one.page.wait_for_timeout(300)
        one.page.reload()
    expect(result).to_have_attribute("data-order-state", "filled")
    expect(one.page.locator("#positions tbody tr")).to_contain_text("AAPL")
    expect(one.page.locator("#fills")).to_contain_text("150.")
    one.go("/portfolio")
    expect(one.page.locator("main")).to_contain_text("和什么都不做相比")
    one.go("/help")
    one.page.get_by_role("button", name="English").click()
    expect(one.page.locator("h1")).to_have_text("Help")


@pytest.mark.parametrize("size", [(390, 844), DESKTOP], ids=["phone", "desktop"])
def test_check_49_lessons_are_read_without_scripts(visit: Open, size: tuple[int, int]) -> None:
    one = visit(size=size, scripts=False)
    one.go("/learn")
    lessons = one.page.locator(".lessons h2 a")
    titles = lessons.all_inner_texts()
    lessons.first.click()
    links = set()
    for place, title in enumerate(titles):
        expect(one.page.locator("h1")).to_have_text(title)
        text = one.page.locator("article.lesson")
        parts = text.locator(":is(h2, p, li, th:not(:empty), td:not(:empty)):not(details *)").all()
        assert len(parts) >= 20
        for part in parts:
            expect(part).to_be_visible()
        for more in text.locator("summary").all():
            more.click()
            expect(more.locator("xpath=following-sibling::*").first).to_be_visible()
        links |= set(text.locator("a").evaluate_all("(all) => all.map((each) => each.href)"))
        if place + 1 < len(titles):
            one.page.locator("a[rel=next]").click()
    expect(one.page.locator("a[rel=next]")).to_have_count(0)
    one.page.get_by_role("button", name="马上试一笔").click()
    expect(one.page.locator("h1")).to_contain_text("AAPL")
    own = sorted(link for link in links if link.startswith(one.origin))
    assert len(own) >= 5
    for link in own:
        answer = one.page.goto(link)
        assert answer is None or answer.ok, link  # None: from one mark of a page to another
        mark = urlparse(link).fragment
        expect(one.page.locator(f"#{mark}" if mark else "main h1")).to_be_in_viewport()


@pytest.mark.parametrize("size", [(390, 844), DESKTOP], ids=["phone", "desktop"])
def test_check_49_a_quiz_is_answered_without_scripts(visit: Open, size: tuple[int, int]) -> None:
    one = visit(size=size, scripts=False)
    one.go("/learn/first-trade")
    quiz = one.page.locator("form.quiz")
    quiz.get_by_role("button").click()
    expect(quiz.get_by_role("alert")).to_have_text("请选一项，再检查。")
    quiz.locator("label").nth(0).click()
    quiz.get_by_role("button").click()
    expect(quiz.get_by_role("status")).to_contain_text("还差一点。")
    expect(quiz.locator(".reason")).to_have_count(1)
    one.go("/")
    one.page.locator('form[action="/try"] button').first.click()
    one.go("/learn/first-trade")
    expect(quiz.get_by_role("status")).to_have_count(0)
    quiz.locator("label").nth(1).click()
    quiz.get_by_role("button").click()
    expect(quiz).to_be_in_viewport()
    expect(quiz.get_by_role("status")).to_contain_text("答对了。")
    one.go("/learn")
    expect(one.page.locator(".lessons li").first).to_contain_text("答对问题 1/1")
    one.page.locator(".lessons h2 a").first.click()
    expect(quiz.get_by_role("status")).to_contain_text("答对了。")
    expect(quiz.locator(".choice input").nth(1)).to_be_checked()
    for target in quiz.locator("label, button").all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 44


def test_check_50_no_surprises(visit: Open) -> None:
    one = visit()
    one.try_it()
    one.order(qty=10)
    one.filled()
    for path in ("/portfolio", "/practice", "/floor", "/help", "/about/licences", "/settings"):
        one.go(path)
    own = urlparse(one.origin).netloc
    assert {urlparse(url).netloc for url in one.requests} <= {own, ""}
    pages = [each for each in one.responses if "text/html" in each.headers.get("content-type", "")]
    assert len(pages) >= 8
    for each in pages:
        policy = each.headers.get("content-security-policy", "")
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
    cookies = one.context.cookies()
    assert cookies
    for cookie in cookies:
        assert cookie["httpOnly"], cookie["name"]
        assert cookie["sameSite"] in ("Lax", "Strict"), cookie["name"]
