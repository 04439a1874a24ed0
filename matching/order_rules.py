"""Which kinds of orders a market offers, for how long each may be valid, and who keeps stops."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from matching.orders import OrderKind, TimeInForce

_PLAIN_TIMES = tuple(TimeInForce)
# What a book offers that has no records about kinds of orders.
PLAIN_KINDS: Mapping[OrderKind, tuple[TimeInForce, ...]] = {
    OrderKind.MARKET: _PLAIN_TIMES,
    OrderKind.LIMIT: _PLAIN_TIMES,
}


@dataclass(frozen=True, slots=True)
class OrderRules:
    """``kinds``: what is offered, with the times it may be valid.  ``platform_stops``: the market
    knows no stop orders, the platform keeps them.  ``money``: orders may name an amount of money in
    place of a quantity."""

    kinds: Mapping[OrderKind, tuple[TimeInForce, ...]] = field(default_factory=lambda: PLAIN_KINDS)
    platform_stops: bool = False
    money: bool = False


def offered(records: Iterable[tuple[str, str]]) -> Mapping[OrderKind, tuple[TimeInForce, ...]]:
    """From (kind, times separated by blanks) in the order of the vocabulary; without times a kind
    is not offered any more.  ValueError for a word that does not exist."""
    found = {
        OrderKind(kind): [TimeInForce(one) for one in times.split()] for kind, times in records
    }
    if not found:
        return PLAIN_KINDS
    return {
        kind: tuple(force for force in TimeInForce if force in found[kind])
        for kind in OrderKind
        if found.get(kind)
    }
