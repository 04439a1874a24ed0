"""The few rules a screen must know before anything is asked: lots and when shares can be sold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from matching.board_rules import BoardRules
from matching.order_rules import PLAIN_KINDS
from matching.orders import OrderKind, TimeInForce

Kinds = Mapping[OrderKind, tuple[TimeInForce, ...]]


@dataclass(frozen=True, slots=True)
class TicketRules:
    """``lot`` is the step of a quantity, ``least`` the smallest of a buy, both in base units;
    ``settles_later``: what is bought today cannot be sold today; ``kinds`` are the orders the
    market takes, each with the times it may be valid; ``money``: also for an amount of money;
    ``short``: borrowed shares may be sold."""

    lot: int
    least: int
    settles_later: bool
    kinds: Kinds = field(default_factory=lambda: PLAIN_KINDS)
    money: bool = False
    short: bool = False


def ticket_rules(rules: BoardRules | None) -> TicketRules:
    """Of a session's rules; without any every order is refused, and a step of one does no harm."""
    if rules is None:
        return TicketRules(1, 1, settles_later=False)
    orders = rules.orders
    later = rules.buys_settle_sessions > 0
    short = rules.short is not None
    return TicketRules(rules.lot, rules.lots.min_qty, later, orders.kinds, orders.money, short)
