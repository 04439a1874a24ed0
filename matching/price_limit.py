"""Which prices an order may name: the limits of the day and the cage round the market."""

from __future__ import annotations

from dataclasses import dataclass

from matching.orders import Side
from matching.units import PriceTicks, divide_half_up


@dataclass(frozen=True, slots=True)
class PriceLimit:
    """limit = reference x (1 +- permille), half up to the tick; nearer than ``floor_ticks`` to the
    reference: that far away (SSE 3.3.13, 3.3.17), for references up to ``floor_upto_ticks``."""

    up_permille: int
    down_permille: int
    floor_ticks: int = 1
    floor_upto_ticks: int | None = None

    def band(self, reference_ticks: int) -> tuple[PriceTicks, PriceTicks]:
        """Lowest and highest allowed price, at least one tick."""
        upper = divide_half_up(reference_ticks * (1000 + self.up_permille), 1000)
        lower = divide_half_up(reference_ticks * (1000 - self.down_permille), 1000)
        floor = self.floor_ticks
        if self.floor_upto_ticks is not None and reference_ticks > self.floor_upto_ticks:
            floor = 0
        return (
            PriceTicks(max(1, min(lower, reference_ticks - floor))),
            PriceTicks(max(upper, reference_ticks + floor)),
        )


@dataclass(frozen=True, slots=True)
class PriceCage:
    """In continuous trading a buyer may go ``permille`` above the benchmark, or ``ticks`` where
    that is more; a seller as far below it."""

    permille: int
    ticks: int

    def worst_ticks(self, side: Side, benchmark_ticks: int) -> PriceTicks:
        """The highest price of a buyer, the lowest of a seller; half up to the tick."""
        share = divide_half_up(benchmark_ticks * (1000 + side.sign * self.permille), 1000)
        steps = benchmark_ticks + side.sign * self.ticks
        if side is Side.BUY:
            return PriceTicks(max(share, steps))
        return PriceTicks(max(1, min(share, steps)))
