"""What an account was worth in each stretch of some sessions, and what it had earned by then.

The value of a window is that of the moment before the next one begins, so nights and pauses belong
to the window before them; the newest one has the value of now.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import zip_longest
from typing import NamedTuple

from feeds.feed import Feed
from feeds.timetable import SessionTimes
from matching.instrument import InstrumentId
from matching.orders import AccountId
from matching.units import NS_PER_MINUTE, AtNs
from simtrade.portfolio.equity import Flow
from simtrade.portfolio.service import Portfolio
from simtrade.portfolio.statements import LineKind, Statements
from simtrade.portfolio.views import PortfolioView
from simtrade.store.engine_store import EngineStore
from simtrade.venues.feeds import Feeds, session_of
from simtrade.venues.timetable import open_times

_FOLLOWING = timedelta(days=30)


class Hours(StrEnum):
    """Which hours of a session have windows of their own."""

    MARKET = "market_hours"
    EXTENDED = "extended_hours"  # with what comes before the opening and after the close
    CONTINUOUS = "continuous"  # pauses too


@dataclass(frozen=True, slots=True)
class HistoryWish:
    """Windows of ``minutes`` (None: one a session) in the sessions of [first, last] that begin in
    [begin_ns, end_ns].  ``daily_base``: profit counts from the session's beginning, else from that
    of the first window.  ``kinds`` are the lines whose sums are wanted."""

    first: date
    last: date
    minutes: int | None
    hours: Hours = Hours.MARKET
    begin_ns: int | None = None
    end_ns: int | None = None
    daily_base: bool = True
    kinds: Collection[LineKind] = ()


@dataclass(frozen=True, slots=True)
class HistoryView:
    """Tuples of equal length, oldest first; ``flows`` has one such tuple for each kind.  Profits
    count from ``bases``; ``base_minor`` is that of the first window, as of the end of
    ``base_day``."""

    begins_ns: tuple[int, ...]
    equity_minor: tuple[int, ...]
    bases_minor: tuple[int, ...]
    base_minor: int
    base_day: date
    flows: dict[LineKind, tuple[int, ...]]


class _Window(NamedTuple):
    begins_ns: int
    last_ns: int  # the moment of its value
    session: SessionTimes


class AccountHistory:
    """LookupError for an account that does not exist."""

    def __init__(
        self, portfolio: Portfolio, statements: Statements, store: EngineStore, feeds: Feeds
    ) -> None:
        self._portfolio = portfolio
        self._statements = statements
        self._store = store
        self._feeds = feeds

    def of(self, account_id: AccountId, wanted: HistoryWish) -> HistoryView:
        summary = self._portfolio.summary(account_id)
        row = self._store.venue_row(summary.account.venue_id)
        assert row is not None
        feed = self._feeds.feed(row.tape)
        windows = list(_windows(feed, summary, wanted))
        worth = _Worth(feed, summary, self._portfolio.flows(account_id))
        bases = [worth.at(one.session.opens_ns - 1) for one in windows]
        if not wanted.daily_base:
            bases = bases[:1] * len(bases)
        opened = session_of(feed, summary.account.opened_at_ns)
        before = windows[0].session.day - timedelta(days=1) if windows else opened
        return HistoryView(
            begins_ns=tuple(one.begins_ns for one in windows),
            equity_minor=tuple(worth.at(one.last_ns) for one in windows),
            bases_minor=tuple(bases),
            base_minor=bases[0] if bases else summary.start_minor,
            base_day=max(opened, before),
            flows=self._flows(account_id, windows, wanted.kinds),
        )

    def _flows(
        self, account_id: AccountId, windows: Sequence[_Window], kinds: Collection[LineKind]
    ) -> dict[LineKind, tuple[int, ...]]:
        """Each line in the window in whose value it is the first time."""
        found = {kind: [0] * len(windows) for kind in kinds}
        lines = self._statements.flows(account_id, kinds) if windows and kinds else ()
        lasts = [one.last_ns for one in windows]
        for line in lines:
            place = bisect_left(lasts, line.at_ns)
            if line.at_ns >= windows[0].session.opens_ns and place < len(windows):
                found[line.kind][place] += line.amount_minor
        return {kind: tuple(sums) for kind, sums in found.items()}


def _windows(feed: Feed, summary: PortfolioView, wanted: HistoryWish) -> Iterator[_Window]:
    """Those that have begun, and have not ended before the account was opened."""
    # What is shown of a venue may be a moment older than an account that has just been opened.
    opened_ns = min(summary.account.opened_at_ns, summary.at_ns)
    sessions = feed.sessions(wanted.first, wanted.last + _FOLLOWING)
    for session, following in zip_longest(sessions, sessions[1:]):
        if session.day > wanted.last:
            return
        begins = _begins(session, wanted)
        ends = [*begins[1:], following.opens_ns if following else summary.at_ns + 1]
        for begins_ns, ends_ns in zip(begins, ends, strict=True):
            last_ns = min(ends_ns - 1, summary.at_ns)
            inside = wanted.begin_ns is None or begins_ns >= wanted.begin_ns
            inside = inside and (wanted.end_ns is None or begins_ns <= wanted.end_ns)
            begun = begins_ns <= summary.at_ns
            if inside and begun and last_ns >= opened_ns:
                yield _Window(begins_ns, last_ns, session)


def _begins(session: SessionTimes, wanted: HistoryWish) -> list[int]:
    """When the windows of a session begin."""
    parts = [(one.begins_ns, one.ends_ns) for one in open_times(session)]
    if wanted.minutes is None:
        return [parts[0][0]]
    if wanted.hours is Hours.CONTINUOUS:
        parts = [(session.opens_ns, session.closes_ns)]
    elif wanted.hours is Hours.EXTENDED:
        early = (session.opens_ns, parts[0][0])
        parts = [early, *parts, (parts[-1][1], session.closes_ns)]
    step_ns = wanted.minutes * NS_PER_MINUTE
    return [one for begins_ns, ends_ns in parts for one in range(begins_ns, ends_ns, step_ns)]


class _Worth:
    """What an account was worth at any moment: what had changed by then, at the prices of then."""

    def __init__(self, feed: Feed, summary: PortfolioView, flows: Sequence[Flow]) -> None:
        self._feed = feed
        self._summary = summary
        self._instruments = {one.instrument_id: one for one in feed.instruments}
        self._times = [one.at_ns for one in flows]
        # (cash, shares by instrument) after each flow, before the first one in front.
        self._states: list[tuple[int, dict[InstrumentId, int]]] = [(summary.start_minor, {})]
        for flow in flows:
            cash, shares = self._states[-1]
            if flow.instrument_id:
                qty = shares.get(flow.instrument_id, 0) + flow.qty
                shares = {**shares, flow.instrument_id: qty}
                if not qty:
                    del shares[flow.instrument_id]
            self._states.append((cash + flow.cash_minor, shares))

    def at(self, at_ns: int) -> int:
        if at_ns >= self._summary.at_ns:
            return self._summary.equity_minor
        cash, shares = self._states[bisect_right(self._times, at_ns)]
        return cash + sum(self._value(name, qty, AtNs(at_ns)) for name, qty in shares.items())

    def _value(self, name: InstrumentId, qty: int, at_ns: AtNs) -> int:
        last = self._feed.last(name, at_ns)
        price_ticks = last.last_ticks if last else 0
        return int(self._instruments[name].notional_minor(price_ticks, qty))
