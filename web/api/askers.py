"""Who asks ``/api/*``, and what he may see and do: a person signed in, or a program with a key.

A key opens one account in one market, whatever its person may beside it.  What an asker may not
see does not exist for him (404); what he sees but may not change is forbidden (403).
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request

from matching.orders import AccountId
from matching.reasons import Reason
from simtrade.desk.requests import Refusal, UserId, VenueId
from simtrade.people.api_keys import KeyScope
from simtrade.people.authorize import Action, authorize
from simtrade.people.model import User
from simtrade.portfolio.views import AccountRef
from simtrade.venues.views import VenueView
from web.api.refused import Refused
from web.broker.identity import Program
from web.broker.identity import core_of as core_of_programs
from web.pages.common import OwnAccount, account_title, core_of, language
from web.preferences import user_of
from web.problems import Fault

# What a key can be used for at all, and the scope it needs for it.
_OF_KEYS: Mapping[Action, KeyScope | None] = {
    Action.SEE_SITE: None,
    Action.SEE_VENUE: None,
    Action.SEE_ACCOUNT: None,
    Action.TRADE: KeyScope.TRADE,
    Action.DRIVE_CLOCK: KeyScope.CLOCK,
}
_LONGEST_ID = 16


def program_of(request: Request) -> Program | None:
    """The program that asks; None for a person."""
    found: Program | None = getattr(request.state, "program", None)
    return found


def denied(
    request: Request, action: Action, owner: UserId | None, venue_id: VenueId | None = None
) -> Fault | None:
    """Why the asker may not do this to an object of ``owner`` in ``venue_id``; None when he may."""
    user, program = user_of(request), program_of(request)
    if program is not None:
        foreign = owner not in (None, program.user.user_id)
        # What is open to everybody, a key's bearer sees as well without it.
        private = owner is not None
        elsewhere = private and venue_id not in (None, program.venue.venue_id)
        if action not in _OF_KEYS or foreign or elsewhere:
            return Fault.KEY_ONE_MARKET
        scope = _OF_KEYS[action]
        if scope is not None and scope not in program.key.scopes:
            return Fault.KEY_ONLY_READS
    if authorize(user, action, owner):
        return None
    return Fault.NOT_SIGNED_IN if user is None else Fault.NOT_ALLOWED


def require(
    request: Request, action: Action, owner: UserId | None, venue_id: VenueId | None = None
) -> None:
    """Raise Refused unless the asker may do this."""
    fault = denied(request, action, owner, venue_id)
    if fault is not None:
        raise Refused(fault)


def person_of(request: Request, action: Action) -> User:
    """The person who asks to do something of his own; no program may."""
    user = user_of(request)
    if user is None:
        raise Refused(Fault.NOT_SIGNED_IN)
    require(request, action, user.user_id)
    return user


def seen_venue(request: Request, name: str) -> VenueView | None:
    """A venue that the asker may see; others do not exist for him."""
    view = core_of(request).venues.view(VenueId(name))
    if view is None or denied(request, Action.SEE_VENUE, view.owner, view.venue_id):
        return None
    return view


def seen_account(request: Request, account_id: int) -> AccountRef | None:
    """An account that the asker may see; others do not exist for him."""
    account = core_of(request).portfolio.account(AccountId(account_id))
    if account is None or denied(request, Action.SEE_ACCOUNT, account.user_id, account.venue_id):
        return None
    return account


def venue_of_path(request: Request) -> VenueView:
    """The venue that the address names; 404 unless the asker may see it."""
    view = seen_venue(request, request.path_params["venue"])
    if view is None:
        raise Refused(Refusal(Reason.VENUE_UNKNOWN))
    return view


def account_of_path(request: Request) -> OwnAccount:
    """The account that the address names; 401 for a visitor, 404 unless the asker may see it."""
    if user_of(request) is None:
        raise Refused(Fault.NOT_SIGNED_IN)
    number = number_of(request.path_params["account"])
    account = None if number is None else seen_account(request, number)
    venue = core_of(request).venues.view(account.venue_id) if account else None
    if account is None or venue is None:
        raise Refused(Refusal(Reason.ACCOUNT_UNKNOWN))
    return OwnAccount(account, venue, account_title(account, venue, language(request)))


def trading_account_of_path(request: Request) -> OwnAccount:
    """The account that the address names, if the asker may also trade in it."""
    own = account_of_path(request)
    require(request, Action.TRADE, own.account.user_id, own.venue.venue_id)
    return own


def require_not_suspended(request: Request) -> None:
    """Raise Refused when a program asks and its account's settings suspend what programs order."""
    program = program_of(request)
    if program is not None:
        settings = core_of_programs(request).configurations.of(program.account.account_id)
        if settings.suspend_trade:
            raise Refused(Fault.PROGRAMS_SUSPENDED)


def accounts_of(request: Request) -> tuple[AccountRef, ...]:
    """The asker's own accounts, newest first; a program's one."""
    user, program = user_of(request), program_of(request)
    if program is not None:
        return (program.account,)
    return core_of(request).portfolio.accounts(user.user_id) if user else ()


def number_of(text: str) -> int | None:
    """An id of an address; None for what cannot be one."""
    known = text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID
    return int(text) if known else None
