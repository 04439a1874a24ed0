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
