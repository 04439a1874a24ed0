"""Who may see and do what: a visitor, an owner, a stranger, a key, a key that only reads."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from simtrade.people.api_keys import KeyScope
from tests.web.api.owner import Owner, problem
from tests.web.broker.program import program
from tests.web.serving import Site


@pytest.fixture(scope="module")
def owner(broker: Site) -> Iterator[Owner]:
    with Owner(broker) as one:
        one.bought()
        yield one


def seen_paths(owner: Owner) -> list[str]:
    tails = ("", "/positions", "/orders", "/fills", "/activities", "/equity", "/plans",
             "/orders/1/receipt", "/plans/1", "/files/orders.csv")  # fmt: skip
    return [owner.path + tail for tail in tails] + [
        f"/api/plans?acct={owner.account_id}",
        f"/api/snap?venue={owner.venue_id}",
        f"/api/venues/{owner.venue_id}",
    ]


def test_a_stranger_is_told_that_there_is_nothing(broker: Site, owner: Owner) -> None:
    stranger = program(broker)
    with broker.client(broker.guest()) as browser:
        for path in seen_paths(owner):
            for asker in (browser, stranger.http):
                assert problem(asker.get(path))[0] == 404, path
        nobody = browser.get(f"/api/accounts/{10**9}").json()
        foreign = browser.get(owner.path).json()
        assert nobody == foreign, "a foreign account cannot be told from none"


def test_a_visitor_has_to_sign_in(broker: Site, owner: Owner) -> None:
    with broker.client() as browser:
        for path in ("/api/accounts", owner.path, f"{owner.path}/fills", "/api/tapes"):
            assert problem(browser.get(path))[:2] == (401, "not_signed_in")
        assert problem(browser.get(f"/api/venues/{owner.venue_id}"))[1] == "venue_unknown"
        assert [one["id"] for one in browser.get("/api/venues").json()["items"]] == ["floor"]
        assert browser.get("/api/lessons").status_code == 200


def test_a_key_opens_its_market_and_no_other_of_its_person(broker: Site, owner: Owner) -> None:
    other = program(broker, user=owner.user)  # the same person's key to the floor
    assert other.get("/v2/account")["cash"]
    for path in seen_paths(owner):
        assert other.refused("GET", path)[0] == 404, path
    assert [one["venue"] for one in other.get("/api/accounts")["items"]] == ["floor"]
    mine = owner.bot.get("/api/accounts")["items"]
    assert [one["id"] for one in mine] == [owner.account_id]
    listed = {one["id"] for one in owner.bot.get("/api/venues")["items"]}
    assert owner.venue_id in listed
    assert owner.bot.get("/api/venues/floor")["venue"]["account"] is None, "open to everybody"
    assert listed == {owner.venue_id, "floor"}


def test_a_key_does_nothing_beside_its_account(owner: Owner) -> None:
    wish = {"headers": {"idempotency-key": "k"}, "json": {"tape": "us_daily"}}
    asked = [
        ("GET", "/api/tapes", {}),
        ("POST", "/api/venues", wish),
        ("POST", f"/api/venues/{owner.venue_id}/branch", {**wish, "json": {}}),
        ("POST", "/api/lessons/first-trade/quizzes/x", {"json": {"chosen": [0]}}),
    ]
    for method, path, options in asked:
        status, body = owner.bot.refused(method, path, **options)
        assert (status, body["code"]) in [(403, "key_one_market"), (404, "not_found")], path


def test_a_key_without_the_scope_only_reads(owner: Owner) -> None:
    reader, clerk = owner.reader(), owner.key(KeyScope.CLOCK)
    assert reader.get(owner.path)["cash"]
    key = {"idempotency-key": "read"}
    pause, plan = {"action": "pause"}, {"plan": {}}
    clock, plans = f"/api/venues/{owner.venue_id}/clock", f"{owner.path}/plans"
    for path, body in ((clock, pause), (plans, plan), (f"{plans}/1/action", pause)):
        status, told = reader.refused("POST", path, json=body, headers=key)
        assert (status, told["code"]) == (403, "key_only_reads"), path
    assert clerk.http.post(clock, json=pause, headers=key).status_code == 200
    assert clerk.refused("POST", plans, json=plan, headers=key)[0] == 403


def test_a_revoked_key_and_a_cookie_beside_a_wrong_key_open_nothing(
    broker: Site, owner: Owner
) -> None:
    gone = owner.reader()
    assert broker.core.keys.revoke(owner.user.user_id, gone.key.key_id)
    assert gone.refused("GET", owner.path)[0] == 401
    both = {**owner.headers, "APCA-API-KEY-ID": "SIMX", "APCA-API-SECRET-KEY": "x"}
    assert problem(httpx.get(broker.origin + owner.path, headers=both))[1] == "key_refused"


def test_a_foreign_page_cannot_use_the_session(broker: Site, owner: Owner) -> None:
    clock = f"{broker.origin}/api/venues/{owner.venue_id}/clock"
    cookie = broker.cookie(owner.session)
    for headers in (
        {**cookie, "origin": "https://elsewhere.example"},
        {**cookie, "origin": broker.origin},
        {**cookie, "origin": broker.origin, "x-csrf-token": "guess"},
    ):
        answer = httpx.post(
            clock, json={"action": "pause"}, headers={**headers, "idempotency-key": "x"}
        )
        assert answer.status_code == 403
