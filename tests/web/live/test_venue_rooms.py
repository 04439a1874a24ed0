"""Rooms are shared by who asks the same, and end with their last browser."""

from __future__ import annotations

import asyncio

from feeds.feed import Interval
from simtrade.bus import Channel
from simtrade.desk.requests import FLOOR
from tests.web.core_double import CoreDouble
from tests.web.live.wires import Wire
from web.live.hub import Hub


def test_same_question_same_room(core: CoreDouble) -> None:
    async def work() -> None:
        hub = Hub(core)
        view = core.venues.view(FLOOR)
        assert view
        rooms = hub.venue(view)
        assert hub.venue(view) is rooms
        two, three = view.instruments[:2], view.instruments[:3]
        assert rooms.watchlist(two, 4.0) is rooms.watchlist(two, 4.0)
        assert rooms.watchlist(two, 4.0) is not rooms.watchlist(two, 10.0)
        assert rooms.watchlist(two, 4.0) is not rooms.watchlist(three, 4.0)
        symbol = two[0].instrument_id
        # Painting is never faster than 4/s: both are one room.
        assert rooms.depth(symbol, 10.0) is rooms.depth(symbol, 4.0)
        minute = rooms.chart(symbol, Interval.MINUTE, 10.0)
        assert minute is rooms.chart(symbol, Interval.MINUTE, 4.0)
        assert minute is not rooms.chart(symbol, Interval.DAY, 4.0)

    asyncio.run(work())


def test_the_last_browser_ends_everything(core: CoreDouble) -> None:
    async def work() -> None:
        hub = Hub(core)
        view = core.venues.view(FLOOR)
        assert view
        account_id = core.portfolio.open(core.people.create_guest(None).user.user_id)
        rooms = hub.venue(view)
        wire = Wire()
        joined = [rooms.account(account_id), rooms.clock()]
        for room in joined:
            room.join(wire.mailbox)
        wire.mailbox.enter(list(joined))
        assert hub.rooms == 2
        assert core.bus.heard(Channel.account(account_id))
        wire.mailbox.gone()
        assert hub.rooms == 0
        assert hub.watched(FLOOR) is None
        assert hub.owners == {}
        assert not core.bus.heard(Channel.account(account_id))
        assert not core.bus.heard(Channel.market(FLOOR))

    asyncio.run(work())
