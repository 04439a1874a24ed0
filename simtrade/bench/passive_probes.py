"""Orders that a benchmark puts into a recorded day without changing it: where, when, how many."""

from __future__ import annotations

import random
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from feeds.order_day import TIME, OrderDay
from feeds.order_tape import LEVELS
from matching.market import Phase
from matching.orders import Side
from matching.units import NS_PER_SECOND, AtNs


class Place(StrEnum):
    """Where a passive order is put, seen from its own side of the display."""

    BEST = "best"
    BEHIND = "behind"  # at the second level
    BETTER = "better"  # one tick inside the spread


class Case(NamedTuple):
    """How much is wanted, and for how long."""

    qty: int
    seconds: int


CASES = (Case(200, 60), Case(2_000, 300))


class Probe(NamedTuple):
    """A buyer or seller who comes after every event of ``at_ns`` and rests until ``until_ns``."""

    at_ns: AtNs
    until_ns: AtNs
    side: Side
    price_ticks: int
    qty: int
    place: Place


def choose(day: OrderDay, case: Case, count: int, seed: int) -> list[Probe]:
    """``count`` probes at random moments of continuous trading, in the order of their moments.

    A moment at which the display has no such place is drawn again; fewer come back only from a day
    that hardly has any.
    """
    draw = random.Random(f"{seed} {case.qty} {case.seconds}")  # noqa: S311
    length = case.seconds * NS_PER_SECOND
    parts = [
        (step.at_ns, step.ends_ns - length)
        for step in day.phases
        if step.phase is Phase.CONTINUOUS and step.ends_ns - length > step.at_ns
    ]
    found: list[Probe] = []
    for _ in range(20 * count if parts else 0):
        if len(found) == count:
            break
        at_ns = _moment(draw, parts)
        probe = _probe(day, case, at_ns, Side(draw.randrange(2)), draw.choice(list(Place)))
        if probe is not None:
            found.append(probe)
    return sorted(found)


def _moment(draw: random.Random, parts: Sequence[tuple[int, int]]) -> AtNs:
    """Every moment of all parts is as likely."""
    left = draw.randrange(sum(end - begin for begin, end in parts))
    for begin, end in parts:
        if left < end - begin:
            return AtNs(begin + left)
        left -= end - begin
    raise AssertionError


def _probe(day: OrderDay, case: Case, at_ns: AtNs, side: Side, place: Place) -> Probe | None:
    row = int(np.searchsorted(day.tape.street[TIME], at_ns, side="right")) - 1
    if row < 0:
        return None
    display = day.displays[row].tolist()
    own, other = (2 * LEVELS * one for one in (side, side.opposite))
    best, second, opposite = display[own], display[own + 1], display[other]
    price = {Place.BEST: best, Place.BEHIND: second, Place.BETTER: best + side.sign}[place]
    if not (best and second and opposite and side.sign * (opposite - price) > 0):
        return None
    until_ns = AtNs(at_ns + case.seconds * NS_PER_SECOND)
    return Probe(at_ns, until_ns, side, price, case.qty, place)
