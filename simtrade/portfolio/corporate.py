"""Corporate actions as an owner reads them: what happened, what is owed, what is coming.

Everything is read from the account's journal events and entitlement rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from feeds.feed import Feed, LastPrice
from feeds.tape_actions import ActionKind, TapeAction
from matching.instrument import Instrument, InstrumentId
from matching.units import AtNs, Currency
from simtrade.portfolio.equity import Flow

ACTIVITY_KINDS = (
    "split", "ex_date", "dividend_paid", "dividend_tax", "bonus_listed", "subscribed",
    "rights_closed", "rights_listed", "delisted", "renamed", "borrow_fee", "loan_interest",
    "margin_on", "margin_off", "margin_call", "margin_call_stands", "margin_call_over",
    "margin_call_met", "margin_closing",
)  # fmt: skip
CHARGES = ("borrow_fee", "loan_interest")

Bodies = Iterable[tuple[str, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class ActivityView:
    """Something that happened without an order, to a holding or (``instrument`` None) to the whole
    account.  ``body`` are its figures by name: money ends in ``_minor``, prices in ``_ticks``,
    shares in ``qty``."""

    number: int
    at_ns: AtNs
    kind: str
    instrument: Instrument | None
    body: Mapping[str, Any]
    currency: Currency


@dataclass(frozen=True, slots=True)
class RightView:
    """Shares that may still be subscribed for at ``price_ticks`` until the end of ``deadline``."""

    instrument: Instrument
    ex_session: date
    qty: int
    price_ticks: int
    cost_minor: int
    deadline: date


@dataclass(frozen=True, slots=True)
class ComingView:
    """One day on which something will happen to a holding.

    ``kind``: ex_date, dividend_paid, bonus_listed, rights_listed, suspension, resumption,
    delisting or code.  ``body`` as in ``ActivityView``.
    """

    day: date
    kind: str
    instrument: Instrument
    body: Mapping[str, Any]


def right_value(instrument: Instrument, qty: int, price_ticks: int, last_ticks: int) -> int:
    """What a right is worth: exercising it is never dearer than letting it lapse."""
    return int(instrument.notional_minor(max(0, last_ticks - price_ticks), qty))


def decoded(rows: Iterable[Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(row.kind, msgspec.json.decode(row.body)) for row in rows]


def flows_of(bodies: Bodies, instruments: Mapping[InstrumentId, Instrument]) -> Iterator[Flow]:
    """What corporate actions changed of cash and shares, for the equity curve.

    A right counts as its shares less their price from the ex-date on: subscribing changes nothing,
    letting it lapse takes it back.
    """
    for kind, body in bodies:
        name, at_ns = InstrumentId(body.get("instrument_id", "")), body["at_ns"]
        cash, qty, overnight = 0, 0, True
        match kind:
            case "split":
                cash, qty = body["paid_minor"], body["new_qty"] - body["old_qty"]
            case "ex_date":
                owed = instruments[name].notional_minor(body["rights_ticks"], body["rights_qty"])
                cash = body["cash_minor"] - body["tax_minor"] + body["paid_minor"] - owed
                qty = body["bonus_qty"] + body["rights_qty"]
            case "rights_closed":
                cash = instruments[name].notional_minor(body["price_ticks"], body["qty"])
                qty = -body["qty"]
            case "borrow_fee" | "loan_interest":
                cash, overnight = -body["amount_minor"], False
            case "dividend_tax":
                cash, overnight = -body["tax_minor"], False
            case "delisted":
                cash, qty, overnight = body["paid_minor"], -body["qty"], False
            case "renamed":
                yield Flow(at_ns, InstrumentId(body["new_id"]), 0, body["qty"], is_split=True)
                qty = -body["qty"]
            case _:
                continue
        yield Flow(at_ns, name, cash, qty, is_split=overnight)


def day_profit(
    bodies: Bodies, instrument: Instrument, rights: list[tuple[int, int]], last: LastPrice
) -> int:
    """What today's corporate actions and open rights (qty, price) add to a position's profit of the
    day; ``bodies`` are of the running session."""
    found = 0
    for qty, price_ticks in rights:
        now = right_value(instrument, qty, price_ticks, last.last_ticks)
        found += now - right_value(instrument, qty, price_ticks, last.reference_ticks)
    for kind, body in bodies:
        if body.get("instrument_id") != instrument.instrument_id:
            continue
        match kind:
            case "ex_date" | "dividend_tax":
                found -= body["tax_minor"]
            case "rights_closed":
                lapsed, price_ticks = body["qty"], body["price_ticks"]
                found -= right_value(instrument, lapsed, price_ticks, last.reference_ticks)
            case "delisted":
                worth = instrument.notional_minor(last.reference_ticks, body["qty"])
                found += body["paid_minor"] - worth
            case _:
                pass
    return found


def rights(
    rows: Iterable[Any], instruments: Mapping[InstrumentId, Instrument], actions: list[TapeAction]
) -> Iterator[RightView]:
    """Open rights of an account's entitlement rows."""
    for row in rows:
        qty = row.rights_qty - row.subscribed_qty
        action = _action_of(row, actions)
        if not row.rights_open or qty <= 0 or action is None or action.rights_deadline is None:
            continue
        instrument = instruments[InstrumentId(row.instrument_id)]
        cost = int(instrument.notional_minor(row.rights_ticks, qty))
        day = date.fromisoformat(row.ex_session)
        yield RightView(instrument, day, qty, row.rights_ticks, cost, action.rights_deadline)


