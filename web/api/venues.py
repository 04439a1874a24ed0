"""``/api/venues`` and ``/api/tapes``: markets, their clocks, and what new ones can be made of."""

from __future__ import annotations

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from matching.orders import AccountId, FillProfile, OrderId
from matching.reasons import Reason
from matching.units import NS_PER_SECOND
from simtrade.desk.requests import (
    FLOOR,
    SPEEDS,
    BranchPractice,
    ClockAction,
    ClockRequest,
    OpenPractice,
    Refusal,
    VenueId,
)
from simtrade.people.authorize import Action
from simtrade.portfolio.views import AccountRef
from simtrade.venues.feeds import TapeView, is_blind
from simtrade.venues.names import NAME_MAX, tidy_venue_name
from simtrade.venues.views import ClockView, VenueView
from web import formats
from web.api import shapes
from web.api.askers import (
    accounts_of,
    denied,
    person_of,
    require,
    seen_venue,
    venue_of_path,
)
from web.api.bodies import body_of, carried_out, idempotency_key, query_of
from web.api.paging import Page, cut
from web.api.refused import Refused
from web.api.replies import done_reply, json_reply
from web.broker import wire
from web.forms import read_date
from web.pages.common import account_title, core_of, language
from web.pages.practice import seed_of
from web.preferences import user_of
from web.problems import Fault

VenueName = Annotated[str, Meta(max_length=NAME_MAX)]


class NewVenue(msgspec.Struct, forbid_unknown_fields=True):
    """A practice market: ``tape`` as ``GET /api/tapes`` names it, ``first_session`` a day inside it
    (its first one when left out).  ``hidden``: without names, days and price levels; it then begins
    where chance puts it."""

    tape: shapes.Name
    first_session: date | None = None
    profile: FillProfile = FillProfile.STANDARD
    name: VenueName = ""
    hidden: bool = False


class ClockWish(msgspec.Struct, forbid_unknown_fields=True):
    """``speed`` belongs to the action ``speed``, ``to`` to ``seek``: a day (its first moment in the
    market) or an RFC 3339 moment.  Time only moves forward."""

    action: ClockAction
    speed: Annotated[int, Meta(ge=1, le=max(SPEEDS))] | None = None
    to: Annotated[str, Meta(max_length=40)] | None = None


class BranchWish(msgspec.Struct, forbid_unknown_fields=True):
    """The same past up to now, or up to just before the order ``before_order``."""

    before_order: shapes.Id | None = None
    name: VenueName = ""


# What is shown


def venue_value(request: Request, view: VenueView, account: AccountRef | None) -> shapes.Venue:
    hidden, traits = is_blind(view.tape), view.traits
    title = view.name or view.venue_id
    if account is not None:
        title = account_title(account, view, language(request))
    return shapes.Venue(
        id=view.venue_id,
        title=title,
        shared=view.owner is None,
        account=account.account_id if account else None,
        tape=None if hidden else view.tape,
        hidden=hidden,
        first_session=view.first_session,
        starts_at=wire.moment(view.start_ns),
        ends_at=wire.moment_or_none(view.end_ns),
        data=traits.kind.value,
        scope=view.scope.value,
        reconstructed=traits.reconstructed,
        synthetic=traits.synthetic,
        live=traits.live,
        time_zone=traits.time_zone,
        source=traits.source,
    )


def clock_value(now: ClockView) -> shapes.Clock:
    return shapes.Clock(
        at=wire.moment(now.at_ns),
        session=now.session,
        phase=now.phase.value,
        phase_ends_at=wire.moment_or_none(now.phase_ends_ns),
        running=now.running,
        speed=now.speed,
        ended=now.ended,
    )


async def venues(request: Request) -> Response:
    """The floor and the asker's own markets, those he joined last first; a key's one market."""
    page, core = query_of(request, Page), core_of(request)
    found: list[tuple[int, VenueView, AccountRef | None]] = []
    for account in accounts_of(request):
        view = core.venues.view(account.venue_id)
        if (
            view is not None
            and denied(request, Action.SEE_VENUE, view.owner, view.venue_id) is None
        ):
            found.append((account.account_id, view, account))
    floor = seen_venue(request, FLOOR)
    if floor is not None and all(one.venue_id != FLOOR for _, one, _ in found):
        found.append((0, floor, None))
    kept, after = cut(found, page, lambda one: one[0])
    items = [venue_value(request, view, account) for _, view, account in kept]
    return json_reply(request, shapes.VenueList(items, after))


async def venue(request: Request) -> Response:
    """One market and its clock as it stands."""
    view = venue_of_path(request)
    mine = _own_account(request, view.venue_id)
    now = core_of(request).venues.clock(view.venue_id)
    value = shapes.VenueNow(venue_value(request, view, mine), clock_value(now))
    return json_reply(request, value)


def _own_account(request: Request, venue_id: VenueId) -> AccountRef | None:
    return next((one for one in accounts_of(request) if one.venue_id == venue_id), None)


