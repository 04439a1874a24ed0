"""What every vendor file offers: addresses, the words to send, and a pure decoder.

A vendor holds no state and opens nothing.  ``feeds/live/connection.py`` asks it what to send, hands
it what came, and gets ``Heard`` back.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple
from urllib.parse import quote

from feeds.book_sync import Chain
from feeds.live.heard import Heard, Said
from feeds.live.wire import read_all
from matching.instrument import Instrument
from matching.market import DataKind
from matching.units import NS_PER_SECOND

Watch = Mapping[str, Instrument]  # the vendor's symbol: what it is here

MEGABYTE = 1 << 20


class Request(NamedTuple):
    """One HTTP GET."""

    url: str
    headers: tuple[tuple[str, str], ...] = ()


class Beat(NamedTuple):
    """What is sent so that the vendor keeps the line open."""

    text: str
    every_ns: int


@dataclass(frozen=True, slots=True)
class Keys:
    """From the settings only; a repr shows nothing of them."""

    key: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)

    def hide(self, text: str) -> str:
        """A text without them: a vendor may repeat what it was sent."""
        for one in (self.key, self.secret):
            for written in (one, quote(one, safe="")):  # in an address it is written otherwise
                text = text.replace(written, "***") if written else text
        return text


class SymbolError(ValueError):
    """A symbol of the watchlist that the vendor cannot have; the message says why."""


@dataclass(frozen=True, slots=True)
class Vendor(ABC):
    """The common part.  ``socket_url`` empty: the vendor is asked every ``every_ns`` instead.

    ``needs_key``: nothing comes without keys.  ``chain``: how changes of its books follow each
    other, None where it tells whole displays.  ``silent_after_ns``: so long without a word means
    that the connection is gone.  ``pongs_count``: an answer to a ping is a word too, for markets in
    which nothing may happen for minutes.
    """

    name: ClassVar[str] = ""
    kind: ClassVar[DataKind] = DataKind.QUOTES
    market: ClassVar[str] = ""
    source: ClassVar[str] = ""
    levels: ClassVar[int] = 1
    chain: ClassVar[Chain | None] = None
    needs_key: ClassVar[bool] = False
    silent_after_ns: ClassVar[int] = 10 * NS_PER_SECOND
    pongs_count: ClassVar[bool] = False
    largest_bytes: ClassVar[int] = MEGABYTE
    every_ns: ClassVar[int] = 3 * NS_PER_SECOND
    beat: ClassVar[Beat | None] = None

    socket_url: str = ""
    http_url: str = ""

    # Before anything is heard

    def listing_request(self, symbols: Sequence[str]) -> Request | None:  # noqa: ARG002
        """Where the steps of these symbols are told; None where they follow from the market."""
        return None

    @abstractmethod
    def instruments(self, symbols: Sequence[str], body: bytes | None) -> dict[str, Instrument]:
        """What the symbols are.  SymbolError for one that is none, UnreadableError for a body that
        was not understood."""

    # Websockets

    def address(self, keys: Keys) -> str:  # noqa: ARG002
        return self.socket_url

    def hello(self, watch: Watch, keys: Keys) -> tuple[str, ...]:  # noqa: ARG002
        """What is sent first."""
        return ()

    def reply(self, said: Said, watch: Watch, keys: Keys) -> tuple[str, ...]:  # noqa: ARG002
        """What is sent after the vendor said something."""
        return ()

    def resubscribe(self, symbol: str) -> tuple[str, ...]:  # noqa: ARG002
        """What makes the vendor send one book anew on the same connection; nothing where the book
        is asked for (``image_request``)."""
        return ()

    # HTTP

    def polls(self, watch: Watch) -> tuple[Request, ...]:  # noqa: ARG002
        """What is asked every ``every_ns``."""
        return ()

    def image_request(self, symbol: str) -> Request | None:  # noqa: ARG002
        """Where the whole book of a symbol is; None where the connection itself tells it."""
        return None

    def image(self, watch: Watch, symbol: str, body: bytes, heard_ns: int) -> list[Heard]:
        """What the answer to ``image_request`` says; never an exception, whatever came."""
        return read_all(lambda: self.read_image(watch, symbol, body, heard_ns), body)

    def read_image(self, watch: Watch, symbol: str, body: bytes, heard_ns: int) -> Iterable[Heard]:  # noqa: ARG002
        """UnreadableError for an answer that was not understood."""
        return ()

    # What came

    def decode(self, watch: Watch, body: str | bytes, heard_ns: int) -> list[Heard]:
        """Everything that a message says, in order; never an exception, whatever came."""
        return read_all(lambda: self.read(watch, body, heard_ns), body)

    @abstractmethod
    def read(self, watch: Watch, body: str | bytes, heard_ns: int) -> Iterable[Heard]:
        """UnreadableError for a message that was not understood as a whole."""
