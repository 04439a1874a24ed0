"""A key made on a phone: its secret is seen once, its script stops when it is revoked."""

from __future__ import annotations

import re
import time

import httpx
import pytest
from playwright.sync_api import expect

from tests.web.browser.desk import DESKTOP, PHONE, Open, Visit
from tests.web.browser.test_looks import SMALL, violations

pytestmark = pytest.mark.browser


def sign_up(one: Visit) -> None:
    """From the keys page, which asks a guest for a name, back to the keys page."""
    one.go("/")
    one.tap('form[action="/try"] button')
    one.page.wait_for_url("**/trade/**")
    one.go("/settings")
    one.tap('a[href="/keys"]')
    one.tap('a[href="/signup?next=/keys"]')
    one.page.locator("#name").fill(f"k{time.time_ns() % 10**12}")
    one.page.locator("#password").fill("a lantern over water")
    one.tap("main form button")
    expect(one.page.locator("main form[action='/keys']")).to_be_visible()


def make(one: Visit, name: str) -> tuple[str, str]:
    """(key, secret) of a new key to the shared floor."""
    one.page.locator("#name").fill(name)
    one.page.locator("#venue").select_option("floor")
    one.tap("form[action='/keys'] button")
    shown = one.page.locator("#made-key"), one.page.locator("#made-secret")
    return shown[0].inner_text(), shown[1].inner_text()


def fits(one: Visit) -> None:
    """No sideways scrolling, no small target, nothing that axe complains of."""
    for width in (320, one.page.viewport_size["width"]):  # type: ignore[index]
        one.page.set_viewport_size({"width": width, "height": 844})
        assert one.look("() => document.documentElement.scrollWidth") <= width
    assert one.look(SMALL, 24) == []
    assert violations(one) == []


def test_a_key_on_a_phone_in_chinese(visit: Open) -> None:
    one = visit(size=PHONE, lang="zh", permissions=["clipboard-read", "clipboard-write"])
    sign_up(one)
    key_id, secret = make(one, "第一个机器人")
    expect(one.page.locator(".made")).to_contain_text("之后不再显示")
    assert one.page.url == f"{one.origin}/keys"
    one.page.get_by_role("button", name="复制 密钥 Secret").click()
    expect(one.page.locator("#copied")).to_have_text("已复制")
    assert one.look("() => navigator.clipboard.readText()") == secret
    one.page.get_by_role("button", name="复制全部").click()
    lines = one.look("() => navigator.clipboard.readText()").splitlines()
    assert lines[0] == f"export APCA_API_BASE_URL={one.origin}"
    assert lines[-1] == f"export APCA_API_SECRET_KEY={secret}"
    fits(one)

    headers = {"APCA-API-KEY-ID": key_id, "APCA-API-SECRET-KEY": secret}
    with httpx.Client(base_url=one.origin, headers=headers, trust_env=False) as script:
        assert script.get("/v2/clock").status_code == 200
        again = one.page.reload()
        assert again is not None
        assert (again.request.method, again.status) == ("GET", 200)
        expect(one.page.locator(f"#{key_id}")).to_contain_text("第一个机器人")
        assert secret not in one.page.content()
        assert one.look("(secret) => !JSON.stringify({...sessionStorage}).includes(secret)", secret)
        assert all(secret not in cookie["value"] for cookie in one.context.cookies())  # type: ignore[typeddict-item]
        assert all(secret not in url for url in one.requests)
        used = one.page.locator(f"#{key_id} dl div", has_text="最近使用").locator("time")
        assert re.fullmatch(r"\d{4}年\d+月\d+日 \d\d:\d\d", used.inner_text())

        one.page.locator(f"#{key_id} summary").click()
        fits(one)
        one.page.get_by_role("button", name="撤销这个密钥").click()
        expect(one.page.locator("details", has_text="已失效的密钥：1 个")).to_be_visible()
        assert script.get("/v2/clock").status_code == 401
    one.page.locator("main > div > details > summary").click()
    expect(one.page.locator(f"#{key_id} .badge")).to_have_text("已撤销")


def test_without_scripts_a_reload_makes_no_second_key(visit: Open) -> None:
    one = visit(size=DESKTOP, lang="en", scripts=False, dark=True)
    sign_up(one)
    key_id, secret = make(one, "grid")
    expect(one.page.get_by_role("button", name="Copy Secret")).to_have_count(0)
    one.page.reload()
    expect(one.page.locator("main")).to_contain_text("This form has made a key before")
    assert secret not in one.page.content()
    expect(one.page.locator(".list > li")).to_have_count(1)
    one.page.locator(f"#{key_id} summary").click()
    one.page.get_by_role("button", name="Revoke this key").click()
    expect(one.page.locator("main")).to_contain_text("Keys that work no more: 1")


def test_the_keyboard_makes_and_revokes(visit: Open) -> None:
    one = visit(size=DESKTOP, lang="en", dark=True)
    sign_up(one)
    one.page.locator("#name").focus()
    one.page.keyboard.type("typed")
    one.page.keyboard.press("Enter")
    expect(one.page.locator("#made-secret")).to_be_visible()
    fits(one)
    summary = one.page.locator(".revoke summary")
    summary.focus()
    one.page.keyboard.press("Enter")
    one.page.keyboard.press("Tab")
    expect(one.page.get_by_role("button", name="Revoke this key")).to_be_focused()
    one.page.keyboard.press("Enter")
    expect(one.page.locator("main")).to_contain_text("Keys that work no more: 1")
