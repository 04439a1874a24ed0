"""Plans: what is at work, what it did, and the way from a form over a trial to its work."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlencode

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from matching.instrument import Instrument
from simtrade.desk.requests import ArmPlan, PlanAction, Refusal, SteerPlan
from simtrade.plans.model import Plan, PlanId, PlanState, Terms
from simtrade.plans.trial import SESSIONS, Trial
from web.forms import Typed, new_key
from web.pages.common import (
    OwnAccount,
    core_of,
    current_account,
    language,
    order_id_of,
    own_accounts,
    require_user,
    see_other,
    trading_account,
    use_account,
)
from web.pages.desk_view import board_rules, source_words
from web.pages.plan_forms import CONDITION_ROWS, KINDS, LINE_ROWS, PlanForm
from web.pages.plan_words import CONDITION_CHOICES, PlanWords
from web.render import render
from web.sentences import sentence

_NOT_KEPT = ("csrf", "key", "account", "sessions")


def _own(request: Request) -> OwnAccount:
    require_user(request)
    own = current_account(request)
    if own is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return own


def _kind(text: object) -> str:
    if text not in KINDS:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return str(text)


async def plans_page(request: Request) -> Response:
    """``GET /plans``: every plan of the account, and the kinds to choose from."""
    require_user(request)
    own = current_account(request)
    if own is None:
        return see_other("/practice")
    found = core_of(request).plans.plans(own.account_id)
    response = render(
        request,
        "plans.html",
        account=own,
        accounts=own_accounts(request),
        living=[one for one in found if one.state.lives],
        past=[one for one in found if not one.state.lives],
        words=PlanWords(own, language(request)),
        zone=own.venue.traits.time_zone,
        kinds=KINDS,
        symbol=request.query_params.get("symbol", ""),
    )
    use_account(request, response, own.account_id)
    return response


async def plan_page(request: Request) -> Response:
    """``GET /plans/{plan_id}``: what it does, how far it has come, every step with its receipt."""
    own = _own(request)
    plan = _plan(request, own, request.path_params["plan_id"])
    return _plan_page(request, own, plan)


def _plan(request: Request, own: OwnAccount, named: object) -> Plan:
    plan = core_of(request).plans.plan(own.account_id, PlanId(order_id_of(named)))
    if plan is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return plan


def _plan_page(
    request: Request, own: OwnAccount, plan: Plan, note: str = "", status: int = HTTPStatus.OK
) -> Response:
    core = core_of(request)
    tracked = {one.order_id for one in plan.progress.orders}
    opened = core.portfolio.orders(own.account_id, open_only=True) if tracked else ()
    return render(
        request,
        "plan.html",
        status=status,
        account=own,
        plan=plan,
        steps=core.plans.steps(plan.plan_id),
        outcome=core.plans.outcome(own.account_id, plan),
        opened=[order for order in opened if order.order_id in tracked],
        words=PlanWords(own, language(request)),
        zone=own.venue.traits.time_zone,
        currency=own.currency,
        armed=plan.state is PlanState.ARMED,
        note=note,
    )


async def new_page(request: Request) -> Response:
    """``GET /plans/new/{kind}``: its form; ``?symbol=`` and any field fill it in."""
    own, kind = _own(request), _kind(request.path_params["kind"])
    form = PlanForm.of(kind, own, dict(request.query_params), language(request))
    return _form_page(request, form)


def _form_page(request: Request, form: PlanForm) -> Response:
    own, words = form.own, PlanWords(form.own, form.language)
    instrument = _chosen(form)
    quote = core_of(request).venues.quote(own.venue.venue_id, instrument.instrument_id)
    session = core_of(request).venues.clock(own.venue.venue_id).session
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(
        request,
        "plan_form.html",
        status=status,
        account=own,
        form=form,
        kind=form.kind,
        instruments=_priced(request, own),
        chosen=instrument,
        last_ticks=quote.last_ticks if quote else None,
        lot=board_rules(request, own, instrument).lot,
        today="" if session is None else session.isoformat(),
        words=words,
        condition_options=[(code, words.choice(code)) for code in CONDITION_CHOICES],
        trial_options=[(str(count), words.sessions(count)) for count in SESSIONS],
        condition_rows=range(1, CONDITION_ROWS + 1),
        line_rows=range(1, LINE_ROWS + 1),
    )


def _priced(request: Request, own: OwnAccount) -> list[Instrument]:
    """What has a price: a share that is not listed yet cannot be traded by a plan either."""
    quotes = core_of(request).venues.quotes(own.venue.venue_id)
    known = {one.instrument_id for one in quotes}
    found = [one for one in own.venue.instruments if one.instrument_id in known]
    return found or list(own.venue.instruments)


def _chosen(form: PlanForm) -> Instrument:
    named = form.own.instrument(form.text("instrument")) or form.own.by_symbol(form.text("symbol"))
    return named or form.own.venue.instruments[0]


async def try_plan(request: Request) -> Response:
    """``POST /plans/try``: what the typed plan would have done; the form again when it is wrong."""
    form, fields = await _posted(request)
    terms = form.terms()
    refused = core_of(request).plans.check(form.own.account_id, terms) if terms else None
    if refused is not None:
        form.refuse(refused)
    if terms is None or form.errors:
        return _form_page(request, form)
    chosen = fields.get("sessions", "")
    sessions = next((one for one in SESSIONS if str(one) == chosen), SESSIONS[0])
    plans = core_of(request).plans
    trial = await to_thread.run_sync(plans.try_out, form.own.account_id, terms, sessions)
    if isinstance(trial, Refusal):
        form.refuse(trial)
        return _form_page(request, form)
    return _trial_page(request, form, terms, trial, sessions)


async def _posted(request: Request) -> tuple[PlanForm, Mapping[str, object]]:
    fields = dict(await request.form())
    own = trading_account(request, fields)
    return PlanForm.of(_kind(fields.get("kind")), own, fields, language(request)), fields


def _trial_page(
    request: Request, form: PlanForm, terms: Terms, trial: Trial, sessions: int
) -> Response:
    own, spoken = form.own, language(request)
    kept = [(name, text) for name, text in form.typed.items() if name not in _NOT_KEPT]
    query = urlencode({"account": own.account_id, **dict(kept)})
    refusal = trial.refusal
    return render(
        request,
        "plan_trial.html",
        account=own,
        kind=form.kind,
        terms=terms,
        trial=trial,
        sessions=SESSIONS,
        chosen=sessions,
        kept=kept,
        back=f"/plans/new/{form.kind}?{query}",
        key=new_key(),
        words=PlanWords(own, spoken),
        source=source_words(own.venue, spoken),
        refusal="" if refusal is None else sentence(refusal.reason, {}, spoken),
        currency=own.currency,
        zone=own.venue.traits.time_zone,
    )


async def arm(request: Request) -> Response:
    """``POST /plans``: set the typed plan to work."""
    form, fields = await _posted(request)
    terms = form.terms()
    if terms is None:
        return _form_page(request, form)
    key = Typed.of(fields).key
    reply = await core_of(request).gateway.submit(ArmPlan(form.own.account_id, key, terms))
    if isinstance(reply, Refusal):
        form.refuse(reply)
        return _form_page(request, form)
    return see_other(f"/plans/{reply.plan_id}?account={form.own.account_id}")


async def steer(request: Request) -> Response:
    """``POST /plans/{plan_id}/{action}``: pause, resume or stop."""
    fields = dict(await request.form())
    own = trading_account(request, fields)
    plan = _plan(request, own, request.path_params["plan_id"])
    action = request.path_params["action"]
    if action not in list(PlanAction):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    key = Typed.of(fields).key
    asked = SteerPlan(own.account_id, key, plan.plan_id, PlanAction(action))
    reply = await core_of(request).gateway.submit(asked)
    if isinstance(reply, Refusal):
        note = sentence(reply.reason, reply.numbers, language(request))
        return _plan_page(request, own, plan, note, HTTPStatus.UNPROCESSABLE_ENTITY)
    return see_other(f"/plans/{plan.plan_id}?account={own.account_id}")
