"""Addresses and handshakes of the streams."""

from __future__ import annotations

import pytest
from websockets.exceptions import InvalidStatus

from tests.web.broker.program import Program
from tests.web.broker.streams.follower import follow
from tests.web.serving import Site


@pytest.mark.parametrize("path", ["/v2/iex/", "/v2/a/b", "/v1/iex", "/stream/x", "/v3/clock"])
def test_other_addresses_open_nothing(broker: Site, path: str) -> None:
    with pytest.raises(InvalidStatus), follow(broker, path):
        pass


def test_a_cookie_opens_nothing(broker: Site) -> None:
    cookie = broker.cookie(broker.guest())
    with follow(broker, "/v2/iex", cookie) as one:
        one.next()
        one.say(action="subscribe", bars=["*"])
        assert one.next()["code"] == 401


@pytest.mark.parametrize("kind", ["application/msgpack", "Application/MsgPack; charset=x"])
def test_the_handshake_names_the_form(bot: Program, kind: str) -> None:
    with follow(bot.site, "/v2/iex", {"content-type": kind}) as one:
        one.packed = True
        assert one.next() == {"T": "success", "msg": "connected"}
        assert one.texts == 0


def test_the_port_of_trading_serves_plain_requests_beside(bot: Program) -> None:
    assert bot.http.get("/v2/iex").status_code == 404
    assert bot.http.get("/stream").status_code == 404
