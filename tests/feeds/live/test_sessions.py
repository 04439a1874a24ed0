"""Days of live markets: what a clock that a test moves makes of their schedules."""

from __future__ import annotations

from datetime import date

from feeds.live.events import Kept, stamped
from feeds.live.markets import coin, mainland_share, us_share
from feeds.live.sessions import WAIT_NS, SessionClock
from feeds.live.state import LiveState
from feeds.live.wire import rfc3339_ns
from matching.exchange import Exchange
from matching.instrument import Instrument, InstrumentId
from matching.market import DataKind, PhaseChange, SessionClose, SessionOpen
from matching.units import NS_PER_MINUTE, NS_PER_SECOND
from simtrade.venues.rules import rule_books
from tests.feeds.live.made import display

COIN = coin("BTCUSDT", "USDT", "0.01", "0.00001")
SHARES = (mainland_share("sh600000"), mainland_share("sz300059"))
APPLE = us_share("AAPL")

References = dict[InstrumentId, tuple[int, int]]


class Life:
    """A clock, the state it leads to, and an exchange that must accept every change."""

    def __init__(self, *instruments: Instrument, told: bool = False) -> None:
        self.clock = SessionClock(instruments, told=told)
        self.state = LiveState()
        self.references: References = {}
        self.exchange = Exchange(instruments, rule_books(instruments), DataKind.DEPTH)
        self.told: list[Kept] = []

    def hear(self, now_ns: int, *events: Kept) -> None:
        for event in events:
            kept = stamped(event, now_ns, self.state.seq + 1)
            self.state.take(kept)
            self.exchange.on_market(kept)

    def at(self, text: str) -> list[str]:
        """What is told at a moment, in short."""
        return self.tick(rfc3339_ns(text))

    def tick(self, now_ns: int) -> list[str]:
        events = self.clock.due(now_ns, self.state, self.references)
        self.hear(now_ns, *events)
        self.told += events
        return [_short(one) for one in events]


def _short(event: Kept) -> str:
    match event:
        case SessionOpen():
            return f"open {event.session:%m-%d}"
        case SessionClose():
            return f"close {event.session:%m-%d}"
        case PhaseChange():
            return event.phase.value
        case _:
            return type(event).__name__


def test_a_coin_has_a_session_a_day_and_waits_for_a_price() -> None:
    life = Life(COIN)
    assert life.at("2026-01-05T08:00:00Z") == []
    life.hear(rfc3339_ns("2026-01-05T08:00:01Z"), display(9_999, 10_001, key=COIN.instrument_id))
    assert life.at("2026-01-05T08:00:02Z") == ["open 01-05", "continuous"]
    opened = life.told[0]
    assert isinstance(opened, SessionOpen)
    assert opened.references == ((COIN.instrument_id, 9_999),)
    assert life.at("2026-01-05T23:59:59Z") == []
    assert life.at("2026-01-06T00:00:00.2Z") == ["closed", "close 01-05"]
    assert life.at("2026-01-06T00:00:00.4Z") == ["open 01-06", "continuous"]
    assert life.at("2026-01-06T00:00:00.6Z") == []


def test_a_day_of_the_mainland() -> None:
    life = Life(*SHARES, told=True)
    morning = rfc3339_ns("2026-01-05T01:14:00Z")  # 9:14 in Shanghai
    assert life.tick(morning) == []
    # Previous closes of Friday are no news; those of today open the day.
    yesterday = rfc3339_ns("2026-01-02T07:00:00Z")
    life.references = {one.instrument_id: (yesterday, 1_000) for one in SHARES}
    assert life.at("2026-01-05T01:15:01Z") == []
    life.references = {one.instrument_id: (morning, 1_010) for one in SHARES}
    assert life.at("2026-01-05T01:15:02Z") == ["open 01-05", "opening_auction"]
    assert life.at("2026-01-05T01:20:00Z") == ["opening_locked"]
    assert life.at("2026-01-05T01:25:00Z") == ["opened"]
    assert life.at("2026-01-05T01:30:00Z") == ["continuous"]
    changed = life.told[-1]
    assert isinstance(changed, PhaseChange)
    assert changed.ends_ns == rfc3339_ns("2026-01-05T03:30:00Z")
    assert life.at("2026-01-05T03:30:00.1Z") == ["lunch"]
    assert life.at("2026-01-05T05:00:00Z") == ["continuous"]
    assert life.at("2026-01-05T06:57:00Z") == ["closing_locked"]
    assert life.at("2026-01-05T07:00:00Z") == ["closed", "close 01-05"]  # nobody trades after hours
    assert life.at("2026-01-05T07:10:00Z") == []
    assert life.at("2026-01-10T02:00:00Z") == []  # a Saturday


def test_started_in_the_middle_of_a_day_every_phase_so_far_is_told() -> None:
    life = Life(*SHARES, told=True)
    now = rfc3339_ns("2026-01-05T05:30:00Z")
    life.references = {one.instrument_id: (now, 1_010) for one in SHARES}
    assert life.tick(now) == [
        *("open 01-05", "opening_auction", "opening_locked", "opened"),
        *("continuous", "lunch", "continuous"),
    ]


def test_who_has_no_previous_close_after_a_while_is_not_listed_that_day() -> None:
    life = Life(*SHARES, told=True)
    now = rfc3339_ns("2026-01-05T02:00:00Z")
    life.references = {SHARES[0].instrument_id: (now, 1_010)}
    assert life.tick(now) == []
    assert life.tick(now + WAIT_NS - 1) == []
    assert life.tick(now + WAIT_NS)[0] == "open 01-05"
    assert [one.listed for one in life.exchange.listings.values()] == [True, False]


def test_a_process_that_was_down_over_night_ends_the_old_day_first() -> None:
    life = Life(APPLE)
    now = rfc3339_ns("2026-01-05T15:00:00Z")  # 10:00 in New York
    life.hear(now - NS_PER_SECOND, display(1_000_000, 1_000_100, key=APPLE.instrument_id))
    assert life.tick(now) == ["open 01-05", "pre_open", "continuous"]
    later = rfc3339_ns("2026-01-07T15:00:00Z")
    assert life.tick(later) == ["closed", "close 01-05"]
    assert life.tick(later + 1) == ["open 01-07", "pre_open", "continuous"]
    opened = life.told[-3]
    assert isinstance(opened, SessionOpen)
    assert opened.references == ((APPLE.instrument_id, 1_000_000),)


def test_a_whole_day_at_any_pace_tells_the_same() -> None:
    def day(step_ns: int) -> list[str]:
        life = Life(*SHARES, told=True)
        now = rfc3339_ns("2026-01-05T01:00:00Z")
        life.references = {one.instrument_id: (now, 1_010) for one in SHARES}
        found: list[str] = []
        while now < rfc3339_ns("2026-01-05T08:00:00Z"):
            found += life.tick(now)
            now += step_ns
        return found

    assert day(NS_PER_MINUTE) == day(7 * NS_PER_MINUTE + 11)


def test_parts_and_the_next_day() -> None:
    clock = SessionClock(SHARES, told=True)
    parts = clock.parts(date(2026, 1, 5))
    assert [(one.ends_ns - one.begins_ns) // NS_PER_MINUTE for one in parts] == [120, 117]
    assert clock.next_day(date(2026, 1, 9)) == date(2026, 1, 12)
    assert clock.parts(date(2026, 1, 10)) == ()
    assert clock.next_day(date(2199, 1, 1)) is None
