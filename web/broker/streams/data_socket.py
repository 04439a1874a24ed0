"""A program that follows market data: the server speaks first, arrays all the way."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from web.broker.identity import Program
from web.broker.streams.asked import Asked
from web.broker.streams.channels import Channel, Wanted
from web.broker.streams.codec import Codec
from web.broker.streams.connections import Kind
from web.broker.streams.limits import DATA_PATIENCE, SYMBOLS_PER_SOCKET, Close
from web.broker.streams.socket import ProgramSocket
from web.live.limits import Close as LiveClose
from web.live.mailbox import Mailbox

if TYPE_CHECKING:
    from web.broker.streams.data_room import DataRoom
    from web.broker.streams.hub import Streams
    from web.live.protocol import FanoutProtocol


class StreamError(Enum):
    """(code, words) of the contract."""

    INVALID_SYNTAX = (400, "invalid syntax")
    NOT_AUTHENTICATED = (401, "not authenticated")
    AUTH_FAILED = (402, "auth failed")
    ALREADY_AUTHENTICATED = (403, "already authenticated")
    AUTH_TIMEOUT = (404, "auth timeout")
    SYMBOL_LIMIT = (405, "symbol limit exceeded")
    CONNECTION_LIMIT = (406, "connection limit exceeded")
    SLOW_CLIENT = (407, "slow client")
    NOT_OFFERED = (409, "insufficient subscription")
    INTERNAL = (500, "internal error")

    def value_of(self) -> list[dict[str, object]]:
        code, words = self.value
        return [{"T": "error", "code": code, "msg": words}]


_LAST_WORDS = {
    Close.KEY_ENDED: StreamError.AUTH_FAILED,
    Close.AUTH_FAILED: StreamError.AUTH_FAILED,
    Close.AUTH_LATE: StreamError.AUTH_TIMEOUT,
    Close.TOO_MANY_SOCKETS: StreamError.CONNECTION_LIMIT,
    Close.NOT_OFFERED: StreamError.NOT_OFFERED,
    LiveClose.TOO_SLOW: StreamError.SLOW_CLIENT,
    1011: StreamError.INTERNAL,
}


class DataSocket(ProgramSocket):
    kind = Kind.DATA

    def __init__(
        self,
        streams: Streams,
        wire: FanoutProtocol,
        codec: Codec,
        channels: tuple[Channel, ...],
    ) -> None:
        super().__init__(streams, wire, codec)
        self._wanted = Wanted.nothing(channels)
        self._room: DataRoom | None = None
        self.say([{"T": "success", "msg": "connected"}])

    def _mailbox(self, wire: FanoutProtocol) -> Mailbox:
        def last_words(code: int) -> bytes:
            error = _LAST_WORDS.get(code)
            return b"" if error is None else self.codec.message(error.value_of())

        return wire.attach(self.streams.closed, patience=DATA_PATIENCE, last_words=last_words)

    def _error(self, error: StreamError) -> None:
        self.streams.refused[str(error.value[0])] += 1
        self.say(error.value_of())

    def broken(self) -> None:
        self._error(StreamError.INTERNAL)

    def _malformed(self) -> None:
        self._error(StreamError.INVALID_SYNTAX)

    def _unknown(self, asked: Asked) -> None:
        known = asked.action in ("subscribe", "unsubscribe")
        self._error(StreamError.NOT_AUTHENTICATED if known else StreamError.INVALID_SYNTAX)

    def _authenticate(self, program: Program | None) -> None:
        if self.program is not None:
            self._error(StreamError.ALREADY_AUTHENTICATED)
        elif program is None:
            self.mailbox.close(Close.AUTH_FAILED, "auth failed")
        elif program.venue.traits.live and not self.streams.core.settings.api_live_data:
            self.mailbox.close(Close.NOT_OFFERED, "insufficient subscription")
        else:
            self.admit(program)
            self.say([{"T": "success", "msg": "authenticated"}])
            self._room = self.streams.room(program.venue)
            self._room.follow(self, self.codec, self._wanted)

    def _said(self, asked: Asked) -> None:
        match asked.action:
            case "subscribe":
                wanted = self._wanted.with_more(asked)
            case "unsubscribe":
                wanted = self._wanted.with_less(asked)
            case _:
                self._error(StreamError.INVALID_SYNTAX)
                return
        if wanted.size > SYMBOLS_PER_SOCKET:
            self._error(StreamError.SYMBOL_LIMIT)
            return
        self._wanted = wanted
        self.say([wanted.value()])
        assert self._room is not None
        self._room.follow(self, self.codec, wanted)

    def gone(self) -> None:
        super().gone()
        if self._room is not None:
            self._room.leave(self)
            self._room = None
