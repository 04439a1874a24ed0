"""What a screen may know of the invented market at one moment: last prices and charts."""

from __future__ import annotations

import numpy as np

from feeds.calendar import Int64s, Part
from feeds.feed import Bars, Interval, LastPrice, Traded
from feeds.generator.calendar import CLOSE_NS, OPENED_NS, midnight_ns, phases, session_at
from feeds.generator.session import GeneratedSessions, minutes_of
from feeds.timeframes import aggregate, running
from matching.market import Phase
from matching.units import NS_PER_MINUTE


def last_price(sessions: GeneratedSessions, instrument: int, at_ns: int) -> LastPrice | None:
    """See ``Feed.last``."""
    session = session_at(at_ns)
    if session < sessions.maker.first(instrument):
        return None
    bar = sessions.maker.bar(instrument, session)
    reference = bar.reference_ticks
    closed = LastPrice(bar.close_ticks, reference, bar.high_ticks, bar.low_ticks, bar.volume)
    if at_ns >= midnight_ns(session) + CLOSE_NS:
        return closed
    if at_ns < midnight_ns(session) + OPENED_NS:
        return LastPrice(reference, reference, reference, reference, 0)
    found = sessions.get(instrument, session)
    if at_ns >= found.closing_at:
        return closed
    row = int(np.searchsorted(found.print_at, at_ns, side="right")) - 1
    if row < 0:
        if at_ns < found.opening_at:
            return LastPrice(reference, reference, reference, reference, 0)
        opened = bar.open_ticks
        return LastPrice(opened, reference, opened, opened, found.opening.qty)
    return LastPrice(
        int(found.prints[row, 2]),
        reference,
        int(found.high_so_far[row]),
        int(found.low_so_far[row]),
        int(found.volume_so_far[row]),
    )


def chart(
    sessions: GeneratedSessions, instrument: int, interval: Interval, to_ns: int, count: int
) -> Bars:
    """See ``Feed.bars``.  Reaches back over the market's history."""
    if interval is Interval.DAY:
        return _day_chart(sessions, instrument, to_ns, count)
    width = interval.width_ns
    if width < NS_PER_MINUTE:  # its finest chart is of minutes
        none = _nothing()
        return Bars(none[0], none[1], none[2], none[3], none[4], none[5], partial=False)
    session = session_at(to_ns)
    pieces: list[Int64s] = []
    rows = 0
    while session >= sessions.maker.first(instrument) and rows < count:
        known = _known(sessions, instrument, session, to_ns)
        piece = aggregate(known, _parts(session), width)
        pieces.append(piece)
        rows += piece.shape[1]
        session -= 1
    table = np.concatenate(pieces[::-1], axis=1)[:, -count:] if rows else _nothing()
    parts = _parts(session_at(int(table[0, -1]))) if rows else ()
    partial = running(table, parts, width, to_ns)
    return Bars(table[0], table[1], table[2], table[3], table[4], table[5], partial)


def _known(sessions: GeneratedSessions, instrument: int, session: int, to_ns: int) -> Int64s:
    """A session's minutes as known at ``to_ns``: int64[6, minutes]."""
    if to_ns >= midnight_ns(session) + CLOSE_NS:
        return np.stack(sessions.minutes(instrument, session))
    if to_ns < midnight_ns(session) + OPENED_NS:
        return _nothing()
    return np.stack(minutes_of(sessions.get(instrument, session), to_ns, session))


def trades_between(
    sessions: GeneratedSessions, instrument: int, after_ns: int, to_ns: int
) -> Traded:
    """See ``Feed.traded``: each auction is one trade."""
    pieces = [np.empty((3, 0), np.int64)]
    first = max(session_at(after_ns), sessions.maker.first(instrument))
    if midnight_ns(first) + CLOSE_NS <= after_ns:
        first += 1  # nothing is traded after its end: it need not be made
    for session in range(first, session_at(to_ns) + 1):
        found = sessions.get(instrument, session)
        rows = [(found.opening_at, found.opening), (found.closing_at, found.closing)]
        opening, closing = (
            np.array([[at], [crossing.price_ticks], [crossing.qty]], np.int64)
            for at, crossing in rows
        )
        prints = np.stack((found.print_at, found.prints[:, 2], found.prints[:, 3]))
        table = np.concatenate((opening, prints, closing), axis=1)
        pieces.append(table[:, (table[0] > after_ns) & (table[0] <= to_ns) & (table[2] > 0)])
    return Traded(*np.concatenate(pieces, axis=1))


def _nothing() -> Int64s:
    return np.empty((6, 0), np.int64)


def _parts(session: int) -> tuple[Part, ...]:
    """The stretches of a session in which anything is printed."""
    return tuple(
        Part(at, end)
        for at, phase, end in phases(session)
        if end is not None and phase in (Phase.OPENED, Phase.CONTINUOUS, Phase.CLOSING_LOCKED)
    )


def _day_chart(sessions: GeneratedSessions, instrument: int, to_ns: int, count: int) -> Bars:
    session = session_at(to_ns)
    first = sessions.maker.first(instrument)
    running = session >= first and to_ns < midnight_ns(session) + CLOSE_NS
    whole = session + 1 - running  # sessions before this one are complete
    numbers = range(max(first, whole - max(count, 0)), max(first, whole))
    bars = [sessions.maker.bar(instrument, number)[1:] for number in numbers]
    starts = [midnight_ns(number) + OPENED_NS for number in numbers]
    table = np.empty((6, len(starts)), np.int64)
    table[0] = starts
    table[1:] = np.array(bars, np.int64).reshape(-1, 5).T
    begun = False
    if running:
        today = _known(sessions, instrument, session, to_ns)
        begun = today.shape[1] > 0
        if begun:
            merged = (
                midnight_ns(session) + OPENED_NS,
                int(today[1, 0]),
                int(today[2].max()),
                int(today[3].min()),
                int(today[4, -1]),
                int(today[5].sum()),
            )
            table = np.concatenate((table, np.array([merged], np.int64).T), axis=1)
    table = table[:, -count:] if count > 0 else _nothing()
    return Bars(table[0], table[1], table[2], table[3], table[4], table[5], begun and count > 0)
