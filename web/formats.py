"""How numbers, money and times are written in each language.  Integers in, text out."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_compact_decimal, format_decimal

from matching.instrument import Instrument
from matching.units import NS_PER_SECOND, Currency, decimal_text, divide_half_up
from web.i18n import Language

SYMBOLS = {"USD": "$", "CNY": "¥", "HKD": "HK$"}
_MOMENT = {"zh": "yyyy/MM/dd HH:mm", "en": "MMM d, y HH:mm"}
_SECONDS = {"zh": "yyyy/MM/dd HH:mm:ss", "en": "MMM d, y HH:mm:ss"}
_DAY = {"zh": "y年M月d日", "en": "MMM d, y"}


def grouped(value: int, decimals: int = 0) -> str:
    """1234567 with 2 decimals is ``12,345.67``; both languages group by thousands."""
    text = decimal_text(abs(value), decimals)
    whole, point, fraction = text.partition(".")
    return f"{'-' if value < 0 else ''}{int(whole):,}{point}{fraction}"


def money(minor: int, currency: Currency, *, signed: bool = False) -> str:
    """``$1,000.00``, ``-¥3.50``; ``signed`` writes a plus too."""
    sign = "-" if minor < 0 else "+" if signed and minor > 0 else ""
    return f"{sign}{SYMBOLS[currency.code]}{grouped(abs(minor), currency.decimals)}"


def half_money(half_minor: int, currency: Currency) -> str:
    """Half minor units: ``$0.05``, and with one more digit where a half is left, ``$0.055``."""
    whole, half = divmod(abs(half_minor), 2)
    sign = "-" if half_minor < 0 else ""
    if not half:
        return sign + money(whole, currency)
    return f"{sign}{SYMBOLS[currency.code]}{grouped(abs(half_minor) * 5, currency.decimals + 1)}"


def price(ticks: int | None, instrument: Instrument) -> str:
    """A price with all its decimals, an en dash when there is none."""
    return "–" if ticks is None else grouped(ticks * instrument.tick, instrument.price_decimals)


def half_price(half_ticks: int, instrument: Instrument) -> str:
    """A price in half ticks: ``10.00``, and with one more digit between two ticks, ``10.005``."""
    ticks, half = divmod(half_ticks, 2)
    if not half:
        return price(ticks, instrument)
    return grouped(half_ticks * instrument.tick * 5, instrument.price_decimals + 1)


def price_change(ticks: int, instrument: Instrument) -> str:
    sign = "+" if ticks > 0 else ""
    return sign + grouped(ticks * instrument.tick, instrument.price_decimals)


def average_price(milli: int | None, instrument: Instrument) -> str:
    """An average in thousandths of a tick, with two more decimals than a price."""
    if milli is None:
        return "–"
    value = divide_half_up(milli * instrument.tick, 10)
    text = grouped(value, instrument.price_decimals + 2)
    return text[:-2] if text.endswith("00") else text


def quantity(qty: int, instrument: Instrument) -> str:
    return grouped(qty, instrument.qty_decimals)


def permyriad(part: int, whole: int) -> int:
    """``part / whole`` in hundredths of a percent, 0 when there is no whole."""
    return divide_half_up(part * 10_000, whole) if whole > 0 else 0


def percent(value_permyriad: int, *, signed: bool = True) -> str:
    """Hundredths of a percent as ``+1.23%``."""
    sign = "+" if signed and value_permyriad > 0 else ""
    return f"{sign}{grouped(value_permyriad, 2)}%"


def compact(value: int, language: Language) -> str:
    """``1.23亿`` or ``123.46M``; small numbers stay whole."""
    if abs(value) < 10_000:
        return str(format_decimal(value, locale=language))
    return str(format_compact_decimal(Decimal(value), locale=language, fraction_digits=2))


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def wall(at_ns: int, time_zone: str) -> datetime:
    """The wall clock of a market at a moment."""
    seconds, nanos = divmod(at_ns, NS_PER_SECOND)
    moment = datetime.fromtimestamp(seconds, UTC).replace(microsecond=nanos // 1000)
    return moment.astimezone(_zone(time_zone))


def midnight_ns(day_: date, time_zone: str) -> int:
    """The first moment of a day on a market's wall clock."""
    start = datetime(day_.year, day_.month, day_.day, tzinfo=_zone(time_zone))
    return int(start.timestamp()) * NS_PER_SECOND


def moment(at_ns: int, time_zone: str, language: Language) -> str:
    """Date and time to the minute on the market's wall clock."""
    return str(format_datetime(wall(at_ns, time_zone), _MOMENT[language], locale=language))


def time_of_day(at_ns: int, time_zone: str) -> str:
    """``09:25``; with seconds where there are some."""
    at = wall(at_ns, time_zone)
    return at.strftime("%H:%M:%S" if at.second else "%H:%M")


def moment_seconds(at_ns: int, time_zone: str, language: Language) -> str:
    return str(format_datetime(wall(at_ns, time_zone), _SECONDS[language], locale=language))


def iso_utc(at_ns: int) -> str:
    """A moment as programs read it, to the second: ``2026-11-24T18:50:11Z``."""
    return wall(at_ns, "UTC").strftime("%Y-%m-%dT%H:%M:%SZ")


def day(value: date, language: Language) -> str:
    return str(format_date(value, _DAY[language], locale=language))


def direction(value: int) -> str:
    """The class of a number: colour is never the only sign of it."""
    return "up" if value > 0 else "down" if value < 0 else "flat"


def arrow(value: int) -> str:
    return "▲" if value > 0 else "▼" if value < 0 else ""
