"""The ticket becomes one request: an order, or a group of orders that are taken in together."""

from __future__ import annotations

from datetime import date

from matching.instrument import Instrument
from matching.orders import AccountId, GroupKind, OrderKind, TimeInForce, Trigger, TriggerKind
from matching.reasons import Reason
from matching.units import AmountMinor, NumberFault, PriceTicks, Qty, scaled_integer
from simtrade.desk.requests import Leg, PlaceRequest
from web.forms import SIDES, Checked, Typed, read_date, read_price, read_qty, tidy
from web.i18n import N_, Language, translate
from web.sentences import sentence

_ONE_TRIGGER = N_("Give a stop price or a trailing distance, not both.")
_ONE_GROUP = N_("An order has exits or a second order beside it, not both.")
_BAD_TRAIL = N_("Enter the distance as a number, like 1.5.")
_BAD_AMOUNT = N_("Enter the amount of money as a number, like 500.")
_PERCENT_DECIMALS = 1  # thousandths


class _Reader:
    """Reads the fields of one ticket; what is wrong is kept by field."""

    def __init__(self, typed: Typed, instrument: Instrument, language: Language) -> None:
        self.typed = typed
        self.instrument = instrument
        self.language = language
        self.errors: dict[str, str] = {}

    def fail(self, field: str, message: str) -> None:
        self.errors.setdefault(field, translate(message, self.language))

    def price(self, field: str) -> PriceTicks | None:
        found = read_price(getattr(self.typed, field), self.instrument, self.language)
        if isinstance(found, str):
            self.errors.setdefault(field, found)
            return None
        return found

    def price_if_any(self, field: str) -> PriceTicks | None:
        return self.price(field) if getattr(self.typed, field) else None

    def size(self) -> tuple[Qty, AmountMinor | None]:
        """The quantity, or 0 with an amount of money."""
        if self.typed.amount or self.typed.style == "amount":
            amount = scaled_integer(tidy(self.typed.amount), self.instrument.currency.decimals)
            if isinstance(amount, NumberFault) or amount <= 0:
                self.fail("amount", _BAD_AMOUNT)
                return Qty(0), None
            return Qty(0), AmountMinor(amount)
        qty = read_qty(self.typed.qty, self.instrument, self.language)
        if isinstance(qty, str):
            self.errors["qty"] = qty
            return Qty(0), None
        return qty, None

    def trigger(self) -> Trigger | None:
        if self.typed.stop and self.typed.trail:
            self.fail("trail", _ONE_TRIGGER)
            return None
        if self.typed.trail:
            return self._trail("trail")
        stop = self.price_if_any("stop")
        return None if stop is None else Trigger(TriggerKind.STOP, stop)

    def _trail(self, field: str) -> Trigger | None:
        text = tidy(getattr(self.typed, field)).removesuffix("%")
        if getattr(self.typed, f"{field}_unit") == "percent":
            amount: int | NumberFault = scaled_integer(text, _PERCENT_DECIMALS)
            kind = TriggerKind.TRAIL_PERMILLE
        else:
            amount, kind = self.instrument.price_from_text(text), TriggerKind.TRAIL
        if isinstance(amount, NumberFault):
            self.fail(field, _BAD_TRAIL)
            return None
        return Trigger(kind, amount)

    def last_day(self, force: TimeInForce, field: str) -> date | None:
        if force is not TimeInForce.GTD:
            return None
        found = read_date(getattr(self.typed, field))
        if found is None:
            self.fail(field, sentence(Reason.GOOD_TILL_MISSING, {}, self.language))
        return found

    def legs(self) -> tuple[GroupKind | None, tuple[Leg, ...]]:
        """The exits of an entry, or the other order of a pair."""
        exits = self._exits()
        if not self.typed.pair_stop:
            kind = (None, GroupKind.OTO, GroupKind.BRACKET)[len(exits)]
            return kind, exits
        if exits:
            self.fail("pair_stop", _ONE_GROUP)
        force = TimeInForce(self.typed.tif)
        last = self.last_day(force, "good_till")
        pair = self._stop_leg("pair_stop", "pair_limit", force, last)
        return GroupKind.OCO, () if pair is None else (pair,)

    def _exits(self) -> tuple[Leg, ...]:
        force = TimeInForce(self.typed.exit_tif)
        wanted = self.typed.take_profit or self.typed.stop_loss or self.typed.stop_loss_trail
        last = self.last_day(force, "exit_good_till") if wanted else None
        found: list[Leg | None] = []
        if self.typed.take_profit:
            limit = self.price("take_profit")
            found.append(Leg(OrderKind.LIMIT, limit, force, None, last) if limit else None)
        if self.typed.stop_loss:
            found.append(self._stop_leg("stop_loss", "stop_loss_limit", force, last))
            if self.typed.stop_loss_trail:
                self.fail("stop_loss_trail", _ONE_TRIGGER)
        elif self.typed.stop_loss_trail:
            trigger = self._trail("stop_loss_trail")
            kind = OrderKind(self.typed.stop_kind)
            found.append(Leg(kind, None, force, trigger, last) if trigger else None)
        return tuple(one for one in found if one is not None)

    def _stop_leg(
        self, field: str, limit_field: str, force: TimeInForce, last: date | None
    ) -> Leg | None:
        stop, limit = self.price(field), self.price_if_any(limit_field)
        if stop is None:
            return None
        kind = OrderKind(self.typed.stop_kind) if limit is None else OrderKind.LIMIT
        return Leg(kind, limit, force, Trigger(TriggerKind.STOP, stop), last)


def place_request(
    typed: Typed, account_id: AccountId, instrument: Instrument, language: Language
) -> Checked[PlaceRequest]:
    """The order somebody typed, or all field errors at once."""
    typed = typed.asked()
    reader = _Reader(typed, instrument, language)
    kind, force = OrderKind(typed.kind), TimeInForce(typed.tif)
    qty, amount = reader.size()
    limit = reader.price("price") if kind.names_limit else None
    trigger = reader.trigger()
    last = reader.last_day(force, "good_till")
    group, legs = reader.legs()
    if reader.errors:
        return Checked(None, reader.errors)
    return Checked(
        PlaceRequest(
            account_id=account_id,
            key=typed.key,
            instrument_id=instrument.instrument_id,
            side=SIDES[typed.side],
            kind=kind,
            qty=qty,
            limit_ticks=limit,
            time_in_force=force,
            trigger=trigger,
            good_till=last,
            group=group,
            legs=legs,
            amount_minor=amount,
            short=typed.side == "short",
        )
    )
