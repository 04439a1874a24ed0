"""Pauses that an exchange orders when prices run away, for tapes that do not tell their own.

Two pure machines, both fed with prices and asked for the time until which trading is paused:
``StepHalt`` (mainland China: the first moves of 30 % and 60 % from the day's open, or 20 % and
30 % of a convertible from its reference) and ``LimitState`` (United States: fifteen seconds at a
band round the mean of five minutes).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from matching.instrument import Instrument
from matching.units import NS_PER_MINUTE, NS_PER_SECOND, AtNs, divide_half_up

FOREVER = AtNs(2**62)  # until the phase ends
MEAN_NS = 5 * NS_PER_MINUTE
KEPT_NS = 30 * NS_PER_SECOND  # a reference stays at least that long
MOVED_PERMILLE = 10  # and changes only when the mean is that far away


class HaltBasis(StrEnum):
    OPEN = "open"  # the first price of the session
    REFERENCE = "reference"  # the previous close, on a first day the issue price


@dataclass(frozen=True, slots=True)
class HaltRule:
    """The first time that a price has moved ``steps_permille[k]`` from the basis, up or down, it
    pauses for ``minutes[k]`` minutes (0: until the closing auction)."""

    basis: HaltBasis
    steps_permille: tuple[int, ...]
    minutes: tuple[int, ...]

    def __post_init__(self) -> None:
        assert len(self.steps_permille) == len(self.minutes) > 0
        assert list(self.steps_permille) == sorted(set(self.steps_permille))


@dataclass(frozen=True, slots=True)
class LimitStateRule:
    """The band is ``permille`` of the reference, ``low_permille`` for references below
    ``low_below`` units of 10^-2; a price at it for ``limit_seconds`` pauses for
    ``pause_minutes``."""

    permille: int
    low_permille: int
    low_below_cents: int
    limit_seconds: int
    pause_minutes: int


class StepHalt:
    """One session of one instrument."""

    def __init__(self, rule: HaltRule, reference_ticks: int) -> None:
        self._rule = rule
        self._basis = reference_ticks if rule.basis is HaltBasis.REFERENCE else None
        self._done = {1: 0, -1: 0}  # steps used up in each direction

    def on_price(self, price_ticks: int, at_ns: AtNs) -> AtNs | None:
        """A trade happened: the end of the pause that it starts, or None."""
        if self._basis is None:
            self._basis = price_ticks
        moved = price_ticks - self._basis
        way = 1 if moved > 0 else -1
        reached = sum(abs(moved) * 1000 >= step * self._basis for step in self._rule.steps_permille)
        if reached <= self._done[way]:
            return None
        self._done[way] = reached
        minutes = self._rule.minutes[reached - 1]
        return AtNs(at_ns + minutes * NS_PER_MINUTE) if minutes else FOREVER

    def due(self, _at_ns: AtNs) -> None:
        """A step pauses with its own trade, never later."""


class LimitState:
    """One session of one instrument.  Reference: the mean of the trades of five minutes, taken
    anew when it has moved one percent and the old one is half a minute old (mem)."""

    def __init__(self, rule: LimitStateRule, reference_ticks: int, low_below_ticks: int) -> None:
        self._rule = rule
        self._low_below_ticks = low_below_ticks
        self.reference_ticks = reference_ticks
        self._set_ns: int | None = None
        self._trades: deque[tuple[int, int]] = deque()
        self._sum = 0
        self._at_band_ns: AtNs | None = None

    @property
    def band(self) -> tuple[int, int]:
        low = self.reference_ticks < self._low_below_ticks
        permille = self._rule.low_permille if low else self._rule.permille
        width = divide_half_up(self.reference_ticks * permille, 1000)
        return self.reference_ticks - width, self.reference_ticks + width

    def on_price(self, price_ticks: int, at_ns: AtNs) -> AtNs | None:
        """A trade happened: the end of the pause that is due by now, or None."""
        until = self.due(at_ns)
        if self._set_ns is None:  # the first trade is the first reference
            self.reference_ticks, self._set_ns = price_ticks, at_ns
        lower, upper = self.band
        if not lower < price_ticks < upper:
            if self._at_band_ns is None:
                self._at_band_ns = at_ns
        else:
            self._at_band_ns = None
        self._trades.append((at_ns, price_ticks))
        self._sum += price_ticks
        while self._trades[0][0] <= at_ns - MEAN_NS:
            self._sum -= self._trades.popleft()[1]
        self._move(at_ns, self._set_ns)
        return until

    def due(self, at_ns: AtNs) -> AtNs | None:
        """The end of a pause that began by now, whether or not a trade has come since."""
        begun = self._at_band_ns
        if begun is None or at_ns < begun + self._rule.limit_seconds * NS_PER_SECOND:
            return None
        self._at_band_ns = None
        paused_ns = begun + self._rule.limit_seconds * NS_PER_SECOND
        return AtNs(paused_ns + self._rule.pause_minutes * NS_PER_MINUTE)

    def _move(self, at_ns: AtNs, set_ns: int) -> None:
        mean = divide_half_up(self._sum, len(self._trades))
        far = abs(mean - self.reference_ticks) * 1000 >= MOVED_PERMILLE * self.reference_ticks
        if far and at_ns - set_ns >= KEPT_NS:
            self.reference_ticks, self._set_ns = mean, at_ns


class Pauses:
    """When trading in an instrument is paused on a day: the machines that its rules ask for.

    A break between two phases does not count, and a closing auction ends every pause.  With
    ``reopens`` a call auction of what came meanwhile ends it: nothing trades before the market's
    first word after its time.
    """

    def __init__(
        self, machines: Iterable[StepHalt | LimitState] = (), *, reopens: bool = False
    ) -> None:
        self._machines = tuple(machines)
        self._reopens = reopens
        self._collects = False  # orders for the auction that ends the pause
        self._until_ns: AtNs | None = None
        self._left_ns: int | None = None  # of a pause that a break interrupted

    def __bool__(self) -> bool:
        return bool(self._machines)

    def active(self, at_ns: AtNs) -> bool:
        self._fall_due(at_ns)
        if self._left_ns is not None or self._collects:
            return True
        return self._until_ns is not None and at_ns < self._until_ns

    def resume(self, at_ns: AtNs) -> bool:
        """The market shows or trades something: whether that ends a pause by its auction."""
        self._fall_due(at_ns)
        over = self._left_ns is None and self._until_ns is not None and at_ns >= self._until_ns
        if not (self._collects and over):
            return False
        self._collects = False
        return True

    def on_price(self, price_ticks: int, at_ns: AtNs) -> None:
        """A trade of the street; what is still printed in a pause moves nothing."""
        if self._machines and not self.active(at_ns):
            for machine in self._machines:
                self._extend(machine.on_price(price_ticks, at_ns))

    def on_phase(self, *, matches: bool, resumes: bool, at_ns: AtNs) -> None:
        """``matches``: continuous trading begins; ``resumes``: the day goes on after this phase
        (a lunch break), otherwise every pause is over."""
        if matches:
            if self._left_ns is not None:
                self._until_ns = AtNs(at_ns + self._left_ns)
            self._left_ns = None
        elif not resumes:
            self._until_ns = self._left_ns = None
            self._collects = False
        elif self.active(at_ns) and self._until_ns is not None:
            self._left_ns, self._until_ns = max(0, self._until_ns - at_ns), None

    def _fall_due(self, at_ns: AtNs) -> None:
        for machine in self._machines:
            self._extend(machine.due(at_ns))

    def _extend(self, until_ns: AtNs | None) -> None:
        if until_ns is not None and (self._until_ns is None or until_ns > self._until_ns):
            self._until_ns = until_ns
            self._collects = self._reopens


def pauses_of(
    halt: HaltRule | None,
    limit_state: LimitStateRule | None,
    instrument: Instrument,
    reference_ticks: int,
    *,
    reopens: bool = False,
) -> Pauses:
    """A new session of an instrument under its rules; ``reopens``: by a call auction."""
    machines: list[StepHalt | LimitState] = []
    if halt is not None:
        machines.append(StepHalt(halt, reference_ticks))
    if limit_state is not None:
        low_below = limit_state.low_below_cents * 10**instrument.price_decimals
        machines.append(
            LimitState(limit_state, reference_ticks, low_below // 100 // instrument.tick)
        )
    return Pauses(machines, reopens=reopens)
