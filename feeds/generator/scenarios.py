"""Scenarios of market 2: what happens to whom and when, as data and drawn by the seed.

A scenario is written ``KIND`` or ``KIND.SESSION.MINUTE`` (counted from 0, the minute in those of
continuous trading); what is not written is drawn.
"""

from __future__ import annotations

import re
import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from feeds.generator.calendar import TRADING_MINUTES
from feeds.generator.companies import SHARES, Share
from feeds.prng import UInt64s, below, new_state, seed_from

_FILE = Path(__file__).with_name("scenarios.toml")
_TEXT = re.compile(r"([a-z]+)(?:\.(0|[1-9]\d{0,4})\.(0|[1-9]\d{0,2}))?")
# A scenario must be over before the last minutes of trading.
_LAST_MINUTES = 10
_EVERYBODY = "market"


class ScenarioKind(StrEnum):
    CRASH = "crash"
    SQUEEZE = "squeeze"
    LOCK = "lock"
    HALT = "halt"
    GAP = "gap"
    RUMOUR = "rumour"


class Scenario(NamedTuple):
    """``session`` and ``minute`` are -1 where the seed draws them."""

    kind: ScenarioKind
    session: int = -1
    minute: int = -1

    def __str__(self) -> str:
        return self.kind if self.session < 0 else f"{self.kind}.{self.session}.{self.minute}"


class Script(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind as scenarios.toml describes it."""

    whom: str
    sessions: tuple[int, int]
    start: tuple[int, int]
    move: tuple[int, int]
    minutes: tuple[int, int]
    bend: int
    volume: int
    lively: int
    gap: tuple[int, int] = (0, 0)
    either: bool = False
    back: tuple[int, int] = (0, 0)
    returning: tuple[int, int] = (0, 0)
    halted: bool = False
    sealed: bool = False

    @property
    def everybody(self) -> bool:
        return self.whom == _EVERYBODY


class Story(NamedTuple):
    """A scenario with everything drawn.  Prices are in millionths away from the reference, of a
    company with a beta of 100; seconds are of continuous trading.

    From ``starts`` to ``moved`` the price goes from ``gap_ppm`` by ``move_ppm``, until ``over``
    ``back_ppm`` of that comes back.
    """

    script: Script
    session: int
    starts: int
    half: int
    moved: int
    over: int
    gap_ppm: int
    move_ppm: int
    back_ppm: int

    def meets(self, share: Share, session: int) -> bool:
        """Whether it happens to a company in a session."""
        whom = self.script.whom
        return session == self.session and (self.script.everybody or share.symbol == whom)

    def nodes(self, share: Share) -> list[tuple[int, int]]:
        """Seconds and prices that the session goes through, after its open and before its end."""
        # A fall of the market is every company's, by half of what its beta says.
        scale = (100 + share.company.beta_percent) // 2 if self.script.everybody else 100
        bent = self.gap_ppm + self.move_ppm * self.script.bend // 1000
        far = self.gap_ppm + self.move_ppm
        points = [(self.starts, self.gap_ppm), (self.moved, far)]
        if not self.script.halted:
            points.insert(1, (self.half, bent))
        if not self.script.sealed:
            points.append((self.over, far - self.back_ppm))
        return [(second, ppm * scale // 100) for second, ppm in points]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    companies: tuple[str, ...]
    scenarios: dict[ScenarioKind, Script]


@cache
def _file() -> _File:
    return msgspec.convert(tomllib.loads(_FILE.read_text(encoding="utf-8")), _File)


def scripts() -> dict[ScenarioKind, Script]:
    """The shipped scenarios."""
    return _file().scenarios


def companies() -> tuple[Share, ...]:
    """Those that a market with a scenario has."""
    return tuple(share for share in SHARES if share.symbol in _file().companies)


def scenario_of(text: str) -> Scenario | None:
    """A written scenario; None for anything else, also for a moment that leaves it no time."""
    found = _TEXT.fullmatch(text)
    if found is None or found[1] not in set(ScenarioKind):
        return None
    kind = ScenarioKind(found[1])
    if found[2] is None:
        return Scenario(kind)
    script, minute = scripts()[kind], int(found[3])
    longest = script.minutes[1] + script.returning[1]
    if minute < 1 or minute + longest > TRADING_MINUTES - _LAST_MINUTES:
        return None
    return Scenario(kind, int(found[2]), minute)


def _between(state: UInt64s, bounds: tuple[int, int], scale: int = 1) -> int:
    low, high = bounds[0] * scale, bounds[1] * scale
    return low + int(below(state, high - low + 1))


def story_of(scenario: Scenario, seed: int) -> Story:
    """What happens, drawn by the seed; the same numbers whatever moment is written."""
    script = scripts()[scenario.kind]
    state = new_state(seed_from("scenario", str(seed), scenario.kind))
    session = _between(state, script.sessions)
    starts = _between(state, script.start, 60)
    lasts = _between(state, script.minutes, 60)
    returning = _between(state, script.returning, 60)
    sign = 1 if not script.either or below(state, 2) else -1
    gap, move = _between(state, script.gap, 1000), _between(state, script.move, 1000)
    back = _between(state, script.back)
    if scenario.session >= 0:
        session, starts = scenario.session, 60 * scenario.minute
    return Story(
        script,
        session,
        starts,
        starts + lasts // 2,
        starts + lasts,
        starts + lasts + returning,
        sign * gap,
        sign * move,
        sign * move * back // 1000,
    )
