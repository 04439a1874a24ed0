"""Money and shares follow the exchange's events: reserve, settle fill by fill, give back.

A buyer's reservation is the worst price of what is left, with the fees that would come on top; it
shrinks with every fill, so a better price is usable at once.  Fees are those of the whole order so
far less what was charged already: a minimum commission is paid once.  A seller's fees come out of
his proceeds: what one fill cannot pay is due with the next.

The exchange has gone through all fills of an event before the first is settled here, so quantities
are those of the record, never of the working order.
"""

from __future__ import annotations

import msgspec

from matching.board_rules import BoardRules
from matching.events import (
    Cause,
    Event,
    FillRule,
    OrderAccepted,
    OrderAdjusted,
    OrderCancelled,
    OrderFilled,
    OrderPriced,
    OrderReduced,
    OrderReleased,
    OrderReplaced,
    OrderTriggered,
)
from matching.fees import FillRole
from matching.instrument import Instrument, InstrumentId
from matching.orders import AccountId, OrderId, Side
from matching.units import LARGEST
from matching.working import Stage
from simtrade.desk.booking import book_position
from simtrade.desk.facts import facts, order_body
from simtrade.desk.holds import largest, lead_of, needed_hold, partner_of, terms
from simtrade.desk.ledger import (
    Asset,
    Holder,
    Transfer,
    TransferKind,
    holder_of,
    house,
    lent_to,
)
from simtrade.desk.lending import MARGIN_CALL_KEY, Lending, net_qty
from simtrade.desk.state import (
    Account,
    Changes,
    FillRecord,
    JournalEvent,
    OrderRecord,
    Position,
    VenueState,
)
from simtrade.portfolio.views import OrderState

NO_ORDER = OrderId(0)
_EXPIRED = (
    Cause.DAY_OVER,
    Cause.GOOD_TILL_OVER,
    Cause.NOT_LISTED,
    Cause.AUCTION_OVER,
    Cause.BEYOND_CLOSE,
)


