"""Market data conversations: every word and every error of the contract, from a real server."""

from __future__ import annotations

import json
import socket
from contextlib import suppress
from dataclasses import replace

import pytest
from websockets.exceptions import ConnectionClosed

from simtrade.desk.requests import FLOOR
from tests.web.broker.program import Program, program
from tests.web.broker.streams.follower import MSGPACK, Follower, data_of, follow
from tests.web.serving import Site, wait_until
from web.broker.streams.connections import Kind
from web.live.mailbox import Patience

CONNECTED = {"T": "success", "msg": "connected"}
AUTHENTICATED = {"T": "success", "msg": "authenticated"}
ALL_EMPTY = {
    "T": "subscription", "trades": [], "quotes": [], "bars": [], "updatedBars": [],
    "dailyBars": [], "statuses": [], "lulds": [],
}  # fmt: skip


def error(code: int, words: str) -> dict[str, object]:
    return {"T": "error", "code": code, "msg": words}


@pytest.fixture
def symbol(broker: Site) -> str:
    view = broker.core.venues.view(FLOOR)
    assert view is not None
    return str(view.instruments[0].symbol)


def keys_of(bot: Program) -> dict[str, str]:
    return {"APCA-API-KEY-ID": bot.key.key_id, "APCA-API-SECRET-KEY": bot.secret}


def test_the_server_speaks_first_and_answers_with_the_whole_state(
    bot: Program, symbol: str
) -> None:
    with data_of(bot) as one:
        one.say(action="subscribe", trades=[symbol], bars=["*"])
        assert one.hear("subscription") == ALL_EMPTY | {"trades": [symbol], "bars": ["*"]}
        one.say(action="subscribe", quotes=["NOBODY", symbol], unknown=1)
        state = one.hear("subscription")
        assert state["quotes"] == sorted(["NOBODY", symbol])
        assert state["trades"] == [symbol]
        one.say(action="unsubscribe", trades=[symbol], quotes=[symbol, "NOBODY"], bars=["*"])
        assert one.hear("subscription") == ALL_EMPTY
        assert one.texts > 0


@pytest.mark.parametrize("path", ["/v2/sip", "/v2/test", "/v2/delayed_sip"])
def test_every_feed_is_the_one_feed(bot: Program, path: str) -> None:
    with data_of(bot, path):
        pass


def test_headers_open_as_well_as_a_message(broker: Site, bot: Program) -> None:
    with follow(broker, "/v2/iex", keys_of(bot)) as one:
        assert [one.next(), one.next()] == [CONNECTED, AUTHENTICATED]
        one.say(action="auth", key=bot.key.key_id, secret=bot.secret)
        assert one.next() == error(403, "already authenticated")
        one.say(action="subscribe", bars=["X"])
        assert one.next()["bars"] == ["X"]


def test_msgpack_where_the_handshake_asks_for_it(bot: Program, symbol: str) -> None:
    with data_of(bot, headers=MSGPACK) as one:
        one.say(action="subscribe", trades=["*"], quotes=["*"])
        assert one.next()["trades"] == ["*"]
        trade = one.hear("t")
        assert trade["t"].year == 2026
        assert isinstance(trade["i"], int)
        assert one.hear("q")["t"].tzinfo is not None
        # Text is JSON whatever was agreed; answers stay what was agreed.
        one.connection.send('{"action":"unsubscribe","trades":["*"],"quotes":["*"]}')
        assert one.hear("subscription")["quotes"] == []
        assert one.texts == 0
        one.connection.send(b"\xc1\xc1")
        assert one.hear("error")["code"] == 400


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '"auth"', "1e400", '{"action":"dance"}', '{"action":7}', "[" * 5000],
)
def test_words_without_sense_are_refused_and_end_nothing(
    bot: Program, text: str, symbol: str
) -> None:
    with follow(bot.site, "/v2/iex") as one:
        assert one.next() == CONNECTED
        one.connection.send(text)
        assert one.next() == error(400, "invalid syntax")
        one.say(action="subscribe", trades=[symbol])
        assert one.next() == error(401, "not authenticated")
        one.say(action="auth", key=bot.key.key_id, secret=bot.secret)
        assert one.next() == AUTHENTICATED
        one.connection.send(text)
        assert one.hear("error")["code"] == 400
        one.say(action="subscribe", trades=["a b"])
        assert one.hear("error")["code"] == 400
        one.say(action="subscribe", bars=["X"])
        assert one.hear("subscription")["trades"] == []


