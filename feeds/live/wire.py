"""Text from a vendor becomes numbers here: exactly, without float, or not at all.

JSON numbers stay text until they meet the scale of an instrument, so 171.695 is never anything but
171.695.  Whatever cannot be read raises UnreadableError with its fault; a decoder turns that into
an ``Unreadable`` for the message and goes on with the next one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from feeds.calendar import utc_ns
from feeds.live.heard import Fault, Heard, Unreadable
from matching.instrument import Instrument
from matching.market import Level
from matching.orders import Side
from matching.units import NS_PER_SECOND, AtNs, NumberFault, PriceTicks, Qty, scaled_integer

EXCERPT = 160
LEVELS_MAX = 200_000  # of one message: the largest book that a venue tells is a quarter of that
LARGEST_TICKS = (1 << 31) - 1  # the matching kernel's bound

_EARLIEST, _LATEST = 946_684_800, 4_102_444_800  # the years 2000 to 2099
_PLAIN = re.compile(r"[0-9]{1,20}\.[0-9]{1,24}")
_SCIENTIFIC = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,20})?[eE][+-]?[0-9]{1,2}")
_RFC3339 = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?(?:Z|\+00:00)"
)


class UnreadableError(ValueError):
    """One message, or one part of it, is not what the vendor's format says."""

    def __init__(self, fault: Fault, what: object = "") -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.what = what


def text_of(body: str | bytes, encoding: str = "utf-8") -> str:
    if isinstance(body, str):
        return body
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableError(Fault.ENCODING, body[:EXCERPT]) from error


