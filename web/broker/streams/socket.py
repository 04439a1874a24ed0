"""One websocket of a program: who it is, what it says, how it ends.  Knows no server."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from web.broker.identity import Program, program_of
from web.broker.streams.asked import Asked
from web.broker.streams.codec import Codec, CodecError
from web.broker.streams.connections import Ending, Kind
from web.broker.streams.limits import BYTES_PER_CREDIT, INBOUND, MESSAGE_BYTES, Close
from web.live.limits import Close as LiveClose
from web.live.mailbox import Mailbox
from web.security.credits import Purses

if TYPE_CHECKING:
    from web.broker.streams.hub import Streams
    from web.live.protocol import FanoutProtocol

_CLOSES = {
    Ending.TOO_MANY: (Close.TOO_MANY_SOCKETS, "connection limit exceeded"),
    Ending.KEY_ENDED: (Close.KEY_ENDED, "key ended"),
    Ending.RESTART: (LiveClose.RESTART, "restart"),
    Ending.BUG: (1011, "internal error"),
}


class ProgramSocket(ABC):
    """Everything that market data and trade updates have in common."""

    kind: Kind

    def __init__(self, streams: Streams, wire: FanoutProtocol, codec: Codec) -> None:
        self.streams = streams
        self.codec = codec
        self.program: Program | None = None
        self.mailbox: Mailbox = self._mailbox(wire)
        self._wire = wire
        self._purses = Purses(INBOUND, streams.clock)

    @abstractmethod
    def _mailbox(self, wire: FanoutProtocol) -> Mailbox:
        """The connection's mailbox, with this kind's patience and last words."""

    @abstractmethod
    def _malformed(self) -> None:
        """A message could not be read."""

    @abstractmethod
    def _unknown(self, asked: Asked) -> None:
        """Somebody who has not said who he is wants something."""

    @abstractmethod
    def _authenticate(self, program: Program | None) -> None:
        """Answer who somebody says he is; None: his key opens nothing."""

    @abstractmethod
    def broken(self) -> None:
        """Say that we made a mistake; the connection is closed by whoever answers mistakes."""

    @abstractmethod
    def _said(self, asked: Asked) -> None:
        """A message of somebody who is known."""

    # Words

    async def hear(self, message: str | bytes) -> None:
        """One message of the program."""
        if self._purses.spend("", 1 + len(message) // BYTES_PER_CREDIT):
            self.mailbox.close(Close.TOO_MANY_MESSAGES, "too many messages")
            return
        try:
            asked = self.codec.decode(message, Asked)
        except CodecError:
            self._malformed()
            return
        who = asked.who
        if who is not None:
            await self.identify(*who)
        elif self.program is None:
            self._unknown(asked)
        else:
            self._said(asked)

    async def identify(self, key_id: str, secret: str) -> None:
        """Take a key and its secret."""
        program = self.program
        if program is None:
            program = await program_of(self.streams.core, key_id, secret)
        if not self.mailbox.closed:
            self._authenticate(program)

    def admit(self, program: Program) -> None:
        """The key is good: count the connection and take long messages."""
        self.program = program
        self._wire.allow(MESSAGE_BYTES)
        self.streams.connections.add(program.key.key_id, self.kind, self)

    def say(self, value: object) -> None:
        self.tell(self.codec.message(value))

    def tell(self, frame: bytes) -> None:
        self.mailbox.send(frame, self.streams.clock())

    # Ends

    def late(self) -> None:
        """The time to say who one is, is over."""
        if self.program is None:
            self.mailbox.close(Close.AUTH_LATE, "auth timeout")

    def end(self, why: Ending) -> None:
        self.mailbox.close(*_CLOSES[why])

    def gone(self) -> None:
        """The connection is over, whoever ended it."""
        if self.program is not None:
            self.streams.connections.remove(self.program.key.key_id, self.kind, self)
        self.mailbox.gone()
