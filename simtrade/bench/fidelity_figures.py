"""How far a model's fills are from the true ones, and what is good enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from matching.market import DataKind
from matching.orders import FillProfile
from matching.units import NS_PER_SECOND
from simtrade.bench.passive_probes import Case, Probe
from simtrade.bench.true_fills import Got


@dataclass(frozen=True, slots=True)
class Limits:
    """The most a figure may be; None is not judged.  ``bias`` in percentage points either way,
    ``false`` in percent of the orders."""

    bias: float | None = None
    false: float | None = None


# What fidelity has to be (fill model, acceptance on real data).
LIMITS = {
    (DataKind.ORDERS.value, FillProfile.STANDARD.value): Limits(0.0, 0.0),
    (DataKind.ORDERS.value, FillProfile.STRICT.value): Limits(0.0, 0.0),
    (DataKind.DEPTH.value, FillProfile.STANDARD.value): Limits(1.0, 1.0),
    (DataKind.DEPTH.value, FillProfile.STRICT.value): Limits(1.0, 0.2),
    (DataKind.SNAPSHOTS.value, FillProfile.STANDARD.value): Limits(5.0, None),
    (DataKind.SNAPSHOTS.value, FillProfile.STRICT.value): Limits(None, 3.0),
}
MARKET_BIAS_TICKS = 0.1


@dataclass(frozen=True, slots=True)
class Figures:
    """One model on one case.

    ``bias`` is filled less true shares in percentage points of what was wanted, ``false`` and
    ``missed`` the percentage of orders that were given more or less than the truth,
    ``error_shares`` the mean difference either way, ``later_seconds`` how much later than in truth
    an order was complete, on average over those complete in both.
    """

    model: str
    profile: str
    qty: int
    seconds: int
    orders: int
    filled: float
    bias: float
    false: float
    missed: float
    error_shares: float
    later_seconds: float | None

    @property
    def limits(self) -> Limits:
        return LIMITS.get((self.model, self.profile), Limits())

    @property
    def holds(self) -> bool | None:
        """Whether its figures are within the limits; None where there are none."""
        limits = self.limits
        judged = [
            abs(value) <= most
            for value, most in ((self.bias, limits.bias), (self.false, limits.false))
            if most is not None
        ]
        return all(judged) if judged else None

    def as_json(self) -> dict[str, object]:
        return asdict(self) | {"holds": self.holds}


def figures(
    model: str,
    profile: str,
    case: Case,
    probes: Sequence[Probe],
    true: Sequence[Got],
    got: Sequence[Got],
) -> Figures:
    """Compare; the three sequences belong together one by one and are not empty."""
    wanted, count = sum(one.qty for one in probes), len(probes)
    pairs = list(zip(got, true, strict=True))
    filled = sum(one.qty for one in got)
    later = [
        ours.last_ns - theirs.last_ns
        for ours, theirs in pairs
        if ours.qty == theirs.qty == case.qty
        and ours.last_ns is not None
        and theirs.last_ns is not None
    ]
    return Figures(
        model=model,
        profile=profile,
        qty=case.qty,
        seconds=case.seconds,
        orders=count,
        filled=round(100 * filled / wanted, 2),
        bias=round(100 * (filled - sum(one.qty for one in true)) / wanted, 2),
        false=round(100 * sum(ours.qty > theirs.qty for ours, theirs in pairs) / count, 2),
        missed=round(100 * sum(ours.qty < theirs.qty for ours, theirs in pairs) / count, 2),
        error_shares=round(sum(abs(a.qty - b.qty) for a, b in pairs) / count, 1),
        later_seconds=round(sum(later) / len(later) / NS_PER_SECOND, 2) if later else None,
    )
