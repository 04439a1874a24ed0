"""Markets and their clocks: opened, turned, branched; wrong wishes change nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.web.api.owner import Owner, problem
from tests.web.serving import Site


@pytest.fixture(scope="module")
def owner(broker: Site) -> Iterator[Owner]:
    with Owner(broker) as one:
        yield one


@pytest.fixture
def clock(owner: Owner) -> str:
    return f"/api/venues/{owner.venue_id}/clock"


def now(owner: Owner) -> dict[str, object]:
    value: dict[str, object] = owner.get(f"/api/venues/{owner.venue_id}")["clock"]
    return value


def test_a_new_market_is_seen_everywhere(owner: Owner) -> None:
    made = owner.post(
        "/api/venues", tape="us_daily", first_session="2008-09-12", profile="strict", name=" Mine "
    )
    assert made.status_code == 201, made.text
    done = made.json()
    venue = owner.get(f"/api/venues/{done['venue']}")["venue"]
    assert (venue["account"], venue["shared"], venue["hidden"]) == (done["account"], False, False)
    assert venue["first_session"] == "2008-09-12"
    assert venue["starts_at"].startswith("2008-09-12T13:30:00.")
    assert venue["title"].startswith("Mine")
    assert owner.get(f"/api/accounts/{done['account']}")["account"]["profile"] == "strict"
    assert done["venue"] in [one["id"] for one in owner.get("/api/venues")["items"]]


def test_the_same_wish_twice_is_carried_out_once(owner: Owner) -> None:
    wish = {"tape": "us_daily", "first_session": "2009-01-05"}
    first, again = (owner.post("/api/venues", "same", **wish) for _ in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    other = owner.post("/api/venues", "same", tape="us_daily", first_session="2009-01-06")
    assert problem(other)[:2] == (422, "key_reused")


def test_without_a_key_nothing_is_asked(owner: Owner, clock: str) -> None:
    before = len(owner.get("/api/accounts")["items"])
    for path in ("/api/venues", clock, f"/api/venues/{owner.venue_id}/branch"):
        assert problem(owner.post(path, None))[:2] == (400, "idempotency_key_missing")
        assert problem(owner.post(path, "x" * 129))[:2] == (422, "key_invalid")
        assert problem(owner.post(path, "margin-call-1"))[:2] == (422, "key_invalid")
    assert len(owner.get("/api/accounts")["items"]) == before


def test_a_hidden_market_does_not_tell_what_it_is(owner: Owner) -> None:
    tapes = {one["name"]: one for one in owner.get("/api/tapes")["items"]}
    assert tapes["us_daily"]["can_be_hidden"]
    made = owner.post("/api/venues", tape="us_daily", hidden=True)
    assert made.status_code == 201
    venue = owner.get(f"/api/venues/{made.json()['venue']}")["venue"]
    assert (venue["hidden"], venue["tape"]) == (True, None)
    assert "us_daily" not in str(venue)


@pytest.mark.parametrize(
    ("members", "status", "code", "field"),
    [
        ({}, 422, "bad_fields", "tape"),
        ({"tape": "nothing"}, 404, "tape_unknown", "tape"),
        ({"tape": ""}, 422, "bad_fields", "tape"),
        ({"tape": 5}, 422, "bad_fields", "tape"),
        ({"tape": None}, 422, "bad_fields", "tape"),
        ({"tape": "us_daily", "first_session": "1950-01-01"}, 422, "seek_outside_tape",
         "first_session"),
        ({"tape": "us_daily", "first_session": "9999-12-31"}, 422, "seek_outside_tape",
         "first_session"),
        ({"tape": "us_daily", "first_session": "soon"}, 422, "bad_fields", "first_session"),
        ({"tape": "us_daily", "profile": "easy"}, 422, "bad_fields", "profile"),
        ({"tape": "us_daily", "name": "x" * 41}, 422, "bad_fields", "name"),
        ({"tape": "us_daily", "name": "a\x07b"}, 422, "venue_name_not_allowed", "name"),
        ({"tape": "us_daily", "owner": 1}, 422, "bad_fields", "owner"),
    ],
)  # fmt: skip
def test_wrong_wishes_open_nothing(
    owner: Owner, members: dict[str, object], status: int, code: str, field: str
) -> None:
    before = len(owner.get("/api/accounts")["items"])
    assert problem(owner.post("/api/venues", **members)) == (status, code, field)
    assert len(owner.get("/api/accounts")["items"]) == before


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"[1]", "application/json", 400),
        (b"null", "application/json", 400),
        (b"{", "application/json", 400),
        (b'{"tape": NaN}', "application/json", 400),
        (b'{"tape": 1e400}', "application/json", 400),
        (b'{"tape": 1' + b"0" * 30 + b"}", "application/json", 400),
        (b'{"tape": "a", "tape": "b"}', "application/json", 400),
        (b'{"tape": "\\ud800"}', "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 2000, "application/json", 400),
        (b"tape=us_daily", "application/x-www-form-urlencoded", 400),
        (b"<tape/>", "text/xml", 415),
        (b" " * 70_000, "application/json", 413),
    ],
)
def test_bodies_that_are_no_object_of_ours(
    owner: Owner, body: bytes, kind: str, status: int
) -> None:
    answer = owner.http.post(
        "/api/venues", content=body, headers={"content-type": kind, "idempotency-key": "body"}
    )
    assert problem(answer)[0] == status


def test_the_clock_is_turned(owner: Owner, clock: str) -> None:
    owner.post(clock, action="pause")
    start = now(owner)
    assert (start["running"], start["session"]) == (False, "2010-05-06")
    assert owner.post(clock, action="step").json()["seq"] > 0
    assert str(now(owner)["at"]) > str(start["at"])
    assert owner.post(clock, action="speed", speed=300).status_code == 200
    assert now(owner)["speed"] == 300
    sought = owner.post(clock, action="seek", to="2010-05-07T15:00:00+00:00")
    assert sought.status_code == 200, sought.text
    assert now(owner)["at"] == "2010-05-07T15:00:00.000000000Z"
    assert owner.post(clock, action="seek", to="2010-05-10").status_code == 200
    assert now(owner)["at"] == "2010-05-10T04:00:00.000000000Z", "midnight in New York"
    assert owner.post(clock, action="play").status_code == 200
    assert now(owner)["running"]
    owner.post(clock, action="pause")
    assert owner.bot.http.post(
        clock, json={"action": "pause"}, headers={"idempotency-key": "bot"}
    ).is_success, "a key with the scope turns it too"


@pytest.mark.parametrize(
    ("members", "status", "code", "field"),
    [
        ({}, 422, "bad_fields", "action"),
        ({"action": "stop"}, 422, "bad_fields", "action"),
        ({"action": "speed"}, 422, "bad_fields", "speed"),
        ({"action": "speed", "speed": 7}, 422, "speed_not_offered", "speed"),
        ({"action": "speed", "speed": 0}, 422, "bad_fields", "speed"),
        ({"action": "speed", "speed": 10**12}, 422, "bad_fields", "speed"),
        ({"action": "speed", "speed": "60"}, 422, "bad_fields", "speed"),
        ({"action": "play", "speed": 60}, 422, "bad_fields", "speed"),
        ({"action": "seek"}, 422, "bad_fields", "to"),
        ({"action": "pause", "to": "2010-05-10"}, 422, "bad_fields", "to"),
        ({"action": "seek", "to": "tomorrow"}, 422, "bad_fields", "to"),
        ({"action": "seek", "to": "2010-05-10T10:00:00"}, 422, "bad_fields", "to"),
        ({"action": "seek", "to": "0001-01-01"}, 422, "seek_outside_tape", "to"),
        ({"action": "seek", "to": "9999-12-31T23:59:59+00:00"}, 422, "seek_outside_tape", ""),
        ({"action": "seek", "to": "2009-05-10"}, 422, "seek_backwards", ""),
    ],
)
def test_wrong_turns_move_nothing(
    owner: Owner, clock: str, members: dict[str, object], status: int, code: str, field: str
) -> None:
    before = now(owner)
    found = problem(owner.post(clock, **members))
    assert found[:2] == (status, code)
    if field:
        assert found[2] == field
    assert now(owner) == before


def test_nobody_turns_the_floors_clock(owner: Owner) -> None:
    owner.http.post("/floor", data={})
    assert problem(owner.post("/api/venues/floor/clock", action="pause"))[:2] == (
        403,
        "not_allowed",
    )


def test_what_if(broker: Site) -> None:
    with Owner(broker) as owner:
        order = owner.bought(50)
        branch = f"/api/venues/{owner.venue_id}/branch"
        held = owner.get(owner.path)
        assert len(held["positions"]) == 1
        same = owner.post(branch, name="Same")
        assert same.status_code == 201, same.text
        other = owner.post(branch, before_order=order)
        assert len(owner.get(f"/api/accounts/{same.json()['account']}")["positions"]) == 1
        assert owner.get(f"/api/accounts/{other.json()['account']}")["positions"] == []
        assert problem(owner.post(branch, before_order=10**9))[:2] == (404, "order_unknown")
        assert problem(owner.post(branch, before_order=-1))[:2] == (422, "bad_fields")
        assert problem(owner.post("/api/venues/p999999/branch"))[:2] == (404, "venue_unknown")
        assert problem(owner.post("/api/venues/%00/branch"))[0] == 404


def test_lists_come_in_pages(owner: Owner) -> None:
    whole = owner.get("/api/venues", limit=200)["items"]
    assert len(whole) >= 3
    walked, after = [], ""
    while True:
        page = owner.get("/api/venues", limit=1, **({"after": after} if after else {}))
        walked += page["items"]
        if page["next"] is None:
            break
        after = page["next"]
    assert walked == whole