class Settlement:
    """Applies the consequences of events to one venue and notes them in ``changes``."""

    def __init__(self, venue: VenueState, changes: Changes) -> None:
        self.venue = venue
        self.changes = changes

    # Transfers and facts

    def move(
        self,
        asset: str,
        debit: Holder,
        credit: Holder,
        amount: int,
        kind: TransferKind,
        code: str,
        order_id: OrderId = NO_ORDER,
    ) -> None:
        """One transfer; an amount of zero moves nothing and leaves no trace."""
        if not amount:
            return
        transfer = Transfer(Asset(asset), debit, credit, amount, kind, order_id, code)
        self.venue.ledger.apply(transfer)
        self.changes.transfers.append(transfer)
        self.changes.balances[debit, transfer.asset] = None
        self.changes.balances[credit, transfer.asset] = None

    def tell(self, account: Account, kind: str, body: dict[str, object]) -> None:
        account.events += 1
        self.changes.accounts[account.account_id] = account
        self.changes.events.append(JournalEvent(kind, account.account_id, account.events, body))

    def position(self, account_id: AccountId, instrument: Instrument) -> Position:
        key = (account_id, instrument.instrument_id)
        found = self.venue.positions.get(key)
        if found is None:
            found = self.venue.positions[key] = Position(account_id, instrument.instrument_id)
        self.changes.positions[key] = found
        return found

    # Reservations

    def hold(self, record: OrderRecord, minor: int, qty: int) -> None:
        """Bring an order's reservation to the given figures; a short sale's shares are put aside in
        the house's lending account."""
        mine = holder_of(record.order.account_id)
        clearing = house(self.venue.venue_id, "clearing")
        order_id = record.order.order_id
        giver = lent_to(record.order.account_id) if record.order.short else mine
        for holder, asset, old, new in (
            (mine, self.venue.currency.code, record.hold_minor, minor),
            (giver, record.order.instrument_id, record.hold_qty, qty),
        ):
            kind = TransferKind.HOLD if new > old else TransferKind.RELEASE
            self.move(asset, holder, clearing, abs(new - old), kind, kind, order_id)
        record.hold_minor, record.hold_qty = minor, qty
        self.changes.orders[order_id] = record

    # Events of the exchange

    def follow(self, events: list[Event]) -> None:
        for event in events:
            record = self.venue.orders[event.order_id]
            account = self.venue.accounts[event.account_id]
            match event:
                case OrderAccepted():
                    self.tell(account, "accepted", order_body(record))
                case OrderFilled():
                    self._filled(account, record, event)
                case OrderCancelled():
                    self._cancelled(account, record, event)
                case OrderReplaced():
                    self._replaced(account, record, event)
                case OrderAdjusted():
                    self._adjusted(account, record, event)
                case OrderTriggered():
                    self.changes.orders[event.order_id] = record
                    self.tell(account, "triggered", order_body(record) | facts(event))
                case OrderPriced():
                    self.hold_again(record)
                    self.tell(account, "priced", order_body(record) | facts(event))
                case OrderReduced() | OrderReleased():
                    self.changes.orders[event.order_id] = record
                    kind = "reduced" if isinstance(event, OrderReduced) else "released"
                    self.tell(account, kind, order_body(record) | facts(event))

    def hold_again(self, record: OrderRecord) -> None:
        """Reserve what an order needs by now, once for a pair; an exit that is held needs
        nothing."""
        self.changes.orders[record.order.order_id] = record
        if record.working.stage is Stage.HELD:
            return
        partner = partner_of(self.venue, record)
        pair = [record] if partner is None else [record, partner]
        self.hold(
            lead_of(self.venue, record), *largest([needed_hold(self.venue, one) for one in pair])
        )

    def _replaced(self, account: Account, record: OrderRecord, event: OrderReplaced) -> None:
        before, order = record.order.trigger, record.working.order
        record.order = order
        record.replaced += 1
        self.hold_again(record)
        body = order_body(record) | {"at_ns": event.at_ns, "command": event.place}
        if before is not None and order.trigger is not None and order.trigger.trails:
            body |= {"trail": order.trigger.amount, "trail_before": before.amount}
        self.tell(account, "replaced", body)

    def _adjusted(self, account: Account, record: OrderRecord, event: OrderAdjusted) -> None:
        """The figures of an order follow a corporate action; its reservation follows when the
        shares have (simtrade/desk/corporate_actions.py)."""
        if record.order.instrument_id != event.instrument_id:
            self.hold(record, record.hold_minor, 0)
        record.order = record.working.order
        self.changes.orders[event.order_id] = record
        self.tell(account, "adjusted", order_body(record) | {"at_ns": event.at_ns})

    def _filled(self, account: Account, record: OrderRecord, event: OrderFilled) -> None:
        instrument, rules = terms(self.venue, record)
        notional = instrument.notional_minor(event.price_ticks, event.qty)
        record.filled += event.qty
        record.filled_notional_minor += notional
        partner = partner_of(self.venue, record)
        payable = self._payable(record, partner, notional)
        fees = self._fees_due(record, rules, event, notional, payable)
        if not event.leaves:
            record.state, record.ended_at_ns = OrderState.FILLED, event.at_ns
        self._shrink(record, partner, event.leaves, payable - sum(fees.values()))
        self._exchange_assets(account, record, event, notional, fees)
        book_position(self, account, instrument, event, notional, rules)
        if account.margin:
            Lending(self, account).settle_up(event.order_id)
        account.fees_minor += sum(fees.values())
        reference = event.receipt.reference_half_ticks
        if reference is not None:
            away = event.side.sign * (2 * event.price_ticks - reference)
            account.spread_half_minor += instrument.notional_minor(away, event.qty)
        receipt = msgspec.to_builtins(event.receipt)
        if record.key.startswith(MARGIN_CALL_KEY):
            receipt["placed_by"] = "margin_call"
        self.changes.fills.append(
            FillRecord(
                event.order_id, event.number, event.account_id, event.instrument_id,
                int(event.side), event.price_ticks, event.qty, notional, fees, event.at_ns, receipt,
            )
        )  # fmt: skip
        body = order_body(record)
        body |= {
            "number": event.number,
            "price_ticks": event.price_ticks,
            "fill_qty": event.qty,
            "notional_minor": int(notional),
            "fees": fees,
            "position_qty": net_qty(self.venue, account.account_id, instrument.instrument_id),
            "at_ns": event.at_ns,
            "receipt": receipt,
        }
        self.tell(account, "filled", body)
        if not event.leaves:
            self.venue.drop(record)

    def _shrink(
        self, record: OrderRecord, partner: OrderRecord | None, leaves: int, most_minor: int
    ) -> None:
        """Keep reserved what the rest of an order needs, at most ``most_minor``; of a pair the
        larger need of the two, carried by the older."""
        needed = [needed_hold(self.venue, record)] if leaves else [(0, 0)]
        if partner is None:
            ((minor, qty),) = needed
            self.hold(record, min(minor, most_minor), qty)
            return
        if leaves:
            needed.append(needed_hold(self.venue, partner, partner.filled + leaves))
        minor, qty = largest(needed)
        lead = lead_of(self.venue, record)
        self.hold(partner if lead is record else record, 0, 0)
        self.hold(lead, min(minor, most_minor), qty)

    def _payable(self, record: OrderRecord, partner: OrderRecord | None, notional: int) -> int:
        """What an account can pay in fees at a fill worth ``notional``: a seller from his proceeds,
        a buyer from what the fill leaves of his reservation and his cash.  It may be less than the
        fees: a minimum above a tiny sale, a rate that rose while the order rested.  Whoever may
        borrow can always pay."""
        if self.venue.accounts[record.order.account_id].margin:
            return LARGEST
        held = record.hold_minor + (partner.hold_minor if partner else 0)
        if record.order.side is Side.SELL:
            return held + notional
        mine = holder_of(record.order.account_id)
        cash = self.venue.ledger.balance(mine, Asset(self.venue.currency.code)).available
        return held + cash - notional

    def _fees_due(
        self,
        record: OrderRecord,
        rules: BoardRules,
        event: OrderFilled,
        notional: int,
        payable: int,
    ) -> dict[str, int]:
        """Fees of a fill by code, at most ``payable``; remembers them as charged.  What is left
        unpaid of an order's fees is due with its next fill."""
        due: dict[str, int] = {}
        order = (record.filled_notional_minor, record.filled)
        fill, role = (notional, event.qty), _role(record, event)
        for code, amount in rules.fees.due(event.side, order, fill, role, record.fees):
            more = min(amount, payable)
            if more > 0:
                due[code] = more
                payable -= more
                record.fees[code] = record.fees.get(code, 0) + more
        return due

    def _exchange_assets(
        self,
        account: Account,
        record: OrderRecord,
        event: OrderFilled,
        notional: int,
        fees: dict[str, int],
    ) -> None:
        mine = holder_of(account.account_id)
        street = house(self.venue.venue_id, "liquidity")
        cash, shares, post = self.venue.currency.code, event.instrument_id, TransferKind.POST
        order_id = event.order_id
        if account.margin:
            lending, own = Lending(self, account), sum(fees.values())
            lending.provide(own + event.side.sign * notional, order_id)
            if record.order.short:
                lending.lend_shares(shares, event.qty, order_id)
        if event.side is Side.BUY:
            self.move(cash, mine, street, notional, post, "buy", order_id)
            self.move(shares, street, mine, event.qty, post, "buy", order_id)
        else:
            self.move(shares, mine, street, event.qty, post, "sell", order_id)
            self.move(cash, street, mine, notional, post, "sell", order_id)
        for code, amount in fees.items():
            self.move(
                cash, mine, house(self.venue.venue_id, f"fee:{code}"), amount, post, code, order_id
            )
        assert record.filled_notional_minor >= 0

    def _cancelled(self, account: Account, record: OrderRecord, event: OrderCancelled) -> None:
        expired = event.cause in _EXPIRED
        record.state = OrderState.EXPIRED if expired else OrderState.CANCELLED
        record.cause = event.cause.value
        record.ended_at_ns = event.at_ns
        partner = partner_of(self.venue, record)
        # Exits whose entry has filled nothing reserve nothing, and so hand nothing on.
        reserved = [one.hold_minor or one.hold_qty for one in (record, partner) if one]
        self.hold(record, 0, 0)
        if partner is not None and any(reserved):
            self.hold(partner, *needed_hold(self.venue, partner))
        body = order_body(record)
        body["cause"] = event.cause.value
        self.tell(account, "cancelled", body)
        self.venue.drop(record)

    # Facts about a session

    def settle_session(self) -> None:
        """A new session begins: what was bought before may be sold now (T+1)."""
        for (account_id, instrument_id), position in sorted(
            self.venue.positions.items(), key=_by_key
        ):
            if position.unsettled_qty:
                position.unsettled_qty = 0
                self.changes.positions[account_id, instrument_id] = position
                body: dict[str, object] = {"instrument_id": instrument_id}
                self.tell(self.venue.accounts[account_id], "settled", body)


def _role(record: OrderRecord, event: OrderFilled) -> FillRole:
    """Who took what was displayed, or came as a market order, is the taker."""
    takes = event.receipt.rule is FillRule.TAKER or record.working.is_market
    return FillRole.TAKER if takes else FillRole.MAKER


def _by_key(
    item: tuple[tuple[AccountId, InstrumentId], Position],
) -> tuple[AccountId, InstrumentId]:
    """The order of the facts must not depend on how the positions were loaded."""
    return item[0]
