"""What a person does on the site, as words for tests."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page, Response, expect

PHONE = (390, 844)
DESKTOP = (1440, 900)
OWN_4XX = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


@dataclass
class Visit:
    """One person with one browser window.  ``taps`` counts what a finger did."""

    page: Page
    context: BrowserContext
    origin: str
    taps: int = 0
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)

    def listen(self) -> None:
        page = self.page
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._console(message.type, message.text))
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("response", lambda response: self.responses.append(response))

    def _console(self, kind: str, text: str) -> None:
        if kind == "error" and not OWN_4XX.search(text) and "WebSocket" not in text:
            self.complaints.append(text)

    def cdp(self) -> CDPSession:
        return self.context.new_cdp_session(self.page)

    def go(self, path: str) -> None:
        self.page.goto(self.origin + path)

    def tap(self, selector: str) -> None:
        self.taps += 1
        self.page.locator(selector).first.click()

    def look(self, script: str, argument: object = None) -> Any:
        return self.page.evaluate(script, argument)

    def try_it(self) -> None:
        """From the landing page to a practice desk that ticks."""
        self.go("/")
        self.tap('form[action="/try"] button')
        self.live()

    def join_floor(self) -> None:
        self.go("/floor")
        self.tap('form[action="/floor"] button')
        self.live()

    def live(self) -> None:
        expect(self.page.locator("html")).to_have_attribute("data-ws", "live", timeout=15_000)
        self.ticks(1)

    def tick(self) -> int:
        return int(self.look("() => document.documentElement.dataset.tick"))

    def ticks(self, count: int, timeout: int = 20_000) -> None:
        """Wait for so many painted frames."""
        self.page.wait_for_function(
            "(wanted) => Number(document.documentElement.dataset.tick) >= wanted",
            arg=self.tick() + count,
            timeout=timeout,
        )

    def ticket(self, side: str = "buy") -> None:
        """The ticket on the screen, a fresh one."""
        again = self.page.locator("#order-form [data-again]")
        opener = self.page.locator(f"[data-open-ticket={side}]")
        if self.page.locator("#order-form.result").is_visible():
            again.click()
        elif opener.is_visible() and not self.page.locator("dialog[open]").count():
            opener.click()
        expect(self.page.locator("form#order-form")).to_be_visible()
        self.page.locator(f"label[for=side-{side}]").click()

    def order(self, *, side: str = "buy", qty: int | str, price: str | None = None) -> None:
        """Fill in the ticket and confirm it."""
        self.ticket(side)
        self.page.locator(f"label[for=kind-{'market' if price is None else 'limit'}]").click()
        if price is not None:
            self.page.locator("#price").fill(price)
        self.page.locator("#qty").fill(str(qty))
        self.page.locator("#confirm").click()

    def filled(self) -> None:
        result = self.page.locator("#order-form.result")
        expect(result).to_have_attribute("data-order-state", "filled", timeout=20_000)

    def received(self) -> None:
        expect(self.page.locator("#order-form.result")).to_be_visible(timeout=10_000)

    def tab(self, name: str) -> None:
        close = self.page.locator("dialog[open] [data-close-ticket]")
        if close.count():
            close.first.click()
        self.page.locator(f"#tab-{name}").click()

    def prefer(self, **choices: str) -> None:
        """Set language, theme or colours as the settings page does."""
        for name, value in choices.items():
            self.look(
                """([name, value]) => fetch(`/${name}/${value}`, {method: "POST",
                  headers: {"Content-Type": "application/x-www-form-urlencoded"},
                  body: new URLSearchParams({
                    csrf: document.querySelector("meta[name=csrf]").content, next: "/help"})})""",
                [name, value],
            )

    def account(self) -> str:
        return str(
            self.look("() => JSON.parse(document.getElementById('desk-data').textContent).account")
        )

    def bars(self, interval: str, count: int) -> list[list[int]]:
        """The newest bars of the desk's security: [time, open, high, low, close, volume]."""
        found = self.look(
            """([interval, count]) => {
                 const desk = JSON.parse(document.getElementById("desk-data").textContent);
                 const query = new URLSearchParams(
                   {venue: desk.venue, sym: desk.current, iv: interval, count});
                 return fetch("/api/bars?" + query).then((answer) => answer.json()); }""",
            [interval, str(count)],
        )
        return list(found["b"])

    def csv(self, kind: str) -> list[list[str]]:
        text = self.look(
            "(path) => fetch(path).then((answer) => answer.text())",
            f"/portfolio/{kind}.csv",
        )
        return [line.split(",") for line in text.strip().splitlines()]

    def summary(self) -> dict[str, str]:
        return dict(row[:2] for row in self.csv("summary"))

    def pause(self) -> None:
        box = self.page.locator("#clock")
        if box.get_attribute("data-running") == "true":
            self.page.locator("[data-clock=toggle]").click()
        expect(box).to_have_attribute("data-running", "false")


Open = Callable[..., Visit]


def cents(text: str) -> int:
    """Money as written on a page, in cents."""
    return int(re.sub(r"[^0-9-]", "", text))
