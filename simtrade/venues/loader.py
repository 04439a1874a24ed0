"""Venues come into memory here: new ones from a command, old ones from their rows."""

from __future__ import annotations

from datetime import date
from typing import Any

from feeds.feed import Feed
from matching.exchange import Exchange
from matching.instrument import InstrumentId
from matching.market import Band
from matching.orders import AccountId, Side
from matching.scope import Scope
from matching.units import CURRENCIES, AtNs
from simtrade.desk.ledger import Asset, Holder, holder_of
from simtrade.desk.requests import UserId, VenueId
from simtrade.desk.state import VenueState
from simtrade.store.engine_rows import (
    BAR_SIDE,
    PAIR_SIDE,
    account_of,
    balance_of,
    entitlement_of,
    order_of,
    position_of,
)
from simtrade.store.engine_store import VenueRows
from simtrade.store.plan_rows import plan_of
from simtrade.venues.feeds import Feeds
from simtrade.venues.rules import rule_books


def new_venue(venue_id: VenueId, body: dict[str, Any], feeds: Feeds) -> VenueState:
    """The state at the beginning, from the body of a ``venue`` command."""
    feed = feeds.feed(body["tape"])
    owner = body["owner"]
    state = VenueState(
        venue_id=venue_id,
        owner=None if owner is None else UserId(owner),
        tape=body["tape"],
        first_session=date.fromisoformat(body["first_session"]),
        start_ns=AtNs(body["start_ns"]),
        cursor_ns=AtNs(body["start_ns"]),
        running=body["running"],
        speed=body["speed"],
        start_minor=body["start_minor"],
        currency=CURRENCIES[body["currency"]],
        feed=feed,
        exchange=_exchange(feed, Scope(body.get("scope", Scope.ACCOUNT))),
        name=body.get("name", ""),
    )
    _warm(state, pauses=True)
    return state


def load_venue(
    rows: VenueRows, feeds: Feeds, at_ns: AtNs | None = None, *, pauses: bool = True
) -> VenueState:
    """The state at the stored cursor; with ``at_ns`` a copy to look at, its street as of then.

    Without ``pauses`` it does not know whether prices have paused an instrument: that takes the
    whole session so far, too much for every letter that is typed into a ticket.
    """
    row = rows.venue
    feed = feeds.feed(row.tape)
    state = VenueState(
        venue_id=VenueId(row.venue_id),
        owner=None if row.owner is None else UserId(row.owner),
        tape=row.tape,
        first_session=date.fromisoformat(row.first_session),
        start_ns=AtNs(row.start_ns),
        cursor_ns=AtNs(row.cursor_ns if at_ns is None else at_ns),
        running=bool(row.running),
        speed=row.speed,
        start_minor=row.start_minor,
        currency=CURRENCIES[row.currency],
        feed=feed,
        exchange=_exchange(feed, Scope(row.scope)),
        name=row.name,
    )
    _warm(state, pauses=pauses)
    for one in rows.accounts:
        account = account_of(one)
        state.accounts[account.account_id] = account
        if account.margin:
            state.ledger.let_borrow(holder_of(account.account_id), allowed=True)
    for one in rows.positions:
        position = position_of(one)
        state.positions[position.account_id, position.instrument_id] = position
    for one in rows.entitlements:
        entitlement = entitlement_of(one)
        state.entitlements[entitlement.key] = entitlement
    for one in rows.balances:
        state.ledger.balances[Holder(one.holder), Asset(one.asset)] = balance_of(one)
    for one in rows.open_orders:
        record = order_of(one)
        state.add(record)
        state.exchange.restore(record.working)
    for one in rows.plans:
        plan = plan_of(one)
        state.plans[plan.plan_id] = plan
    _restore_taken(state, rows)
    return state


def _exchange(feed: Feed, scope: Scope) -> Exchange:
    books = rule_books(feed.instruments)
    traits = feed.traits
    return Exchange(feed.instruments, books, traits.kind, scope, complete=traits.complete)


def _warm(state: VenueState, *, pauses: bool) -> None:
    """Bring the street to the cursor.  With the display of a depth feed comes no price: the last
    print may be older."""
    exchange = state.exchange
    for event in state.feed.warm(state.cursor_ns):
        exchange.see(event)
    if pauses and exchange.opened_ns is not None and exchange.orders_pauses:
        before_ns = AtNs(exchange.opened_ns - 1)
        for event in state.feed.events(before_ns, state.cursor_ns, _everything):
            exchange.see_pauses(event)
    for instrument_id, listing in state.exchange.listings.items():
        if state.exchange.shows_depth and listing.listed:
            last = state.feed.last(instrument_id, state.cursor_ns)
            listing.street.last_ticks = last.last_ticks if last else None


def _everything(_instrument_id: InstrumentId) -> Band:
    return Band(None, None, awake=True)


def _restore_taken(state: VenueState, rows: VenueRows) -> None:
    for row in rows.taken:
        listing = state.exchange.listings[InstrumentId(row.instrument_id)]
        account_id = AccountId(row.account_id)
        if row.side == BAR_SIDE:
            listing.bar_used_start_ns = AtNs(row.price_ticks)
            listing.bar_used[account_id] = row.milli
        elif row.side == PAIR_SIDE:
            listing.pairs[account_id, AccountId(row.price_ticks)] = row.milli
        else:
            listing.consumed.put(
                account_id, Side(row.side), row.price_ticks, row.milli, AtNs(row.at_ns)
            )
