from __future__ import annotations

import pytest

from matching.orders import Side
from matching.units import AtNs
from simtrade.bench.fidelity_figures import Figures, figures
from simtrade.bench.passive_probes import Case, Place, Probe
from simtrade.bench.true_fills import NOTHING, Got

CASE = Case(100, 60)
SECOND = 10**9


def compared(got: list[Got], true: list[Got], model: str = "depth") -> Figures:
    probe = Probe(AtNs(0), AtNs(60 * SECOND), Side.BUY, 99, 100, Place.BEST)
    return figures(model, "standard", CASE, [probe] * len(got), true, got)


def test_the_figures_of_four_orders() -> None:
    true = [Got(100, AtNs(SECOND)), NOTHING, Got(50, AtNs(9)), Got(100, AtNs(SECOND))]
    got = [Got(100, AtNs(3 * SECOND)), Got(20, AtNs(5)), Got(10, AtNs(9)), Got(100, AtNs(SECOND))]
    found = compared(got, true)
    assert (found.orders, found.filled, found.bias) == (4, 57.5, -5.0)
    assert (found.false, found.missed, found.error_shares) == (25.0, 25.0, 15.0)
    assert found.later_seconds == 1.0


def test_no_order_was_complete_in_both() -> None:
    assert compared([NOTHING], [Got(100, AtNs(1))]).later_seconds is None


@pytest.mark.parametrize(
    ("model", "bias", "false", "holds"),
    [
        ("depth", 1.0, 1.0, True),
        ("depth", -1.01, 0.0, False),
        ("depth", 0.0, 1.01, False),
        ("snapshots", -5.0, 50.0, True),
        ("snapshots", 5.01, 0.0, False),
        ("orders", 0.01, 0.0, False),
        ("any_touch", 50.0, 50.0, None),
    ],
)
def test_what_is_good_enough(model: str, bias: float, false: float, *, holds: bool | None) -> None:
    one = Figures(model, "standard", 100, 60, 9, 0.0, bias, false, 0.0, 0.0, None)
    assert one.holds is holds
    assert one.as_json()["holds"] is holds


def test_the_strict_profile_has_limits_of_its_own() -> None:
    strict = Figures("depth", "strict", 100, 60, 9, 0.0, 0.0, 0.3, 0.0, 0.0, None)
    assert strict.holds is False
    assert Figures("snapshots", "strict", 1, 1, 9, 0.0, -20.0, 3.0, 0.0, 0.0, None).holds is True
