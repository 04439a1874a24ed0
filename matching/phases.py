"""The phases of a venue's day as a transition table, and what each allows."""

from __future__ import annotations

from dataclasses import dataclass

from matching.market import Phase


@dataclass(frozen=True, slots=True)
class PhaseRules:
    """``accepts_waiting``: orders that can wait (day and GTC) are taken in; ``accepts_immediate``:
    IOC and FOK too; ``accepts_carried``: only GTC orders, which wait for the next session;
    ``matches``: the street can fill; ``cancels``: open orders may be cancelled or changed;
    ``auction``: a call auction collects orders."""

    accepts_waiting: bool
    accepts_immediate: bool
    accepts_carried: bool
    matches: bool
    next_phases: tuple[Phase, ...]
    cancels: bool = True
    auction: bool = False


_OPENS = (Phase.OPENING_AUCTION, Phase.CONTINUOUS)
_CLOSES = (Phase.CLOSING_AUCTION, Phase.CLOSING_LOCKED, Phase.CLOSED)

PHASES: dict[Phase, PhaseRules] = {
    Phase.PRE_OPEN: PhaseRules(True, False, True, False, (*_OPENS, Phase.CLOSED)),
    Phase.OPENING_AUCTION: PhaseRules(
        True,
        False,
        True,
        False,
        (Phase.OPENING_LOCKED, Phase.OPENED, Phase.CONTINUOUS),
        auction=True,
    ),
    Phase.OPENING_LOCKED: PhaseRules(
        True, False, True, False, (Phase.OPENED, Phase.CONTINUOUS), cancels=False, auction=True
    ),
    Phase.OPENED: PhaseRules(True, False, True, False, (Phase.CONTINUOUS, Phase.CLOSED)),
    Phase.CONTINUOUS: PhaseRules(
        True, True, True, True, (Phase.LUNCH, Phase.HALTED, *_CLOSES, Phase.AFTER_HOURS)
    ),
    Phase.LUNCH: PhaseRules(True, False, True, False, (Phase.CONTINUOUS, Phase.CLOSED)),
    Phase.CLOSING_AUCTION: PhaseRules(
        True,
        False,
        True,
        False,
        (Phase.CLOSING_LOCKED, Phase.AFTER_HOURS, Phase.CLOSED),
        auction=True,
    ),
    Phase.CLOSING_LOCKED: PhaseRules(
        True, False, True, False, (Phase.AFTER_HOURS, Phase.CLOSED), cancels=False, auction=True
    ),
    Phase.AFTER_HOURS: PhaseRules(False, False, True, False, (Phase.CLOSED,)),
    Phase.CLOSED: PhaseRules(False, False, True, False, (Phase.PRE_OPEN, *_OPENS)),
    Phase.HALTED: PhaseRules(False, False, True, False, (Phase.CONTINUOUS, Phase.CLOSED)),
}


def check_transition(old: Phase, new: Phase) -> None:
    """A feed that jumps between phases is broken: AssertionError."""
    assert new == old or new in PHASES[old].next_phases, f"phase {old} cannot become {new}"
