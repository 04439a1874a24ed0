"""Query strings of the broker-compatible API: unknown names are ignored, each name stands once."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from starlette.requests import Request

from feeds.calendar import utc_ns
from matching.units import NS_PER_SECOND, AtNs
from web.broker.body import truth
from web.broker.errors import bad_field

QUERY_BYTES_MAX = 64_000
_YEARS = (1900, 2200)
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
# Where an address was built without care, the offset's plus sign arrives as a blank.
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,12}))?)?"
    r"(?:[Zz]|([+\- ])([0-9]{2}):?([0-9]{2}))?"
)
_WHOLE = re.compile(r"[0-9]{1,9}")


class Query:
    """The parameters of a request.  Every method raises ApiError (422) for what it cannot read;
    a parameter that is absent or empty is None (or the default)."""

    def __init__(self, request: Request) -> None:
        if len(request.scope["query_string"]) > QUERY_BYTES_MAX:
            raise bad_field("the query is too long")
        self._values: dict[str, str] = {}
        for name, value in request.query_params.multi_items():
            if name in self._values:
                raise bad_field("a query parameter is given more than once")
            self._values[name] = value

    def text(self, name: str, most: int = 128) -> str | None:
        """As it was sent; without control characters."""
        value = self._values.get(name, "")
        if len(value) > most or not value.isprintable():
            raise bad_field(f"invalid {name}")
        return value or None

    def choice(self, name: str, allowed: Collection[str], default: str) -> str:
        value = self.text(name)
        if value is None:
            return default
        if value not in allowed:
            raise bad_field(f"invalid {name}: one of {', '.join(allowed)} is expected")
        return value

    def words(self, name: str, most: int = QUERY_BYTES_MAX) -> tuple[str, ...]:
        """What stands between commas, each once, in order."""
        value = self.text(name, most) or ""
        return tuple(dict.fromkeys(word.strip() for word in value.split(",") if word.strip()))

    def whole(self, name: str, least: int, most: int, default: int) -> int:
        value = self.text(name)
        if value is None:
            return default
        if not _WHOLE.fullmatch(value) or not least <= int(value) <= most:
            raise bad_field(f"invalid {name}: a whole number from {least} to {most} is expected")
        return int(value)

    def truth(self, name: str, *, default: bool) -> bool:
        found = truth(self.text(name), default)
        if found is None:
            raise bad_field(f"invalid {name}: true or false is expected")
        return found

    def day(self, name: str, zone: str) -> date | None:
        """``YYYY-MM-DD``, or the local day of a moment."""
        value = self.text(name)
        if value is None:
            return None
        plain = read_day(value)
        if plain is not None:
            return plain
        at_ns = read_moment(value, zone)
        if at_ns is None:
            raise bad_field(f"invalid {name}: YYYY-MM-DD is expected")
        return datetime.fromtimestamp(at_ns // NS_PER_SECOND, ZoneInfo(zone)).date()

    def moment(self, name: str, zone: str) -> AtNs | None:
        """RFC 3339, or the first moment of a local day."""
        value = self.text(name)
        if value is None:
            return None
        at_ns = read_moment(value, zone)
        if at_ns is None:
            raise bad_field(f"invalid {name}: RFC 3339 or YYYY-MM-DD is expected")
        return at_ns


def read_day(text: str) -> date | None:
    """``YYYY-MM-DD`` of a year that trades; None for anything else."""
    found = _DAY.fullmatch(text)
    if found is None or not _YEARS[0] <= int(found[1]) <= _YEARS[1]:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def read_moment(text: str, zone: str) -> AtNs | None:
    """RFC 3339 to the nanosecond, in UTC without an offset; or the midnight with which a local day
    begins; None for anything else."""
    day = read_day(text)
    if day is not None:
        return AtNs(utc_ns(datetime.combine(day, time(), ZoneInfo(zone))))
    found = _MOMENT.fullmatch(text)
    day = read_day(found[1]) if found else None
    if found is None or day is None:
        return None
    hour, minute, second = int(found[2]), int(found[3]), int(found[4] or 0)
    try:
        local = datetime.combine(day, time(hour, minute, min(second, 59)), UTC)
    except ValueError:
        return None
    offset = timedelta(hours=int(found[7] or 0), minutes=int(found[8] or 0))
    if second > 60 or offset > timedelta(hours=24):
        return None
    if found[6] in ("+", " "):
        offset = -offset
    fraction_ns = int((found[5] or "").ljust(9, "0")[:9])
    leap_ns = NS_PER_SECOND if second == 60 else 0
    return AtNs(utc_ns(local + offset) + fraction_ns + leap_ns)
