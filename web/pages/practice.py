"""The landing page, the one-press start, practice markets and the shared floor."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from feeds.generator.calendar import FIRST_DAY
from feeds.generator.names import market_name
from feeds.generator.scenarios import Scenario, ScenarioKind
from matching.market import DataKind
from matching.orders import FillProfile
from matching.scope import Scope
from simtrade.desk.requests import FLOOR, JoinVenue, OpenPractice, Refusal, UserId
from simtrade.people.authorize import Action, authorize
from simtrade.venues.feeds import TapeView, is_blind
from simtrade.venues.names import NAME_MAX, tidy_venue_name, venue_name_fault
from simtrade.venues.views import VenueView
from web.feed_views import FEED_VIEWS
from web.forms import Typed, new_key, read_date
from web.i18n import N_, translate
from web.pages.common import (
    core_of,
    desk_path,
    language,
    own_accounts,
    pick,
    require_user,
    see_other,
    use_account,
)
from web.pages.desk import favourite
from web.pages.desk_view import Row
from web.pages.landing_replay import replay_of
from web.preferences import user_of
from web.render import render
from web.scenario_views import SCENARIO_VIEWS
from web.security.session import set_session
from web.sentences import sentence

SEEDS = 10**9
# The Friday before Lehman Brothers failed: the calm is one trading day from its end.
FIRST_SESSION = date(2008, 9, 12)
_SCOPES: Mapping[Scope, str] = {
    Scope.ACCOUNT: N_("Everyone meets the same market alone: nobody takes anything from you."),
    Scope.POOL: N_("All members share what the market shows: who comes first takes it."),
    Scope.EXCHANGE: N_(
        "All members share what the market shows, and trade with each other inside its quote."
    ),
}


_EMPTY = {"name": "", "tape": "", "blind": "", "told": ""}


async def landing(request: Request) -> Response:
    """``GET /``."""
    replay = replay_of(core_of(request), language(request))
    mine = any(not one.shared for one in own_accounts(request))
    return render(request, "landing.html", replay=replay, mine=mine)


def first_tape(request: Request) -> TapeView:
    """The tape a newcomer starts with: one that covers the first session, else any."""
    tapes = core_of(request).venues.tapes()
    if not tapes:
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE)
    fitting = (one for one in tapes if one.first_session <= FIRST_SESSION <= one.last_session)
    return next(fitting, tapes[0])


async def try_page(request: Request) -> Response:
    """``GET /try``: reached by reload or a typed address; the start is a form on the landing."""
    return see_other("/trade" if user_of(request) else "/")


async def start(request: Request) -> Response:
    """``POST /try``: a guest with a practice market of his own, on the desk, ready to buy."""
    core = core_of(request)
    mine = [one for one in own_accounts(request) if not one.shared]
    if mine:
        return see_other(desk_path(favourite(request, mine[-1]), mine[-1].account_id, tour=1))
    user = user_of(request)
    signed_in = None if user else core.people.create_guest(language(request))
    if signed_in:
        user = signed_in.user
        request.state.user = user
    assert user is not None
    response = await _open(
        request, user.user_id, first_tape(request).name, FIRST_SESSION, "start", tour=True
    )
    if signed_in:
        set_session(response, signed_in.token, core.settings)
    return response


async def _open(
    request: Request,
    user_id: UserId,
    tape: str,
    first_session: date,
    key: str,
    *,
    tour: bool = False,
    name: str = "",
) -> Response:
    """Open a practice market and go to its desk, or say why not.  The same form sent twice opens
    one; with another choice in it, it is another form."""
    choice = sha256(f"{first_session}:{tape}:{name}".encode()).hexdigest()[:16]
    key = f"{key}:{choice}"
    asked = OpenPractice(user_id, key, tape, first_session, FillProfile.STANDARD, name)
    reply = await core_of(request).gateway.submit(asked)
    if isinstance(reply, Refusal):
        return _refused(request, reply)
    own = pick(own_accounts(request), str(reply.account_id))
    more = {"tour": 1} if tour else {}
    response = see_other(desk_path(favourite(request, own), own.account_id, **more))
    use_account(request, response, own.account_id)
    return response


def _refused(request: Request, refusal: Refusal) -> Response:
    text = sentence(refusal.reason, refusal.numbers, language(request))
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "refused.html", status=status, text=text, back="/practice")


async def practice_page(request: Request) -> Response:
    """``GET /practice``: my markets, and where to start a new one."""
    require_user(request)
    return _practice_page(request, {}, {})


def _practice_page(
    request: Request, typed: Mapping[str, object], errors: dict[str, str]
) -> Response:
    """``typed`` is what stands in the form again."""
    core = core_of(request)
    mine = own_accounts(request)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    return render(
        request,
        "practice.html",
        status=status,
        tapes=core.venues.tapes(),
        mine=[
            (one, core.portfolio.summary(one.account_id), core.venues.clock(one.venue.venue_id))
            for one in reversed(mine)
        ],
        on_floor=any(one.venue.venue_id == FLOOR for one in mine),
        typed={"date": FIRST_SESSION.isoformat(), **_EMPTY, **typed},
        notable=[
            (one, core.venues.notable(one.name)) for one in core.venues.tapes() if one.hideable
        ],
        name_max=NAME_MAX,
        key=new_key(),
        views=FEED_VIEWS,
        is_blind=is_blind,
        scenarios=SCENARIO_VIEWS,
        errors={"date": "", "told": "", "name": "", **errors},
    )


async def open_practice(request: Request) -> Response:
    """``POST /practice``: a new private market from a tape, a day and how much is told of it."""
    user = require_user(request)
    if not authorize(user, Action.OPEN_PRACTICE, user.user_id):
        raise HTTPException(HTTPStatus.FORBIDDEN)
    form = dict(await request.form())
    picked, _, day_before = str(form.get("pick", "")).partition("/")
    if picked:
        form |= {"tape": picked, "date": day_before, "blind": ""}
    name = tidy_venue_name(str(form.get("name", "")))
    fault = venue_name_fault(name)
    if fault is not None:
        text = sentence(fault, {"max_letters": NAME_MAX}, language(request))
        return _practice_page(request, form, {"name": text})
    tape = next(
        (one for one in core_of(request).venues.tapes() if one.name == form.get("tape")), None
    )
    key = Typed.of(form).key
    if form.get("scenario") in set(ScenarioKind):
        kind = ScenarioKind(str(form["scenario"]))
        drawn = market_name(seed_of(key), Scenario(kind))
        name = name or translate(SCENARIO_VIEWS[kind].name, language(request))
        return await _open(request, user.user_id, drawn, FIRST_DAY, key, name=name)
    if tape is not None and tape.live:
        return await _open(request, user.user_id, tape.name, tape.first_session, key, name=name)
    if tape is not None and tape.hideable and form.get("blind"):
        hidden_name = tape.blind(seed_of(key))
        hidden = core_of(request).venues.hidden(hidden_name)
        assert hidden is not None
        return await _open(request, user.user_id, hidden_name, hidden.first_session, key, name=name)
    one_day = tape is not None and tape.first_session == tape.last_session
    day = tape.first_session if tape and one_day else read_date(form.get("date"))
    if tape is None or day is None or not tape.first_session <= day <= tape.last_session:
        text = translate("Choose a day inside the recording.", language(request))
        return _practice_page(request, form, {"date": text})
    told_name = _told_name(tape, str(form.get("told", "")))
    if told_name is None:
        text = translate("This recording cannot be told like that.", language(request))
        return _practice_page(request, form, {"told": text})
    return await _open(request, user.user_id, told_name, day, key, name=name)


def _told_name(tape: TapeView, kind: str) -> str | None:
    """The name of a tape told as somebody chose; nothing chosen: as it was recorded."""
    if not kind:
        return tape.name
    return tape.told(DataKind(kind)) if kind in tape.kinds else None


def seed_of(key: str) -> int:
    """What a form draws: the same form sent twice draws the same."""
    return int(sha256(f"draw:{key}".encode()).hexdigest(), 16) % SEEDS


async def reveal_page(request: Request) -> Response:
    """``GET /practice/reveal?account=``: what was behind a hidden market of one's own."""
    own = pick(own_accounts(request), request.query_params.get("account"))
    hidden = core_of(request).venues.hidden(own.venue.tape)
    if hidden is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    clock = core_of(request).venues.clock(own.venue.venue_id)
    now = clock.session or own.venue.first_session
    return render(
        request,
        "reveal.html",
        own=own,
        shares=hidden.shares,
        first=own.venue.first_session - hidden.shift,
        now=now - hidden.shift,
    )


