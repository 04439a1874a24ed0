"""The phases of a venue's day as a transition table, and what each allows."""

from __future__ import annotations

from dataclasses import dataclass

from matching.market import Phase
from matching.orders import TimeInForce


@dataclass(frozen=True, slots=True)
class PhaseRules:
    """What happens to orders in a phase.

    ``accepts_waiting``: orders that can wait (day and GTC) are taken in; ``accepts_immediate``:
    IOC and FOK too; ``accepts_carried``: only GTC orders, which wait for the next session;
    ``matches``: the street can fill; ``cancels``: open orders may be cancelled or changed;
    ``auction``: a call auction collects orders.  ``auctions_ahead``: which auctions of the session
    an order can still be for.  ``crosses``: the auction whose result a cross in this phase is; None
    for one that no order can be for, as after a halt.  ``fixed_price``: orders at the closing price
    are taken in.
    """

    accepts_waiting: bool
    accepts_immediate: bool
    accepts_carried: bool
    matches: bool
    next_phases: tuple[Phase, ...]
    cancels: bool = True
    auction: bool = False
    auctions_ahead: tuple[TimeInForce, ...] = ()
    crosses: TimeInForce | None = None
    fixed_price: bool = False


_OPENS = (Phase.OPENING_AUCTION, Phase.CONTINUOUS)
_CLOSES = (Phase.CLOSING_AUCTION, Phase.CLOSING_LOCKED, Phase.CLOSED)
_BOTH = (TimeInForce.AT_OPEN, TimeInForce.AT_CLOSE)
_CLOSE_ONLY = (TimeInForce.AT_CLOSE,)


def _waits(
    *next_phases: Phase,
    ahead: tuple[TimeInForce, ...],
    crosses: TimeInForce | None,
    cancels: bool = True,
    auction: bool = False,
    fixed_price: bool = False,
) -> PhaseRules:
    """A phase that takes orders in while nothing trades."""
    return PhaseRules(
        True, False, True, False, next_phases, cancels, auction, ahead, crosses, fixed_price
    )


def _auction(
    auction: Phase,
    locked: Phase,
    *after: Phase,
    ahead: tuple[TimeInForce, ...],
    crosses: TimeInForce,
    fixed_price: bool = False,
) -> dict[Phase, PhaseRules]:
    """A call auction, and its end in which nothing may be cancelled: the auction may go without."""
    return {
        phase: _waits(
            *next_phases,
            ahead=ahead,
            crosses=crosses,
            cancels=phase is auction,
            auction=True,
            fixed_price=fixed_price,
        )
        for phase, next_phases in ((auction, (locked, *after)), (locked, after))
    }


def _rests(
    *next_phases: Phase,
    ahead: tuple[TimeInForce, ...] = (),
    crosses: TimeInForce | None = None,
    fixed_price: bool = False,
) -> PhaseRules:
    """A phase that takes in only what can wait for another day."""
    return PhaseRules(
        False,
        False,
        True,
        False,
        next_phases,
        auctions_ahead=ahead,
        crosses=crosses,
        fixed_price=fixed_price,
    )


PHASES: dict[Phase, PhaseRules] = {
    Phase.PRE_OPEN: _waits(*_OPENS, Phase.CLOSED, ahead=_BOTH, crosses=TimeInForce.AT_OPEN),
    **_auction(
        Phase.OPENING_AUCTION,
        Phase.OPENING_LOCKED,
        Phase.OPENED,
        Phase.CONTINUOUS,
        ahead=_BOTH,
        crosses=TimeInForce.AT_OPEN,
    ),
    Phase.OPENED: _waits(
        Phase.CONTINUOUS, Phase.CLOSED, ahead=_CLOSE_ONLY, crosses=TimeInForce.AT_OPEN
    ),
    Phase.CONTINUOUS: PhaseRules(
        True,
        True,
        True,
        True,
        (Phase.LUNCH, Phase.HALTED, *_CLOSES, Phase.AFTER_HOURS),
        auctions_ahead=_CLOSE_ONLY,
        fixed_price=True,
    ),
    Phase.LUNCH: _waits(Phase.CONTINUOUS, Phase.CLOSED, ahead=_CLOSE_ONLY, crosses=None),
    **_auction(
        Phase.CLOSING_AUCTION,
        Phase.CLOSING_LOCKED,
        Phase.AFTER_HOURS,
        Phase.CLOSED,
        ahead=_CLOSE_ONLY,
        crosses=TimeInForce.AT_CLOSE,
        fixed_price=True,
    ),
    Phase.AFTER_HOURS: _rests(Phase.CLOSED, crosses=TimeInForce.AT_CLOSE, fixed_price=True),
    # Between two sessions an order can be for the next opening.
    Phase.CLOSED: _rests(
        Phase.PRE_OPEN, *_OPENS, ahead=(TimeInForce.AT_OPEN,), crosses=TimeInForce.AT_CLOSE
    ),
    Phase.HALTED: _rests(Phase.CONTINUOUS, Phase.CLOSED),
}


def check_transition(old: Phase, new: Phase) -> None:
    """A feed that jumps between phases is broken: AssertionError."""
    assert new == old or new in PHASES[old].next_phases, f"phase {old} cannot become {new}"