def test_a_wrong_key_ends_the_connection(broker: Site, bot: Program) -> None:
    for key, secret in ((bot.key.key_id, "wrong"), ("SIMNOBODY", bot.secret), ("", "")):
        with follow(broker, "/v2/iex") as one:
            assert one.next() == CONNECTED
            one.say(action="auth", key=key, secret=secret)
            assert one.next() == error(402, "auth failed")
            assert one.close_code() == 4402
    with follow(broker, "/v2/iex", {"Authorization": "Bearer a:b"}) as one:
        assert [one.next(), one.next()] == [CONNECTED, error(402, "auth failed")]
        assert one.close_code() == 4402


def test_who_says_nothing_is_ended(broker: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.broker.streams.endpoints.AUTH_SECONDS", 0.1)
    with follow(broker, "/v2/iex") as one:
        assert [one.next(), one.next()] == [CONNECTED, error(404, "auth timeout")]
        assert one.close_code() == 4404


def test_who_has_said_it_in_time_stays(bot: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.broker.streams.endpoints.AUTH_SECONDS", 0.5)
    with data_of(bot) as one:
        assert one.heard(0.7) == []
        one.say(action="subscribe", bars=["X"])
        assert one.hear("subscription")["bars"] == ["X"]


def long_subscription(count: int) -> bytes:
    names = [f"SYMBOL{number:026d}" for number in range(count)]
    return json.dumps({"action": "subscribe", "trades": names}).encode()


def test_ten_thousand_symbols_in_fragments_and_no_more(bot: Program, broker: Site) -> None:
    with data_of(bot) as one:
        whole = long_subscription(10_000)
        assert len(whole) > 300_000
        one.connection.send(whole[place : place + 32_768] for place in range(0, len(whole), 32_768))
        assert len(one.hear("subscription")["trades"]) == 10_000
        one.say(action="subscribe", quotes=["ONEMORE"])
        assert one.next() == error(405, "symbol limit exceeded")
        one.say(action="unsubscribe", trades=["SYMBOL" + "0" * 26])
        state = one.hear("subscription")
        assert (len(state["trades"]), state["quotes"]) == (9_999, [])


def test_a_message_may_have_a_megabyte_but_only_of_who_is_known(bot: Program) -> None:
    padding = "x" * (2**20 - 100)
    with data_of(bot) as one:
        one.say(action="subscribe", bars=["X"], padding=padding)
        assert one.hear("subscription")["bars"] == ["X"]
        one.say(action="subscribe", padding="x" * 2**20)
        assert one.close_code() == 1009
    with follow(bot.site, "/v2/iex") as stranger:
        stranger.say(action="auth", padding=padding)
        assert stranger.close_code() == 1009


def test_a_flood_of_words_is_ended(bot: Program) -> None:
    with data_of(bot) as one:
        with suppress(ConnectionClosed):
            for _ in range(2_000):
                one.say(action="subscribe", bars=["X"])
        assert one.close_code() == 4429


def test_the_oldest_of_too_many_is_told_and_ended(bot: Program, broker: Site) -> None:
    opened = [data_of(bot) for _ in range(6)]
    lines: list[Follower] = [one.__enter__() for one in opened]
    assert lines[0].next() == error(406, "connection limit exceeded")
    assert lines[0].close_code() == 4406
    for one in lines[1:]:
        one.say(action="subscribe", bars=["X"])
        assert one.hear("subscription")["bars"] == ["X"]
    for context in opened:
        context.__exit__(None, None, None)
    wait_until(lambda: broker.app.state.streams.connections.count(Kind.DATA) == 0)


def test_a_revoked_key_hears_no_more(bot: Program, broker: Site) -> None:
    with data_of(bot) as one, data_of(program(broker)) as other:
        assert broker.core.keys.revoke(bot.user.user_id, bot.key.key_id)
        assert one.hear("error", 5) == error(402, "auth failed")
        assert one.close_code() == 4401
        other.say(action="subscribe", bars=["X"])
        assert other.hear("subscription")["bars"] == ["X"]


def test_coins_have_books_and_no_halts(bot: Program) -> None:
    with data_of(bot, "/v1beta3/crypto/us") as one:
        one.say(action="subscribe", orderbooks=["*"], lulds=["X"])
        state = one.hear("subscription")
        assert state["orderbooks"] == ["*"]
        assert "lulds" not in state
        book = one.hear("o")
        assert book["r"] is True
        assert book["b"][0].keys() == {"p", "s"}


def test_a_frozen_reader_is_told_so_and_slows_nobody(
    bot: Program, broker: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.live.protocol.KERNEL_BUFFER_BYTES", 4096)
    monkeypatch.setattr("web.live.protocol.WRITE_BUFFER_BYTES", 4096)
    monkeypatch.setattr("web.broker.streams.data_socket.DATA_PATIENCE", Patience(3, 4096))
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.connect(("127.0.0.1", broker.port))
    closed = broker.app.state.streams.closed
    before = closed["4008"]
    with (
        follow(broker, "/v2/iex", keys_of(bot), sock=raw, max_queue=1) as slow,
        data_of(program(broker)) as quick,
    ):
        assert slow.next() == CONNECTED
        everything = {"trades": ["*"], "quotes": ["*"], "lulds": ["*"]}
        slow.say(action="subscribe", **everything)
        quick.say(action="subscribe", **everything)
        while closed["4008"] == before:
            quick.hear("t")
        *_, last = until_closed(slow)
        assert last == error(407, "slow client")
        assert slow.connection.close_code == 4008
        assert quick.hear("t")["T"] == "t"


def until_closed(one: Follower) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    try:
        while True:
            found.append(one.next())
    except ConnectionClosed:
        return found


def test_a_live_market_is_passed_on_only_where_its_operator_allows_it(
    bot: Program, broker: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = broker.core.venues.view(FLOOR)
    assert view is not None
    lively = replace(view, traits=replace(view.traits, live=True))
    monkeypatch.setattr(type(broker.core.venues), "view", lambda _self, _venue_id: lively)
    with follow(broker, "/v2/iex") as one:
        assert one.next() == CONNECTED
        one.say(action="auth", key=bot.key.key_id, secret=bot.secret)
        assert one.next() == error(409, "insufficient subscription")
        assert one.close_code() == 4409
    object.__setattr__(broker.core.settings, "api_live_data", True)
    try:
        with data_of(bot):
            pass
    finally:
        object.__setattr__(broker.core.settings, "api_live_data", False)


def test_a_mistake_of_ours_is_said_and_counted(
    bot: Program, broker: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    bugs = broker.app.state.bugs

    def fail(_venue: object) -> None:
        raise RuntimeError("of the test")

    monkeypatch.setattr(broker.app.state.streams, "room", fail)
    with follow(broker, "/v2/iex", keys_of(bot)) as one:
        assert [one.next(), one.next(), one.next()] == [
            CONNECTED, AUTHENTICATED, error(500, "internal error"),
        ]  # fmt: skip
        assert one.close_code() == 1011
    assert broker.app.state.bugs == bugs + 1
    broker.app.state.bugs = bugs
