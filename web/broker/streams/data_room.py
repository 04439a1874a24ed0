"""One venue's market, told to every program that follows it.

The room remembers what each notice of the venue changed, reads what is not in notices (single
trades, bars) beside the event loop, and hands the same bytes to all who want the same.  While it
reads, later notices wait and are told together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from matching.instrument import Instrument, InstrumentId
from simtrade.venues.views import DepthView, MarketNotice, QuoteView, VenueView
from web.broker.services import CoreOfPrograms
from web.broker.streams import happened, market_values
from web.broker.streams.channels import EVERY, Channel, Wanted
from web.broker.streams.codec import Codec, cut
from web.broker.streams.connections import Ending
from web.broker.streams.happened import Stretch
from web.broker.streams.limits import FRAME_BYTES
from web.broker.streams.market_values import ASPECTS, Told
from web.live.limits import CHUNK
from web.live.room import Tally

Group = tuple[Codec, Wanted]


class Member(Protocol):
    """A socket, as far as a room knows it."""

    def tell(self, frame: bytes) -> None: ...
    def end(self, why: Ending) -> None: ...


class Surroundings(Protocol):
    """What a room needs of the hub."""

    @property
    def core(self) -> CoreOfPrograms: ...
    @property
    def tally(self) -> Tally: ...
    def bug(self, error: BaseException) -> None: ...


class DataRoom:
    """Lives while somebody follows the venue."""

    def __init__(self, view: VenueView, around: Surroundings, emptied: Callable[[], None]) -> None:
        self._view = view
        self._around = around
        self._tally = around.tally
        self._emptied = emptied
        self._groups: dict[Group, dict[Member, None]] = {}
        self._group_of: dict[Member, Group] = {}
        venues = around.core.venues
        self._quotes = {one.instrument_id: one for one in venues.quotes(view.venue_id)}
        self._told_quotes = dict(self._quotes)
        self._depth: dict[InstrumentId, DepthView] = {}
        self._changed: set[InstrumentId] = set()
        # Moved since the last minute that was told; and now, maybe in the next minute already.
        self._since_minute: set[InstrumentId] = set()
        self._just_moved: set[InstrumentId] = set()
        self._now_ns = self._told_ns = int(venues.clock(view.venue_id).at_ns)
        self._minute_ns = happened.minute_of(view.traits.time_zone, self._now_ns)
        self._wanted_ids: dict[Channel, dict[InstrumentId, Instrument]] = {}
        self._wake = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._run())
        self._task.add_done_callback(self._ended)

    def __len__(self) -> int:
        return len(self._group_of)

    # Members

    def follow(self, member: Member, codec: Codec, wanted: Wanted) -> None:
        """From now on the member is told what it wants, and the present state of what is new."""
        before = self._leave_group(member)
        group = self._group_of[member] = (codec, wanted)
        self._groups.setdefault(group, {})[member] = None
        self._count_wanted()
        self._send([member], codec, self._present(wanted, before))

    def leave(self, member: Member) -> None:
        self._leave_group(member)
        if self._group_of:
            self._count_wanted()
        else:
            self._task.cancel()
            self._emptied()

    def _leave_group(self, member: Member) -> Wanted | None:
        group = self._group_of.pop(member, None)
        if group is None:
            return None
        members = self._groups[group]
        del members[member]
        if not members:
            del self._groups[group]
        return group[1]

    def _count_wanted(self) -> None:
        """Which instruments somebody wants, by channel."""
        self._wanted_ids = {
            channel: {
                one.instrument_id: one
                for one in self._view.instruments
                if EVERY in names or one.symbol in names
            }
            for channel in Channel
            for names in [frozenset[str]().union(*(one.of(channel) for _, one in self._groups))]
        }

    def _present(self, wanted: Wanted, before: Wanted | None) -> list[Told]:
        """Quotes, halts, price limits and books as they stand."""
        found: list[Told] = []
        for one in self._view.instruments:
            view = self._quotes.get(one.instrument_id)
            for channel, told in self._aspects(one, view, None) if view else ():
                new = before is None or not before.has(channel, one.symbol)
                if new and wanted.has(channel, one.symbol):
                    found.append(told)
        return found

    # The market

    def hear(self, notice: MarketNotice) -> None:
        """Remember what changed."""
        self._now_ns = max(self._now_ns, int(notice.clock.at_ns))
        self._quotes.update((one.instrument_id, one) for one in notice.quotes)
        self._depth.update((one.instrument_id, one) for one in notice.depth)
        self._changed.update(one.instrument_id for one in notice.quotes)
        self._changed.update(one.instrument_id for one in notice.depth)
        self._wake.set()

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A room that cannot go on says so: its members come back to a new one."""
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._around.bug(error)
            self._emptied()
            for member in list(self._group_of):
                member.end(Ending.BUG)

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            told = self._states()
            told += await self._past()
            if told:
                await self._hand_out(told)

    def _states(self) -> list[Told]:
        """What changed since it was told last."""
        found: list[Told] = []
        changed, self._changed = self._changed, set()
        self._just_moved = changed
        self._since_minute |= changed
        for one in self._view.instruments:
            if one.instrument_id not in changed:
                continue
            view = self._quotes.get(one.instrument_id)
            if view is not None:
                found += (told for _, told in self._aspects(one, view, self._told_quotes))
                self._told_quotes[one.instrument_id] = view
            book = self._depth.pop(one.instrument_id, None)
            if book is not None and one.instrument_id in self._wanted_ids[Channel.ORDERBOOKS]:
                found.append(market_values.order_book(one, self._now_ns, book))
        return found

    def _aspects(
        self,
        instrument: Instrument,
        view: QuoteView,
        before: dict[InstrumentId, QuoteView] | None,
    ) -> list[tuple[Channel, Told]]:
        """Each state of an instrument that differs from what was told; all that says something
        where nothing was."""
        old = before.get(instrument.instrument_id) if before is not None else None
        found = []
        for aspect in ASPECTS:
            if instrument.instrument_id not in self._wanted_ids[aspect.channel]:
                continue
            seen = aspect.seen(view)
            if (seen == aspect.seen(old)) if old else not seen or seen == (None, None):
                continue
            told = aspect.tell(instrument, self._now_ns, view)
            if told is not None:
                found.append((aspect.channel, told))
        return found

    async def _past(self) -> list[Told]:
        """Trades since the last time, and the minutes that are over."""
        stretch = Stretch(self._told_ns, self._now_ns)
        zone = self._view.traits.time_zone
        minute_ns = happened.minute_of(zone, self._now_ns)
        over = Stretch(self._minute_ns, minute_ns)
        self._told_ns, self._minute_ns = self._now_ns, max(minute_ns, self._minute_ns)
        ids = self._wanted_ids
        traded, bars, days = (
            ids[one] for one in (Channel.TRADES, Channel.BARS, Channel.DAILY_BARS)
        )
        moved: set[InstrumentId] = set()
        if over.to_ns > over.after_ns:
            moved, self._since_minute = self._since_minute, set(self._just_moved)
        bars, days = ({one: every[one] for one in every if one in moved} for every in (bars, days))
        if not (traded or bars or days):
            return []

        def read() -> list[Told]:
            history = self._around.core.venues.history(self._view.venue_id)
            found = happened.trades(history, traded, stretch)
            return found + happened.minutes(history, bars, over) + happened.days(history, days)

        return await asyncio.to_thread(read)

    async def _hand_out(self, told: list[Told]) -> None:
        for (codec, wanted), members in list(self._groups.items()):
            mine = [one for one in told if wanted.has(one.channel, one.symbol)]
            everybody = list(members)
            for first in range(0, len(everybody) if mine else 0, CHUNK):
                self._send(everybody[first : first + CHUNK], codec, mine)
                await asyncio.sleep(0)  # between chunks the loop serves orders

    def _send(self, members: list[Member], codec: Codec, told: list[Told]) -> None:
        for frame in cut(codec, (one.encoded(codec) for one in told), FRAME_BYTES):
            self._tally.frames += 1
            self._tally.delivered += len(members)
            for member in members:
                member.tell(frame)
