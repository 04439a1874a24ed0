"""The steps that prices move in, where they depend on the price itself."""

from __future__ import annotations

from dataclasses import dataclass

from matching.instrument import Instrument


@dataclass(frozen=True, slots=True)
class TickTable:
    """``steps[k]`` is the step of prices below ``below[k]``; the last step has no end.

    Both count units of 10^-decimals of the currency.
    """

    decimals: int
    below: tuple[int, ...]
    steps: tuple[int, ...]

    def __post_init__(self) -> None:
        assert len(self.steps) == len(self.below) + 1
        assert list(self.below) == sorted(set(self.below))
        assert all(step > 0 for step in self.steps)

    def step(self, price: int) -> int:
        """The step at a price, both in units of 10^-decimals."""
        for end, step in zip(self.below, self.steps, strict=False):
            if price < end:
                return step
        return self.steps[-1]

    def neighbours(self, instrument: Instrument, price_ticks: int) -> tuple[int, int] | None:
        """None for an allowed price, else the nearest allowed ones below and above it, in ticks of
        the instrument (0: none below)."""
        finer = 10 ** max(0, self.decimals - instrument.price_decimals)
        coarser = 10 ** max(0, instrument.price_decimals - self.decimals)
        price = price_ticks * instrument.tick * finer  # in 10^-max(decimals of both)
        step = self.step(price // coarser) * coarser
        if price % step == 0:
            return None
        lower = price - price % step
        upper = lower + step
        unit = instrument.tick * finer
        return lower // unit, -(-upper // unit)
