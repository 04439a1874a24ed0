"""The few rules a screen must know before anything is asked: lots and when shares can be sold."""

from __future__ import annotations

from dataclasses import dataclass

from matching.board_rules import BoardRules


@dataclass(frozen=True, slots=True)
class TicketRules:
    """``lot`` is the step of a quantity, ``least`` the smallest of a buy, both in base units;
    ``settles_later``: what is bought today cannot be sold today."""

    lot: int
    least: int
    settles_later: bool


def ticket_rules(rules: BoardRules | None) -> TicketRules:
    """Of a session's rules; without any every order is refused, and a step of one does no harm."""
    if rules is None:
        return TicketRules(1, 1, settles_later=False)
    return TicketRules(rules.lot, rules.lots.min_qty, rules.buys_settle_sessions > 0)