async def floor_page(request: Request) -> Response:
    """``GET /floor``: what the shared market is, with its prices, open to everybody."""
    core = core_of(request)
    venue = core.venues.view(FLOOR)
    if venue is None or not authorize(user_of(request), Action.SEE_VENUE, None):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    mine = next((one for one in own_accounts(request) if one.venue.venue_id == FLOOR), None)
    return render(
        request,
        "floor.html",
        mine=mine,
        rows=_floor_rows(request, venue),
        venue=venue,
        scope=translate(_SCOPES[venue.scope], language(request)),
    )


def _floor_rows(request: Request, venue: VenueView) -> list[Row]:
    quotes = {one.instrument_id: one for one in core_of(request).venues.quotes(FLOOR)}
    spoken = language(request)
    return [Row(one, quotes.get(one.instrument_id), spoken) for one in venue.instruments]


async def join_floor(request: Request) -> Response:
    """``POST /floor``: an account on the shared floor, made once; visitors become guests."""
    core, user = core_of(request), user_of(request)
    signed_in = None if user else core.people.create_guest(language(request))
    if signed_in:
        user = signed_in.user
        request.state.user = user
    assert user is not None
    reply = await core.gateway.submit(JoinVenue(user.user_id, "floor", FLOOR))
    if isinstance(reply, Refusal):
        return _refused(request, reply)
    own = pick(own_accounts(request), str(reply.account_id))
    response = see_other(desk_path(favourite(request, own), own.account_id))
    use_account(request, response, own.account_id)
    if signed_in:
        set_session(response, signed_in.token, core.settings)
    return response
