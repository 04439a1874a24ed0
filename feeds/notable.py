"""Days of a tape on which something happened: the largest moves of all shares and of one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from feeds.calendar import day_number, day_of
from feeds.tape import Tape, TapeKind
from matching.instrument import Instrument

OF_ALL_FROM = 3  # shares, below which there is no "all"
EACH = 3  # largest rises, and largest falls, of all and of one
APART = 10  # days of the tape between two of a kind
HISTORY = 60  # days before the first that is offered

Floats = NDArray[np.float64]


class Notable(NamedTuple):
    """A large move from the close of ``before`` to the close of ``day``, in hundredths of a
    percent; ``instrument`` None: the average of all shares."""

    day: date
    before: date
    instrument: Instrument | None
    change_permyriad: int


def notable_days(tape: Tape) -> tuple[Notable, ...]:
    """The days that are worth practising, oldest first; none of a tape that is not of days."""
    if tape.kind is not TapeKind.DAILY_BARS:
        return ()
    days = np.unique(np.concatenate([columns.time for columns in tape.columns]))
    moves = _moves(tape, days)  # shares x days, NaN where there is none
    found: list[Notable] = []
    if len(tape.instruments) >= OF_ALL_FROM:
        told = np.isfinite(moves).sum(axis=0) >= OF_ALL_FROM
        average = np.where(told, np.nansum(moves, axis=0), np.nan) / np.maximum(
            np.isfinite(moves).sum(axis=0), 1
        )
        found += [
            Notable(_day(days, place), _day(days, place - 1), None, _permyriad(average[place]))
            for place in _extremes(average)
        ]
    strongest = np.nanmax(np.abs(np.nan_to_num(moves)), axis=0)
    owner = np.argmax(np.abs(np.nan_to_num(moves)), axis=0)
    signed = np.where(strongest > 0, moves[owner, np.arange(len(days))], np.nan)
    found += [
        Notable(
            _day(days, place),
            _day(days, place - 1),
            tape.instruments[int(owner[place])],
            _permyriad(signed[place]),
        )
        for place in _extremes(signed)
    ]
    return tuple(sorted(found, key=lambda one: (one.day, one.instrument is not None)))


def _day(days: NDArray[np.int64], place: int) -> date:
    return day_of(int(days[place]))


def _permyriad(move: float) -> int:
    return round(move * 10_000)


def _moves(tape: Tape, days: NDArray[np.int64]) -> Floats:
    """Close to close of neighbouring days of the tape; a split is no move."""
    moves = np.full((len(tape.instruments), len(days)), np.nan)
    for row, (instrument, columns) in enumerate(zip(tape.instruments, tape.columns, strict=True)):
        places = np.searchsorted(days, columns.time)
        close = columns.close_ticks.astype(np.float64)
        for split in tape.splits:
            if split.instrument_id == instrument.instrument_id:
                before = columns.time < day_number(split.session)
                close[before] *= split.old_shares / split.new_shares
        neighbours = np.diff(places) == 1
        change = close[1:] / close[:-1] - 1
        moves[row, places[1:][neighbours]] = change[neighbours]
    return moves


def _extremes(moves: Floats) -> Iterator[int]:
    """Places of the largest falls and rises, with enough history and some days apart."""
    for sign in (1, -1):
        order = np.argsort(np.where(np.isfinite(moves), sign * moves, np.inf), kind="stable")
        kept: list[int] = []
        for place in order.tolist():
            if len(kept) == EACH or not sign * moves[place] < 0:
                break
            if place >= HISTORY and all(abs(place - one) >= APART for one in kept):
                kept.append(place)
        yield from kept
