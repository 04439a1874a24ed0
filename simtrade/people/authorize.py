"""Who may do what: one table, and what it does not name is forbidden."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from simtrade.desk.requests import UserId
from simtrade.people.model import STAFF, Role, User


class Action(StrEnum):
    """What a page or a program asks to do.  The owner of the object is given beside it."""

    SEE_SITE = "see_site"  # public pages: welcome, help, the market's own data
    SIGN_UP = "sign_up"
    LOG_IN = "log_in"
    LOG_OUT = "log_out"
    SET_PREFERENCES = "set_preferences"
    JOIN_VENUE = "join_venue"
    OPEN_PRACTICE = "open_practice"
    SEE_VENUE = "see_venue"  # owner None: a shared venue
    DRIVE_CLOCK = "drive_clock"
    SEE_ACCOUNT = "see_account"
    TRADE = "trade"  # place, change and cancel orders
    MANAGE_KEYS = "manage_keys"  # make and end keys with which programs use one's accounts
    ANSWER_QUIZ = "answer_quiz"  # owner None: not kept, for somebody without a session
    SEE_PEOPLE = "see_people"
    SEE_TAPES = "see_tapes"  # what the operator has recorded or imported, under which licence
    SEE_METRICS = "see_metrics"


@dataclass(frozen=True, slots=True)
class _Rule:
    """Roles that may act on their own object, on an object without owner, on anybody's."""

    own: frozenset[Role] = frozenset()
    shared: frozenset[Role] = frozenset()
    anybody: frozenset[Role] = frozenset()
    stranger: bool = False  # without a session, on an object without owner


_ALL = frozenset(Role)
_MEMBERS = _ALL - {Role.GUEST}
_OVERSEERS = frozenset({Role.COMPLIANCE, Role.ADMIN})

_TABLE: Mapping[Action, _Rule] = {
    Action.SEE_SITE: _Rule(shared=_ALL, stranger=True),
    Action.SIGN_UP: _Rule(shared=frozenset({Role.GUEST}), stranger=True),
    Action.LOG_IN: _Rule(shared=_ALL, stranger=True),
    Action.LOG_OUT: _Rule(own=_ALL),
    Action.SET_PREFERENCES: _Rule(own=_ALL),
    Action.JOIN_VENUE: _Rule(own=_ALL, shared=_ALL),
    Action.OPEN_PRACTICE: _Rule(own=_ALL, shared=_ALL),
    Action.SEE_VENUE: _Rule(own=_ALL, shared=_ALL, anybody=_OVERSEERS, stranger=True),
    Action.DRIVE_CLOCK: _Rule(own=_ALL),
    Action.SEE_ACCOUNT: _Rule(own=_ALL, anybody=_OVERSEERS),
    # Nobody trades or turns a clock for another person, whatever his role.
    Action.TRADE: _Rule(own=_ALL),
    # A guest's session dies with his browser, and nobody could end his keys then.
    Action.MANAGE_KEYS: _Rule(own=_MEMBERS),
    Action.ANSWER_QUIZ: _Rule(own=_ALL, stranger=True),
    Action.SEE_PEOPLE: _Rule(shared=_OVERSEERS),
    Action.SEE_TAPES: _Rule(shared=frozenset(STAFF)),
    Action.SEE_METRICS: _Rule(shared=frozenset({Role.ADMIN})),
}


def authorize(actor: User | None, action: Action, owner: UserId | None) -> bool:
    """Whether ``actor`` (None: no session) may do ``action`` to an object of ``owner``.

    ``owner`` None is an object that belongs to nobody: a shared venue, the site itself.
    """
    rule = _TABLE.get(action)
    if rule is None:
        return False
    if actor is None:
        return rule.stranger and owner is None
    if actor.role in rule.anybody:
        return True
    if owner is None:
        return actor.role in rule.shared
    return owner == actor.user_id and actor.role in rule.own
