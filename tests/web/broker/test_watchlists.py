from __future__ import annotations

from typing import Any

import pytest

from tests.web.broker.program import Program, program
from tests.web.serving import Site

PATH = "/v2/watchlists"
JSON = {"content-type": "application/json"}
NAMED = "/v2/watchlists:by_name"


def symbols(watchlist: dict[str, Any]) -> list[str]:
    return [one["symbol"] for one in watchlist["assets"]]


def test_the_life_of_a_list(replay: Program) -> None:
    made = replay.post(PATH, name="Tech", symbols=["AAPL", "IBM", "AAPL"])
    assert symbols(made) == ["AAPL", "IBM"]
    assert made["account_id"] == replay.get("/v2/account")["id"]
    one = f"{PATH}/{made['id']}"
    assert replay.get(one) == made
    (head,) = replay.get(PATH)
    assert head == {name: value for name, value in made.items() if name != "assets"}
    assert symbols(replay.post(one, symbol="FB")) == ["AAPL", "IBM", "FB"]
    assert symbols(replay.call("DELETE", f"{one}/IBM")) == ["AAPL", "FB"]
    changed = replay.call("PUT", one, json={"name": "New", "symbols": ["IBM"]})
    assert (changed["name"], symbols(changed)) == ("New", ["IBM"])
    assert replay.call("PUT", one, json={"symbols": None}) | {"updated_at": 0} == changed | {
        "updated_at": 0
    }
    assert replay.http.delete(one).status_code == 204
    assert replay.refused("GET", one)[0] == 404
    assert replay.get(PATH) == []


def test_the_same_by_name(replay: Program) -> None:
    replay.post(PATH, name="My list", symbols=None)
    name = {"name": "My list"}
    assert symbols(replay.get(NAMED, name="My list")) == []
    assert symbols(replay.call("POST", NAMED, params=name, json={"symbol": "AAPL"})) == ["AAPL"]
    changed = replay.call("PUT", NAMED, params=name, json={"symbols": ["AAPL", "FB"]})
    assert symbols(changed) == ["AAPL", "FB"]
    assert symbols(replay.call("DELETE", f"{NAMED}/AAPL", params=name)) == ["FB"]
    assert replay.http.delete(NAMED, params=name).status_code == 204
    status, body = replay.refused("GET", NAMED, params=name)
    assert (status, body["code"]) == (404, 40410000)
    assert replay.refused("GET", NAMED)[0] == 422


def test_a_name_is_used_once(replay: Program) -> None:
    replay.post(PATH, name="A", symbols=[])
    other = replay.post(PATH, name="B", symbols=[])
    for method, path in (("POST", PATH), ("PUT", f"{PATH}/{other['id']}")):
        status, body = replay.refused(method, path, json={"name": "A", "symbols": []})
        assert (status, body["code"]) == (422, 40010001)
        assert body["message"] == "watchlist name must be unique"
    assert [one["name"] for one in replay.get(PATH)] == ["A", "B"]


def test_lists_of_others_do_not_exist(replay: Program, bot: Program) -> None:
    made = replay.post(PATH, name="Mine", symbols=["AAPL"])
    one = f"{PATH}/{made['id']}"
    wrong = f"{PATH}/00000000-0000-4000-8000-000000000000"
    for method, path, options in (
        ("GET", "", {}),
        ("PUT", "", {"json": {"name": "x"}}),
        ("POST", "", {"json": {"symbol": "609001"}}),
        ("DELETE", "/609001", {}),
        ("DELETE", "", {}),
    ):
        refused = bot.refused(method, one + path, **options)
        assert refused == bot.refused(method, wrong + path, **options)
        assert refused[0] == 404
    assert replay.get(one) == made


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": None},
        {"name": 5, "symbols": []},
        {"name": "a\u0000b", "symbols": []},
        {"name": "x" * 65},
        {"name": "x", "symbols": "AAPL"},
        {"name": "x", "symbols": [["AAPL"]]},
        {"name": "x", "symbols": {"AAPL": 1}},
        {"name": "x", "symbols": ["609001"]},
        {"name": "x", "symbols": ["\u0000"]},
    ],
)
def test_wrong_lists_are_not_made(replay: Program, body: dict[str, Any]) -> None:
    status, refused = replay.refused("POST", PATH, json=body)
    assert (status, refused["code"]) == (422, 40010001)
    assert replay.get(PATH) == []


def test_wrong_changes_of_one_list(replay: Program) -> None:
    made = replay.post(PATH, name="Mine", symbols=["AAPL"])
    one = f"{PATH}/{made['id']}"
    for body in ({}, {"symbol": ""}, {"symbol": 1}, {"symbol": ["AAPL"]}, {"symbol": "609001"}):
        assert replay.refused("POST", one, json=body)[0] == 422
    assert replay.refused("POST", one, json={"symbol": "X"})[1]["message"] == (
        'could not find asset "X"'
    )
    for path in ("/FB", "/609001", "/A/B"):
        assert replay.refused("DELETE", one + path)[0] == 404
    assert replay.refused("PUT", one, content=b"[1]", headers=JSON)[0] == 400
    assert replay.refused("PATCH", one, json={})[0] == 405
    assert replay.get(one) == made


def test_a_key_that_only_reads_changes_nothing(broker: Site) -> None:
    reader = program(broker, scopes=frozenset())
    assert reader.get(PATH) == []
    assert reader.refused("POST", PATH, json={"name": "x", "symbols": []})[0] == 403
