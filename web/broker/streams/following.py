"""An account's updates as they come, read from the journal: nothing can be lost or come twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

from simtrade.bus import Channel
from simtrade.portfolio.order_events import OrderUpdate
from web.broker.identity import Program
from web.broker.services import CoreOfPrograms
from web.broker.streams.limits import EVENTS_AT_ONCE, HEARTBEAT_SECONDS


async def updates_after(
    core: CoreOfPrograms, program: Program, number: int
) -> AsyncGenerator[tuple[OrderUpdate, ...]]:
    """Updates of the events after ``number``, some at a time and without end; an empty tuple when
    all are told, and again every heartbeat.  The venue's time runs meanwhile, as while somebody
    looks."""
    account_id = program.account.account_id
    loop, news = asyncio.get_running_loop(), asyncio.Event()

    def hear(_notice: object) -> None:
        """On the engine's thread."""
        if not news.is_set() and not loop.is_closed():
            loop.call_soon_threadsafe(news.set)

    stop = core.bus.subscribe(Channel.account(account_id), hear)
    try:
        while True:
            news.clear()
            found = await asyncio.to_thread(
                core.order_events.after, account_id, number, EVENTS_AT_ONCE
            )
            if found:
                number = found[-1].number
                yield found
                continue
            core.venues.clock(program.venue.venue_id)
            yield ()
            with suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), HEARTBEAT_SECONDS)
    finally:
        stop()
