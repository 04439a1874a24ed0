"""Everything that programs follow in this process: rooms by venue, feeds by account, connections
by key, notices from the engine."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable

from simtrade.bus import Channel
from simtrade.desk.requests import VenueId
from simtrade.venues.views import MarketNotice, VenueView
from web.broker.services import CoreOfPrograms
from web.broker.streams.connections import Connections, Ending
from web.broker.streams.data_room import DataRoom
from web.broker.streams.limits import CONNECTIONS_PER_KEY, KEY_CHECK_SECONDS
from web.live.inbox import Inbox
from web.live.room import Tally
from web.security.errors import where

logger = logging.getLogger("simtrade.web")


class Streams:
    """``clock`` is monotonic seconds."""

    def __init__(self, core: CoreOfPrograms, clock: Callable[[], float]) -> None:
        self.core = core
        self.clock = clock
        self.tally = Tally()
        self.closed: Counter[str] = Counter()  # by close code
        self.refused: Counter[str] = Counter()  # by error code
        self.bugs = 0
        self.connections = Connections(CONNECTIONS_PER_KEY)
        self._rooms: dict[VenueId, DataRoom] = {}
        self._endings: dict[VenueId, Callable[[], None]] = {}
        self._inbox = Inbox(self._hand_out)
        self._beats: asyncio.Task[None] | None = None

    @property
    def rooms(self) -> int:
        return len(self._rooms)

    def start(self) -> None:
        """Called on the event loop before the first connection."""
        self._inbox.start()
        self._beats = asyncio.get_running_loop().create_task(self._check_keys())

    def end_all(self) -> None:
        """End every connection; programs come back when we do."""
        self.connections.end_all(Ending.RESTART)

    def stop(self) -> None:
        """End every connection and every subscription."""
        self.end_all()
        if self._beats is not None:
            self._beats.cancel()
        for ending in self._endings.values():
            ending()
        self._endings.clear()

    def bug(self, error: BaseException) -> None:
        """A task of a stream failed: count it and write down where, without its words."""
        self.bugs += 1
        logger.error("bug in a stream\n%s", where(error))

    def room(self, view: VenueView) -> DataRoom:
        """The room of a venue; as long as it has members the venue's time runs."""
        found = self._rooms.get(view.venue_id)
        if found is None:
            # Listen before reading: what changes in between is heard.
            channel = Channel.market(view.venue_id)
            self._endings[view.venue_id] = self.core.bus.subscribe(channel, self._inbox.put)
            found = DataRoom(view, self, lambda: self._emptied(view.venue_id))
            self._rooms[view.venue_id] = found
        return found

    def _emptied(self, venue_id: VenueId) -> None:
        self._rooms.pop(venue_id, None)
        ending = self._endings.pop(venue_id, None)
        if ending is not None:
            ending()

    def _hand_out(self, notice: object) -> None:
        if isinstance(notice, MarketNotice):
            room = self._rooms.get(notice.venue_id)
            if room is not None:
                room.hear(notice)

    async def _check_keys(self) -> None:
        """A key that ended elsewhere (revoked, its age) loses its connections within seconds."""
        while True:
            await asyncio.sleep(KEY_CHECK_SECONDS)
            self.connections.end_dead(self.core.keys.alive)
