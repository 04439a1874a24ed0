"""Venues in memory: when each has to move, to where, and who is told.

A private venue moves only while somebody watches it or has used it within the last minute: time
does not run away from a learner who closed the tab.  Shared and live venues always move.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from matching.units import NS_PER_SECOND, AtNs
from simtrade.bus import Bus, Channel
from simtrade.desk.requests import UserId, VenueId
from simtrade.desk.state import VenueState
from simtrade.venues.snapshot import Snapshot, snapshot
from simtrade.venues.views import MarketNotice

AWAY_AFTER_NS = 60 * NS_PER_SECOND
SAVE_EVERY_NS = NS_PER_SECOND
SHOW_EVERY_NS = NS_PER_SECOND // 11  # a little less than the writer's tick
WANTED_MAX = 1_024  # venues to be woken; who looks again is put in again
WAKE_AT_ONCE = 8
FORGET_AFTER_NS = 600 * NS_PER_SECOND


@dataclass(slots=True)
class _Slot:
    venue: VenueState
    moved_at_ns: int  # monotonic: up to here the market has been moved
    used_at_ns: int
    saved_at_ns: int
    saved_cursor_ns: AtNs
    shown: Snapshot
    shown_cursor_ns: AtNs
    shown_at_ns: int
    clock_changed: bool = False
    notices: int = 0


class VenueRuntime:
    """The venues of one writer.  Only ``shown`` and ``use`` may be called from other threads."""

    def __init__(self, bus: Bus, monotonic_ns: Callable[[], int]) -> None:
        self._bus = bus
        self._monotonic_ns = monotonic_ns
        self._slots: dict[VenueId, _Slot] = {}
        self._wanted: deque[VenueId] = deque(maxlen=WANTED_MAX)

    def add(self, venue: VenueState) -> None:
        now = self._monotonic_ns()
        self._slots[venue.venue_id] = _Slot(
            venue, now, now, now, venue.cursor_ns, snapshot(venue), venue.cursor_ns, now
        )

    def get(self, venue_id: VenueId) -> VenueState | None:
        slot = self._slots.get(venue_id)
        return None if slot is None else slot.venue

    def use(self, venue_id: VenueId) -> None:
        """Somebody looks at the venue: its time may run for another minute."""
        slot = self._slots.get(venue_id)
        if slot is None:
            self._wanted.append(venue_id)
        else:
            slot.used_at_ns = self._monotonic_ns()

    def wanted(self) -> list[VenueId]:
        """Venues that somebody looks at and that are not in memory; a few at a time."""
        found: dict[VenueId, None] = {}
        while self._wanted and len(found) < WAKE_AT_ONCE:
            venue_id = self._wanted.popleft()
            if venue_id not in self._slots:
                found[venue_id] = None
        return list(found)

    def shown(self, venue_id: VenueId) -> Snapshot | None:
        """What screens show; None when the venue is not in memory."""
        slot = self._slots.get(venue_id)
        return None if slot is None else slot.shown

    def due(self) -> list[VenueState]:
        """Venues whose market was not moved for a tick."""
        now = self._monotonic_ns()
        return [
            slot.venue
            for slot in self._slots.values()
            if now - slot.moved_at_ns >= SHOW_EVERY_NS and self._awake(slot)
        ]

    def _awake(self, slot: _Slot) -> bool:
        venue = slot.venue
        if venue.owner is None or venue.feed.traits.live:
            return True
        if self._bus.heard(Channel.market(venue.venue_id)):
            return True
        return self._monotonic_ns() - slot.used_at_ns < AWAY_AFTER_NS

    def awake_of(self, owner: UserId, *, live: bool = False) -> list[VenueState]:
        """The practice markets of a person whose time runs now, the longest not used first: those
        whose clock is his own, or the live ones."""
        return self._running(live=live).get(owner, [])

    def crowded(self, most: int) -> list[VenueState]:
        """Running practice markets that are too many for their owners, the longest not used."""
        return [
            one
            for each in self._running(live=False).values()
            for one in each[: max(0, len(each) - most)]
        ]

    def _running(self, *, live: bool) -> dict[UserId, list[VenueState]]:
        found: dict[UserId, list[VenueState]] = {}
        for slot in sorted(self._slots.values(), key=lambda one: one.used_at_ns):
            venue = slot.venue
            if venue.owner is None or venue.feed.traits.live is not live:
                continue
            if venue.running and not venue.ended and self._awake(slot):
                found.setdefault(venue.owner, []).append(venue)
        return found

    def target(self, venue: VenueState) -> AtNs:
        """How far the venue's clock has come; the time since the last call is used up."""
        slot = self._slots[venue.venue_id]
        now = self._monotonic_ns()
        elapsed, slot.moved_at_ns = now - slot.moved_at_ns, now
        if not self._awake(slot) or not venue.running or venue.ended or elapsed <= 0:
            return venue.cursor_ns
        # A process that was stopped for a while does not owe the market the missed time.
        elapsed = min(elapsed, NS_PER_SECOND)
        return venue.feed.advance(venue.cursor_ns, elapsed * venue.speed)

    def clock_changed(self, venue: VenueState) -> None:
        self._slots[venue.venue_id].clock_changed = True

    def unsaved(self) -> list[VenueState]:
        """Venues whose cursor was not written for a second although it moved."""
        now = self._monotonic_ns()
        return [
            slot.venue
            for slot in self._slots.values()
            if slot.venue.cursor_ns != slot.saved_cursor_ns
            and now - slot.saved_at_ns >= SAVE_EVERY_NS
        ]

    def saved(self, venues: Iterable[VenueState]) -> None:
        now = self._monotonic_ns()
        for venue in venues:
            slot = self._slots[venue.venue_id]
            slot.saved_at_ns, slot.saved_cursor_ns = now, venue.cursor_ns

    def forget_idle(self) -> None:
        """Drop private venues that nobody has used for ten minutes; their rows have everything."""
        now = self._monotonic_ns()
        for venue_id, slot in list(self._slots.items()):
            idle = now - slot.used_at_ns > FORGET_AFTER_NS and not self._awake(slot)
            if idle and slot.venue.cursor_ns == slot.saved_cursor_ns:
                del self._slots[venue_id]

    def publish(self) -> None:
        """Show what has changed, ten times a second at most; tell listeners."""
        now = self._monotonic_ns()
        for venue_id, slot in self._slots.items():
            venue = slot.venue
            moved = venue.cursor_ns != slot.shown_cursor_ns
            if not slot.clock_changed and (not moved or now - slot.shown_at_ns < SHOW_EVERY_NS):
                continue
            old, slot.shown = slot.shown, snapshot(venue)
            slot.shown_cursor_ns, slot.shown_at_ns = venue.cursor_ns, now
            slot.clock_changed = False
            channel = Channel.market(venue_id)
            if self._bus.heard(channel):
                slot.notices += 1
                self._bus.publish(channel, _notice(slot, old))


def _notice(slot: _Slot, old: Snapshot) -> MarketNotice:
    new = slot.shown
    quotes = [one for key, one in new.quotes.items() if old.quotes.get(key) != one]
    depth = [one for key, one in new.depth.items() if old.depth.get(key) != one]
    return MarketNotice(slot.venue.venue_id, slot.notices, new.clock, tuple(quotes), tuple(depth))
