"""The addresses themselves: keys, methods, bodies."""

from __future__ import annotations

import httpx
import pytest

from tests.web.broker.program import Program
from tests.web.mcp.agent import Agent
from tests.web.serving import Site

ACCEPT = {"accept": "application/json, text/event-stream"}
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}


@pytest.fixture(params=["/mcp", "/mcp/orders"])
def path(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"APCA-API-KEY-ID": "SIMX", "APCA-API-SECRET-KEY": "x"},
        {"Authorization": "Bearer nothing"},
    ],
)
def test_without_a_living_key_nothing_is_told(
    broker: Site, path: str, given: dict[str, str]
) -> None:
    answer = httpx.post(broker.origin + path, headers={**ACCEPT, **given}, json=PING)
    assert answer.status_code == 401
    assert answer.json()["code"] == "key_refused"


def test_a_cookie_opens_nothing(broker: Site, path: str) -> None:
    with broker.client(broker.guest(), **ACCEPT) as browser:
        assert browser.post(path, json=PING).status_code == 401


def test_a_revoked_key_is_dead_at_once(broker: Site, replay: Program, path: str) -> None:
    assert replay.http.post(path, json=PING, headers=ACCEPT).json()["result"] == {}
    assert broker.core.keys.revoke(replay.user.user_id, replay.key.key_id)
    assert replay.http.post(path, json=PING, headers=ACCEPT).status_code == 401


def test_a_bearer_key_is_taken_too(broker: Site, replay: Program, path: str) -> None:
    bearer = {"authorization": f"Bearer {replay.key.key_id}:{replay.secret}", **ACCEPT}
    assert httpx.post(broker.origin + path, json=PING, headers=bearer).status_code == 200


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_only_posts_are_answered(replay: Program, path: str, method: str) -> None:
    status, body = replay.refused(method, path)
    assert (status, body["code"]) == (405, "method_not_allowed")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":NaN}}',
        b'{"jsonrpc":"2.0","id":' + b"9" * 5_000 + b',"method":"ping"}',
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"\\ud800"}}',
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":' + b"[" * 3_000,
        b'{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}',
        b'{"jsonrpc":"1.0","id":1,"method":"ping"}',
        b'[{"jsonrpc":"2.0","id":1,"method":"ping"}]',
    ],
)
@pytest.mark.parametrize("version", ["2025-11-25", "2026-07-28", "1999-01-01"])
def test_what_is_no_message_is_refused(
    broker: Site, bot: Program, body: bytes, version: str
) -> None:
    before = broker.app.state.bugs
    headers = {**ACCEPT, "content-type": "application/json", "mcp-protocol-version": version}
    answer = bot.http.post("/mcp", content=body, headers=headers)
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]["code"] < 0
    assert broker.app.state.bugs == before


def test_a_number_beyond_all_bounds_is_a_wrong_argument(replay: Program) -> None:
    body = (
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"bars","arguments":'
        b'{"symbol":"AAPL","count":1e400}}}'
    )
    headers = {**ACCEPT, "content-type": "application/json"}
    result = replay.http.post("/mcp", content=body, headers=headers).json()["result"]
    assert result["isError"]
    assert "arguments_at_fault" in result["content"][0]["text"]


def test_answers_say_how_many_requests_are_left(replay: Program) -> None:
    answer = replay.http.post("/mcp", json=PING, headers=ACCEPT)
    assert int(answer.headers["x-ratelimit-remaining"]) > 0


def test_each_key_sees_its_own_account(replay: Program, bot: Program) -> None:
    past, floor = Agent(replay).ask("account"), Agent(bot).ask("account")
    assert past["venue_id"] == replay.key.venue_id
    assert floor["venue_id"] == "floor"
