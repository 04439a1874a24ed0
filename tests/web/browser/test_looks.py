"""How it looks and reads: languages, sizes, colours, names, targets, keyboard."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import StorageState, expect

from tests.web.browser.desk import DESKTOP, Open, Visit
from tests.web.messages import template
from web.i18n import HTML_LANG, LANGUAGES

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[1] / "vendor" / "axe-core-4.14.1" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OPEN_PAGES = ["/", "/floor", "/signup", "/login", "/settings", "/help", "/about"]
OPEN_PAGES += ["/about/licences", "/risk", "/privacy", "/nothing-here"]
OPEN_PAGES += ["/learn", "/learn/first-trade", "/keys"]
OWN_PAGES = ["/trade", "/portfolio", "/practice", "/plans", "/plans/new/grid"]


@pytest.fixture
def person(visit: Open, history: StorageState) -> Open:
    """``person()`` is another window of somebody who owns something and has an open order."""

    def return_to_it(*, lang: str = "zh", **options: object) -> Visit:
        one = visit(lang=lang, storage_state=history, **options)
        one.go("/help")
        one.prefer(lang=lang)
        return one

    return return_to_it


def test_check_04_my_language_keeps_page_draft_and_session(visit: Open) -> None:
    one = visit()
    one.try_it()
    one.ticket("sell")
    one.page.locator("label[for=kind-limit]").click()
    one.page.locator("#price").fill("177.7")
    one.page.locator("#qty").fill("33")
    one.page.keyboard.press("Escape")
    account, address = one.account(), one.page.url
    one.page.get_by_role("button", name="English").click()
    expect(one.page.locator("html")).to_have_attribute("lang", "en")
    assert one.page.url == address
    assert one.account() == account
    one.live()
    expect(one.page.locator("#price")).to_have_value("177.7")
    expect(one.page.locator("#qty")).to_have_value("33")
    expect(one.page.locator("#side-sell")).to_be_checked()
    one.page.get_by_role("button", name="中文").click()
    expect(one.page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(one.page.locator("#price")).to_have_value("177.7")


def test_check_04_no_english_is_left_in_chinese_pages(person: Open) -> None:
    one = person()
    sentences = [
        str(message.id)
        for message in template()
        if message.id
        and len(str(message.id).split()) > 2
        and not re.search(r"[{%<]", str(message.id))
    ]
    for path in OPEN_PAGES + OWN_PAGES:
        one.go(path)
        text = one.look("() => document.body.innerText")
        assert [words for words in sentences if words in text] == [], path


@pytest.mark.parametrize("lang", LANGUAGES)
def test_check_05_every_page_fits_my_phone(person: Open, lang: str) -> None:
    one = person(lang=lang)
    for path in [*OPEN_PAGES, *OWN_PAGES, "/api/docs"]:
        one.go(path)
        for width in (320, 360, 390):
            one.page.set_viewport_size({"width": width, "height": 844})
            wide = one.look("() => document.documentElement.scrollWidth")
            assert wide <= width, (path, width, wide)


def violations(one: Visit) -> list[str]:
    if not one.look("() => 'axe' in window"):
        one.look(AXE.read_text("utf-8"))
    found = one.look(
        """(tags) => axe.run({runOnly: tags, resultTypes: ["violations"]})
             .then((result) => result.violations.map((each) =>
               `${each.id}: ${each.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`))""",
        TAGS,
    )
    return [str(each) for each in found]


@pytest.mark.parametrize("updown", ["cn", "west", "cb"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_check_06_readable_in_every_dress(person: Open, lang: str, theme: str, updown: str) -> None:
    one = person(lang=lang)
    one.prefer(theme=theme, updown=updown)
    html = one.page.locator("html")
    for path in OPEN_PAGES + OWN_PAGES:
        one.go(path)
        expect(html).to_have_attribute("lang", HTML_LANG[lang])
        expect(html).to_have_attribute("data-theme", theme)
        expect(html).to_have_attribute("data-updown", updown)
        assert violations(one) == [], path
        if path == "/trade":
            expect(one.page.locator("#positions tbody tr")).to_have_count(1)
            expect(one.page.locator("#orders tbody tr")).to_have_count(1)
            one.live()
            one.ticket()
            assert violations(one) == [], "ticket"


@pytest.mark.parametrize(("lang", "dark"), [("zh", False), ("en", True)])
def test_check_06_readable_before_anybody_signs_up(visit: Open, lang: str, dark: bool) -> None:
    one = visit(lang=lang, dark=dark)
    for path in OPEN_PAGES:
        one.go(path)
        expect(one.page.locator("html")).to_have_attribute("lang", HTML_LANG[lang])
        assert violations(one) == [], path


FIELD_ROLES = {
    "textbox",
    "combobox",
    "listbox",
    "checkbox",
    "radio",
    "spinbutton",
    "searchbox",
    "Date",
}


@pytest.mark.parametrize("size", [(390, 844), DESKTOP], ids=["phone", "desktop"])
def test_check_07_every_field_has_a_name(person: Open, size: tuple[int, int]) -> None:
    one = person(size=size)
    for path in [*OPEN_PAGES, *OWN_PAGES]:
        one.go(path)
        if path == "/trade":
            one.live()
            one.ticket()
            one.page.locator("label[for=kind-limit]").click()
        nodes = one.cdp().send("Accessibility.getFullAXTree")["nodes"]
        fields = [
            node
            for node in nodes
            if not node["ignored"] and node.get("role", {}).get("value") in FIELD_ROLES
        ]
        nameless = [node for node in fields if not node.get("name", {}).get("value", "").strip()]
        assert nameless == [], path
        if path == "/trade":
            assert len(fields) >= 6


SMALL = """(least) => [...document.querySelectorAll(
  "button, select, summary, a.button, nav a, .segment label, label.check, label.style, " +
  "input:not([type=hidden]):not([type=radio]):not([type=checkbox])")]
  .filter((each) => each.checkVisibility({opacityProperty: true}) && !each.closest(".hidden"))
  .map((each) => [each, each.getBoundingClientRect()])
  .filter(([, box]) => box.width > 1 && (box.width < least || box.height < least))
  .map(([each, box]) => `${each.outerHTML.slice(0, 90)} ${box.width}x${box.height}`)"""


def test_check_08_thumb_sized_controls(person: Open) -> None:
    one = person(lang="en")
    for path in OPEN_PAGES + OWN_PAGES:
        one.go(path)
        assert one.look(SMALL, 24) == [], path
    one.go("/trade")
    one.live()
    only_buttons = SMALL.replace("button, select, summary, a.button, nav a,", "button, select,")
    assert one.look(only_buttons, 43.5) == []
    one.ticket()
    assert one.look(only_buttons, 43.5) == []
    one.page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    assert one.look(SMALL, 24) == []


COVERED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const shown = one.matches(".segment input") ? one.nextElementSibling : one;
  const box = shown.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const style = getComputedStyle(shown);
  return {what: one.outerHTML.slice(0, 100),
    covered: !(top && (shown.contains(top) || top.contains(shown)
      || top.closest("label") === shown)),
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0};
}"""


