"""``/v2/account``: what the key's account holds and may spend."""

from __future__ import annotations

from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from matching.units import decimal_text
from simtrade.portfolio.margin import MarginView
from simtrade.portfolio.views import PortfolioView
from web.broker import wire
from web.broker.identity import Program, client_of, core_of
from web.broker.replies import tagged
from web.broker.services import CoreOfPrograms

_LOOK_DAYS = timedelta(days=30)


async def account(request: Request) -> Response:
    """``GET /v2/account``."""
    program, core = client_of(request), core_of(request)
    account_id = program.account.account_id
    view, margin = core.portfolio.summary(account_id), core.portfolio.margin(account_id)
    if margin is not None and not margin.on and not margin.in_debt:
        margin = None
    settings = core.configurations.of(account_id)
    value = {
        **_identity(program, view),
        **_worth(view),
        **_power(view, margin),
        "trade_suspended_by_user": settings.suspend_trade,
        "shorting_enabled": margin is not None and margin.on and not settings.no_shorting,
        "balance_asof": _balance_day(core, program, view).isoformat(),
        "venue": program.venue.venue_id,
        "seq": view.seq,
        "bot": core.keys.is_bot(program.user.user_id, program.venue.venue_id),
    }
    return tagged(request, value)


def account_number(program: Program) -> str:
    return f"SIM{program.account.account_id:09d}"


def _identity(program: Program, view: PortfolioView) -> dict[str, object]:
    return {
        "id": wire.account_uuid(view.account.account_id),
        "account_number": account_number(program),
        "status": "ACTIVE",
        "crypto_status": "INACTIVE",
        "currency": view.account.currency.code,
        "created_at": wire.moment(view.account.opened_at_ns),
        "trading_blocked": False,
        "transfers_blocked": False,
        "account_blocked": False,
        "pattern_day_trader": False,
        "daytrade_count": 0,
    }


def _worth(view: PortfolioView) -> dict[str, object]:
    """equity = cash + long_market_value + short_market_value.  Dividends before their day and open
    rights (``receivable``) are part of what is held."""
    currency = view.account.currency
    values = [one.value_minor for one in view.positions]
    figures = {
        "cash": view.cash_minor + view.hold_minor - view.loan_minor,
        "long_market_value": sum(one for one in values if one > 0) + view.receivable_minor,
        "short_market_value": sum(one for one in values if one < 0),
        "equity": view.equity_minor,
        "portfolio_value": view.equity_minor,
        "last_equity": view.equity_minor - view.day_profit_minor,
        "receivable": view.receivable_minor,
        "accrued_fees": 0,
        "pending_transfer_in": 0,
        "pending_transfer_out": 0,
    }
    return {name: wire.money(currency, minor) for name, minor in figures.items()}


def _power(view: PortfolioView, margin: MarginView | None) -> dict[str, object]:
    """One number: what may be spent, with what would be lent where the account may borrow."""
    free, own, power, kept = view.cash_minor, view.cash_minor, view.cash_minor, 0
    initial, multiplier = 0, "1"
    if margin is not None:
        free, kept = margin.free_minor, margin.needed_minor
        own = max(0, view.cash_minor - margin.proceeds_minor)
        power = margin.buying_power_minor if margin.on else own
        initial, multiplier = max(0, margin.equity_minor - free), _multiplier(margin)
    figures = {
        "buying_power": power,
        "regt_buying_power": power,
        "daytrading_buying_power": power,
        "non_marginable_buying_power": own,
        "options_buying_power": 0,
        "initial_margin": initial,
        "maintenance_margin": kept,
        "last_maintenance_margin": kept,
        "sma": 0,
    }
    currency = view.account.currency
    return {
        "multiplier": multiplier,
        **{name: wire.money(currency, minor) for name, minor in figures.items()},
    }


def _multiplier(margin: MarginView) -> str:
    """How many times its own cash an account without holdings could buy for, cut to hundredths."""
    rules = margin.rules
    lent = rules.collateral_permille * 100 // max(1, rules.finance_permille)
    text = decimal_text(100 + lent, 2).rstrip("0").rstrip(".")
    return text if margin.on else "1"


def _balance_day(core: CoreOfPrograms, program: Program, view: PortfolioView) -> date:
    """The session of ``last_equity``: the one before the newest that has begun, or the day on which
    the account was opened if that was later."""
    zone = program.venue.traits.time_zone
    today = wire.local_day(view.at_ns, zone)
    opened = wire.local_day(view.account.opened_at_ns, zone)
    found = core.venues.trading_days(program.venue.venue_id, today - _LOOK_DAYS, today)
    begun = [one.day for one in found if one.times.opens_ns <= view.at_ns]
    return max(begun[-2], opened) if len(begun) > 1 else opened


ROUTES: list[BaseRoute] = [Route("/v2/account", account)]
