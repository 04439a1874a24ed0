"""All live sockets of this process: rooms by venue, sockets by session, notices from the engine.

Notices arrive on the engine's thread and come through an inbox.  Publishers bound what comes in:
ten market notices a second per watched venue, one account notice per commit.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

from matching.orders import AccountId
from simtrade.bus import Channel, ChannelName
from simtrade.clock import now_ns
from simtrade.desk.requests import VenueId
from simtrade.portfolio.views import AccountNotice
from simtrade.venues.views import MarketNotice, VenueView
from web.core import Core
from web.live import vocabulary
from web.live.account_room import Budget
from web.live.inbox import Inbox
from web.live.limits import (
    HEARTBEAT_SECONDS,
    RATES_HZ,
    SESSION_CHECK_SECONDS,
    SOCKETS_PER_SESSION,
    Close,
)
from web.live.mailbox import Mailbox
from web.live.market_rooms import Board
from web.live.room import Tally
from web.live.venue_rooms import VenueRooms
from web.market_time import NS_PER_MS


def wall_clock_ms() -> int:
    return now_ns() // NS_PER_MS


class Hub:
    """``stamp`` gives the ``ts`` of quote frames, ``rates_hz`` the rates that are offered."""

    def __init__(
        self,
        core: Core,
        *,
        stamp: Callable[[], int] = wall_clock_ms,
        rates_hz: tuple[float, ...] = RATES_HZ,
        sockets_per_session: int = SOCKETS_PER_SESSION,
    ) -> None:
        self.core = core
        self.stamp = stamp
        self.rates_hz = rates_hz
        self._sockets_per_session = sockets_per_session
        self.tally = Tally()
        self.budget = Budget()
        self.closed: Counter[str] = Counter()  # by close code
        self.refused: Counter[str] = Counter()  # by error code
        self.owners: dict[AccountId, VenueRooms] = {}
        self._venues: dict[VenueId, VenueRooms] = {}
        self._sessions: dict[str, list[Mailbox]] = {}
        self._inbox = Inbox(self._hand_out)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._beats: asyncio.Task[None] | None = None
        self._endings: dict[VenueId, Callable[[], None]] = {}

    @property
    def sockets(self) -> int:
        return sum(len(mailboxes) for mailboxes in self._sessions.values())

    @property
    def rooms(self) -> int:
        return sum(len(rooms) for rooms in self._venues.values())

    def postponed(self) -> int:
        """Account updates that price moves wanted and the budget put off."""
        return self.budget.postponed

    def start(self) -> None:
        """Called on the event loop before the first socket."""
        self._loop = asyncio.get_running_loop()
        self._inbox.start()
        self._beats = self._loop.create_task(self._heartbeats())

    def stop(self) -> None:
        """End every socket and every subscription."""
        for token in list(self._sessions):
            self.end_session(token, Close.RESTART, "restart")
        if self._beats is not None:
            self._beats.cancel()
        for ending in self._endings.values():
            ending()
        self._endings.clear()

    def register(self, token: str, mailbox: Mailbox) -> bool:
        """Count a new socket of a session; False when it has too many."""
        mailboxes = self._sessions.setdefault(token, [])
        if len(mailboxes) >= self._sockets_per_session:
            return False
        mailboxes.append(mailbox)
        return True

    def unregister(self, token: str, mailbox: Mailbox) -> None:
        mailboxes = self._sessions.get(token, [])
        if mailbox in mailboxes:
            mailboxes.remove(mailbox)
        if not mailboxes:
            self._sessions.pop(token, None)

    def end_session(
        self, token: str, code: int = Close.NO_SESSION, reason: str = "signed out"
    ) -> int:
        """Close every socket of a session, at sign-out and sign-in; how many there were."""
        mailboxes = self._sessions.pop(token, [])
        for mailbox in mailboxes:
            mailbox.close(code, reason)
        return len(mailboxes)

    def end_dead_sessions(self) -> int:
        """Close the sockets of sessions that are over; how many sessions that were."""
        dead = [one for one in self._sessions if not self.core.people.session_alive(one)]
        for token in dead:
            self.end_session(token, Close.NO_SESSION, "session ended")
        return len(dead)

    def venue(self, view: VenueView) -> VenueRooms:
        """The rooms of a venue; the first browser starts its notices."""
        rooms = self._venues.get(view.venue_id)
        if rooms is None:
            # Listen before reading: what changes in between is heard.
            self._endings[view.venue_id] = self.listen(Channel.market(view.venue_id))
            rooms = self._venues[view.venue_id] = VenueRooms(self, Board(view, self.core.venues))
        return rooms

    def watched(self, venue_id: VenueId) -> VenueRooms | None:
        """The rooms of a venue that somebody watches."""
        return self._venues.get(venue_id)

    def venue_left(self, venue_id: VenueId) -> None:
        """The last browser left a venue."""
        self._venues.pop(venue_id, None)
        ending = self._endings.pop(venue_id, None)
        if ending is not None:
            ending()

    def listen(self, channel: ChannelName) -> Callable[[], None]:
        return self.core.bus.subscribe(channel, self._inbox.put)

    def _hand_out(self, notice: object) -> None:
        """Give a notice to its rooms."""
        if isinstance(notice, MarketNotice):
            rooms = self._venues.get(notice.venue_id)
            if rooms is not None:
                rooms.hear_market(notice)
        elif isinstance(notice, AccountNotice):
            owner = self.owners.get(notice.account_id)
            if owner is not None:
                owner.hear_account(notice)

    async def _heartbeats(self) -> None:
        """Five seconds of silence end with a sign of life; a session that ended elsewhere (a
        password reset, its age) loses its sockets within a minute."""
        loop = asyncio.get_running_loop()
        checked_at = loop.time()
        while True:
            await asyncio.sleep(1.0)
            now = loop.time()
            if now - checked_at >= SESSION_CHECK_SECONDS:
                checked_at = now
                self.end_dead_sessions()
            frame = vocabulary.heartbeat(wall_clock_ms())
            for mailboxes in list(self._sessions.values()):
                for mailbox in mailboxes:
                    if not mailbox.paused and mailbox.silent_since() <= now - HEARTBEAT_SECONDS:
                        mailbox.send(frame, now)
