"""Slices of one order between two moments of a session: equal parts of the time (TWAP), or a share
of the volume traded meanwhile (POV).

At each moment the slice before is taken back and its rest goes into the next: the quantity sent
is what should have been traded by then, less what was.  At the end moment the rest is taken back.
"""

from __future__ import annotations

from matching.instrument import InstrumentId
from matching.phases import PHASES
from matching.units import AtNs
from simtrade.plans.acting import Acting
from simtrade.plans.behaviour import Behaviour
from simtrade.plans.model import (
    Because,
    Leg,
    Plan,
    PlanState,
    Slices,
    StepKind,
    TimeSlices,
    VolumeSlices,
)


def moment(spec: Slices, index: int) -> AtNs:
    """When slice ``index`` is due; ``slices`` is the end."""
    return AtNs(spec.start_ns + (spec.end_ns - spec.start_ns) * index // spec.slices)


class SlicedOrder(Behaviour):
    def next_ns(self, plan: Plan, now_ns: AtNs) -> AtNs | None:
        return max(now_ns, moment(_spec(plan), plan.progress.slice))

    def on_time(self, acting: Acting) -> None:
        spec, progress = _spec(acting.plan), acting.plan.progress
        now_ns = acting.venue.cursor_ns
        if acting.cancel_all() is not None and now_ns < spec.end_ns:
            self._pass(acting, spec, {})
            return
        if now_ns >= spec.end_ns:
            acting.finish(PlanState.DONE, Because.TIME, {"traded_qty": _traded(acting, spec)})
            return
        due = self._due(acting, spec) - _traded(acting, spec)
        listing = acting.listing(spec.leg.instrument_id)
        lot = listing.rules.lot if listing.rules else 1
        qty = due // lot * lot
        if qty <= 0 or not PHASES[acting.venue.exchange.phase].matches:
            self._pass(acting, spec, {"due_qty": max(0, due)})
            return
        progress.slice = _next_slice(spec, now_ns)
        leg = spec.leg
        part = Leg(leg.instrument_id, leg.side, qty, leg.limit_ticks, leg.time_in_force)
        acting.place(part, Because.TIME)

    def _pass(self, acting: Acting, spec: Slices, numbers: dict[str, int]) -> None:
        acting.plan.progress.slice = _next_slice(spec, acting.venue.cursor_ns)
        acting.tell(StepKind.WAITED, Because.TIME, numbers=numbers)

    def _due(self, acting: Acting, spec: Slices) -> int:
        """What should be traded once the coming slice is."""
        match spec:
            case TimeSlices():
                coming = _next_slice(spec, acting.venue.cursor_ns)
                return spec.leg.qty * coming // spec.slices
            case VolumeSlices():
                volume = _volume(acting, spec)
                if acting.plan.progress.volume_from < 0:
                    acting.plan.progress.volume_from = volume
                seen = volume - acting.plan.progress.volume_from
                return min(spec.leg.qty, seen * spec.share_permille // 1000)


def _next_slice(spec: Slices, now_ns: int) -> int:
    """The first slice that is due after ``now_ns``: those that were missed are not sent at once
    one after the other."""
    index = (now_ns - spec.start_ns) * spec.slices // (spec.end_ns - spec.start_ns)
    while moment(spec, index) <= now_ns:
        index += 1
    return index


def _volume(acting: Acting, spec: Slices) -> int:
    """The session's volume so far."""
    last = acting.venue.feed.last(InstrumentId(spec.leg.instrument_id), acting.venue.cursor_ns)
    return last.volume if last else 0


def _traded(acting: Acting, spec: Slices) -> int:
    sums = acting.sums(spec.leg.instrument_id)
    return sums.sold if spec.leg.side else sums.bought


def _spec(plan: Plan) -> Slices:
    spec = plan.terms.spec
    assert isinstance(spec, TimeSlices | VolumeSlices)
    return spec
