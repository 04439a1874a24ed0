"""Asking again with a key: the first answer, and nothing is done twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.web.broker.program import Program
from tests.web.broker.test_orders import LOW, low
from tests.web.serving import Site
from web.broker.idempotency import Answers


def sent(bot: Program, key: str, method: str, path: str, **options: Any) -> httpx.Response:
    return bot.http.request(method, path, headers={"Idempotency-Key": key}, **options)


def test_the_first_answer_comes_again(broker: Site, replay: Program) -> None:
    first = sent(replay, "k", "POST", "/v2/orders", json=LOW)
    again = sent(replay, "k", "POST", "/v2/orders", json=LOW)
    assert first.status_code == again.status_code == 200
    assert again.json() == first.json()
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    other = sent(replay, "k", "POST", "/v2/orders", json=LOW | {"qty": 11})
    assert (other.status_code, other.json()["message"]) == (
        422, "Idempotency-Key was used for another request",
    )  # fmt: skip
    assert len(replay.get("/v2/orders")) == 1
    broker.app.state.answers = Answers()  # a server that was started again
    after = sent(replay, "k", "POST", "/v2/orders", json=LOW)
    assert (after.status_code, after.json()["id"]) == (200, first.json()["id"])
    assert len(replay.get("/v2/orders")) == 1


def test_a_refusal_is_an_answer_too(replay: Program) -> None:
    dear = LOW | {"qty": 10**6 - 1}
    first, again = (sent(replay, "dear", "POST", "/v2/orders", json=dear) for _ in range(2))
    assert (first.status_code, again.status_code) == (403, 403)
    assert first.json() == again.json()


def test_many_at_once_are_one(replay: Program) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda _: sent(replay, "same", "POST", "/v2/orders", json=LOW), range(8))
        )
    assert {one.status_code for one in answers} == {200}
    assert len({one.json()["id"] for one in answers}) == 1
    assert len(replay.get("/v2/orders")) == 1


def test_changes_and_cancels_have_keys_too(replay: Program) -> None:
    made = low(replay)
    path = f"/v2/orders/{made['id']}"
    patched = [sent(replay, "p", "PATCH", path, json={"qty": 5}).json() for _ in range(2)]
    assert patched[0] == patched[1]
    path = f"/v2/orders/{patched[0]['id']}"
    gone = [sent(replay, "d", "DELETE", path) for _ in range(2)]
    assert [one.status_code for one in gone] == [204, 204]
    assert gone[1].content == b""


def test_keys_of_two_accounts_are_two_keys(replay: Program, bot: Program) -> None:
    first = sent(replay, "shared", "POST", "/v2/orders", json=LOW)
    second = sent(bot, "shared", "POST", "/v2/orders", json=LOW)
    assert (first.status_code, second.status_code) == (200, 422)


@pytest.mark.parametrize("key", ["", "x" * 129, "a\tb"])
def test_what_is_no_key(replay: Program, key: str) -> None:
    answer = sent(replay, key, "POST", "/v2/orders", json=LOW)
    assert (answer.status_code, answer.json()["code"]) == (422, 40010001)
    assert replay.get("/v2/orders") == []
