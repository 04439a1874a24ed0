"""The real application behind the real server: a person trades and hears of it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from matching.orders import AccountId, OrderKind, Side, TimeInForce
from matching.units import PriceTicks, Qty
from simtrade.app import Simtrade
from simtrade.desk.requests import (
    FLOOR,
    CancelRequest,
    ClockAction,
    Done,
    JoinVenue,
    OpenPractice,
    PlaceRequest,
    Request,
)
from simtrade.people.model import SignedIn
from simtrade.settings import Settings
from tests.web.serving import Site


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("data")
    core = Simtrade.open(Settings(data=folder, port=0))
    with Site(core) as site:
        yield site
    core.close()


def submit(site: Site, request: Request) -> Done:
    reply = asyncio.run(site.core.gateway.submit(request))
    assert isinstance(reply, Done), reply
    return reply


def join(site: Site, guest: SignedIn) -> AccountId:
    reply = submit(site, JoinVenue(guest.user.user_id, uuid.uuid4().hex, FLOOR))
    assert reply.account_id is not None
    return reply.account_id


def test_the_floor_moves(real: Site) -> None:
    view = real.core.venues.view(FLOOR)
    assert view
    symbols = [one.instrument_id for one in view.instruments]
    with real.socket(real.guest()) as browser:
        browser.say(t="sub", venue="floor", q=symbols, bars=[[symbols[0], "1m"]], rate=10)
        snap = browser.hear("snap")
        assert len(snap["syms"]) == len(symbols)
        assert browser.hear("clock")["src"] == "synthetic"
        first, second = browser.hear("q"), browser.hear("q")
        assert second["seq"] > first["seq"] >= snap["seq"]
        assert browser.hear("bar")["sym"] == symbols[0]


def test_an_order_is_heard_and_resumed(real: Site) -> None:
    guest = real.guest()
    account_id = join(real, guest)
    view = real.core.venues.view(FLOOR)
    assert view
    symbol = view.instruments[0].instrument_id
    quote = real.core.venues.quote(FLOOR, symbol)
    assert quote
    assert quote.lower_ticks
    with real.socket(guest) as browser:
        browser.say(t="sub", venue="floor", acct=account_id)
        start = browser.hear("acct")
        assert start["n"] is not None
        key = uuid.uuid4().hex
        placed = submit(
            real,
            PlaceRequest(
                account_id,
                key,
                symbol,
                Side.BUY,
                OrderKind.LIMIT,
                Qty(100),
                PriceTicks(quote.lower_ticks),
                TimeInForce.DAY,
            ),
        )
        order = browser.hear("ord")
        assert (order["id"], order["cid"], order["st"]) == (placed.order_id, key, "new")
        account = browser.hear("acct")
        assert account["frozen"] > 0
        assert account["cash"] + account["frozen"] == start["cash"]
        assert account["n"] == order["n"] == start["n"] + 1
    assert placed.order_id is not None
    submit(real, CancelRequest(account_id, uuid.uuid4().hex, placed.order_id))
    with real.socket(guest) as browser:
        browser.say(t="sub", venue="floor", acct=account_id, n=order["n"])
        ended = browser.hear("ord")
        assert (ended["id"], ended["st"]) == (placed.order_id, "cancelled")
        assert browser.hear("acct")["frozen"] == 0


def test_a_practice_clock_obeys_its_owner_only(real: Site) -> None:
    owner, other = real.guest(), real.guest()
    tape = real.core.venues.tapes()[0]
    reply = submit(
        real, OpenPractice(owner.user.user_id, uuid.uuid4().hex, tape.name, tape.first_session)
    )
    venue = reply.venue_id
    with real.socket(owner) as browser:
        browser.say(t="sub", venue=venue)
        assert browser.hear("clock")["state"] != "paused"
        browser.say(t="rp", venue=venue, cmd=ClockAction.PAUSE)
        while browser.hear("clock")["state"] != "paused":
            pass
        browser.say(t="rp", venue=venue, cmd=ClockAction.SPEED, v=7)
        assert browser.hear("err")["code"] == "speed_not_offered"
    with real.socket(other) as stranger:
        stranger.say(t="sub", venue=venue)
        assert stranger.close_code() == 4403


def test_polling_and_readiness(real: Site) -> None:
    guest = real.guest()
    account_id = join(real, guest)
    with real.client(guest) as client:
        assert client.get("/readyz").status_code == 200
        body = client.get(f"/api/snap?venue=floor&acct={account_id}").json()
        assert body["acct"]["cash"] == body["acct"]["equity"] > 0
        found = client.get("/api/search?venue=floor&text=6").json()["found"]
        bars = client.get(f"/api/bars?venue=floor&sym={found[0][0]}&iv=1d&count=50").json()
        assert 0 < len(bars["b"]) <= 50
