"""The small replay on the landing page: real closes of one company, recorded, labelled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from feeds.bar_replay import BarFeed
from feeds.catalogue import US_DAILY, ensure_shipped
from feeds.feed import Bars, Interval
from feeds.tape_store import open_tape
from matching.instrument import Instrument
from matching.units import AtNs
from simtrade.venues.feeds import TAPES
from web import formats
from web.core import Core
from web.i18n import Language

SHOWN_FIRST = 26  # the line begins on the day a practice begins
LAST = date(2008, 12, 1)
DAYS = 80
NEW_YORK = "America/New_York"
SYMBOL = "AAPL"
WIDTH, HEIGHT, MARGIN = 600, 200, 8


@dataclass(frozen=True, slots=True)
class Replay:
    """Closes in units of 10^-decimals, oldest first, and the close of ``since``, before them."""

    instrument: Instrument
    since: str
    days: tuple[str, ...]
    closes: tuple[int, ...]
    reference: int

    @property
    def data(self) -> dict[str, Any]:
        return {
            "closes": self.closes,
            "days": self.days,
            "dp": self.instrument.price_decimals,
            "reference": self.reference,
            "shown": SHOWN_FIRST,
        }

    @property
    def change(self) -> int:
        return self.closes[SHOWN_FIRST - 1] - self.reference

    def points(self) -> str:
        """The first part of the line, drawn before any script runs."""
        return line_points(self.closes, SHOWN_FIRST, (*self.closes, self.reference))

    def base(self) -> str:
        return f"{_height(self.reference, (*self.closes, self.reference)):.1f}"


def _height(value: int, span: tuple[int, ...]) -> float:
    low, high = min(span), max(span)
    return MARGIN + (HEIGHT - 2 * MARGIN) * (1 - (value - low) / ((high - low) or 1))


def line_points(values: tuple[int, ...], shown: int, span: tuple[int, ...]) -> str:
    """``x,y`` pairs of an SVG polyline; floats only ever become pixels here."""
    step = WIDTH / max(1, len(values) - 1)
    return " ".join(
        f"{place * step:.1f},{_height(value, span):.1f}"
        for place, value in enumerate(values[:shown])
    )


@cache
def _history(data: Path) -> tuple[Instrument, Bars] | None:
    """Daily bars of the company from the shipped recording, read once per process."""
    root = data / TAPES
    feed = BarFeed(open_tape(root, ensure_shipped(root)[US_DAILY]))
    found = next((one for one in feed.instruments if one.symbol == SYMBOL), None)
    if found is None:
        return None
    to_ns = AtNs(formats.midnight_ns(LAST, feed.traits.time_zone))
    return found, feed.bars(found.instrument_id, Interval.DAY, to_ns, DAYS + 1)


def replay_of(core: Core, language: Language) -> Replay | None:
    """None when the shipped recording lacks the company."""
    found = _history(core.settings.data)
    if found is None or len(found[1].close_ticks) < SHOWN_FIRST + 2:
        return None
    instrument, bars = found
    closes = [int(close) * instrument.tick for close in bars.close_ticks]
    days = [formats.wall(int(at), NEW_YORK).date() for at in bars.start_ns]
    return Replay(
        instrument,
        formats.day(days[0], language),
        tuple(formats.day(one, language) for one in days[1:]),
        tuple(closes[1:]),
        closes[0],
    )