async def tapes(request: Request) -> Response:
    """Recordings that a practice market can be made of, by name."""
    page = query_of(request, Page)
    person_of(request, Action.OPEN_PRACTICE)
    every = sorted(core_of(request).venues.tapes(), key=lambda one: one.name)
    kept, after = cut(every, page, lambda one: one.name, newest_first=False)
    return json_reply(request, shapes.TapeList([_tape_value(one) for one in kept], after))


def _tape_value(tape: TapeView) -> shapes.Tape:
    return shapes.Tape(
        name=tape.name,
        title=tape.title,
        first_session=tape.first_session,
        last_session=tape.last_session,
        live=tape.live,
        can_be_hidden=tape.hideable,
        told_as=_told_as(tape),
    )


def _told_as(tape: TapeView) -> dict[str, str]:
    return {kind.value: tape.told(kind) for kind in tape.kinds}


# What is asked of the desk


async def open_venue(request: Request) -> Response:
    """A practice market with an account in it, its clock running."""
    person = person_of(request, Action.OPEN_PRACTICE)
    key = idempotency_key(request)
    wish = body_of(request, NewVenue)
    tape, first_session = _chosen_tape(request, wish, key)
    name = tidy_venue_name(wish.name)
    asked = OpenPractice(person.user_id, key, tape, first_session, wish.profile, name)
    return done_reply(await carried_out(request, asked), HTTPStatus.CREATED)


def _chosen_tape(request: Request, wish: NewVenue, key: str) -> tuple[str, date]:
    """The name of the tape as the desk knows it and the day on which to begin."""
    venues = core_of(request).venues
    every = venues.tapes()
    tape = next((one for one in every if wish.tape in (one.name, *_told_as(one).values())), None)
    if tape is None:
        raise Refused(Refusal(Reason.TAPE_UNKNOWN))
    if wish.hidden:
        if not tape.hideable:
            raise Refused(Fault.BAD_FIELDS, field="hidden")
        name = tape.blind(seed_of(key))
        hidden = venues.hidden(name)
        assert hidden is not None
        return name, hidden.first_session
    first = wish.first_session or tape.first_session
    if not tape.live and not tape.first_session <= first <= tape.last_session:
        raise Refused(Refusal(Reason.SEEK_OUTSIDE_TAPE), field="first_session")
    return wish.tape, first


async def turn_clock(request: Request) -> Response:
    """Play, pause, step, seek, or another speed."""
    view = venue_of_path(request)
    require(request, Action.DRIVE_CLOCK, view.owner, view.venue_id)
    user = user_of(request)
    assert user is not None
    key = idempotency_key(request)
    wish = body_of(request, ClockWish)
    number = _clock_number(wish, view.traits.time_zone)
    asked = ClockRequest(user.user_id, key, view.venue_id, wish.action, number)
    return done_reply(await carried_out(request, asked))


def _clock_number(wish: ClockWish, time_zone: str) -> int:
    needed: dict[ClockAction, Literal["speed", "to"]] = {
        ClockAction.SPEED: "speed",
        ClockAction.SEEK: "to",
    }
    for name in ("speed", "to"):
        if (needed.get(wish.action) == name) == (getattr(wish, name) is None):
            raise Refused(Fault.BAD_FIELDS, field=name)
    if wish.to is None:
        return wish.speed or 0
    moment = _moment(wish.to, time_zone)
    if moment is None:
        raise Refused(Fault.BAD_FIELDS, field="to")
    if moment < 0:
        raise Refused(Refusal(Reason.SEEK_OUTSIDE_TAPE), field="to")
    return moment


def _moment(text: str, time_zone: str) -> int | None:
    """Nanoseconds UTC of a day in the market or of a moment with an offset."""
    try:
        day = read_date(text)
        if day is not None:
            return formats.midnight_ns(day, time_zone)
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            return None
        return int(at.replace(microsecond=0).timestamp()) * NS_PER_SECOND + at.microsecond * 1_000
    except (ValueError, OverflowError):
        return None


async def branch(request: Request) -> Response:
    """A second practice market with the same past; its clock stands."""
    person = person_of(request, Action.OPEN_PRACTICE)
    view = venue_of_path(request)
    account = _own_account(request, view.venue_id)
    if account is None:
        raise Refused(Refusal(Reason.ACCOUNT_UNKNOWN))
    key = idempotency_key(request)
    wish = body_of(request, BranchWish)
    before = OrderId(wish.before_order or 0)
    if before:
        _known_order(request, account.account_id, before)
    name = tidy_venue_name(wish.name)
    asked = BranchPractice(person.user_id, key, account.account_id, before, name)
    return done_reply(await carried_out(request, asked), HTTPStatus.CREATED)


def _known_order(request: Request, account_id: AccountId, order_id: OrderId) -> None:
    if core_of(request).portfolio.order(account_id, order_id) is None:
        raise Refused(Refusal(Reason.ORDER_UNKNOWN), field="before_order")
