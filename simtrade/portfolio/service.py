"""What an account holds, earned and paid, and what an order would cost: from committed rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec

from feeds.feed import LastPrice
from matching.instrument import Instrument, InstrumentId
from matching.market import DataKind
from matching.orders import AccountId, FillProfile, OrderId, Side
from matching.rulebook import RulesUnknownError
from matching.scope import Scope
from matching.units import CURRENCIES, AtNs
from simtrade.desk.requests import PlaceRequest, Refusal, UserId, VenueId
from simtrade.portfolio.corporate import (
    ACTIVITY_KINDS,
    CHARGES,
    ActivityView,
    Bodies,
    ComingView,
    RightView,
    coming,
    day_profit,
    decoded,
    flows_of,
    right_value,
    rights,
)
from simtrade.portfolio.equity import Flow, equity_curve
from simtrade.portfolio.margin import MarginView, margin_view, net
from simtrade.portfolio.order_views import order_view
from simtrade.portfolio.preview import max_qty, preview
from simtrade.portfolio.views import (
    AccountNotice,
    AccountRef,
    EquityCurve,
    FeeItem,
    FillView,
    OrderView,
    PortfolioView,
    PositionView,
    Preview,
)
from simtrade.store.engine_reads import AccountRows, EngineReads
from simtrade.store.engine_store import EngineStore
from simtrade.venues.feeds import NS_PER_DAY, Feeds, session_of
from simtrade.venues.loader import load_venue
from simtrade.venues.rules import market_book
from simtrade.venues.service import Venues
from simtrade.venues.snapshot import Snapshot

RESUME_EVENTS_MAX = 5_000
EVENTS_MAX = 10_000


class Portfolio:
    """Reads of accounts.  LookupError for an account that does not exist."""

    def __init__(
        self, reads: EngineReads, store: EngineStore, venues: Venues, feeds: Feeds
    ) -> None:
        self._reads = reads
        self._store = store
        self._venues = venues
        self._feeds = feeds

    def accounts(self, user_id: UserId) -> tuple[AccountRef, ...]:
        """The user's accounts, newest first."""
        return tuple(_account_ref(row) for row in self._reads.accounts_of(user_id))

    def account(self, account_id: AccountId) -> AccountRef | None:
        row = self._reads.account(account_id)
        return None if row is None else _account_ref(row)

    def summary(self, account_id: AccountId) -> PortfolioView:
        rows = self._rows(account_id)
        shown = self._venues.snapshot(VenueId(rows.venue.venue_id))
        today = self._fills_today(rows, shown)
        bodies = self._actions_today(rows, shown)
        positions, rights_minor = self._positions(rows, shown, today, bodies)
        fees_today = sum(sum(msgspec.json.decode(row.fees).values()) for row in today)
        fees_today += sum(body["amount_minor"] for kind, body in bodies if kind in CHARGES)
        cash = rows.balances[rows.account.currency]
        hold = cash.debits_pending
        available = cash.credits_posted - cash.debits_posted - hold
        value = sum(one.value_minor for one in positions)
        receivable = rights_minor + net(rows.receivables.get(rows.account.currency))
        loan = -net(rows.lent.get(rows.account.currency))
        equity = available + hold + receivable + value - loan
        return PortfolioView(
            account=_account_ref(rows.account),
            seq=rows.seq,
            at_ns=shown.clock.at_ns,
            cash_minor=available,
            hold_minor=hold,
            receivable_minor=receivable,
            equity_minor=equity,
            start_minor=rows.account.start_minor,
            realised_minor=sum(row.realised_minor for row in rows.positions.values()),
            unrealised_minor=sum(one.profit_minor for one in positions) + rights_minor,
            fees_minor=rows.account.fees_minor,
            spread_half_minor=rows.account.spread_half_minor,
            day_profit_minor=sum(one.day_profit_minor for one in positions) - fees_today,
            twin_minor=rows.account.start_minor,
            positions=tuple(one for one in positions if one.qty),
            loan_minor=loan,
        )

    def held_qty(self, account_id: AccountId, instrument_id: InstrumentId) -> int:
        """How much the account owns of an instrument; negative: owes."""
        rows = self._rows(account_id)
        kinds = (rows.balances, rows.receivables, rows.lent)
        return sum(net(one.get(instrument_id)) for one in kinds)

    def margin(self, account_id: AccountId) -> MarginView | None:
        """What the account may borrow and owes; None where the market lends nothing."""
        rows = self._rows(account_id)
        shown = self._venues.snapshot(VenueId(rows.venue.venue_id))
        feed = self._feeds.feed(rows.venue.tape)
        return margin_view(rows, self._instruments(rows), feed, shown)

    def orders(
        self,
        account_id: AccountId,
        *,
        open_only: bool,
        limit: int = 200,
        after: OrderId | None = None,
    ) -> tuple[OrderView, ...]:
        """Newest first, those that follow the order ``after``."""
        rows = self._rows(account_id)
        instruments = self._instruments(rows)
        found = self._reads.orders(account_id, open_only=open_only, limit=limit, after=after)
        shown = self._venues.snapshot(VenueId(rows.venue.venue_id))
        on_platform = self._platform_stops(rows, shown)
        return tuple(order_view(row, instruments, shown, on_platform) for row in found)

    def order(self, account_id: AccountId, order_id: OrderId) -> OrderView | None:
        rows = self._rows(account_id)
        row = self._reads.order(account_id, order_id)
        shown = self._venues.snapshot(VenueId(rows.venue.venue_id))
        on_platform = self._platform_stops(rows, shown)
        return None if row is None else order_view(row, self._instruments(rows), shown, on_platform)

    def fills(
        self, account_id: AccountId, *, limit: int = 200, order_id: OrderId | None = None,
        after: tuple[int, int] | None = None,
    ) -> tuple[FillView, ...]:  # fmt: skip
        """Newest first, those that follow the fill ``after`` (order, number)."""
        rows = self._rows(account_id)
        instruments, scope = self._instruments(rows), Scope(rows.venue.scope)
        data = self._feeds.feed(rows.venue.tape).traits.kind
        found = self._reads.fills(account_id, limit=limit, order_id=order_id, after=after)
        return tuple(_fill_view(row, instruments, data, scope) for row in found)

    def events_since(self, account_id: AccountId, number: int) -> tuple[AccountNotice, ...] | None:
        """Notices after ``number``; None when that is too long ago to catch up."""
        found = self._reads.events(account_id, after=number, limit=RESUME_EVENTS_MAX + 1)
        if len(found) > RESUME_EVENTS_MAX:
            return None
        return tuple(
            AccountNotice(
                account_id,
                row.number,
                row.seq,
                ({"kind": row.kind, **msgspec.json.decode(row.body)},),
            )
            for row in found
        )

    def activities(self, account_id: AccountId, *, limit: int = 200) -> tuple[ActivityView, ...]:
        """What happened to the account without an order, newest first."""
        account = self._rows(account_id)
        instruments, currency = self._instruments(account), CURRENCIES[account.account.currency]
        rows = self._reads.events(account_id, after=0, limit=EVENTS_MAX, kinds=ACTIVITY_KINDS)
        return tuple(
            ActivityView(
                row.number, AtNs(body["at_ns"]), kind, instruments.get(name), body, currency
            )
            for row, (kind, body) in zip(rows, decoded(rows), strict=True)
            for name in (InstrumentId(body.get("instrument_id", "")),)
        )[::-1][:limit]

    def rights(self, account_id: AccountId) -> tuple[RightView, ...]:
        """What the account may still subscribe for."""
        rows = self._rows(account_id)
        feed = self._feeds.feed(rows.venue.tape)
        at_ns = self._venues.clock(VenueId(rows.venue.venue_id)).at_ns
        return tuple(rights(rows.entitlements, self._instruments(rows), list(feed.actions(at_ns))))

    def coming(self, account_id: AccountId) -> tuple[ComingView, ...]:
        """What is due to the account and what has been announced of its holdings."""
        rows = self._rows(account_id)
        feed, instruments = self._feeds.feed(rows.venue.tape), self._instruments(rows)
        clock = self._venues.clock(VenueId(rows.venue.venue_id))
        held = {
            name: instrument
            for name, instrument in instruments.items()
            if net(rows.balances.get(name)) or net(rows.lent.get(name))
        }
        today = clock.session or session_of(feed, clock.at_ns)
        return tuple(coming(rows.entitlements, held, instruments, feed, clock.at_ns, today))

    def equity(self, account_id: AccountId) -> EquityCurve:
        rows = self._rows(account_id)
        summary = self.summary(account_id)
        feed, instruments = self._feeds.feed(rows.venue.tape), self._instruments(rows)
        return equity_curve(
            start_minor=rows.account.start_minor,
            opened_at_ns=AtNs(rows.account.opened_at_ns),
            now_ns=summary.at_ns,
            now_minor=summary.equity_minor,
            flows=self.flows(account_id),
            instruments=instruments,
            bars_of=lambda one, interval, count: feed.bars(one, interval, summary.at_ns, count),
        )

    def preview(self, request: PlaceRequest) -> Preview | Refusal:
        """What an order would cost, or why it would be refused now."""
        return preview(self._private_copy(request.account_id), request)

    def max_qty(self, request: PlaceRequest) -> int:
        """The largest quantity of such an order that cash or holdings allow now."""
        return max_qty(self._private_copy(request.account_id), request)

    # Parts

    def _rows(self, account_id: AccountId) -> AccountRows:
        rows = self._reads.summary(account_id)
        if rows is None:
            raise LookupError(account_id)
        return rows

    def _instruments(self, rows: AccountRows) -> dict[InstrumentId, Instrument]:
        feed = self._feeds.feed(rows.venue.tape)
        return {one.instrument_id: one for one in feed.instruments}

    def _platform_stops(self, rows: AccountRows, shown: Snapshot) -> Callable[[Instrument], bool]:
        day = shown.clock.session or date.fromisoformat(rows.venue.first_session)

        def on_platform(instrument: Instrument) -> bool:
            try:
                rules = market_book(instrument.market).on(instrument.board, day)
            except RulesUnknownError:
                return False
            return rules.orders.platform_stops

        return on_platform

    def _private_copy(self, account_id: AccountId) -> Any:
        rows = self._rows(account_id)
        venue_id = VenueId(rows.venue.venue_id)
        stored = self._store.load_venue(venue_id, account_id)
        assert stored is not None
        at_ns = self._venues.clock(venue_id).at_ns
        return load_venue(stored, self._feeds, at_ns=at_ns, pauses=False)

    def _positions(
        self, rows: AccountRows, shown: Snapshot, today: list[Any], bodies: Bodies
    ) -> tuple[list[PositionView], int]:
        """The positions, and what open rights are worth."""
        feed = self._feeds.feed(rows.venue.tape)
        views, rights_minor = [], 0
        for instrument_id, instrument in self._instruments(rows).items():
            position = rows.positions.get(instrument_id)
            if position is None:
                continue
            last = feed.last(instrument_id, shown.clock.at_ns)
            quote = shown.quotes.get(instrument_id)
            last_ticks = last.last_ticks if last else 0
            balance = rows.balances.get(instrument_id)
            listed, held = net(balance), balance.debits_pending if balance else 0
            pending, short = (
                net(rows.receivables.get(instrument_id)),
                -net(rows.lent.get(instrument_id)),
            )
            qty = listed + pending - short
            value = instrument.notional_minor(last_ticks, qty)
            profit = _day_profit(instrument, qty, last, today)
            rights = _open_rights(rows, instrument_id)
            if last is not None:
                profit += day_profit(bodies, instrument, rights, last)
                rights_minor += sum(right_value(instrument, *one, last_ticks) for one in rights)
            views.append(
                PositionView(
                    instrument=instrument,
                    qty=qty,
                    available=max(short, listed - held) - position.unsettled_qty,
                    held=held,
                    unsettled=position.unsettled_qty,
                    pending=pending,
                    suspended=quote is not None and quote.suspended,
                    cost_minor=position.cost_minor,
                    last_ticks=last_ticks,
                    value_minor=value,
                    profit_minor=value - position.cost_minor,
                    day_profit_minor=profit,
                )
            )
        return views, rights_minor

    def _fills_today(self, rows: AccountRows, shown: Snapshot) -> list[Any]:
        """Fills of the running session, newest first."""
        feed = self._feeds.feed(rows.venue.tape)
        since_ns = shown.clock.at_ns - NS_PER_DAY
        found = self._reads.fills(AccountId(rows.account.account_id), since_ns=since_ns)
        return [row for row in found if session_of(feed, AtNs(row.at_ns)) == shown.clock.session]

    def _actions(self, account_id: AccountId) -> list[tuple[str, dict[str, Any]]]:
        rows = self._reads.events(account_id, after=0, limit=EVENTS_MAX, kinds=ACTIVITY_KINDS)
        return decoded(rows)

    def _actions_today(
        self, rows: AccountRows, shown: Snapshot
    ) -> list[tuple[str, dict[str, Any]]]:
        """Corporate actions of the running session."""
        feed = self._feeds.feed(rows.venue.tape)
        found = self._actions(AccountId(rows.account.account_id))
        since_ns = shown.clock.at_ns - NS_PER_DAY
        return [
            (kind, body)
            for kind, body in found
            if body["at_ns"] >= since_ns
            and session_of(feed, AtNs(body["at_ns"])) == shown.clock.session
        ]

    def flows(self, account_id: AccountId) -> list[Flow]:
        """What fills and corporate actions have changed of an account's value, oldest first."""
        instruments, flows = self._instruments(self._rows(account_id)), []
        for row in self._reads.fills(account_id):
            sign = Side(row.side).sign
            fees = sum(msgspec.json.decode(row.fees).values())
            cash = -sign * row.notional_minor - fees
            flows.append(Flow(row.at_ns, InstrumentId(row.instrument_id), cash, sign * row.qty))
        flows += flows_of(self._actions(account_id), instruments)
        return sorted(flows, key=lambda flow: flow.at_ns)


