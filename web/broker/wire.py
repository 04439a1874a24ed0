"""How our numbers, moments and ids are written for brokers' clients, and read back.

Ids are UUIDs that can be read back: an order's holds its number and how often it had been
replaced, with a check, so that a made-up one names nothing.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from functools import lru_cache
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from matching.instrument import Instrument, InstrumentId
from matching.orders import AccountId, OrderId
from matching.units import NS_PER_SECOND, Currency, decimal_text

_NAMESPACE = UUID("5a1c5f0e-9d5b-5b8e-8f0e-7d2f3c1b6a90")
_ASSETS_KEPT = 20_000  # names of whole markets, which every request by a UUID looks through
_VERSION_BITS, _ORDER_BITS, _CHECK_BITS = 12, 56, 54
REPLACEMENTS_MAX = (1 << _VERSION_BITS) - 1


def moment(at_ns: int) -> str:
    """RFC 3339 in UTC with nanoseconds."""
    seconds, rest = divmod(at_ns, NS_PER_SECOND)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"


def local_moment(at_ns: int, zone: str) -> str:
    """RFC 3339 on a market's own clock, with its offset and nanoseconds."""
    seconds, rest = divmod(at_ns, NS_PER_SECOND)
    local = datetime.fromtimestamp(seconds, ZoneInfo(zone))
    offset = f"{local:%z}"
    return f"{local:%Y-%m-%dT%H:%M:%S}.{rest:09d}{offset[:3]}:{offset[3:5]}"


def local_day(at_ns: int, zone: str) -> date:
    """The day of a moment on a market's own clock."""
    return datetime.fromtimestamp(at_ns // NS_PER_SECOND, ZoneInfo(zone)).date()


def clock_text(at_ns: int, zone: str) -> str:
    """``09:30`` on a market's own clock."""
    return f"{datetime.fromtimestamp(at_ns // NS_PER_SECOND, ZoneInfo(zone)):%H:%M}"


def moment_or_none(at_ns: int | None) -> str | None:
    return None if at_ns is None else moment(at_ns)


def price(instrument: Instrument, ticks: int) -> str:
    return instrument.price_text(ticks)


def price_or_none(instrument: Instrument, ticks: int | None) -> str | None:
    return None if ticks is None else instrument.price_text(ticks)


def average_price(instrument: Instrument, milli_ticks: int) -> str:
    """An average in thousandths of a tick, without needless zeros at the end."""
    text = decimal_text(milli_ticks * instrument.tick, instrument.price_decimals + 3)
    return text[:-3] + text[-3:].rstrip("0")


def price_number(instrument: Instrument, ticks: int) -> float:
    """A price as market data answers write it: a JSON number."""
    return float(instrument.price_text(ticks))


def qty(instrument: Instrument, base_units: int) -> str:
    """A quantity without needless zeros at the end."""
    text = decimal_text(base_units, instrument.qty_decimals)
    return text.rstrip("0").rstrip(".") if "." in text else text


def qty_number(instrument: Instrument, base_units: int) -> int | float:
    return float(qty(instrument, base_units)) if instrument.qty_decimals else base_units


def money(currency: Currency, minor: int) -> str:
    return decimal_text(minor, currency.decimals)


def money_number(currency: Currency, minor: int) -> float:
    return float(decimal_text(minor, currency.decimals))


def ratio(part: int, whole: int) -> str:
    """A fraction with six decimals; zero of nothing."""
    if not whole:
        return "0"
    sign = -1 if (part < 0) != (whole < 0) else 1
    millionths = (2 * abs(part) * 1_000_000 + abs(whole)) // (2 * abs(whole))
    return decimal_text(sign * millionths, 6)


def account_uuid(account_id: AccountId) -> str:
    return str(uuid5(_NAMESPACE, f"account {account_id}"))


def execution_uuid(order_id: OrderId, number: int) -> str:
    """The id of fill ``number`` of an order."""
    return str(uuid5(_NAMESPACE, f"fill {order_id} {number}"))


@lru_cache(maxsize=_ASSETS_KEPT)
def asset_uuid(instrument_id: InstrumentId) -> str:
    return str(uuid5(_NAMESPACE, f"asset {instrument_id}"))


def order_uuid(order_id: OrderId, replaced: int = 0) -> str:
    """The id of an order after ``replaced`` replacements."""
    assert 0 <= replaced <= REPLACEMENTS_MAX
    assert 0 <= order_id < 1 << _ORDER_BITS
    check = _check(order_id, replaced)
    # 48 bits, version 4, 12 bits, variant, 62 bits: a UUID as everybody's parsers expect.
    high, low = order_id >> 8, order_id & 0xFF
    return str(
        UUID(int=high << 80 | 4 << 76 | replaced << 64 | 2 << 62 | low << _CHECK_BITS | check)
    )


def order_of_uuid(text: str) -> tuple[OrderId, int] | None:
    """The order's number and its replacements; None for what is no id of an order."""
    try:
        number = UUID(text).int
    except ValueError:
        return None
    order_id = OrderId((number >> 80) << 8 | number >> _CHECK_BITS & 0xFF)
    replaced = number >> 64 & REPLACEMENTS_MAX
    return (order_id, replaced) if order_uuid(order_id, replaced) == str(UUID(text)) else None


def _check(order_id: OrderId, replaced: int) -> int:
    digest = hashlib.blake2b(f"order {order_id} {replaced}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> (64 - _CHECK_BITS)
