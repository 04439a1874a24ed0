"""What a vendor's message can mean: market events, books in parts, prices of before, and talk."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from feeds.book_sync import BookChange, BookSnapshot
from matching.instrument import InstrumentId
from matching.market import Depth, Halt, Snapshot, Trade
from matching.units import AtNs, PriceTicks


class Talk(StrEnum):
    """What a vendor says about the connection itself."""

    CONNECTED = "connected"
    AUTHENTICATED = "authenticated"
    SUBSCRIBED = "subscribed"
    BEAT = "beat"  # it is alive and has nothing to tell
    ERROR = "error"
    IGNORED = "ignored"  # understood, and nothing that a market needs


class Said(NamedTuple):
    """``text`` is the vendor's own wording, for the operator."""

    talk: Talk
    text: str = ""


class Fault(StrEnum):
    """Why a message, or a part of one, is not used."""

    ENCODING = "encoding"
    NOT_JSON = "not_json"
    SHAPE = "shape"  # a field is missing or of another type
    NUMBER = "number"
    BETWEEN_TICKS = "between_ticks"  # finer than the instrument's price or quantity step
    TIME = "time"
    SYMBOL = "symbol"  # nobody asked for it
    DISAGREES = "disagrees"  # its own figures contradict each other


class Unreadable(NamedTuple):
    fault: Fault
    text: str  # the beginning of what was not understood


class BookImage(NamedTuple):
    """The whole book of one instrument, as far as the vendor shows it."""

    instrument_id: InstrumentId
    at_ns: AtNs
    book: BookSnapshot


class BookMove(NamedTuple):
    """What changed in one instrument's book."""

    instrument_id: InstrumentId
    at_ns: AtNs
    change: BookChange


class TradeNumber(NamedTuple):
    """The vendor's running number of an instrument's trades: a hole means that one was lost."""

    instrument_id: InstrumentId
    number: int


class Reference(NamedTuple):
    """The close of the session before, as the vendor gives it at ``at_ns``."""

    at_ns: AtNs
    instrument_id: InstrumentId
    price_ticks: PriceTicks


Heard = (
    Depth | Trade | Snapshot | Halt | BookImage | BookMove | TradeNumber | Reference
    | Said | Unreadable
)  # fmt: skip
