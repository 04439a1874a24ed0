"""The phases of a venue's day as a transition table, and what each allows."""

from __future__ import annotations

from dataclasses import dataclass

from matching.market import Phase


@dataclass(frozen=True, slots=True)
class PhaseRules:
    """``accepts_waiting``: orders that can wait (day and GTC) are taken in; ``accepts_immediate``:
    IOC and FOK too; ``accepts_carried``: only GTC orders, which wait for the next session;
    ``matches``: the street can fill."""

    accepts_waiting: bool
    accepts_immediate: bool
    accepts_carried: bool
    matches: bool
    next_phases: tuple[Phase, ...]


PHASES: dict[Phase, PhaseRules] = {
    Phase.PRE_OPEN: PhaseRules(True, False, True, False, (Phase.CONTINUOUS, Phase.CLOSED)),
    Phase.CONTINUOUS: PhaseRules(True, True, True, True, (Phase.LUNCH, Phase.CLOSED, Phase.HALTED)),
    Phase.LUNCH: PhaseRules(True, False, True, False, (Phase.CONTINUOUS, Phase.CLOSED)),
    Phase.CLOSED: PhaseRules(False, False, True, False, (Phase.PRE_OPEN, Phase.CONTINUOUS)),
    Phase.HALTED: PhaseRules(False, False, True, False, (Phase.CONTINUOUS, Phase.CLOSED)),
}


def check_transition(old: Phase, new: Phase) -> None:
    """A feed that jumps between phases is broken: AssertionError."""
    assert new == old or new in PHASES[old].next_phases, f"phase {old} cannot become {new}"