@pytest.mark.parametrize("size", [(390, 844), DESKTOP], ids=["phone", "desktop"])
def test_check_09_keyboard_sees_where_it_is(visit: Open, size: tuple[int, int]) -> None:
    one = visit(size=size)
    one.try_it()
    seen = set()
    for _ in range(70):
        one.page.keyboard.press("Tab")
        state = one.look(COVERED)
        if state is None:
            break
        seen.add(state["what"])
        assert not state["covered"], json.dumps(state)
        assert state["outlined"], json.dumps(state)
    assert len(seen) >= 15


def test_check_09_escape_closes_the_ticket_and_gives_the_focus_back(visit: Open) -> None:
    one = visit()
    one.try_it()
    opener = one.page.locator("[data-open-ticket=buy]")
    opener.focus()
    one.page.keyboard.press("Enter")
    dialog = one.page.locator("dialog#ticket")
    expect(dialog).to_have_attribute("open", "")
    one.page.keyboard.press("Escape")
    expect(dialog).not_to_have_attribute("open", "")
    expect(opener).to_be_focused()
    one.page.keyboard.press("s")
    expect(one.page.locator("#side-sell")).to_be_checked()
    one.page.keyboard.press("Escape")
    one.page.locator("main").focus()
    one.page.keyboard.press(" ")
    expect(one.page.locator("#clock")).to_have_attribute("data-running", "false")


def test_check_29_the_chart_licence_is_respected(visit: Open) -> None:
    one = visit()
    one.try_it()
    link = one.page.locator('a[href="https://www.tradingview.com/"]')
    expect(link).to_be_visible()
    assert "noopener" in (link.get_attribute("rel") or "")
    one.go("/about/licences")
    expect(one.page.locator("main")).to_contain_text(
        "TradingView Lightweight Charts™ / Copyright (с) 2025 TradingView, Inc."
    )
