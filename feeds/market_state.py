"""What of a market session brings an empty street to its state at a moment."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from feeds.calendar import Int64s
from feeds.market_session import MarketSession, Told
from matching.market import Phase

_DISPLAYS = (Told.DISPLAY, Told.SNAPSHOT, Told.PICTURE)


def state_before(told: MarketSession, stop: int) -> Int64s:
    """The fewest of the entries before ``stop`` that tell what the state after them is."""
    what = told.entries.what[:stop]
    kept = set(np.flatnonzero((what == Told.OPEN) | (what == Told.CLOSE)).tolist())
    phases = np.flatnonzero(what == Told.PHASE)
    named = [told.phases[number].phase for number in told.entries.number[phases].tolist()]
    pairs = zip(phases.tolist(), named, strict=True)
    begun = [entry for entry, phase in pairs if phase is Phase.CONTINUOUS]
    # The newest auction came before or after the newest beginning of continuous trading.
    kept |= {*phases[-1:].tolist(), *begun[-1:]}
    displays = _newest(told, np.isin(what, _DISPLAYS))
    kept |= set(displays.values())
    for kind in (Told.STATUS, Told.INDICATION, Told.CROSS, Told.BAR_OPEN, Told.BAR):
        kept |= set(_newest(told, what == kind).values())
    kept |= _prints(told, what == Told.PRINT, displays)
    return np.array(sorted(kept), np.int64)


def _prints(told: MarketSession, rows: NDArray[np.bool_], displays: dict[int, int]) -> set[int]:
    """Prints that the newest display of their instrument does not follow; of an instrument without
    a display the newest one."""
    newest = _newest(told, rows)
    shown = np.full(max(newest, default=0) + 1, len(rows))
    for instrument, entry in displays.items():
        if instrument in newest:
            shown[instrument] = entry
    prints = np.flatnonzero(rows)
    later = prints[prints > shown[told.entries.instrument[prints]]].tolist()
    return {*later, *(entry for own, entry in newest.items() if own not in displays)}


def _newest(told: MarketSession, rows: NDArray[np.bool_]) -> dict[int, int]:
    """The last of some entries of each instrument."""
    entries = np.flatnonzero(rows)
    own = told.entries.instrument[entries]
    return dict(zip(own.tolist(), entries.tolist(), strict=True))
