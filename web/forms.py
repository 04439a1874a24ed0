"""What was typed becomes a request, or field errors; text becomes a number only here."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Generic, TypeVar

from matching.instrument import Instrument
from matching.orders import AccountId, OrderId, OrderKind, Side, TimeInForce
from matching.reasons import Reason
from matching.units import NumberFault, PriceTicks, Qty
from simtrade.desk.requests import ReplaceRequest
from web import formats
from web.i18n import N_, Language, translate
from web.order_styles import STYLES, unused
from web.sentences import sentence

FAULTS: Mapping[tuple[str, NumberFault], str] = {
    ("qty", NumberFault.NOT_A_NUMBER): N_("Enter the quantity as a number, like 100."),
    ("qty", NumberFault.TOO_LARGE): N_("That quantity is too large."),
    ("qty", NumberFault.TOO_PRECISE): N_("Only whole shares can be traded here."),
    ("price", NumberFault.NOT_A_NUMBER): N_("Enter the price as a number, like 12.50."),
    ("price", NumberFault.TOO_LARGE): N_("That price is too high to be real."),
    ("price", NumberFault.TOO_PRECISE): N_("Prices move in steps of {step} here."),
}
T = TypeVar("T")
N = TypeVar("N", bound=int)
_FREE = (
    "good_till", "amount", "stop", "trail", "take_profit", "stop_loss", "stop_loss_limit",
    "stop_loss_trail", "exit_good_till", "pair_stop", "pair_limit",
)  # fmt: skip
# Fields of the ticket that can carry a sentence of their own; anything else is said of the form.
TICKET_FIELDS = (
    "side", "qty", "price", "kind", "tif", "good_till", "amount", "stop", "trail", "take_profit",
    "stop_loss", "stop_loss_limit", "stop_loss_trail", "exit_tif", "exit_good_till", "pair_stop",
    "pair_limit",
)  # fmt: skip
SIDES = {"buy": Side.BUY, "sell": Side.SELL, "short": Side.SELL}  # short: of borrowed shares
KEY_LENGTH = 64
DIGITS_READ = 24


def new_key() -> str:
    """A fresh idempotency key for one rendered form."""
    return uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the ticket, as text, exactly as it will be shown again."""

    key: str
    side: str = "buy"
    kind: str = "market"
    qty: str = ""
    price: str = ""
    tif: str = "day"
    good_till: str = ""  # ISO date, with tif "gtd"
    amount: str = ""  # money in place of a quantity
    stop: str = ""  # the order waits for a trade at this price
    trail: str = ""  # or for a turn by this much
    trail_unit: str = "price"  # or "percent"
    take_profit: str = ""  # exits of this entry: a limit ...
    stop_loss: str = ""  # ... a stop ...
    stop_loss_limit: str = ""  # ... and the limit it is sent with, if any
    stop_loss_trail: str = ""  # or a stop that follows the price at this distance
    stop_loss_trail_unit: str = "price"  # or "percent"
    exit_tif: str = "gtc"
    exit_good_till: str = ""
    pair_stop: str = ""  # the other order of a pair: a stop beside this limit order ...
    pair_limit: str = ""  # ... and the limit it is sent with, if any
    stop_kind: str = "market"  # what stops without a limit are sent as
    style: str = ""  # what was chosen in the ticket; empty when a program names the kind itself
    exits: str = ""  # "1": the exits count

    @classmethod
    def of(cls, form: Mapping[str, object]) -> Typed:
        """Only known words get through; texts are cut to a length no honest form reaches."""

        def text(name: str, default: str = "") -> str:
            value = form.get(name, default)
            return value.strip()[:KEY_LENGTH] if isinstance(value, str) else default

        def word(name: str, known: Iterable[str], default: str) -> str:
            return text(name) if text(name) in list(known) else default

        free = {one: text(one) for one in ("qty", "price", *_FREE)}
        style = word("style", STYLES, "")
        return cls(
            key=text("key") or new_key(),
            side=word("side", SIDES, "buy"),
            kind=STYLES[style].kind.value if style else word("kind", OrderKind, "market"),
            style=style,
            exits="1" if text("exits") else "",
            tif=word("tif", TimeInForce, "day"),
            exit_tif=word("exit_tif", TimeInForce, "gtc"),
            trail_unit=word("trail_unit", ("price", "percent"), "price"),
            stop_loss_trail_unit=word("stop_loss_trail_unit", ("price", "percent"), "price"),
            stop_kind=word("stop_kind", OrderKind, "market"),
            **free,
        )

    @property
    def shown_style(self) -> str:
        """What is chosen in a ticket with these words in it."""
        return self.style or ("limit" if self.kind == "limit" else "market")

    def asked(self) -> Typed:
        """Only what counts with the chosen style; an exit belongs to a purchase."""
        if not self.style:
            return self
        exits = bool(self.exits) and self.side == "buy"
        return replace(self, **dict.fromkeys(unused(self.style, exits=exits), ""))


