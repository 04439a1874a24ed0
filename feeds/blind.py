"""A tape without its names, its days and its price levels: practice that memory cannot help.

What stays is what happened: moves of every bar to the nearest tick, volumes in money, weekdays, and
which shares moved together.  Splits are worked into the prices.  A seed hides it always the same.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from feeds.calendar import day_number, day_of
from feeds.prng import below, new_state, seed_from
from feeds.tape import BarColumns, Int64s, Tape, TapeError, TapeKind, make_tape
from feeds.tape_files import Manifest
from matching.instrument import Instrument, InstrumentId

BEGINS = date(2040, 1, 2)  # a Monday that is plainly not the real one
BEFORE = 250  # sessions of history that a chart has at the beginning
AFTER = 250  # sessions that are left to trade in, at least
LONGER = 250  # and at most as many more: where the market ends tells nothing of where it stands
_UNITS_LOWEST, _UNITS_SPREAD = 20, 180  # the first price, in units of currency: 20 to 199


@dataclass(frozen=True, slots=True)
class Unmasked:
    """One share behind its mask: a shown price is the real one, in shares of the tape's end, times
    ``scale``."""

    shown: Instrument
    real: Instrument
    scale: Fraction


@dataclass(frozen=True, slots=True)
class Blind:
    """``tape`` is what may be shown; ``first_session`` where trading begins; a real day is a shown
    one less ``shift``."""

    tape: Tape
    first_session: date
    shift: timedelta
    shares: tuple[Unmasked, ...]


def can_be_blind(manifest: Manifest) -> bool:
    """Daily bars of enough days that know of no dividends and no listing states: those would give
    it away."""
    daily = manifest.kind is TapeKind.DAILY_BARS
    long = max((one.rows for one in manifest.instruments), default=0) >= BEFORE + AFTER
    return daily and long and not manifest.actions and not manifest.listings


def blind(tape: Tape, seed: int) -> Blind:
    """Hide a tape of daily bars.  TapeError for any other, and for one too short to choose from."""
    if tape.kind is not TapeKind.DAILY_BARS or tape.actions or tape.listings:
        raise TapeError(f"{tape.tape_id} cannot be hidden: not plain daily bars")
    state = new_state(seed_from("blind", tape.tape_id, str(seed)))
    days = sorted({int(day) for columns in tape.columns for day in columns.time})
    if len(days) < BEFORE + AFTER:
        raise TapeError(f"{tape.tape_id} cannot be hidden: it has {len(days)} days")
    first = BEFORE + int(below(state, len(days) - BEFORE - AFTER + 1))
    start = day_of(days[first])
    monday = start - timedelta(days=start.weekday())
    shift = BEGINS - monday
    stop = min(len(days), first + AFTER + int(below(state, LONGER + 1)))
    span = (days[first - BEFORE], days[stop - 1])
    order = list(range(len(tape.instruments)))
    for place in range(len(order) - 1, 0, -1):  # Fisher and Yates
        other = int(below(state, place + 1))
        order[place], order[other] = order[other], order[place]
    masked: list[tuple[Unmasked, BarColumns]] = []
    for index in order:
        units = _UNITS_LOWEST + int(below(state, _UNITS_SPREAD))
        found = _masked(tape, index, span, shift.days, units, len(masked) + 1)
        if found is not None:
            masked.append(found)
    hidden = make_tape(
        name="blind",
        kind=tape.kind,
        source="a real market, hidden",
        licence="that of the hidden tape",
        hours=tape.hours,
        instruments=tuple(share.shown for share, _ in masked),
        columns=tuple(columns for _, columns in masked),
    )
    return Blind(hidden, start + shift, shift, tuple(share for share, _ in masked))


def _masked(
    tape: Tape, index: int, span: tuple[int, int], shift: int, units: int, number: int
) -> tuple[Unmasked, BarColumns] | None:
    """One share from the first day to the last; None when it has no bars then."""
    real, columns = tape.instruments[index], tape.columns[index]
    begin, end = bisect_left(columns.time, span[0]), bisect_right(columns.time, span[1])
    if begin == end:
        return None
    market = _market(tape) or real.market
    shown = replace(
        real,
        instrument_id=InstrumentId(f"{market}:S{number}"),
        market=market,
        symbol=f"S{number}",
        name_en=f"Share {number}",
        name_zh=f"股票{number}",
        risk_level=3,
    )
    days = columns.time[begin:end]
    whole = _segments(tape, index, days)
    first_ticks = units * 10**real.price_decimals // real.tick
    scale = Fraction(first_ticks) / (int(columns.close_ticks[begin]) * whole[0].factor)
    segments = [one._replace(factor=one.factor * scale) for one in whole]
    volumes = [one._replace(factor=1 / one.factor) for one in segments]
    opened, high, low, close = (
        _scaled(column[begin:end], segments, least=1)
        for column in (
            columns.open_ticks,
            columns.high_ticks,
            columns.low_ticks,
            columns.close_ticks,
        )
    )
    volume = _scaled(columns.volume[begin:end], volumes, least=0)
    masked = BarColumns(days + shift, opened, high, low, close, volume)
    return Unmasked(shown, real, scale), masked


def _market(tape: Tape) -> str | None:
    """One market for all shares, since one of another market would be known by it; None where
    boards differ: their rules are part of what happened."""
    boards = {one.board for one in tape.instruments}
    return min(one.market for one in tape.instruments) if len(boards) == 1 else None


class _Segment(NamedTuple):
    """Rows up to ``stop`` (those of earlier segments left out) and what a price is worth there."""

    stop: int
    factor: Fraction


def _segments(tape: Tape, index: int, days: Int64s) -> list[_Segment]:
    """What a price is worth in shares of the tape's end, from split to split."""
    instrument_id = tape.instruments[index].instrument_id
    splits = [one for one in tape.splits if one.instrument_id == instrument_id]
    found, factor = [_Segment(len(days), Fraction(1))], Fraction(1)
    for split in reversed(splits):
        factor *= Fraction(split.old_shares, split.new_shares)
        stop = bisect_left(days, day_number(split.session))
        if stop:
            found.append(_Segment(stop, factor))
    return found[::-1]


def _scaled(column: Int64s, segments: list[_Segment], least: int) -> Int64s:
    """Each value times its factor, half up; in exact integers of any size on the way."""
    scaled: list[int] = []
    for stop, factor in segments:
        top, bottom = 2 * factor.numerator, 2 * factor.denominator
        half = factor.denominator
        values = column[len(scaled) : stop].tolist()
        scaled += [max(least, (value * top + half) // bottom) for value in values]
    return np.array(scaled, np.int64)
