"""The desk while prices move: fast, calm, one truth, one clock, nothing lost."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.web.browser.desk import DESKTOP, Open, Visit

pytestmark = pytest.mark.browser


def test_check_13_prices_move_soon(visit: Open) -> None:
    one = visit()
    one.try_it()
    address = one.page.url
    cdp = one.cdp()
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    one.page.goto(address)
    one.page.wait_for_function("() => Number(document.documentElement.dataset.tick) >= 1")
    assert one.look("() => performance.now()") <= 2_500


@pytest.mark.slow
def test_check_14_smooth(visit: Open) -> None:
    one = visit()
    one.join_floor()
    cdp = one.cdp()
    cdp.send("Performance.enable")
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    one.page.wait_for_timeout(2_000)

    def busy() -> float:
        metrics = cdp.send("Performance.getMetrics")["metrics"]
        return float(next(each["value"] for each in metrics if each["name"] == "TaskDuration"))

    one.look(
        """() => { window.long = []; new PerformanceObserver((list) => window.long.push(
             ...list.getEntries().map((each) => each.duration))).observe({type: "longtask"}); }"""
    )
    before, ticks = busy(), one.tick()
    one.page.wait_for_timeout(12_000)
    share, long = (busy() - before) / 12, one.look("() => window.long")
    assert one.tick() - ticks >= 20
    assert [each for each in long if each > 100] == []
    assert len(long) <= 3
    assert share <= 0.45


def test_check_15_my_typing_is_safe(visit: Open) -> None:
    one = visit(size=DESKTOP)
    one.join_floor()
    one.page.locator("label[for=kind-limit]").click()
    price = one.page.locator("#price")
    price.fill("1")
    one.page.locator("#qty").fill("0")
    one.page.route("**/orders", lambda route: (one.page.wait_for_timeout(600), route.continue_()))
    with one.page.expect_response("**/orders") as answer:
        one.look("() => document.getElementById('confirm').click()")
        price.focus()
        one.page.keyboard.press("End")
        one.page.keyboard.type("23", delay=40)
    assert answer.value.status == 422
    expect(one.page.locator("#qty")).to_have_attribute("aria-invalid", "true")
    price.focus()
    one.page.keyboard.press("Home")
    one.page.keyboard.press("ArrowRight")
    one.ticks(50, timeout=60_000)
    assert price.input_value() == "123"
    assert one.look("() => document.getElementById('price').selectionStart") == 1


@pytest.mark.slow
@pytest.mark.parametrize("size", [(390, 844), DESKTOP], ids=["phone", "desktop"])
def test_check_16_nothing_jumps(visit: Open, size: tuple[int, int]) -> None:
    one = visit(size=size)
    one.join_floor()
    button = one.page.locator("[data-open-ticket=buy]" if size[0] < 900 else "#confirm")
    one.look(
        """() => { window.shift = 0; new PerformanceObserver((list) => { for (const each of
             list.getEntries()) if (!each.hadRecentInput) window.shift += each.value; })
             .observe({type: "layout-shift", buffered: true}); }"""
    )
    box = button.bounding_box()
    for _ in range(30):
        one.page.wait_for_timeout(1_000)
        assert button.bounding_box() == box
    assert one.look("() => window.shift") <= 0.05


COLOURS = """() => {
  const probe = (name) => { const one = document.createElement("i"); one.className = name;
    document.body.append(one); const colour = getComputedStyle(one).color;
    one.remove(); return colour; };
  const colour = (query) => getComputedStyle(document.querySelector(query)).color;
  const fill = (query) => getComputedStyle(document.querySelector(query)).backgroundColor;
  const row = document.querySelector(".rows tr.up");
  const text = (name) => row.querySelector(`[data-f=${name}]`).textContent;
  return {up: probe("up"), down: probe("down"),
    row: getComputedStyle(row.querySelector(".num")).color, arrow: text("arrow"), text: text("pct"),
    buy: fill("[data-open-ticket=buy]"), sell: fill("[data-open-ticket=sell]"),
    bid: colour(".bid-price"), ask: colour(".ask-price"),
    chart: document.getElementById("chart").dataset.up};
}"""


def test_check_17_up_is_red_in_chinese_and_green_in_english(visit: Open) -> None:
    seen = []
    for lang, updown in (("zh", None), ("en", None), ("en", "cb")):
        one = visit(lang=lang)
        one.join_floor()
        if updown:
            one.prefer(updown=updown)
            one.page.reload()
            one.live()
        one.page.locator(".rows tr.up").first.wait_for(state="attached", timeout=30_000)
        colours = one.look(COLOURS)
        assert colours["row"] == colours["buy"] == colours["bid"] == colours["up"]
        assert colours["sell"] == colours["ask"] == colours["down"]
        assert colours["arrow"] == "▲"
        assert colours["text"].startswith("+")
        seen.append((colours["up"], colours["down"], colours["chart"]))
        # Right after a buy its fee is all that happened today: a loss.
        one.order(qty=100)
        one.filled()
        today = one.page.locator("[data-acct=pnl_day]").first
        expect(today).to_contain_text("-", timeout=10_000)
        expect(today).to_have_css("color", colours["down"])
    (red, green, first), (up, down, second), (blue, orange, third) = seen
    assert (up, down) == (green, red)
    assert len({red, green, blue, orange}) == 4
    assert (first, second, third) == ("#c8102e", "#0a7a45", "#0b5fb0")


def test_check_18_one_truth(visit: Open) -> None:
    one = visit(size=DESKTOP)
    one.try_it()
    one.page.locator("label[for=kind-limit]").click()
    one.page.wait_for_function("() => document.getElementById('chart').dataset.last")
    prices = """() => {
      const id = JSON.parse(document.getElementById("desk-data").textContent).current;
      return [...document.querySelectorAll(`[data-sym="${id}"] [data-f=last]`)]
        .map((each) => each.textContent).concat(document.getElementById("price").value,
          (Number(document.getElementById("chart").dataset.last) / 100).toFixed(2)); }"""
    for _ in range(20):
        one.ticks(1)
        found = one.look(prices)
        assert len(found) == 4
        assert len(set(found)) == 1, found


def test_check_19_one_clock(visit: Open) -> None:
    one = visit()
    one.try_it()
    expect(one.page.locator("[data-clock=time]")).to_contain_text("2008/09/12")
    expect(one.page.locator("#clock .source")).to_have_text("历史重放")
    one.order(qty=10)
    one.filled()
    one.tab("fills")
    filled = re.search(
        r"2008/09/12 (\d\d:\d\d):\d\d", one.page.locator("#fills time").first.inner_text()
    )
    assert filled
    assert filled[1] >= "09:30"
    # The clock is painted less often than a fill is told; it comes to the fill's minute by itself.
    one.page.wait_for_function(
        """(minute) => document.querySelector("[data-clock=time]").innerText
             .match(/\\d\\d:\\d\\d/)[0] >= minute""",
        arg=filled[1],
    )
    assert not re.search(r"20(?:1[5-9]|[2-9]\d)", one.look("() => document.body.innerText"))


def test_check_20_replay_control(visit: Open) -> None:
    one = visit()
    one.try_it()
    one.page.wait_for_function("() => document.getElementById('chart').dataset.bars")
    one.pause()
    one.page.wait_for_timeout(300)
    ticks, sim = one.tick(), sim_ms(one)
    one.page.wait_for_timeout(2_000)
    assert (one.tick(), sim_ms(one)) == (ticks, sim)
    bars = int(one.look("() => document.getElementById('chart').dataset.bars"))
    last = int(one.look("() => document.getElementById('clock').dataset.sim"))
    one.page.locator("[data-clock=step]").click()
    one.page.wait_for_function(
        "(old) => Number(document.getElementById('clock').dataset.sim) > old", arg=last
    )
    one.page.locator("[data-clock=step]").click()
    one.page.wait_for_function(
        "(old) => Number(document.getElementById('chart').dataset.bars) > old", arg=bars
    )
    assert int(one.look("() => document.getElementById('chart').dataset.bars")) in (
        bars + 1,
        bars + 2,
    )
    stepped = sim_ms(one)
    assert stepped % 60_000 == 0


def test_two_presses_of_the_step_are_two_steps_with_keys_of_their_own(visit: Open) -> None:
    one = visit()
    one.try_it()
    one.pause()
    keys: list[str] = []
    one.page.on(
        "request",
        lambda sent: (
            keys.extend(re.findall(r"[?&]?key=(\w+)", sent.post_data or ""))
            if sent.url.endswith("/clock")
            else None
        ),
    )
    start = sim_ms(one)
    step = one.page.locator("[data-clock=step]")
    step.click()
    step.click()
    one.page.wait_for_function(
        "(from) => Number(document.getElementById('clock').dataset.sim) > from + 60_000", arg=start
    )
    assert len(set(keys)) == len(keys) == 2
    assert one.complaints == []


def test_check_20_twenty_times_is_twenty_times(visit: Open) -> None:
    one = visit()
    one.try_it()
    one.page.locator("#speed").select_option("20")
    one.page.wait_for_timeout(1_500)
    one.look(
        """() => { const box = document.getElementById("clock"); window.seen = [];
             new MutationObserver(() =>
               window.seen.push([performance.now(), Number(box.dataset.sim)]))
               .observe(box, {attributeFilter: ["data-sim"]}); }"""
    )
    one.page.wait_for_timeout(12_000)
    seen = one.look("() => window.seen")
    (from_ms, from_sim), (to_ms, to_sim) = seen[0], seen[-1]
    speed = (to_sim - from_sim) / (to_ms - from_ms)
    assert 19 <= speed <= 21


def test_check_20_only_forward(visit: Open) -> None:
    one = visit(lang="en")
    one.try_it()
    one.page.locator(".seek summary").click()
    one.page.get_by_label("Forward to").fill("2008-09-15")
    one.page.get_by_role("button", name="Go", exact=True).click()
    expect(one.page.locator("[data-clock=time]")).to_contain_text("Sep 15, 2008", timeout=15_000)


def sim_ms(one: Visit) -> int:
    return int(one.look("() => document.getElementById('clock').dataset.sim"))


WATCH_REGIONS = """() => { window.said = []; for (const one of document.querySelectorAll(
  "[role=status], [role=alert], [aria-live]")) new MutationObserver(() => window.said.push(
    [one.id, one.textContent]))
    .observe(one, {childList: true, characterData: true, subtree: true}); }"""


@pytest.mark.slow
def test_check_26_calm_for_screen_readers(visit: Open) -> None:
    one = visit(lang="en")
    one.try_it()
    assert one.page.locator("#say-status, #say-alert, #say-price").count() == 3
    one.look(WATCH_REGIONS)
    one.page.wait_for_timeout(30_000)
    assert one.look("() => window.said") == []
    one.order(qty=10)
    one.filled()
    one.page.wait_for_function("() => window.said.length > 0")
    one.page.wait_for_timeout(3_000)
    said = one.look("() => window.said")
    assert [where for where, _ in said] == ["say-status"]
    assert said[0][1].startswith("Filled: 10 at ")


def test_check_27_the_movement_can_be_paused(visit: Open) -> None:
    one = visit(size=DESKTOP)
    one.join_floor()
    one.page.get_by_role("button", name="暂停报价").click()
    one.page.wait_for_timeout(1_500)
    one.look(
        """() => { window.writes = 0;
             new MutationObserver((list) => { window.writes += list.length; })
               .observe(document.body, {subtree: true, childList: true, characterData: true}); }"""
    )
    one.page.wait_for_timeout(4_000)
    assert one.look("() => window.writes") == 0
    one.page.get_by_role("button", name="恢复报价").click()
    one.ticks(2)


def test_check_28_read_the_chart_without_eyes(visit: Open) -> None:
    one = visit(lang="en")
    one.try_it()
    one.page.wait_for_function("() => document.getElementById('chart').dataset.bars")
    one.pause()
    chart = one.page.get_by_role("img", name="Price chart of AAPL")
    expect(chart).to_be_visible()
    expect(one.page.locator("#chart-summary")).to_have_text(
        re.compile(r"^\d+ bars, lowest [\d.,]+, highest [\d.,]+, last [\d.,]+\.$")
    )
    one.page.get_by_role("button", name="As table").focus()
    one.page.keyboard.press("Enter")
    rows = one.page.locator("#chart-table tbody tr").all_inner_texts()
    bars = one.bars("1m", 20)
    assert len(rows) == len(bars) == 20
    for row, bar in zip(rows, reversed(bars), strict=True):
        cells = row.split("\t")
        assert [round(float(cell.replace(",", "")) * 100) for cell in cells[1:5]] == bar[1:5]
    one.page.get_by_role("button", name="As chart").click()
    expect(chart).to_be_visible()


DRAWN = """() => [...document.querySelectorAll("#chart canvas")]
  .map((each) => each.toDataURL()).join()"""


def test_check_28_zoom_without_a_mouse(visit: Open) -> None:
    one = visit(lang="en")
    one.try_it()
    one.page.wait_for_function("() => document.getElementById('chart').dataset.bars")
    one.pause()
    bars = one.bars("1m", 90)

    def press(name: str, count: int) -> str:
        """The picture that a button leaves, once the page has said which bars are in it."""
        one.page.get_by_role("button", name=name, exact=True).focus()
        one.page.keyboard.press("Enter")
        first, last = (
            datetime.fromtimestamp(bars[place][0], UTC).strftime("%b %-d, %Y %H:%M")
            for place in (-count, -1)
        )
        said = f"Showing {count} bars, from {first} to {last}."
        expect(one.page.locator("#say-status")).to_have_text(said)
        return str(one.look(DRAWN))

    press("Latest", 90)
    fewer = press("Show fewer bars", 62)
    assert press("Show more bars", 90) != fewer
    assert press("Show fewer bars", 62) == fewer
