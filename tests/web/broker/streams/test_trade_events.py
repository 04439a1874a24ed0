"""Trade events as server-sent events: from any event on, nothing lost and nothing twice."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from tests.web.broker.program import Program, program
from tests.web.broker.streams.follower import updates_of
from tests.web.broker.streams.trading import cancel, pass_minutes, place, replace
from tests.web.serving import Site, wait_until
from web.broker.streams.connections import Kind

PATH = "/v2/events/trades"


class Reader:
    """One answer without an end, event by event."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.iter_lines()
        self.comments = 0

    def next(self) -> dict[str, Any]:
        """The next event; StopIteration when the answer is over."""
        event: dict[str, Any] = {}
        while True:
            line = next(self._lines)
            if line.startswith(": "):
                self.comments += 1
            elif line.startswith("id: "):
                event["id"] = line[4:]
            elif line.startswith("data: "):
                event |= json.loads(line[6:])
            elif not line and "event" in event:
                assert event.pop("id") == event["event_id"]
                return event

    def begin(self) -> None:
        """Wait until the server has begun to tell."""
        assert next(self._lines).startswith(": ")

    def rest(self) -> list[dict[str, Any]]:
        found = []
        try:
            while True:
                found.append(self.next())
        except StopIteration:
            return found


@contextmanager
def reading(bot: Program, headers: dict[str, str] | None = None, **query: str) -> Iterator[Reader]:
    with bot.http.stream("GET", PATH, params=query, headers=headers or {}, timeout=20) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Reader(answer)


@pytest.fixture
def past(replay: Program) -> list[dict[str, Any]]:
    """Events of a practice market: an order that was replaced and cancelled, and a fill."""
    order_id = place(replay, 10, limit=100, symbol="MSFT")
    replace(replay, order_id, 20, 110)
    cancel(replay, order_id)
    place(replay, 5, symbol="MSFT")
    pass_minutes(replay, 60)
    with reading(replay, since="2005-01-01", until="2005-02-01T15:00:00Z") as one:
        found = one.rest()
    assert [each["event"] for each in found] == [
        "new", "replaced", "new", "canceled", "new", "fill",
    ]  # fmt: skip
    return found


def test_an_event_is_the_update_with_an_id(replay: Program) -> None:
    with updates_of(replay) as socket, reading(replay) as one:
        one.begin()
        place(replay, 10, limit=100, symbol="MSFT")
        event, update = one.next(), socket.hear("trade_updates")["data"]
    assert event.pop("at") == update["timestamp"]
    assert event == update


def test_without_a_begin_only_what_comes(replay: Program, past: list[dict[str, Any]]) -> None:
    with reading(replay) as one:
        one.begin()
        place(replay, 1, limit=100, symbol="MSFT")
        assert one.next()["event_id"] > past[-1]["event_id"]


def test_ids_sort_as_events_happened(past: list[dict[str, Any]]) -> None:
    ids = [one["event_id"] for one in past]
    assert ids == sorted(set(ids))
    assert len({one["execution_id"] for one in past if one["event"] == "fill"}) == 1


def test_from_every_event_on_exactly_the_rest(replay: Program, past: list[dict[str, Any]]) -> None:
    for place_of, event in enumerate(past):
        since_id, until_id = event["event_id"], past[-1]["event_id"]
        with reading(replay, since_id=since_id, until_id=until_id) as one:
            assert one.rest() == past[place_of + 1 :]
        headers = {"last-event-id": since_id}
        if place_of < len(past) - 1:
            with reading(replay, headers) as one:
                assert one.next() == past[place_of + 1]


def test_an_end_among_the_events(replay: Program, past: list[dict[str, Any]]) -> None:
    first, third = past[0]["event_id"], past[2]["event_id"]
    with reading(replay, since_id=first, until_id=third) as one:
        assert one.rest() == past[1:3]
    moment = past[3]["at"]
    with reading(replay, since="2005-01-01", until=moment) as one:
        assert one.rest() == [each for each in past if each["at"] <= moment]
    with reading(replay, since=moment, until="2005-02-01T15:00:00Z") as one:
        assert one.rest() == [each for each in past if each["at"] >= moment]


def test_a_connection_that_breaks_loses_nothing(replay: Program) -> None:
    """Orders go on while the reader comes and goes; he goes on with the last id he has seen."""
    count = 40
    with reading(replay) as one:
        one.begin()
        first = place(replay, 1, limit=100, symbol="MSFT")
        found = [one.next()]
        writer = threading.Thread(
            target=lambda: [place(replay, 1, limit=100, symbol="MSFT") for _ in range(count)]
        )
        writer.start()
        found.append(one.next())
    while len(found) < count + 1:
        with reading(replay, since_id=found[-1]["event_id"]) as one:
            found += [one.next() for _ in range(min(7, count + 1 - len(found)))]
    writer.join()
    assert first
    ids = [each["event_id"] for each in found]
    assert ids == sorted(set(ids))
    assert len({each["order"]["id"] for each in found}) == count + 1


@pytest.mark.parametrize(
    "query",
    [
        {"until": "2005-01-01"},
        {"until_id": "0" * 26},
        {"since": "yesterday"},
        {"since": "2005-13-01"},
        {"since_id": "1"},
        {"since_id": "0" * 26},
        {"since_id": "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"},
        {"since": "2005-01-01", "until": "1e400"},
    ],
)
def test_what_cannot_be_read_is_refused(replay: Program, query: dict[str, str]) -> None:
    status, body = replay.refused("GET", PATH, params=query)
    assert (status, body["code"]) == (422, 40010001)


def test_both_kinds_of_begin_and_ids_of_others_are_refused(
    replay: Program, past: list[dict[str, Any]], broker: Site
) -> None:
    name = past[0]["event_id"]
    both = {"since": "2005-01-01", "since_id": name}
    assert replay.refused("GET", PATH, params=both)[0] == 422
    assert program(broker).refused("GET", PATH, params={"since_id": name})[0] == 422
    headers = {"last-event-id": "nonsense"}
    assert replay.refused("GET", PATH, headers=headers)[0] == 422
    assert httpx.get(broker.origin + PATH).status_code == 401


def test_silence_has_a_heartbeat(replay: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.broker.streams.following.HEARTBEAT_SECONDS", 0.05)
    with reading(replay) as one:
        for _ in range(3):
            one.begin()
            assert next(one._lines) == ""


def test_a_revoked_key_and_one_too_many_end_it(replay: Program, broker: Site) -> None:
    streams = broker.app.state.streams
    with reading(replay) as first:
        first.begin()
        others = [reading(replay) for _ in range(5)]
        lines = [one.__enter__() for one in others]
        assert first.rest() == []
        for line in lines:
            line.begin()
        broker.core.keys.revoke(replay.user.user_id, replay.key.key_id)
        assert [line.rest() for line in lines] == [[]] * 5
        for one in others:
            one.__exit__(None, None, None)
    wait_until(lambda: streams.connections.count(Kind.EVENTS) == 0)


def test_who_goes_away_is_forgotten(replay: Program, broker: Site) -> None:
    streams, bus = broker.app.state.streams, broker.core.bus
    heard = len(bus._listeners)
    with reading(replay) as one:
        one.begin()
        assert streams.connections.count(Kind.EVENTS) == 1
    replay.http.close()
    wait_until(lambda: streams.connections.count(Kind.EVENTS) == 0)
    wait_until(lambda: len(bus._listeners) == heard)
