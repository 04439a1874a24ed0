"""One connection: what the browser asked for, and its limits.  Knows no server and no bytes."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable

from feeds.feed import Interval
from matching.instrument import Instrument, InstrumentId
from matching.orders import AccountId
from simtrade.desk.requests import ClockAction, ClockRequest, Refusal, VenueId
from simtrade.people.authorize import Action, authorize
from simtrade.people.model import User
from simtrade.venues.views import VenueView
from web.live import vocabulary
from web.live.account_room import AccountRoom
from web.live.hub import Hub, wall_clock_ms
from web.live.inbound import Ping, Replay, Sub, Vis, parse_inbound
from web.live.limits import (
    DEFAULT_RATE_HZ,
    HIDDEN_RATE_HZ,
    INBOUND_BURST,
    INBOUND_BYTES,
    INBOUND_PER_SECOND,
    Close,
)
from web.live.mailbox import Mailbox, Source
from web.live.venue_rooms import VenueRooms
from web.market_time import NS_PER_MS
from web.security.credits import Allowance, Purses
from web.strict_json import JsonError

INBOUND = Allowance(burst=INBOUND_BURST, per_second=INBOUND_PER_SECOND)


class LiveSocket:
    """``clock`` gives monotonic seconds.  Refusals become ``err`` frames or close codes."""

    def __init__(
        self, hub: Hub, mailbox: Mailbox, user: User, language: str, clock: Callable[[], float]
    ) -> None:
        self._hub = hub
        self._mailbox = mailbox
        self._user = user
        self._language = language
        self._clock = clock
        self._id = secrets.token_hex(4)
        self._purses = Purses(INBOUND, clock)
        self._sub: Sub | None = None
        self._hidden = False
        self._requests = 0

    def greet(self) -> None:
        self._send(vocabulary.hello(self._id, wall_clock_ms(), DEFAULT_RATE_HZ, self._user))

    async def hear(self, text: bytes) -> None:
        """One message of the browser."""
        if len(text) > INBOUND_BYTES:
            self._close(Close.TOO_LARGE, "message too large")
            return
        if self._purses.spend("", 1):
            self._close(Close.TOO_MANY, "too many messages")
            return
        try:
            message = parse_inbound(text)
        except JsonError as error:
            self._close(Close.MALFORMED, str(error)[:100])
            return
        match message:
            case Sub():
                self._subscribe(message)
            case Vis():
                self._show(hidden=message.hidden)
            case Ping():
                self._send(vocabulary.pong(message.n, wall_clock_ms()))
            case Replay():
                await self._replay(message)
            case None:
                self._hub.refused["unknown_message"] += 1

    def _show(self, *, hidden: bool) -> None:
        if hidden != self._hidden:
            self._hidden = hidden
            if self._sub is not None:
                self._subscribe(self._sub)

    def _subscribe(self, sub: Sub) -> None:
        """Check everything, then change everything: a refused ``sub`` changes nothing."""
        view = self._visible_venue(sub.venue)
        if view is None or not self._may_see_account(sub, view):
            self._close(Close.NOT_ALLOWED, "venue or account")
            return
        instruments = {one.instrument_id: one for one in view.instruments}
        named = {*sub.q, *(symbol for symbol, _ in sub.bars), *([sub.depth] if sub.depth else [])}
        if not named <= instruments.keys():
            self._refuse("instrument_unknown")
            return
        if not {interval for _, interval in sub.bars} <= set(Interval):
            self._refuse("interval_unknown")
            return
        wanted = set(sub.q)
        symbols = tuple(one for one in view.instruments if one.instrument_id in wanted)
        self._sub = sub
        self._enter(self._hub.venue(view), view, symbols, sub)

    def _enter(
        self, rooms: VenueRooms, view: VenueView, symbols: tuple[Instrument, ...], sub: Sub
    ) -> None:
        """Join the rooms and tell the present state; old rooms are left after the new are
        joined, so that a venue that is still watched is not closed in between."""
        rate_hz = HIDDEN_RATE_HZ if self._hidden else self._offered(sub.rate)
        watchlist = rooms.watchlist(symbols, rate_hz)
        clock = rooms.clock()
        joined: list[Source] = [watchlist, clock]
        board = rooms.board
        snap = vocabulary.snap_value(view, symbols, board.quotes, board.seq, self._language)
        greeting = [vocabulary.value_frame(snap), clock.delta()]
        if not self._hidden:
            for symbol, interval in sub.bars:
                chart = rooms.chart(InstrumentId(symbol), Interval(interval), rate_hz)
                joined.append(chart)
                greeting.append(chart.present())
            if sub.depth:
                depth = rooms.depth(InstrumentId(sub.depth), rate_hz)
                joined.append(depth)
                greeting.append(depth.delta())
        if sub.acct is not None:
            account = rooms.account(AccountId(sub.acct))
            joined.append(account)
            greeting.extend(self._account_news(account, sub))
        for room in joined:
            room.join(self._mailbox)
        self._mailbox.enter(joined)
        self._send(b"".join(greeting))

    def _account_news(self, account: AccountRoom, sub: Sub) -> Iterable[bytes]:
        """Missed events in order, then the numbers."""
        if sub.n is not None:
            yield account.events_since(sub.n)
            sub.n = None  # told: a change of visibility must not tell it again
        else:
            account.learn_number()
        yield vocabulary.value_frame(account.value())

    def _offered(self, wished: int) -> float:
        """The fastest offered rate that is not above the wish."""
        return max((rate for rate in self._hub.rates_hz if rate <= wished), default=HIDDEN_RATE_HZ)

    def _visible_venue(self, name: str) -> VenueView | None:
        view = self._hub.core.venues.view(VenueId(name))
        if view is None or not authorize(self._user, Action.SEE_VENUE, view.owner):
            return None
        return view

    def _may_see_account(self, sub: Sub, view: VenueView) -> bool:
        if sub.acct is None:
            return True
        account = self._hub.core.portfolio.account(AccountId(sub.acct))
        return (
            account is not None
            and account.venue_id == view.venue_id
            and authorize(self._user, Action.SEE_ACCOUNT, account.user_id)
        )

    async def _replay(self, message: Replay) -> None:
        view = self._visible_venue(message.venue)
        if view is None or not authorize(self._user, Action.DRIVE_CLOCK, view.owner):
            self._refuse("clock_not_yours", message.key)
            return
        self._requests += 1
        seek = message.cmd is ClockAction.SEEK
        request = ClockRequest(
            user_id=self._user.user_id,
            key=message.key or f"live-{self._id}-{self._requests}",
            venue_id=view.venue_id,
            action=message.cmd,
            number=message.v * NS_PER_MS if seek else message.v,
        )
        reply = await self._hub.core.gateway.submit(request)
        if isinstance(reply, Refusal):
            self._refuse(reply.reason.code, message.key, reply.numbers)

    def _refuse(self, code: str, key: str = "", numbers: object = None) -> None:
        self._hub.refused[code] += 1
        arguments = dict(numbers) if isinstance(numbers, dict) else {}
        self._send(vocabulary.error(code, key, arguments))

    def _close(self, code: int, reason: str) -> None:
        self._mailbox.close(code, reason)

    def _send(self, frames: bytes) -> None:
        self._mailbox.send(frames, self._clock())
