"""When the sessions of a market begin, pause and end, as its calendar says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from matching.market import Phase
from matching.units import AtNs


class SessionTimes(NamedTuple):
    """``phases``: when each begins, in order; the last one is ``CLOSED``."""

    day: date
    phases: tuple[tuple[AtNs, Phase], ...]

    @property
    def opens_ns(self) -> AtNs:
        return self.phases[0][0]

    @property
    def closes_ns(self) -> AtNs:
        return self.phases[-1][0]


def session_times(day: date, phases: Iterable[tuple[int, Phase]]) -> SessionTimes:
    return SessionTimes(day, tuple((AtNs(at_ns), phase) for at_ns, phase in phases))