def _action_of(row: Any, actions: list[TapeAction]) -> TapeAction | None:
    """The ex-date that an entitlement came from: its own session, or the day without trading
    before it."""
    day = date.fromisoformat(row.ex_session)
    same = [
        one
        for one in actions
        if one.kind is ActionKind.EX
        and one.instrument_id == row.instrument_id
        and one.session <= day
    ]
    return max(same, key=lambda one: one.session, default=None)


def coming(
    rows: Iterable[Any],
    held: Mapping[InstrumentId, Instrument],
    instruments: Mapping[InstrumentId, Instrument],
    feed: Feed,
    at_ns: AtNs,
    today: date,
) -> list[ComingView]:
    """What is due and what has been announced, the next first; nothing that could not be known."""
    actions = list(feed.actions(at_ns))
    found: list[ComingView] = []
    for row in rows:
        action = _action_of(row, actions)
        if action is not None:
            found += _due(row, action, instruments[InstrumentId(row.instrument_id)])
    for action in actions:
        instrument = held.get(action.instrument_id)
        if instrument is not None:
            found += _announced(action, instrument, today)
    return sorted(found, key=lambda one: (one.day, one.instrument.instrument_id, one.kind))


def _due(row: Any, action: TapeAction, instrument: Instrument) -> Iterator[ComingView]:
    if row.cash_due:
        paid = {"paid_minor": row.cash_minor - row.tax_minor, "tax_minor": row.tax_minor}
        day = action.pay_session or action.session
        yield ComingView(day, "dividend_paid", instrument, paid)
    if row.bonus_due:
        day = action.bonus_session or action.session
        yield ComingView(day, "bonus_listed", instrument, {"qty": row.bonus_qty})
    if row.rights_due and action.rights_session is not None:
        subscribed = {"qty": row.subscribed_qty}
        yield ComingView(action.rights_session, "rights_listed", instrument, subscribed)


def _announced(action: TapeAction, instrument: Instrument, today: date) -> Iterator[ComingView]:
    running = action.session <= today
    match action.kind:
        case ActionKind.EX if not running:
            body = {
                "cash_micro": action.cash_micro,
                "bonus_new": action.bonus_new,
                "bonus_old": action.bonus_old,
                "rights_new": action.rights_new,
                "rights_old": action.rights_old,
                "rights_ticks": action.rights_ticks,
            }
            yield ComingView(action.session, "ex_date", instrument, body)
        case ActionKind.SUSPENSION if not running:
            yield ComingView(action.session, "suspension", instrument, {})
        case ActionKind.DELISTING if action.session >= today:
            yield ComingView(action.session, "delisting", instrument, {})
        case ActionKind.CODE if not running:
            yield ComingView(action.session, "code", instrument, {"new_id": action.new_id})
        case _:
            pass
