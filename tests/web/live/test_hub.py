"""The hub: one wake-up per batch, sessions, and nothing left behind."""

from __future__ import annotations

import asyncio

from simtrade.bus import Channel
from simtrade.desk.requests import FLOOR
from tests.web.core_double import CoreDouble
from tests.web.live.wires import Wire
from web.live.hub import Hub


def test_a_batch_of_notices_wakes_the_loop_once(core: CoreDouble) -> None:
    async def work() -> None:
        hub = Hub(core)
        hub.start()
        view = core.venues.view(FLOOR)
        assert view
        rooms = hub.venue(view)
        wire = Wire()
        rooms.clock().join(wire.mailbox)
        loop = asyncio.get_running_loop()
        woken = 0
        real = loop.call_soon_threadsafe

        def counted(*arguments: object) -> object:
            nonlocal woken
            woken += 1
            return real(*arguments)  # type: ignore[arg-type]

        loop.call_soon_threadsafe = counted  # type: ignore[method-assign, assignment]

        def burst() -> None:
            for price in range(50):
                core.venues.move(price)

        thread = asyncio.to_thread(burst)
        # The loop is kept busy while the engine's thread publishes.
        waiting = asyncio.ensure_future(thread)
        await asyncio.sleep(0)
        import time

        time.sleep(0.1)  # noqa: ASYNC251
        burst_wakes = woken
        await waiting
        await asyncio.sleep(0.01)
        assert burst_wakes <= 2  # the hub's and the thread pool's own
        assert rooms.board.seq == 50
        quote = rooms.board.quotes[core.venues.instruments[0].instrument_id]
        assert quote.last_ticks == 49
        hub.stop()

    asyncio.run(work())


def test_sessions_are_counted_and_ended(core: CoreDouble) -> None:
    async def work() -> None:
        hub = Hub(core, sockets_per_session=2)
        wires = [Wire() for _ in range(4)]
        registered = [hub.register("a", wire.mailbox) for wire in wires[:3]]
        assert registered == [True, True, False]
        assert hub.register("b", wires[3].mailbox)
        assert hub.sockets == 3
        hub.unregister("a", wires[2].mailbox)
        assert hub.end_session("a") == 2
        assert [wire.closed for wire in wires] == [4401, 4401, None, None]
        assert hub.end_session("a") == 0
        hub.unregister("b", wires[3].mailbox)
        assert hub.sockets == 0

    asyncio.run(work())


def test_a_session_that_ended_elsewhere_loses_its_sockets(core: CoreDouble) -> None:
    async def work() -> None:
        hub = Hub(core)
        stays, goes = (core.people.create_guest("en").token for _ in range(2))
        wires = [Wire(), Wire()]
        assert hub.register(stays, wires[0].mailbox)
        assert hub.register(goes, wires[1].mailbox)
        assert hub.end_dead_sessions() == 0
        core.people.log_out(goes)
        assert hub.end_dead_sessions() == 1
        assert [wire.closed for wire in wires] == [None, 4401]

    asyncio.run(work())


def test_stop_closes_and_unsubscribes(core: CoreDouble) -> None:
    async def work() -> None:
        hub = Hub(core)
        hub.start()
        view = core.venues.view(FLOOR)
        assert view
        wire = Wire()
        clock = hub.venue(view).clock()
        clock.join(wire.mailbox)
        wire.mailbox.enter([clock])
        hub.register("a", wire.mailbox)
        hub.stop()
        assert wire.closed == 1012
        assert not core.bus.heard(Channel.market(FLOOR))
        core.venues.move(1)

    asyncio.run(work())


def test_a_notice_after_the_end_is_harmless(core: CoreDouble) -> None:
    hub = Hub(core)

    async def work() -> None:
        hub.start()
        hub.listen(Channel.market(FLOOR))
        hub.stop()

    asyncio.run(work())
    core.venues.move(1)
