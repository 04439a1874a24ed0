"""Beats, rates, and browsers that come and go in the middle of one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.web.live.wires import Wire
from web.live.limits import CHUNK
from web.live.room import Room, Tally


class Counting(Room):
    """Says 1, 2, 3 ...; ``silent`` says nothing."""

    silent = False

    def delta(self) -> bytes:
        return b"" if self.silent else b"%d" % (self.version + 1)

    def missed_since(self, version: int) -> bytes:
        return b"now %d" % self.version


def room_of(wires: list[Wire], period: float = 0.02) -> Counting:
    room = Counting(period, Tally(), lambda _room: None)
    for wire in wires:
        room.join(wire.mailbox)
        wire.mailbox.enter([room])
    return room


def run(work: Callable[[], Awaitable[None]]) -> None:
    async def within() -> None:
        await work()

    asyncio.run(within())


def test_everybody_gets_the_same_bytes() -> None:
    async def work() -> None:
        wires = [Wire() for _ in range(3)]
        room = room_of(wires)
        room.changed()
        await asyncio.sleep(0.01)
        assert [wire.written for wire in wires] == [[b"1"]] * 3
        assert wires[0].written[0] is wires[1].written[0]
        assert (room._tally.frames, room._tally.delivered) == (1, 3)

    run(work)


def test_a_burst_is_one_beat_per_period() -> None:
    async def work() -> None:
        wire = Wire()
        room = room_of([wire], period=0.05)
        for _ in range(20):
            room.changed()
            await asyncio.sleep(0.01)
        assert 3 <= len(wire.written) <= 6

    run(work)


def test_urgent_does_not_wait() -> None:
    async def work() -> None:
        wire = Wire()
        room = room_of([wire], period=60)
        room.changed()
        await asyncio.sleep(0.01)
        room.changed()
        room.changed(urgent=True)
        await asyncio.sleep(0.01)
        assert wire.written == [b"1", b"2"]

    run(work)


def test_nothing_new_is_not_said() -> None:
    async def work() -> None:
        wire = Wire()
        room = room_of([wire])
        room.silent = True
        room.changed()
        await asyncio.sleep(0.01)
        assert wire.written == []
        assert room.version == 0

    run(work)


def test_a_full_browser_costs_nothing_and_catches_up() -> None:
    async def work() -> None:
        slow, fast = Wire(room=1), Wire()
        room = room_of([slow, fast], period=0)
        for _ in range(5):
            room.changed()
            await asyncio.sleep(0.005)
        assert slow.written == [b"1"]
        assert fast.written == [b"1", b"2", b"3", b"4", b"5"]
        assert room._tally.conflated == 4
        slow.drain()
        assert slow.written == [b"1", b"now 5"]
        room.changed()
        await asyncio.sleep(0.005)
        assert slow.written[-1] == b"6"

    run(work)


@pytest.mark.parametrize("size", [CHUNK, CHUNK + 1, 3 * CHUNK + 7])
def test_a_big_room_gives_the_loop_back(size: int) -> None:
    async def work() -> None:
        wires = [Wire() for _ in range(size)]
        room = room_of(wires, period=0)
        turns = 0
        room.changed()
        while not wires[-1].written:
            turns += 1
            await asyncio.sleep(0)
        assert all(wire.written == [b"1"] for wire in wires)
        assert turns >= size // CHUNK

    run(work)


def test_who_leaves_between_chunks_is_passed_over_and_news_waits_for_the_end() -> None:
    async def work() -> None:
        wires = [Wire() for _ in range(2 * CHUNK)]
        room = room_of(wires, period=0)
        room.changed()
        for _ in range(10):
            if not wires[0].written:
                await asyncio.sleep(0)
        assert wires[0].written
        assert not wires[-1].written
        wires[-1].mailbox.gone()
        wires[-2].mailbox.pause()
        room.changed()
        await asyncio.sleep(0.02)
        assert wires[0].written == [b"1", b"2"]
        assert wires[-1].written == wires[-2].written == []
        wires[-2].drain()
        assert wires[-2].written == [b"now 2"]

    run(work)


def test_the_last_one_ends_the_room() -> None:
    async def work() -> None:
        emptied: list[Room] = []
        room = Counting(60, Tally(), emptied.append)
        wires = [Wire(), Wire()]
        for wire in wires:
            room.join(wire.mailbox)
            wire.mailbox.enter([room])
        room.changed()
        wires[0].mailbox.gone()
        assert emptied == []
        wires[1].mailbox.gone()
        assert emptied == [room]
        assert len(room) == 0
        await asyncio.sleep(0.01)
        assert room.version == 0

    run(work)
