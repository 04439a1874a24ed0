"""Every room of one venue and the state they share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from feeds.feed import Interval
from matching.instrument import Instrument, InstrumentId
from matching.orders import AccountId
from simtrade.bus import Channel
from simtrade.portfolio.views import AccountNotice
from simtrade.venues.views import MarketNotice
from web.live.account_room import AccountRoom
from web.live.limits import ACCOUNT_RATE_HZ, CLOCK_RATE_HZ, PAINT_RATE_HZ
from web.live.market_rooms import BarRoom, Board, ClockRoom, DepthRoom, QuoteRoom
from web.live.room import Room

if TYPE_CHECKING:
    from web.live.hub import Hub

R = TypeVar("R", bound=Room)
RoomKey = tuple[object, ...]


class VenueRooms:
    """Every room of one venue and the state they share.  Lives while a room has a browser."""

    def __init__(self, hub: Hub, board: Board) -> None:
        self.board = board
        self._hub = hub
        self._rooms: dict[RoomKey, Room] = {}
        self._accounts: dict[AccountId, AccountRoom] = {}
        self._endings: dict[AccountId, Callable[[], None]] = {}

    def __len__(self) -> int:
        return len(self._rooms)

    def watchlist(self, symbols: tuple[Instrument, ...], rate_hz: float) -> QuoteRoom:
        names = tuple(one.instrument_id for one in symbols)
        key: RoomKey = ("q", names, rate_hz)
        return self._get(
            key,
            QuoteRoom,
            lambda emptied: QuoteRoom(
                self.board, symbols, 1 / rate_hz, self._hub.tally, emptied, self._hub.stamp
            ),
        )

    def depth(self, symbol: InstrumentId, rate_hz: float) -> DepthRoom:
        rate_hz = min(rate_hz, PAINT_RATE_HZ)
        return self._get(
            ("depth", symbol, rate_hz),
            DepthRoom,
            lambda emptied: DepthRoom(self.board, symbol, 1 / rate_hz, self._hub.tally, emptied),
        )

    def chart(self, symbol: InstrumentId, interval: Interval, rate_hz: float) -> BarRoom:
        rate_hz = min(rate_hz, PAINT_RATE_HZ)
        return self._get(
            ("bar", symbol, interval, rate_hz),
            BarRoom,
            lambda emptied: BarRoom(
                self.board, symbol, interval, 1 / rate_hz, self._hub.tally, emptied
            ),
        )

    def clock(self) -> ClockRoom:
        return self._get(
            ("clock",),
            ClockRoom,
            lambda emptied: ClockRoom(self.board, 1 / CLOCK_RATE_HZ, self._hub.tally, emptied),
        )

    def account(self, account_id: AccountId) -> AccountRoom:
        key: RoomKey = ("acct", account_id)
        if account_id not in self._accounts:
            self._endings[account_id] = self._hub.listen(Channel.account(account_id))
        hub = self._hub
        room = self._get(
            key,
            AccountRoom,
            lambda emptied: AccountRoom(
                account_id,
                hub.core.portfolio,
                hub.budget,
                1 / ACCOUNT_RATE_HZ,
                hub.tally,
                emptied,
            ),
        )
        self._accounts[account_id] = room
        hub.owners[account_id] = self
        return room

    def hear_market(self, notice: MarketNotice) -> None:
        board = self.board
        board.seq = notice.seq
        board.clock = notice.clock
        board.quotes.update((quote.instrument_id, quote) for quote in notice.quotes)
        board.depth.update((depth.instrument_id, depth) for depth in notice.depth)
        for room in list(self._rooms.values()):
            match room:
                case QuoteRoom() | BarRoom():
                    room.hear(notice.quotes)
                case DepthRoom():
                    room.hear(notice.depth)
                case ClockRoom():
                    room.hear()
                case AccountRoom():
                    if any(quote.instrument_id in room.holdings for quote in notice.quotes):
                        room.changed()

    def hear_account(self, notice: AccountNotice) -> None:
        room = self._accounts.get(notice.account_id)
        if room is not None:
            room.hear(notice)

    def _get(self, key: RoomKey, kind: type[R], make: Callable[[Callable[[Room], None]], R]) -> R:
        room = self._rooms.get(key)
        if room is None:
            room = self._rooms[key] = make(lambda _room: self._left(key))
        assert isinstance(room, kind)
        return room

    def _left(self, key: RoomKey) -> None:
        room = self._rooms.pop(key, None)
        if isinstance(room, AccountRoom):
            del self._accounts[room.account_id]
            del self._hub.owners[room.account_id]
            self._endings.pop(room.account_id)()
        if not self._rooms:
            self._hub.venue_left(self.board.view.venue_id)