def json_of(body: str | bytes) -> Any:
    """Objects, arrays, texts, true, false and null; every number as the text that was sent."""
    text = text_of(body)
    try:
        return json.loads(text, parse_float=str, parse_int=str, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(Fault.NOT_JSON, text) from error


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def field(message: Any, name: str) -> Any:
    """A field of an object; UnreadableError where there is none."""
    if not isinstance(message, dict) or name not in message:
        raise UnreadableError(Fault.SHAPE, message)
    return message[name]


def word(message: Any, name: str) -> str:
    """A field that is a text or a number."""
    found = field(message, name)
    if not isinstance(found, str):
        raise UnreadableError(Fault.SHAPE, message)
    return found


def rows(found: Any, most: int = LEVELS_MAX) -> list[Any]:
    if not isinstance(found, list) or len(found) > most:
        raise UnreadableError(Fault.SHAPE, found)
    return found


def read_all(read: Callable[[], Iterable[Heard]], body: object) -> list[Heard]:
    """What was read of a message, or that it was not understood."""
    try:
        return list(read())
    except UnreadableError as error:
        return [unreadable(error, body)]


def each(parts: Iterable[Any], decode: Callable[[Any], Iterator[Heard]]) -> list[Heard]:
    """Decode the parts of a message one by one: a bad one spoils no other."""
    found: list[Heard] = []
    for part in parts:
        try:
            found.extend(decode(part))
        except UnreadableError as error:
            found.append(unreadable(error, part))
    return found


def unreadable(error: UnreadableError, whole: object) -> Unreadable:
    """What is kept of something that could not be read."""
    return Unreadable(error.fault, str(error.what or whole)[:EXCERPT])


def of_symbol(watch: Mapping[str, Instrument], symbol: str) -> Instrument:
    found = watch.get(symbol)
    if found is None:
        raise UnreadableError(Fault.SYMBOL, symbol)
    return found


# Numbers


def scaled(text: Any, decimals: int) -> int:
    """A decimal text in units of 10^-decimals, exactly; ``1e-05`` is a way of writing too."""
    if not isinstance(text, str):
        raise UnreadableError(Fault.NUMBER, text)
    if _SCIENTIFIC.fullmatch(text):
        text = format(Decimal(text), "f")
    found = scaled_integer(text, decimals)
    if found is NumberFault.TOO_PRECISE:
        raise UnreadableError(Fault.BETWEEN_TICKS, text)
    if isinstance(found, NumberFault):
        raise UnreadableError(Fault.NUMBER, text)
    return found


def price(instrument: Instrument, text: Any) -> PriceTicks:
    """A positive price in ticks."""
    ticks = _ticks(instrument, text)
    if ticks > LARGEST_TICKS:
        raise UnreadableError(Fault.NUMBER, text)
    return PriceTicks(ticks)


def _ticks(instrument: Instrument, text: Any) -> int:
    value = scaled(text, instrument.price_decimals)
    if value % instrument.tick:
        raise UnreadableError(Fault.BETWEEN_TICKS, text)
    if value <= 0:
        raise UnreadableError(Fault.NUMBER, text)
    return value // instrument.tick


def quantity(instrument: Instrument, text: Any, lot: int = 1) -> Qty:
    """A quantity in base units, 0 included; ``lot`` is how many make one of what is told.

    Parts of a base unit are cut off: books hold rests of orders from when the step was finer, and
    nobody can trade them any more.
    """
    if isinstance(text, str) and _PLAIN.fullmatch(text):
        before, _, after = text.partition(".")
        text = f"{before}.{after[: instrument.qty_decimals]}"
    found = scaled(text, instrument.qty_decimals) * lot
    if found < 0:
        raise UnreadableError(Fault.NUMBER, text)
    return Qty(found)


def whole(text: Any) -> int:
    """A whole number that is not negative."""
    found = scaled(text, 0)
    if found < 0:
        raise UnreadableError(Fault.NUMBER, text)
    return found


def ladder(instrument: Instrument, found: Any) -> tuple[tuple[int, int], ...]:
    """``[[price, quantity, ...], ...]`` as (ticks, base units); quantity 0 is nothing there.

    Two kinds of levels are left out: beyond the largest price of the matching kernel (somebody's
    joke), and between the ticks (orders from when the tick was finer, deep in a book).
    """
    levels: list[tuple[int, int]] = []
    for row in rows(found):
        if not isinstance(row, list) or len(row) < 2:
            raise UnreadableError(Fault.SHAPE, row)
        try:
            ticks = _ticks(instrument, row[0])
        except UnreadableError as error:
            if error.fault is Fault.BETWEEN_TICKS:
                continue
            raise
        if ticks <= LARGEST_TICKS:
            levels.append((ticks, quantity(instrument, row[1])))
    return tuple(levels)


def best_first(side: Side, levels: Iterable[tuple[int, int]]) -> tuple[Level, ...]:
    """Levels of a display in its order; those without quantity are none."""
    kept = [Level(PriceTicks(ticks), Qty(qty)) for ticks, qty in levels if qty]
    return tuple(sorted(kept, key=lambda one: one.price_ticks, reverse=side is Side.BUY))


# Times


def _within(seconds: int, text: object) -> None:
    if not _EARLIEST <= seconds < _LATEST:
        raise UnreadableError(Fault.TIME, text)


def millis_ns(text: Any) -> AtNs:
    """Milliseconds since 1970 UTC."""
    try:
        millis = whole(text)
    except UnreadableError as error:
        raise UnreadableError(Fault.TIME, text) from error
    _within(millis // 1000, text)
    return AtNs(millis * 1_000_000)


def rfc3339_ns(text: Any) -> AtNs:
    """``2024-03-28T16:59:00.114612043Z``, to the nanosecond."""
    found = _RFC3339.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise UnreadableError(Fault.TIME, text)
    try:
        moment = datetime.fromisoformat(found[1]).replace(tzinfo=UTC)
    except ValueError as error:
        raise UnreadableError(Fault.TIME, text) from error
    seconds = utc_ns(moment)
    _within(seconds // NS_PER_SECOND, text)
    return AtNs(seconds + int((found[2] or "").ljust(9, "0")))


def local_ns(text: str, pattern: str, zone: str) -> AtNs:
    """A wall clock of a market as a moment; ``pattern`` as for ``strptime``."""
    try:
        moment = datetime.strptime(text, pattern).replace(tzinfo=ZoneInfo(zone))
    except ValueError as error:
        raise UnreadableError(Fault.TIME, text) from error
    found = utc_ns(moment)
    _within(found // NS_PER_SECOND, text)
    return AtNs(found)
