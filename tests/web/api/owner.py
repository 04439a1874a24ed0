"""Somebody with a practice market, asking the site's own API with his session or with a key."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import httpx

from feeds.catalogue import US_DAILY
from matching.instrument import InstrumentId
from matching.orders import OrderId, OrderKind, Side, TimeInForce
from matching.units import PriceTicks, Qty
from simtrade.desk.requests import ClockAction, Done, OpenPractice, PlaceRequest
from simtrade.people.api_keys import KeyScope
from tests.web.broker.program import Program, program, submit
from tests.web.serving import Site

APPLE = "XNAS:AAPL"
_numbers = itertools.count(1)


class Owner:
    """A guest, his market of American shares from ``day`` on, its clock standing, and a key."""

    def __init__(self, site: Site, day: date = date(2010, 5, 6)) -> None:
        self.site = site
        self.session = site.guest()
        self.user = self.session.user
        opened = submit(site, OpenPractice(self.user.user_id, "open", US_DAILY, day))
        assert isinstance(opened, Done)
        assert opened.account_id is not None
        self.account_id, self.venue_id = opened.account_id, opened.venue_id
        self._made = site.core.keys.create(self.user.user_id, self.venue_id)
        self.bot.clock(ClockAction.PAUSE)
        self.headers = site.cookie(self.session) | site.form_headers(self.session)
        self.http = httpx.Client(
            base_url=site.origin,
            headers={"accept-language": "en", **self.headers},
            trust_env=False,
            timeout=30,
        )

    def __enter__(self) -> Owner:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    @property
    def bot(self) -> Program:
        """A program with his key that may do everything; tests close what they opened."""
        return Program(self.site, self.user, self._made)

    def key(self, *scopes: KeyScope) -> Program:
        """A key with these scopes, with all of them when none is named."""
        chosen = frozenset(scopes or KeyScope)
        return program(self.site, user=self.user, venue_id=self.venue_id, scopes=chosen)

    def reader(self) -> Program:
        """A key that may only read."""
        return program(self.site, user=self.user, venue_id=self.venue_id, scopes=frozenset())

    @property
    def path(self) -> str:
        return f"/api/accounts/{self.account_id}"

    def get(self, path: str, **query: Any) -> Any:
        answer = self.http.get(path, params=query or None)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, key: str | None = "", **members: Any) -> httpx.Response:
        """With a new idempotency key, the given one, or none."""
        name = f"wish-{next(_numbers)}" if key == "" else key
        headers = {} if name is None else {"idempotency-key": name}
        return self.http.post(path, json=members, headers=headers)

    def order(self, qty: int, price: PriceTicks | None = None, *, side: Side = Side.BUY) -> OrderId:
        """A market order, or a limit order until cancelled, in Apple."""
        kind = OrderKind.MARKET if price is None else OrderKind.LIMIT
        force = TimeInForce.DAY if price is None else TimeInForce.GTC
        wish = PlaceRequest(
            self.account_id, f"order-{next(_numbers)}", InstrumentId(APPLE), side, kind, Qty(qty),
            price, force,
        )  # fmt: skip
        reply = submit(self.site, wish)
        assert isinstance(reply, Done), reply
        assert reply.order_id is not None
        return reply.order_id

    def bought(self, qty: int = 100) -> OrderId:
        """An order that was filled."""
        placed = self.order(qty)
        self.bot.clock(ClockAction.STEP)
        return placed


def problem(answer: httpx.Response) -> tuple[int, str, str]:
    """(status, code, field) of an answer that must be a problem document."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body = answer.json()
    assert body["detail"]
    assert body["status"] == answer.status_code
    return answer.status_code, body["code"], body.get("field", "")
