"""The one writer: takes what waits, lets markets move, commits once, then answers.

Everything between taking a batch and its commit happens in memory on one thread.  Nothing is
answered or published before the commit.  An error on the way means that memory and disk may
differ: it is never handled here, the process ends and recovery is the only way to start.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from matching.orders import FillProfile
from matching.reasons import Reason
from matching.scope import Scope
from matching.units import AtNs
from simtrade.bus import Bus, Channel
from simtrade.desk import desk
from simtrade.desk.branch import Branching, past_of
from simtrade.desk.commands import KIND_OF, Command, CommandKind, body_of, scope_of
from simtrade.desk.delay import delay_ns
from simtrade.desk.keys import Keys, as_kept, storable
from simtrade.desk.requests import (
    DEFAULT_SPEED,
    FLOOR,
    AccountRequest,
    ArmPlan,
    BranchPractice,
    CancelRequest,
    ClockAction,
    ClockRequest,
    Done,
    JoinVenue,
    OpenPractice,
    PlaceRequest,
    Refusal,
    ReplaceRequest,
    Reply,
    Request,
    SteerPlan,
    UserId,
    VenueId,
)
from simtrade.desk.state import Changes, VenueState
from simtrade.desk.work import Work
from simtrade.plans.model import can_be_kept
from simtrade.portfolio.views import AccountNotice
from simtrade.settings import AWAKE_PER_PERSON
from simtrade.store.engine_store import EngineStore, ShardHead
from simtrade.venues.feeds import Feeds, floor_start, session_of, session_start, start_minor
from simtrade.venues.loader import load_venue, new_venue
from simtrade.venues.names import NAME_MAX, venue_name_fault
from simtrade.venues.rules import rules_missing
from simtrade.venues.runtime import VenueRuntime

VENUES_PER_USER = 50
_LATEST_NS = 2**62  # far beyond any recording, and still a number that a row can hold


@dataclass(frozen=True, slots=True)
class Clocks:
    """Where the writer gets the time from."""

    wall_ns: Callable[[], int]
    monotonic_ns: Callable[[], int]


class Shard:
    """All venues of this process.  ``delays``: requests take their time to the exchange;
    ``floor_scope``: who shares the floor with whom when it first begins; ``awake_per_person``: how
    many practice markets of one person may run at once."""

    def __init__(
        self,
        store: EngineStore,
        feeds: Feeds,
        bus: Bus,
        clocks: Clocks,
        *,
        delays: bool = True,
        floor_scope: Scope = Scope.ACCOUNT,
        awake_per_person: int = AWAKE_PER_PERSON,
    ) -> None:
        self._store = store
        self._feeds = feeds
        self._bus = bus
        self._clocks = clocks
        self._delays = delays
        self._awake_per_person = awake_per_person
        self._head = store.acquire()
        self._seq = self._head.seq
        self._work = Work(self._head.chain)
        self._keys = Keys(store)
        self._venue_of: dict[int, VenueId] = {}
        self._moved: dict[VenueId, None] = {}  # in this turn
        self._opened: dict[UserId, int] = {}  # in this turn
        self._journaled = 0  # requests so far
        self.runtime = VenueRuntime(bus, clocks.monotonic_ns)
        if self._venue(FLOOR) is None:
            self._open_floor(floor_scope)
            self._commit()

    @property
    def seq(self) -> int:
        """Place of the newest durable command."""
        return self._head.seq

    def turn(self, requests: list[Request]) -> list[Reply]:
        """Carry out a batch and let every venue's market move; durable when it returns."""
        self._keys.look_up(requests)
        self._moved.clear()
        replies = [self._answer(request) for request in requests]
        for venue_id in self.runtime.wanted():
            self._venue(venue_id)
        for venue in self.runtime.crowded(self._awake_per_person):
            self._pause(venue)
        for venue in self.runtime.due():
            self._move(venue)
        for venue in self.runtime.unsaved():
            self._work.touch(venue, Changes())
        self._commit()
        self.runtime.publish()
        self.runtime.forget_idle()
        return replies

    def _answer(self, request: Request) -> Reply:
        if not storable(request.key):
            return Refusal(Reason.KEY_INVALID)
        if isinstance(request, OpenPractice | BranchPractice):
            fault = venue_name_fault(request.name)
            if fault is not None:
                return Refusal(fault, {"max_letters": NAME_MAX})
        body = body_of(request)
        known = self._keys.known(request, body)
        if known is not None:
            return known
        before = self._journaled
        reply = self._carry_out(request, body)
        # A refusal before a venue was found is not in the journal: asking again may do.
        if self._journaled != before:
            self._keys.remember(request, body, reply)
        return reply

    # Requests

    def _carry_out(self, request: Request, body: dict[str, Any]) -> Reply:
        match request:
            case OpenPractice():
                return self._open_practice(request, body)
            case BranchPractice():
                return self._branch(request, body)
            case JoinVenue():
                venue = self._venue(request.venue_id)
                if venue is None or venue.owner not in (None, request.user_id):
                    return Refusal(Reason.VENUE_UNKNOWN)
                return self._open_account(venue, request, request.profile, body)
            case ClockRequest():
                return self._set_clock(request, body)
            case _:
                return self._of_account(request, body)

    def _of_account(self, request: AccountRequest, body: dict[str, Any]) -> Reply:
        venue = self._venue_of_account(request.account_id)
        if venue is None:
            return Refusal(Reason.ACCOUNT_UNKNOWN)
        heard = isinstance(request, CancelRequest | SteerPlan) or self._feeds.heard(venue.tape)
        if not heard or self._feeds.is_past(venue.feed, venue.cursor_ns):
            return Refusal(Reason.MARKET_NOT_HEARD)
        if isinstance(request, ArmPlan) and not can_be_kept(request.terms):
            return Refusal(Reason.PLAN_NUMBER_OUTSIDE)
        full: dict[str, Any] = {"request": body}
        if self._delays and isinstance(request, PlaceRequest | CancelRequest | ReplaceRequest):
            full["latency_ns"] = delay_ns(venue, request)
        return self._run(venue, KIND_OF[type(request)], scope_of(request), request.key, full)

    def _set_clock(self, request: ClockRequest, body: dict[str, Any]) -> Reply:
        venue = self._venue(request.venue_id)
        if venue is None:
            return Refusal(Reason.VENUE_UNKNOWN)
        if venue.feed.traits.live and venue.owner == request.user_id:
            return Refusal(Reason.CLOCK_IS_LIVE)
        if not 0 <= request.number <= _LATEST_NS:
            return Refusal(Reason.SEEK_OUTSIDE_TAPE)
        full: dict[str, Any] = {"request": body}
        if request.action is ClockAction.PLAY and not venue.running and venue.owner is not None:
            crowd = self._check_awake(venue.owner, live=False)
            if crowd is not None:
                return crowd
        match request.action:
            case ClockAction.STEP:
                full["to_ns"] = venue.feed.next_step(venue.cursor_ns)
            case ClockAction.SEEK:
                full["to_ns"] = request.number
            case _:
                pass
        self.runtime.clock_changed(venue)
        return self._run(venue, CommandKind.CLOCK, scope_of(request), request.key, full)

    def _check_awake(self, owner: UserId, *, live: bool) -> Refusal | None:
        """Whether another practice market of a person may run; live ones are counted apart."""
        most = self._awake_per_person
        if len(self.runtime.awake_of(owner, live=live)) < most:
            return None
        return Refusal(Reason.TOO_MANY_AWAKE, {"max_awake": most})

    def _pause(self, venue: VenueState) -> None:
        """A market that woke up beside too many others of its owner waits for him."""
        assert venue.owner is not None
        asked = ClockRequest(venue.owner, "", venue.venue_id, ClockAction.PAUSE)
        self._move(venue)
        self.runtime.clock_changed(venue)
        self._run(venue, CommandKind.CLOCK, "", None, {"request": body_of(asked)})

    def _open_practice(self, request: OpenPractice, body: dict[str, Any]) -> Reply:
        tape = self._feeds.resolve(request.tape)
        if tape is None:
            return Refusal(Reason.TAPE_UNKNOWN)
        crowd = self._check_room(request.user_id)
        if crowd is not None:
            return crowd
        if not self._feeds.heard(tape):
            return Refusal(Reason.MARKET_NOT_HEARD)
        crowd = self._check_awake(request.user_id, live=self._feeds.feed(tape).traits.live)
        if crowd is not None:
            return crowd
        feed = self._feeds.feed(tape)
        start_ns = session_start(feed, request.first_session)
        if feed.end_ns is not None and start_ns >= feed.end_ns:
            return Refusal(Reason.SEEK_OUTSIDE_TAPE)
        missing = rules_missing(feed.instruments, session_of(feed, start_ns))
        if missing is not None:
            first = {"first_day": missing.first_day} if missing.first_day else {}
            return Refusal(Reason.RULES_NOT_KNOWN, first, str(missing))
        venue = self._new_venue(
            VenueId(f"p{self._seq + 1}"),
            {
                "tape": tape,
                "owner": request.user_id,
                "first_session": request.first_session.isoformat(),
                "start_ns": start_ns,
                "running": True,
                "speed": DEFAULT_SPEED,
            }
            | ({"name": request.name} if request.name else {}),
        )
        return self._open_account(venue, request, request.profile, body)

    def _check_room(self, user_id: UserId) -> Refusal | None:
        """Whether a person may have one more private venue, with those of this turn."""
        if self._store.count_venues(user_id) + self._opened.get(user_id, 0) >= VENUES_PER_USER:
            return Refusal(Reason.TOO_MANY_VENUES, {"max_venues": VENUES_PER_USER})
        return None

    def _branch(self, request: BranchPractice, body: dict[str, Any]) -> Reply:
        venue = self._venue_of_account(request.account_id)
        account = venue.accounts.get(request.account_id) if venue else None
        if venue is None or account is None or account.user_id != request.user_id:
            return Refusal(Reason.ACCOUNT_UNKNOWN)
        if venue.owner != request.user_id or venue.feed.traits.live:
            return Refusal(Reason.BRANCH_SHARED)
        crowd = self._check_room(request.user_id)
        if crowd is not None:
            return crowd
        self._commit()  # what was asked in this turn belongs to the past as well
        past = past_of(request, self._store, venue)
        if isinstance(past, Refusal):
            return past
        branch = self._new_venue(VenueId(f"p{self._seq + 1}"), past.venue)
        reply = self._open_account(branch, request, account.profile, body)
        assert isinstance(reply, Done)
        assert reply.account_id is not None
        Branching(branch, reply.account_id, self._do_again, self._advance).carry_out(past)
        self.runtime.clock_changed(branch)
        return reply

    def _do_again(self, venue: VenueState, command: Command, body: dict[str, Any]) -> int:
        scope = f"a:{body['request']['account_id']}"
        self._run(venue, command.kind, scope, command.key, body)
        return self._seq

    def _open_account(
        self,
        venue: VenueState,
        request: OpenPractice | BranchPractice | JoinVenue,
        profile: FillProfile,
        body: dict[str, Any],
    ) -> Reply:
        full = {"request": body, "user_id": request.user_id, "profile": profile.value}
        return self._run(venue, CommandKind.ACCOUNT, scope_of(request), request.key, full)

    # Venues

    def _open_floor(self, scope: Scope) -> None:
        feed = self._feeds.feed(self._feeds.floor_tape)
        shared = {} if scope is Scope.ACCOUNT else {"scope": scope.value}
        tape, first_session = self._feeds.floor_tape, session_of(feed, feed.start_ns)
        facts = {"first_session": first_session.isoformat(), "start_ns": floor_start(feed)}
        self._new_venue(
            FLOOR, {"tape": tape, "owner": None, **facts, "running": True, "speed": 1, **shared}
        )

    def _new_venue(self, venue_id: VenueId, body: dict[str, Any]) -> VenueState:
        if body["owner"] is not None:
            self._opened[body["owner"]] = self._opened.get(body["owner"], 0) + 1
        currency = self._feeds.feed(body["tape"]).instruments[0].currency
        body |= {"currency": currency.code, "start_minor": start_minor(currency)}
        venue = new_venue(venue_id, body, self._feeds)
        self.runtime.add(venue)
        self._run(venue, CommandKind.VENUE, "", None, body)
        return venue

    def _venue(self, venue_id: VenueId) -> VenueState | None:
        """The venue, from its rows when it is not in memory, moved up to now: whatever happened
        before a request arrived cannot fill it (fill model E0)."""
        venue = self.runtime.get(venue_id)
        if venue is None:
            rows = self._store.load_venue(venue_id)
            if rows is None:
                return None
            venue = load_venue(rows, self._feeds)
            self.runtime.add(venue)
        self.runtime.use(venue_id)
        self._move(venue)
        return venue

    def _venue_of_account(self, account_id: int) -> VenueState | None:
        venue_id = self._venue_of.get(account_id) or self._store.venue_of(account_id)
        if venue_id is None:
            return None
        self._venue_of[account_id] = venue_id
        return self._venue(venue_id)

    # The journal

    def _move(self, venue: VenueState) -> None:
        """Let the venue's market happen up to now, once a turn; journaled only when it did
        something."""
        if venue.venue_id in self._moved:
            return
        self._moved[venue.venue_id] = None
        to_ns = self.runtime.target(venue)
        if to_ns <= venue.cursor_ns:
            return
        self._advance(venue, to_ns)

    def _advance(self, venue: VenueState, to_ns: AtNs) -> int:
        """Let the market happen; the place of the newest command: of what it did, if anything."""
        from_ns, changes = venue.cursor_ns, Changes(self._seq + 1)
        desk.advance(venue, to_ns, changes)
        if changes.events or changes.transfers:
            command = self._command(
                venue.venue_id, CommandKind.ADVANCE, "", None, {"to_ns": to_ns}, from_ns
            )
            self._work.journal(venue, command, Done(command.seq, venue.venue_id), changes)
        return self._seq

    def _run(
        self,
        venue: VenueState,
        kind: CommandKind,
        scope: str,
        key: str | None,
        body: dict[str, Any],
    ) -> Reply:
        command = self._command(venue.venue_id, kind, scope, key, body, venue.cursor_ns)
        reply, changes = desk.apply(venue, command)
        self._work.journal(venue, as_kept(command, reply), reply, changes)
        self._journaled += key is not None
        return reply

    def _command(
        self,
        venue_id: VenueId,
        kind: CommandKind,
        scope: str,
        key: str | None,
        body: dict[str, Any],
        cursor_ns: AtNs,
    ) -> Command:
        self._seq += 1
        return Command(
            self._seq, venue_id, scope, key, kind, body, self._clocks.wall_ns(), cursor_ns
        )

    def _commit(self) -> None:
        work = self._work
        if not work.changed:
            return
        new = ShardHead(self._head.epoch, self._seq, work.chain)
        self._store.commit(self._head, new, work.finish())
        self._head = new
        self._work = Work(new.chain)
        self._opened.clear()
        self.runtime.saved(venue for venue, _ in work.changed.values())
        for seq, event in work.events:
            if event.account_id is not None and event.number is not None:
                body = {"kind": event.kind, **event.body}
                notice = AccountNotice(event.account_id, event.number, seq, (body,))
                self._bus.publish(Channel.account(event.account_id), notice)