@dataclass(frozen=True, slots=True)
class Checked(Generic[T]):
    """Either a request or at least one error; ``errors`` maps fields to sentences."""

    request: T | None
    errors: Mapping[str, str] = field(default_factory=dict)


def _number_error(name: str, fault: NumberFault, instrument: Instrument, language: Language) -> str:
    return translate(FAULTS[name, fault], language).format(step=formats.price(1, instrument))


def tidy(text: str) -> str:
    """Full-width digits and thousands separators are what people paste."""
    wide = {ord("０") + digit: str(digit) for digit in range(10)} | {
        ord("．"): ".",
        ord("，"): None,
    }
    return text.translate({**wide, ord(","): None, ord(" "): None})


def _parsed(parse: Callable[[str], N | NumberFault], text: str) -> N | NumberFault:
    """A number with more digits than the parser reads is too large, not gibberish."""
    value = parse(text)
    digits = text.replace(".", "", 1)
    endless = digits.isascii() and digits.isdigit() and len(digits) > DIGITS_READ
    return NumberFault.TOO_LARGE if value is NumberFault.NOT_A_NUMBER and endless else value


def read_qty(text: str, instrument: Instrument, language: Language) -> Qty | str:
    """A quantity of at least one, or the sentence that says what is wrong."""
    value = _parsed(instrument.qty_from_text, tidy(text))
    if isinstance(value, NumberFault):
        return _number_error("qty", value, instrument, language)
    return value if value > 0 else sentence(Reason.QTY_NOT_POSITIVE, {}, language, instrument)


def read_price(text: str, instrument: Instrument, language: Language) -> PriceTicks | str:
    """A price above zero on a tick, or the sentence that says what is wrong."""
    if not text.strip():
        return sentence(Reason.PRICE_MISSING, {}, language, instrument)
    value = _parsed(instrument.price_from_text, tidy(text))
    if isinstance(value, NumberFault):
        return _number_error("price", value, instrument, language)
    return value if value > 0 else sentence(Reason.PRICE_NOT_POSITIVE, {}, language, instrument)


def replace_request(
    form: Mapping[str, object],
    account_id: AccountId,
    order_id: OrderId,
    instrument: Instrument,
    language: Language,
) -> Checked[ReplaceRequest]:
    """New quantity, limit and stop of an open order, or all field errors at once.  Fields that the
    form does not have stay as they are: a stop without a limit names none."""
    typed = Typed.of(form)
    qty = read_qty(typed.qty, instrument, language)
    limit = read_price(typed.price, instrument, language) if "price" in form else None
    stop = read_price(typed.stop, instrument, language) if "stop" in form else None
    found = {"qty": qty, "price": limit, "stop": stop}
    if isinstance(qty, str) or isinstance(limit, str) or isinstance(stop, str):
        return Checked(None, {name: text for name, text in found.items() if isinstance(text, str)})
    return Checked(ReplaceRequest(account_id, typed.key, order_id, qty, limit, stop))


def read_date(text: object) -> date | None:
    """An ISO date as browsers send it, None for anything else."""
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
