"""Fills and orders as JSON, each fill with the receipt that explains it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from matching.instrument import Instrument
from matching.orders import Side
from matching.units import QUEUE_SCALE, decimal_text
from simtrade.portfolio.views import FillView, OrderView
from web.api import shapes
from web.broker import wire
from web.explain import explain, headline
from web.i18n import Language
from web.order_words import STATES, kind_words, terms_words
from web.words import CAUSES, WAITING, worded

_MILLI_DECIMALS = len(str(QUEUE_SCALE)) - 1
_SIDES = {Side.BUY: "buy", Side.SELL: "sell"}


def order_value(order: OrderView) -> shapes.Order:
    instrument, currency = order.instrument, order.instrument.currency
    average = order.average_ticks_milli
    return shapes.Order(
        id=order.order_id,
        key=order.key,
        instrument=instrument.instrument_id,
        symbol=instrument.symbol,
        side=_SIDES[order.side],
        kind=order.kind.value,
        time_in_force=order.time_in_force.value,
        quantity=instrument.qty_text(order.qty),
        filled=instrument.qty_text(order.filled),
        limit=_price(instrument, order.limit_ticks),
        stop=_price(instrument, order.stop_ticks),
        average=None if average is None else wire.average_price(instrument, average),
        state=order.state.value,
        cause=order.cause,
        waiting_for=order.waiting_for,
        placed_at=wire.moment(order.placed_at_ns),
        hold=wire.money(currency, order.hold_minor),
        good_till=order.good_till,
        group=order.group_id,
        group_kind=order.group.value if order.group else None,
        role=order.role,
        short=order.short,
        ahead=_qty(instrument, order.ahead_qty),
        traded_at_price=_qty(instrument, order.traded_at_price),
    )


def order_sentences(order: OrderView, language: Language) -> list[str]:
    """What it is, how it stands, and what it waits for or why it ended."""
    found = [
        kind_words(order, language),
        terms_words(order, language),
        worded(STATES, order.state.value, language),
        worded(WAITING, order.waiting_for, language),
        worded(CAUSES, order.cause, language),
    ]
    return [one for one in found if one]


def fill_value(fill: FillView, language: Language) -> shapes.Fill:
    instrument, currency = fill.instrument, fill.instrument.currency
    fees = [shapes.Fee(one.code, wire.money(currency, one.amount_minor)) for one in fill.fees]
    return shapes.Fill(
        order=fill.order_id,
        number=fill.number,
        at=wire.moment(fill.at_ns),
        instrument=instrument.instrument_id,
        symbol=instrument.symbol,
        side=_SIDES[fill.side],
        quantity=instrument.qty_text(fill.qty),
        price=instrument.price_text(fill.price_ticks),
        value=wire.money(currency, fill.notional_minor),
        fees=fees,
        short=fill.short,
        receipt=receipt_value(fill, language),
    )


def receipt_value(fill: FillView, language: Language) -> shapes.Receipt:
    """The receipt in the units that people write, None where the rule did not need it."""
    told, instrument = fill.receipt, fill.instrument

    def price(name: str) -> str | None:
        return _price(instrument, _whole(told, name))

    def qty(name: str) -> str | None:
        return _qty(instrument, _whole(told, name))

    side = _whole(told, "unmatched_side")
    return shapes.Receipt(
        profile=str(told.get("profile", "")),
        rule=str(told.get("rule", "")),
        rule_name=headline(fill, language),
        rule_date=_day(told.get("rule_date")),
        data=fill.data.value,
        scope=fill.scope.value,
        event_at=wire.moment(_whole(told, "event_at_ns") or fill.at_ns),
        sentences=list(explain(fill, language)),
        placed_by=_text(told, "placed_by"),
        bid=price("bid_ticks"),
        bid_quantity=qty("bid_qty"),
        ask=price("ask_ticks"),
        ask_quantity=qty("ask_qty"),
        ahead_at_entry=_milli(instrument, told, "ahead_at_entry_milli"),
        ahead_before=_milli(instrument, told, "ahead_before_milli"),
        consumed_before=_milli(instrument, told, "consumed_before_milli"),
        budget=qty("budget_qty"),
        half_spread=price("half_spread_ticks"),
        impact=price("impact_ticks"),
        reference=_reference(fill),
        low=price("bar_low_ticks"),
        high=price("bar_high_ticks"),
        volume=qty("bar_volume"),
        average=_average(instrument, _whole(told, "interval_average_milli")),
        latency_ns=_whole(told, "latency_ns"),
        pair_trades=_whole(told, "pair_trades"),
        auction_quantity=qty("auction_qty"),
        auction_place=_text(told, "auction_place"),
        unmatched_side=None if side is None else _SIDES[Side(side)],
        unmatched_quantity=qty("unmatched_qty"),
    )


def _whole(told: Mapping[str, object], name: str) -> int | None:
    value = told.get(name)
    return value if isinstance(value, int) else None


def _text(told: Mapping[str, object], name: str) -> str | None:
    value = told.get(name)
    return str(value) if value else None


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


def _price(instrument: Instrument, ticks: int | None) -> str | None:
    return None if ticks is None else instrument.price_text(ticks)


def _qty(instrument: Instrument, qty: int | None) -> str | None:
    return None if qty is None else instrument.qty_text(qty)


def _average(instrument: Instrument, milli: int | None) -> str | None:
    return None if milli is None else wire.average_price(instrument, milli)


def _milli(instrument: Instrument, told: Mapping[str, object], name: str) -> str | None:
    """Thousandths of a base unit."""
    value = _whole(told, name)
    return None if value is None else decimal_text(value, instrument.qty_decimals + _MILLI_DECIMALS)


def _reference(fill: FillView) -> str | None:
    """The price without any cost; a mid may lie half a tick above a price."""
    ticks = _whole(fill.receipt, "reference_ticks")
    if ticks is None:
        return None
    halves = 2 * ticks + (_whole(fill.receipt, "reference_half") or 0)
    instrument = fill.instrument
    return decimal_text(5 * halves * instrument.tick, instrument.price_decimals + 1)