def _open_rights(rows: AccountRows, instrument_id: InstrumentId) -> list[tuple[int, int]]:
    """(shares, price) that may still be subscribed for."""
    return [
        (row.rights_qty - row.subscribed_qty, row.rights_ticks)
        for row in rows.entitlements
        if row.rights_open and row.instrument_id == instrument_id
    ]


def _day_profit(instrument: Instrument, qty: int, last: LastPrice | None, today: list[Any]) -> int:
    """Profit of the running session before fees: value now less value at the reference, less what
    was put in today."""
    if last is None:
        return 0
    paid, bought = 0, 0
    for row in today:
        if row.instrument_id == instrument.instrument_id:
            sign = Side(row.side).sign
            paid += sign * row.notional_minor
            bought += sign * row.qty
    before = instrument.notional_minor(last.reference_ticks, qty - bought)
    return int(instrument.notional_minor(last.last_ticks, qty) - before - paid)


def _account_ref(row: Any) -> AccountRef:
    return AccountRef(
        account_id=AccountId(row.account_id),
        venue_id=VenueId(row.venue_id),
        user_id=UserId(row.user_id),
        profile=FillProfile(row.profile),
        currency=CURRENCIES[row.currency],
        opened_at_ns=AtNs(row.opened_at_ns),
        margin=bool(row.margin),
    )


def _fill_view(
    row: Any, instruments: dict[InstrumentId, Instrument], data: DataKind, scope: Scope
) -> FillView:
    fees = msgspec.json.decode(row.fees, type=dict[str, int])
    return FillView(
        order_id=OrderId(row.order_id),
        number=row.number,
        instrument=instruments[InstrumentId(row.instrument_id)],
        side=Side(row.side),
        price_ticks=row.price_ticks,
        qty=row.qty,
        notional_minor=row.notional_minor,
        fees=tuple(FeeItem(code, amount) for code, amount in sorted(fees.items())),
        at_ns=AtNs(row.at_ns),
        receipt=msgspec.json.decode(row.receipt),
        data=data,
        scope=scope,
        short=bool(row.short),
    )
