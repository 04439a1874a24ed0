"""What somebody can choose in the ticket: each style with the fields that belong to it.

A style is a kind of order with or without a trigger, or a pair.  Every field of the ticket is sent
whatever stands in it, so only the fields of the chosen style count; the others keep what was typed
for when somebody comes back to them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from matching.orders import OrderKind
from web.i18n import N_


class Style(NamedTuple):
    """``fields`` are those of the ticket it needs beside side, quantity and validity."""

    kind: OrderKind
    fields: tuple[str, ...]
    name: str
    hint: str


STYLES: Mapping[str, Style] = {
    "market": Style(
        OrderKind.MARKET, (), N_("Market"), N_("Fills at once at the best prices there are.")
    ),
    "limit": Style(
        OrderKind.LIMIT, ("price",), N_("Limit"), N_("Never at a worse price than yours; may wait.")
    ),
    "amount": Style(
        OrderKind.MARKET,
        ("amount",),
        N_("For an amount of money"),
        N_("A market order for as many shares as an amount of money pays for, before fees."),
    ),
    "stop": Style(
        OrderKind.MARKET,
        ("stop",),
        N_("Stop order"),
        N_("Waits for a trade at the stop price, then takes the market price, which may be worse."),
    ),
    "stop_limit": Style(
        OrderKind.LIMIT,
        ("stop", "price"),
        N_("Stop limit"),
        N_("Waits for the stop price, then is a limit order; in a jump it may not fill at all."),
    ),
    "trailing": Style(
        OrderKind.MARKET,
        ("trail",),
        N_("Trailing stop"),
        N_("A stop that follows the price at a distance and never goes back."),
    ),
    "pair": Style(
        OrderKind.LIMIT,
        ("price", "pair_stop"),
        N_("Pair: limit and stop"),
        N_("Two orders for the same shares: what one fills, the other loses."),
    ),
    "best_five": Style(
        OrderKind.BEST_FIVE,
        (),
        N_("Best five levels"),
        N_("Takes up to five price levels; the rest is cancelled, or waits at the last price."),
    ),
    "opposite_best": Style(
        OrderKind.OPPOSITE_BEST,
        (),
        N_("Best opposite price"),
        N_("A limit order at the best price of the other side."),
    ),
    "own_best": Style(
        OrderKind.OWN_BEST,
        (),
        N_("Best price of my side"),
        N_("A limit order that queues at the best price of your own side."),
    ),
    "enhanced_limit": Style(
        OrderKind.ENHANCED_LIMIT,
        ("price",),
        N_("Enhanced limit"),
        N_("Takes up to ten price levels as far as your limit; the rest waits there."),
    ),
    "special_limit": Style(
        OrderKind.SPECIAL_LIMIT,
        ("price",),
        N_("Special limit"),
        N_("Takes up to ten price levels as far as your limit; the rest is cancelled."),
    ),
    "fixed_price": Style(
        OrderKind.FIXED_PRICE,
        ("price",),
        N_("After hours at the close"),
        N_(
            "Trades when the day ends, at the closing price; void if your limit is worse than that."
        ),
    ),
}
FIRST = ("market", "limit")  # what a beginner sees; the others lie behind one more tap

# Fields that count only with a style, or a choice, that has them.
_EXITS = ("take_profit", "stop_loss", "stop_loss_limit", "stop_loss_trail")
_FIELDS = {
    "amount": ("amount",),
    "stop": ("stop",),
    "trail": ("trail",),
    "pair_stop": ("pair_stop", "pair_limit"),
}


def unused(style: str, *, exits: bool) -> tuple[str, ...]:
    """The fields that do not count with a style and without exits."""
    chosen = STYLES[style].fields
    blank = [name for needs, names in _FIELDS.items() if needs not in chosen for name in names]
    return (*blank, *(() if exits and style != "pair" else _EXITS))


def offered(kinds: Collection[OrderKind], *, money: bool) -> tuple[str, ...]:
    """The styles that a market with these kinds of order has, in the order they are shown;
    ``money``: it takes an amount of money in place of a quantity."""
    return tuple(
        code
        for code, style in STYLES.items()
        if style.kind in kinds and (money or "amount" not in style.fields)
    )
