"""An account's updates as they come."""

from __future__ import annotations

import asyncio

import pytest

from tests.web.broker.program import Program
from tests.web.broker.streams.trading import account_of, pass_minutes, place
from web.broker.identity import Program as Known
from web.broker.identity import program_of
from web.broker.streams.following import updates_after


def test_the_past_then_what_comes_then_heartbeats(
    replay: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.broker.streams.following.HEARTBEAT_SECONDS", 0.05)
    monkeypatch.setattr("web.broker.streams.following.EVENTS_AT_ONCE", 2)
    core, bus = replay.site.core, replay.site.core.bus
    account_of(replay)
    for _ in range(3):
        place(replay, 1, limit=100, symbol="MSFT")
    heard = len(bus._listeners)

    async def follow() -> list[int]:
        known = await program_of(core, replay.key.key_id, replay.secret)
        assert isinstance(known, Known)
        sizes = []
        found = updates_after(core, known, 0)
        for _ in range(4):
            sizes.append(len(await anext(found)))
        await asyncio.to_thread(pass_minutes, replay, 24 * 60)
        while (size := len(await anext(found))) == 0:
            pass
        assert len(bus._listeners) == heard + 1
        await found.aclose()
        return [*sizes, size]

    assert asyncio.run(follow()) == [2, 1, 0, 0, 2]
    assert len(bus._listeners) == heard
