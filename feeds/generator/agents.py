"""The parameters of the agents of market 2, as data (agents.toml says how each was found)."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from feeds.calendar import Int64s

_FILE = Path(__file__).with_name("agents.toml")

Knots = tuple[tuple[int, int], ...]


class Agents(NamedTuple):
    """What the compiled kernel reads.  Tables of knots are int64[n, 2]: chance below in permille,
    value; permille are of events, takers, orders that join or seconds as agents.toml says."""

    takes: int
    cancels: int
    gaps: Int64s
    excites_permille: int
    excitement_fades: int
    improves: int
    at_best: int
    follows: int
    improvement: Int64s
    behind_ppm: Int64s
    behind_ticks: int
    join_shares: Int64s
    take_shares: Int64s
    cancel_rank: Int64s
    oldest: int
    informed: int
    momentum: int
    value: int
    horizon_seconds: int
    sweeps: int
    whole: int
    filled: int
    parts: Int64s
    parents: int
    quotes_ppm: int
    comes_ppm: int
    attends: int
    tolerates: int


class Wandering(NamedTuple):
    """How activity and the value move; see agents.toml."""

    octaves_drawn: int
    octaves_forgotten: int
    jumps_permille: int
    jump_steps: int


class AgentsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """agents.toml as it stands."""

    version: int
    arrivals: _Arrivals
    mix: _Mix
    places: _Places
    sizes: _Sizes
    cancels: _Cancels
    takers: _Takers
    maker: _Maker
    path: _Path

    @property
    def agents(self) -> Agents:
        """The same as the kernel wants it."""
        places, takers, maker = self.places, self.takers, self.maker
        return Agents(
            takes=self.mix.takes,
            cancels=self.mix.cancels,
            gaps=_table(self.arrivals.gaps),
            excites_permille=self.arrivals.excites_permille,
            excitement_fades=self.arrivals.excitement_fades,
            improves=places.improves,
            at_best=places.at_best,
            follows=places.follows,
            improvement=_table(places.improvement),
            behind_ppm=_table(places.behind_ppm),
            behind_ticks=places.behind_ticks,
            join_shares=_table(self.sizes.joins),
            take_shares=_table(self.sizes.takes),
            cancel_rank=_table(self.cancels.rank),
            oldest=self.cancels.oldest,
            informed=takers.informed,
            momentum=takers.momentum,
            value=takers.value,
            horizon_seconds=takers.horizon_seconds,
            sweeps=takers.sweeps,
            whole=takers.whole,
            filled=takers.filled,
            parts=_table(takers.parts),
            parents=takers.parents,
            quotes_ppm=maker.quotes_ppm,
            comes_ppm=maker.comes_ppm,
            attends=maker.attends,
            tolerates=maker.tolerates,
        )

    @property
    def wandering(self) -> Wandering:
        path = self.path
        return Wandering(
            path.octaves_drawn, path.octaves_forgotten, path.jumps_permille, path.jump_steps
        )


class _Arrivals(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    events_milli: int
    by_ten_minutes: tuple[int, ...]
    gaps: Knots
    excites_permille: int
    excitement_fades: int


class _Mix(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    takes: int
    cancels: int


class _Places(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    improves: int
    at_best: int
    follows: int
    improvement: Knots
    behind_ppm: Knots
    behind_ticks: int


class _Sizes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    joins: Knots
    takes: Knots


class _Cancels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rank: Knots
    oldest: int


class _Takers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    informed: int
    momentum: int
    value: int
    horizon_seconds: int
    sweeps: int
    whole: int
    filled: int
    parts: Knots
    parents: int


class _Maker(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    quotes_ppm: int
    comes_ppm: int
    attends: int
    tolerates: int


class _Path(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    octaves_drawn: int
    octaves_forgotten: int
    jumps_permille: int
    jump_steps: int


def _table(knots: Knots) -> Int64s:
    found = np.array(knots, np.int64)
    assert found[0, 0] == 0
    assert found[-1, 0] == 1000
    assert (np.diff(found, axis=0) >= 0).all()
    return found


@cache
def agents_file() -> AgentsFile:
    """The shipped parameters."""
    return msgspec.convert(tomllib.loads(_FILE.read_text(encoding="utf-8")), AgentsFile)


def mean_of(knots: Int64s) -> int:
    """The mean of a table in thousandths of its unit."""
    width = np.diff(knots[:, 0])
    return int((width * (knots[1:, 1] + knots[:-1, 1])).sum() // 2)
