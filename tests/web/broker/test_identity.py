"""Who a program is: what opens, what does not, and that nothing leaks."""

from __future__ import annotations

import base64

import httpx
import pytest

from simtrade.desk.requests import VenueId
from simtrade.people.api_keys import NewKey
from tests.web.broker.program import Program, member, practice, program
from tests.web.serving import Site

NOT_AUTHORIZED = {"code": 40110000, "message": "request is not authorized"}


def headers_of(bot: Program, how: str) -> dict[str, str]:
    pair = f"{bot.key.key_id}:{bot.secret}"
    return {
        "headers": {"APCA-API-KEY-ID": bot.key.key_id, "APCA-API-SECRET-KEY": bot.secret},
        "bearer": {"Authorization": f"Bearer {pair}"},
        "basic": {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()},
    }[how]


@pytest.mark.parametrize("how", ["headers", "bearer", "basic"])
def test_a_key_opens_its_account(broker: Site, bot: Program, how: str) -> None:
    answer = httpx.get(f"{broker.origin}/v2/account", headers=headers_of(bot, how))
    assert answer.status_code == 200
    assert answer.json()["cash"] == "1000000.00"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"APCA-API-KEY-ID": "SIMX"},
        {"APCA-API-SECRET-KEY": "x"},
        {"APCA-API-KEY-ID": "SIMX", "APCA-API-SECRET-KEY": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer nothing"},
        {"Authorization": "Basic %%%"},
        {"Authorization": "Basic \u00e9".encode("latin-1")},
        {"Authorization": "Basic " + base64.b64encode(b"\xff\xfe").decode()},
        {"Authorization": "Digest a:b"},
    ],
)
@pytest.mark.parametrize("path", ["/v2/account", "/v2/nowhere", "/v2/orders/1", "/v3/x"])
def test_without_a_key_every_address_says_the_same(
    broker: Site, given: dict[str, str | bytes], path: str
) -> None:
    answer = httpx.get(broker.origin + path, headers=given)
    assert (answer.status_code, answer.json()) == (401, NOT_AUTHORIZED)


def test_a_wrong_secret_and_a_revoked_key_open_nothing(broker: Site, bot: Program) -> None:
    wrong = {"APCA-API-KEY-ID": bot.key.key_id, "APCA-API-SECRET-KEY": bot.secret[:-1] + "!"}
    assert httpx.get(f"{broker.origin}/v2/account", headers=wrong).status_code == 401
    assert bot.get("/v2/account")
    assert broker.core.keys.revoke(bot.user.user_id, bot.key.key_id)
    assert bot.refused("GET", "/v2/account") == (401, NOT_AUTHORIZED)


def test_a_real_brokers_key_is_told_where_it_came_to(broker: Site) -> None:
    foreign = {"APCA-API-KEY-ID": "PKABCDEFGHIJKLMNOPQR", "APCA-API-SECRET-KEY": "very secret"}
    answer = httpx.get(f"{broker.origin}/v2/account", headers=foreign)
    assert answer.status_code == 401
    assert "begins with SIM" in answer.json()["message"]
    assert "PKABC" not in answer.text


def test_a_cookie_opens_nothing_here(broker: Site) -> None:
    with broker.client(broker.guest()) as browser:
        assert browser.get("/v2/account").status_code == 401
        assert browser.post("/v2/orders", json={}).status_code == 401


def test_a_key_to_another_persons_market_opens_nothing(broker: Site, replay: Program) -> None:
    thief = member(broker)
    made = broker.core.keys.create(thief.user_id, VenueId(replay.key.venue_id))
    assert isinstance(made, NewKey)
    assert Program(broker, thief, made).refused("GET", "/v2/account")[0] == 401


def test_each_key_sees_its_own_market(broker: Site, bot: Program) -> None:
    other = program(broker)
    past = practice(broker)
    ids = {one.get("/v2/account")["id"] for one in (bot, other, past)}
    assert len(ids) == 3
    assert past.get("/v2/clock")["timestamp"].startswith("2005-02-01T09:30")
    assert past.get("/v2/account")["currency"] == "USD"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v2/nowhere", 404, 40410000),
        ("PUT", "/v2/account", 405, 40510000),
        ("GET", "/v2/account/", 404, 40410000),
    ],
)
def test_errors_are_json_with_a_code(
    bot: Program, method: str, path: str, status: int, code: int
) -> None:
    found, body = bot.refused(method, path)
    assert (found, body["code"]) == (status, code)
    assert body["message"]


def test_every_answer_has_an_id_and_says_how_many_are_left(bot: Program) -> None:
    first, second = (bot.http.get("/v2/clock") for _ in range(2))
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert int(first.headers["x-ratelimit-remaining"]) == 999_999
    assert int(second.headers["x-ratelimit-remaining"]) == 999_998
    assert bot.http.get("/v2/nowhere").headers["x-ratelimit-limit"] == "1000000"
