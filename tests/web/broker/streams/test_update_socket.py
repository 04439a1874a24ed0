"""Trade updates by websocket: who hears, in which form, and that nothing is missing."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.web.broker.program import Program, program
from tests.web.broker.streams.follower import MSGPACK, Follower, follow, updates_of
from tests.web.broker.streams.trading import account_of, cancel, pass_minutes, place, replace
from tests.web.serving import Site, wait_until
from web.broker.streams.connections import Kind
from web.live.mailbox import Patience

LISTEN = {"action": "listen", "data": {"streams": ["trade_updates"]}}


def answer(status: str, action: str) -> dict[str, object]:
    return {"stream": "authorization", "data": {"status": status, "action": action}}


def updates(one: Follower, count: int) -> list[dict[str, Any]]:
    return [one.hear("trade_updates")["data"] for _ in range(count)]


def kinds(found: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["event"], one["order"]["status"]) for one in found]


@pytest.mark.parametrize("path", ["/stream", "/stream/"])
@pytest.mark.parametrize("old", [True, False])
def test_both_forms_of_words_at_both_addresses(bot: Program, path: str, old: bool) -> None:
    words: dict[str, Any] = {"action": "auth", "key": bot.key.key_id, "secret": bot.secret}
    if old:
        data = {"key_id": bot.key.key_id, "secret_key": bot.secret}
        words = {"action": "authenticate", "data": data}
    with follow(bot.site, path) as one:
        one.say(**LISTEN)
        assert one.next() == answer("unauthorized", "listen")
        one.say(**words)
        assert one.next() == answer("authorized", "authenticate")
        one.say(**words)
        assert one.next() == answer("authorized", "authenticate")
        one.say(action="listen", data={"streams": ["account_updates", "trade_updates"]})
        assert one.next() == {"stream": "listening", "data": {"streams": ["trade_updates"]}}
        assert one.texts == 0  # binary frames with JSON in them


def test_an_order_from_its_begin_to_its_end(replay: Program) -> None:
    with updates_of(replay) as one:
        order_id = place(replay, 10, limit=100, symbol="MSFT")
        replace(replay, order_id, 20, 110)
        cancel(replay, order_id)
        found = updates(one, 4)
    assert kinds(found) == [
        ("new", "new"), ("replaced", "replaced"), ("new", "new"), ("canceled", "canceled"),
    ]  # fmt: skip
    first, old, new, last = (each["order"] for each in found)
    assert first["id"] == old["id"]
    assert (old["replaced_by"], new["replaces"]) == (new["id"], old["id"])
    assert last["id"] == new["id"]
    assert (new["qty"], new["limit_price"]) == ("20", "1.10")
    assert all("execution_id" not in each and each["timestamp"] for each in found)
    # The same order read now is what the last update said.
    assert replay.get(f"/v2/orders/{last['id']}") == last


def test_fills_add_up_and_rest_is_never_behind(bot: Program) -> None:
    with updates_of(bot) as one:
        place(bot, 100)
        new, *fills = updates(one, 2)
        while fills[-1]["event"] != "fill":
            fills += updates(one, 1)
        now = bot.get(f"/v2/orders/{new['order']['id']}")
        assert now["status"] == "filled"
    assert new["event"] == "new"
    assert new["order"]["filled_qty"] == "0"
    assert sum(int(each["qty"]) for each in fills) == int(now["filled_qty"]) == 100
    assert fills[-1]["position_qty"] == "100"
    assert len({each["execution_id"] for each in fills}) == len(fills)
    assert fills[-1]["order"] == now


def test_execution_ids_are_the_same_for_everybody(bot: Program) -> None:
    with updates_of(bot) as one, updates_of(bot, headers=MSGPACK) as two:
        place(bot, 100)
        assert updates(one, 2) == updates(two, 2)
        assert two.texts == 0


def test_who_stops_listening_hears_no_more(replay: Program) -> None:
    with updates_of(replay) as one:
        one.say(action="listen", data={"streams": []})
        assert one.next() == {"stream": "listening", "data": {"streams": []}}
        place(replay, 1, limit=100, symbol="MSFT")
        assert one.heard(0.3) == []
        one.say(**LISTEN)
        one.say(**LISTEN)
        assert [one.next()["stream"] for _ in range(2)] == ["listening"] * 2
        place(replay, 2, limit=100, symbol="MSFT")
        assert [each["order"]["qty"] for each in updates(one, 1)] == ["2"]
        assert one.heard(0.3) == []


def test_nobody_hears_of_others(replay: Program, broker: Site) -> None:
    with updates_of(program(broker)) as other:
        place(replay, 1, limit=100, symbol="MSFT")
        assert other.heard(0.3) == []


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"action":"listen"}', '{"action":"dance"}', '{"action":[]}', "\x00"]
)
def test_words_without_sense_end_nothing(bot: Program, text: str) -> None:
    with updates_of(bot) as one:
        one.connection.send(text)
        one.connection.send(text.encode())
        for _ in range(2):
            assert one.next() == {"stream": "error", "data": {"error_message": "invalid syntax"}}
        one.say(**LISTEN)
        assert one.next()["stream"] == "listening"


def test_a_wrong_key_a_late_one_and_a_revoked_one(
    bot: Program, broker: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = answer("unauthorized", "authenticate")
    with follow(broker, "/stream") as one:
        one.say(action="auth", key=bot.key.key_id, secret="wrong")
        assert one.next() == refused
        assert one.close_code() == 4402
    with updates_of(bot) as one:
        broker.core.keys.revoke(bot.user.user_id, bot.key.key_id)
        assert one.next() == refused
        assert one.close_code() == 4401
    monkeypatch.setattr("web.broker.streams.endpoints.AUTH_SECONDS", 0.1)
    with follow(broker, "/stream") as one:
        assert one.next() == refused
        assert one.close_code() == 4404


def test_the_oldest_of_too_many_makes_room(bot: Program, broker: Site) -> None:
    with updates_of(bot) as first:
        opened = [updates_of(bot) for _ in range(5)]
        lines = [one.__enter__() for one in opened]
        assert first.close_code() == 4406
        place(bot, 100)
        assert all(updates(one, 1)[0]["event"] == "new" for one in lines)
        for one in opened:
            one.__exit__(None, None, None)
    wait_until(lambda: broker.app.state.streams.connections.count(Kind.UPDATES) == 0)


def test_a_burst_reaches_who_reads(replay: Program) -> None:
    with updates_of(replay) as one:
        placed = [place(replay, 1, limit=100, symbol="MSFT") for _ in range(120)]
        pass_minutes(replay, 24 * 60)
        found = updates(one, 2 * len(placed))
    ends = [each for each in found if each["event"] == "expired"]
    assert len(ends) == len({each["order"]["id"] for each in ends}) == len(placed)


def test_who_does_not_read_is_ended(
    replay: Program, broker: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.live.protocol.KERNEL_BUFFER_BYTES", 4096)
    monkeypatch.setattr("web.live.protocol.WRITE_BUFFER_BYTES", 4096)
    monkeypatch.setattr("web.broker.streams.update_socket.UPDATE_PATIENCE", Patience(5, 10**6))
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.connect(("127.0.0.1", broker.port))
    account_of(replay)
    closed = broker.app.state.streams.closed
    before = closed["4008"]
    headers = {"APCA-API-KEY-ID": replay.key.key_id, "APCA-API-SECRET-KEY": replay.secret}
    with follow(broker, "/stream", headers, sock=raw, max_queue=1) as slow:
        slow.say(**LISTEN)
        assert [slow.next()["stream"] for _ in range(2)] == ["authorization", "listening"]
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda _: place(replay, 1, limit=100, symbol="MSFT"), range(60)))
        wait_until(lambda: closed["4008"] == before + 1)
        with pytest.raises(ConnectionClosed):
            while True:
                assert slow.next()["data"]["event"] == "new"
        assert slow.connection.close_code == 4008


def test_a_mistake_of_ours_is_counted_and_ends_the_connection(
    replay: Program, broker: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    streams = broker.app.state.streams

    def fail(*_: object) -> None:
        raise RuntimeError("of the test")

    with updates_of(replay) as one:
        monkeypatch.setattr("web.broker.streams.update_socket.update_value", fail)
        place(replay, 1, limit=100, symbol="MSFT")
        assert one.close_code() == 1011
    assert streams.bugs == 1
    streams.bugs = 0
