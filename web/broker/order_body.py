"""The body of ``POST /v2/orders`` becomes one request to the desk, or the first fault is told.

What the market of the day allows is the desk's to judge; here stands what the contract itself
says of types, prices and classes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from matching.board_rules import BoardRules
from matching.instrument import Instrument
from matching.orders import GroupKind, OrderKind, Side, TimeInForce, Trigger, TriggerKind
from matching.units import AmountMinor, NumberFault, PriceTicks, Qty, scaled_integer
from simtrade.desk.keys import storable
from simtrade.desk.requests import Leg, PlaceRequest
from simtrade.portfolio.views import AccountRef
from web.broker.body import Members, number_text, truth
from web.broker.errors import ApiError, against_rule, bad_field

T = TypeVar("T")

SIDES = {"buy": Side.BUY, "sell": Side.SELL}
_INTENTS = {
    "buy_to_open": Side.BUY,
    "buy_to_close": Side.BUY,
    "sell_to_open": Side.SELL,
    "sell_to_close": Side.SELL,
}
# (limit price, stop price, trail): whether a type needs one.
_TYPES = {
    "market": (False, False, False),
    "limit": (True, False, False),
    "stop": (False, True, False),
    "stop_limit": (True, True, False),
    "trailing_stop": (False, False, True),
}
_TIMES = {
    "day": TimeInForce.DAY,
    "gtc": TimeInForce.GTC,
    "opg": TimeInForce.AT_OPEN,
    "cls": TimeInForce.AT_CLOSE,
    "ioc": TimeInForce.IOC,
    "fok": TimeInForce.FOK,
}
_CLASSES = {
    "simple": None,
    "bracket": GroupKind.BRACKET,
    "oco": GroupKind.OCO,
    "oto": GroupKind.OTO,
}
_NEEDS = {
    "limit": "limit orders require a limit price",
    "stop": "stop orders require a stop price",
    "stop_limit": "stop limit orders require both stop and limit price",
    "trailing_stop": "trailing stop orders must specify one of trail_price or trail_percent",
}
_PERCENT_DECIMALS = 1  # thousandths
NO_SHORTS = "account is not allowed to short"
_SHOWN = 40  # characters of somebody's text that an answer repeats


@dataclass(frozen=True, slots=True)
class Here:
    """What an order is read against: the account, what it holds of the instrument, the rules of
    the day (None where nobody knows them), and the last day of an order that is good till
    cancelled."""

    account: AccountRef
    instrument: Instrument
    held: int
    rules: BoardRules | None
    last_day: date


def text_of(body: Members, name: str) -> str | None:
    """A text, None where it is absent or empty."""
    value = body.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise bad_field(f"{name} must be a string")
    return value


def choice_of(body: Members, name: str, options: Mapping[str, T]) -> T:
    value = text_of(body, name)
    if value is None:
        raise bad_field(f"{name} is required")
    if value not in options:
        raise bad_field(f"invalid {name}: one of {', '.join(options)} is expected")
    return options[value]


def client_order_id(body: Members) -> str | None:
    """What the client calls the order; None: it leaves that to us."""
    value = body.get("client_order_id")
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not storable(value):
        raise bad_field("client_order_id must be 1 to 128 printable characters")
    return value


def price_of(value: object, instrument: Instrument, name: str) -> PriceTicks:
    text = number_text(value)
    ticks = NumberFault.NOT_A_NUMBER if text is None else instrument.price_from_text(text)
    if ticks is NumberFault.TOO_PRECISE:
        raise against_rule(
            f"invalid {name} {text}. sub-penny increment does not fulfill minimum pricing criteria",
            price_increment=instrument.price_text(1),
        )
    return PriceTicks(_positive(ticks, name))


def qty_of(value: object, instrument: Instrument, name: str = "qty") -> Qty:
    text = number_text(value)
    qty = NumberFault.NOT_A_NUMBER if text is None else instrument.qty_from_text(text)
    if qty is NumberFault.TOO_PRECISE:
        kind = "integer" if not instrument.qty_decimals else "less precise"
        raise bad_field(f"{name} must be {kind}")
    return Qty(_positive(qty, name))


def _positive(value: int | NumberFault, name: str) -> int:
    if value is NumberFault.TOO_LARGE:
        raise against_rule(f"{name} is too large")
    if isinstance(value, NumberFault):
        raise bad_field(f"{name} must be a number")
    if value <= 0:
        raise bad_field(f"{name} must be > 0")
    return value


def unknown_asset(symbol: str) -> ApiError:
    return bad_field(f'could not find asset "{symbol[:_SHOWN]}"')


class _Body:
    """One order as it was sent."""

    def __init__(self, body: Members, here: Here) -> None:
        self.body = body
        self.here = here
        self.instrument = here.instrument
        self.side = self._side()
        self.group = self._group()
        self.type = self._type()
        self.force = choice_of(body, "time_in_force", _TIMES)

    # Words

    def _side(self) -> Side:
        intent = None
        if self.body.get("position_intent") not in (None, ""):
            intent = choice_of(self.body, "position_intent", _INTENTS)
        if intent is not None and self.body.get("side") in (None, ""):
            return intent
        side = choice_of(self.body, "side", SIDES)
        if intent is not None and intent is not side:
            raise against_rule("side and position_intent do not agree")
        return side

    def _group(self) -> GroupKind | None:
        if self.body.get("order_class") in (None, ""):
            return None
        if self.body["order_class"] == "mleg":
            raise against_rule("mleg orders are not available")
        return choice_of(self.body, "order_class", _CLASSES)

    def _type(self) -> str:
        found = choice_of(self.body, "type", {name: name for name in _TYPES})
        if self.group is GroupKind.OCO and found != "limit":
            raise against_rule("oco orders must be limit orders")
        if self.group is not None and found == "trailing_stop":
            raise against_rule("trailing stop orders must be simple orders")
        return found

    def short(self) -> bool:
        """Whether shares are borrowed for a sale: as it says, or as the account stands."""
        intent = text_of(self.body, "position_intent")
        held, margin = self.here.held, self.here.account.margin
        if self.side is Side.BUY:
            meant = "buy_to_close" if held < 0 else "buy_to_open"
            if intent not in (None, meant):
                raise against_rule(
                    f"position intent mismatch, inferred: {meant}, specified: {intent}"
                )
            return False
        return intent == "sell_to_open" if intent else margin and held <= 0

    # Numbers

    def price(self, name: str) -> PriceTicks | None:
        value = self.body.get(name)
        return None if value in (None, "") else price_of(value, self.instrument, name)

    def size(self) -> tuple[Qty, AmountMinor | None]:
        """A quantity, or 0 and an amount of money."""
        qty, notional = self.body.get("qty"), self.body.get("notional")
        given = [one not in (None, "") for one in (qty, notional)]
        if not any(given):
            raise bad_field("qty or notional is required")
        if all(given):
            raise bad_field("only one of qty or notional is accepted")
        if given[0]:
            return qty_of(qty, self.instrument), None
        if self.group is not None:
            raise against_rule("complex orders require qty")
        text, decimals = number_text(notional), self.instrument.currency.decimals
        amount = NumberFault.NOT_A_NUMBER if text is None else scaled_integer(text, decimals)
        if amount is NumberFault.TOO_PRECISE:
            raise against_rule(f"notional value must be limited to {decimals} decimal places")
        return Qty(0), AmountMinor(_positive(amount, "notional"))

    def limit(self) -> PriceTicks | None:
        """The limit of a type that needs one.  The limit of a pair is that of its take-profit."""
        found = self.price("limit_price")
        if self.group is GroupKind.OCO:
            target = self.exit_price("take_profit", "limit_price")
            if found is not None and found != target:
                raise against_rule("limit_price and take_profit.limit_price do not agree")
            return target
        if found is not None and not _TYPES[self.type][0]:
            raise against_rule(f"{self.words} orders require no limit price")
        if found is None and _TYPES[self.type][0]:
            raise bad_field(_NEEDS[self.type])
        return found

    @property
    def words(self) -> str:
        return self.type.replace("_", " ")

    def trigger(self) -> Trigger | None:
        stop = self.price("stop_price")
        if stop is not None and not _TYPES[self.type][1]:
            raise against_rule(f"{self.words} orders require no stop price")
        if stop is None and _TYPES[self.type][1]:
            raise bad_field(_NEEDS[self.type])
        trail = self._trail()
        return trail if stop is None else Trigger(TriggerKind.STOP, stop)

    def _trail(self) -> Trigger | None:
        price, percent = (self.body.get(name) for name in ("trail_price", "trail_percent"))
        given = [one not in (None, "") for one in (price, percent)]
        if not _TYPES[self.type][2]:
            if any(given):
                raise against_rule(f"{self.words} orders require no trail")
            return None
        if sum(given) != 1:
            raise bad_field(_NEEDS[self.type])
        if self.force not in (TimeInForce.DAY, TimeInForce.GTC):
            raise against_rule("trailing stop orders must be DAY or GTC orders")
        if given[0]:
            return Trigger(TriggerKind.TRAIL, price_of(price, self.instrument, "trail_price"))
        return Trigger(TriggerKind.TRAIL_PERMILLE, permille_of(percent, "trail_percent"))

    # Exits

    def exit_price(self, name: str, member: str) -> PriceTicks:
        found = self.exit_price_if_any(name, member)
        if found is None:
            raise bad_field(f"{name}.{member} is required")
        return found

    def exit_price_if_any(self, name: str, member: str) -> PriceTicks | None:
        value = self._exit(name).get(member)
        if value in (None, ""):
            return None
        return price_of(value, self.instrument, f"{name}.{member}")

    def _exit(self, name: str) -> Members:
        value = self.body.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise bad_field(f"{name} must be an object")
        return value

    def legs(self) -> tuple[Leg, ...]:
        gains, loses = bool(self._exit("take_profit")), bool(self._exit("stop_loss"))
        match self.group:
            case None:
                if gains or loses:
                    raise against_rule("simple orders have no take_profit and no stop_loss")
                return ()
            case GroupKind.OTO if gains == loses:
                raise against_rule("oto orders require one of take_profit and stop_loss")
            case GroupKind.BRACKET | GroupKind.OCO if not (gains and loses):
                name = self.group.value
                raise against_rule(f"{name} orders require take_profit and stop_loss")
            case _:
                pass
        if self.group is not GroupKind.OCO and self.force not in _LASTING:
            raise against_rule(f"{self.group.value} orders must be DAY or GTC orders")
        legs = [self._gain()] if gains and self.group is not GroupKind.OCO else []
        return (*legs, self._loss()) if loses else tuple(legs)

    def _gain(self) -> Leg:
        limit = self.exit_price("take_profit", "limit_price")
        force, last_day = self._leg_time()
        return Leg(OrderKind.LIMIT, limit, force, None, last_day)

    def _loss(self) -> Leg:
        stop = self.exit_price("stop_loss", "stop_price")
        limit = self.exit_price_if_any("stop_loss", "limit_price")
        kind = OrderKind.MARKET if limit is None else OrderKind.LIMIT
        force, last_day = self._leg_time()
        return Leg(kind, limit, force, Trigger(TriggerKind.STOP, stop), last_day)

    def _leg_time(self) -> tuple[TimeInForce, date | None]:
        """An exit lasts as long as its order; where what is bought today can only be sold
        tomorrow, an exit for today could never work."""
        rules = self.here.rules
        settles = rules is not None and rules.buys_settle_sessions > 0 and self.side is Side.BUY
        carried = self.force is TimeInForce.GTC or (settles and self.group is not GroupKind.OCO)
        if not carried:
            return self.force, None
        return TimeInForce.GTD, self.here.last_day

    # The whole

    def kind(self) -> OrderKind:
        """Extended hours mean the trading at the closing price, where the market has it."""
        extended = truth(self.body.get("extended_hours"))
        if extended is None:
            raise bad_field("extended_hours must be a boolean")
        if not extended:
            return OrderKind.LIMIT if _TYPES[self.type][0] else OrderKind.MARKET
        if self.type != "limit" or self.force not in _LASTING or self.group is not None:
            raise against_rule("extended hours order must be DAY limit orders")
        rules = self.here.rules
        if rules is None or OrderKind.FIXED_PRICE not in rules.orders.kinds:
            raise against_rule("extended hours orders are not available in this market")
        return OrderKind.FIXED_PRICE


_LASTING = (TimeInForce.DAY, TimeInForce.GTC)


def permille_of(value: object, name: str) -> int:
    text = number_text(value)
    found = NumberFault.NOT_A_NUMBER if text is None else scaled_integer(text, _PERCENT_DECIMALS)
    if found is NumberFault.TOO_PRECISE:
        raise against_rule(f"{name} must be limited to {_PERCENT_DECIMALS} decimal place")
    return _positive(found, name)


def place_request(body: Members, here: Here, key: str) -> PlaceRequest:
    """The order somebody sent.  Raises ApiError."""
    read = _Body(body, here)
    qty, amount = read.size()
    limit, trigger = read.limit(), read.trigger()
    kind, legs, short = read.kind(), read.legs(), read.short()
    lasts = read.force is TimeInForce.GTC and kind is not OrderKind.FIXED_PRICE
    return PlaceRequest(
        account_id=here.account.account_id,
        key=key,
        instrument_id=here.instrument.instrument_id,
        side=read.side,
        kind=kind,
        qty=qty,
        limit_ticks=limit,
        time_in_force=TimeInForce.GTD if lasts else read.force,
        trigger=trigger,
        good_till=here.last_day if lasts else None,
        group=read.group,
        legs=legs,
        amount_minor=amount,
        short=short,
        frees_key=True,
    )
