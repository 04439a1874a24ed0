"""What was typed about a plan becomes its terms, or an error at each field that is wrong.

Lines of a plan (conditions, orders, weights) are rows of the form; empty rows are left out, and a
refusal that names a line finds its row again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from matching.instrument import Instrument
from matching.orders import Side, TimeInForce
from matching.reasons import Reason
from matching.units import NS_PER_SECOND, NumberFault, scaled_integer
from simtrade.desk.requests import Refusal
from simtrade.plans.model import (
    LATEST_NS,
    Basket,
    Condition,
    Conditional,
    ConditionKind,
    FixedAmount,
    Grid,
    Leg,
    Limits,
    Rebalance,
    Spec,
    Staged,
    Terms,
    TimeSlices,
    VolumeSlices,
    Weight,
)
from web import formats
from web.forms import KEY_LENGTH, SIDES, read_date, read_price, read_qty, tidy
from web.i18n import N_, Language, translate
from web.pages.common import OwnAccount
from web.sentences import REASONS, sentence

KINDS = ("staged", "conditional", "grid", "fixed_amount", "basket", "rebalance", "twap", "pov")
CONDITION_ROWS = 3
LINE_ROWS = 5

# A choice of the form: the condition, and the sign of its number.
CONDITIONS: Mapping[str, tuple[ConditionKind, int]] = {
    "at_most": (ConditionKind.PRICE_AT_MOST, 1),
    "at_least": (ConditionKind.PRICE_AT_LEAST, 1),
    "drop": (ConditionKind.DROP_FROM_HIGH, 1),
    "rebound": (ConditionKind.REBOUND_FROM_LOW, 1),
    "up": (ConditionKind.CHANGE, 1),
    "down": (ConditionKind.CHANGE, -1),
    "profit": (ConditionKind.POSITION_PROFIT, 1),
    "loss": (ConditionKind.POSITION_PROFIT, -1),
}
_WHOLE = N_("Enter a whole number.")
_PERCENT = N_("Enter a percentage, like 2.5.")
_MONEY = N_("Enter an amount of money, like 1000.")
_PRICE = N_("Enter a price.")
_DAY = N_("Enter a day.")
_TOO_FAR = N_("That day is too far away.")
_TIME = N_("Enter a time, like 10:30.")
_MISSING = N_("Choose a security.")
_NO_CONDITION = N_("Choose at least one condition.")
_NO_LINE = N_("Fill in at least one line.")
_GRID_PRICES = ("lower", "upper", "step")  # of no limit order
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[:：]([0-5][0-9])")


@dataclass(slots=True)
class PlanForm:
    """The typed texts of one kind of plan, exactly as they will be shown again."""

    kind: str
    own: OwnAccount
    language: Language
    typed: Mapping[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)  # row of the form per line of the plan

    @classmethod
    def of(
        cls, kind: str, own: OwnAccount, form: Mapping[str, object], language: Language
    ) -> PlanForm:
        typed = {
            name: value.strip()[:KEY_LENGTH]
            for name, value in form.items()
            if isinstance(value, str)
        }
        return cls(kind, own, language, typed)

    def text(self, name: str, default: str = "") -> str:
        return self.typed.get(name) or default

    def shows_as_time(self, name: str) -> bool:
        """Whether a browser's field for times shows the text; it would empty any other."""
        return re.fullmatch(r"(\d\d:\d\d)?", self.text(name)) is not None

    def error(self, name: str) -> str:
        return self.errors.get(name, "")

    def terms(self) -> Terms | None:
        """The plan, None when a field is wrong."""
        spec = _READERS[self.kind](self)
        instrument = self._instrument("instrument", quiet=True)
        limits = Limits(
            max_money_minor=self._money("max_money", optional=True),
            max_qty=self._whole("max_qty", optional=True),
            max_steps=self._whole("max_steps", optional=True),
            lowest_ticks=self._price("lowest", instrument, optional=True),
            highest_ticks=self._price("highest", instrument, optional=True),
        )
        expires = self._day("expires") if self.text("expires") else None
        if self.errors or spec is None:
            return None
        return Terms(spec, limits, expires)

    # One field each

    def _fault(self, name: str, message: str) -> None:
        self.errors.setdefault(name, translate(message, self.language))

    def _instrument(self, name: str, *, quiet: bool = False) -> Instrument | None:
        found = self.own.instrument(self.text(name))
        if found is None and not quiet:
            self._fault(name, _MISSING)
        return found

    def _qty(self, name: str, instrument: Instrument | None) -> int:
        if instrument is None:
            return 0
        value = read_qty(self.text(name), instrument, self.language)
        if isinstance(value, str):
            self.errors.setdefault(name, value)
            return 0
        return value

    def _price(
        self, name: str, instrument: Instrument | None, *, optional: bool = False
    ) -> int | None:
        if instrument is None or (optional and not self.text(name)):
            return None
        if name in _GRID_PRICES and not self.text(name):
            self._fault(name, _PRICE)
            return None
        value = read_price(self.text(name), instrument, self.language)
        if isinstance(value, str):
            self.errors.setdefault(name, value)
            return None
        return value

    def _scaled(self, name: str, decimals: int, message: str, *, optional: bool) -> int | None:
        if optional and not self.text(name):
            return None
        value = scaled_integer(tidy(self.text(name)).removesuffix("%"), decimals)
        if isinstance(value, NumberFault):
            self._fault(name, message)
            return None
        return value

    def _money(self, name: str, *, optional: bool = False) -> int | None:
        return self._scaled(name, self.own.currency.decimals, _MONEY, optional=optional)

    def _whole(self, name: str, *, optional: bool = False) -> int | None:
        return self._scaled(name, 0, _WHOLE, optional=optional)

    def _permille(self, name: str) -> int:
        return self._scaled(name, 1, _PERCENT, optional=False) or 0

    def _day(self, name: str) -> date | None:
        found = read_date(self.text(name))
        if found is None:
            self._fault(name, _DAY)
        return found

    def _moment(self, day_name: str, time_name: str) -> int:
        """Nanoseconds UTC of a day and a time on the market's wall clock."""
        found, clock = self._day(day_name), _CLOCK.fullmatch(self.text(time_name))
        if clock is None:
            self._fault(time_name, _TIME)
        if found is None or clock is None:
            return 0
        seconds = int(clock[1]) * 3600 + int(clock[2]) * 60
        zone = self.own.venue.traits.time_zone
        moment = formats.midnight_ns(found, zone) + seconds * NS_PER_SECOND
        if moment < 0:
            self._fault(day_name, REASONS[Reason.PLAN_TIME_PAST.code])
        elif moment > LATEST_NS:
            self._fault(day_name, _TOO_FAR)
        return moment

    def leg(self, suffix: str = "") -> Leg | None:
        """One order: its price is missing for a market order."""
        instrument = self._instrument(f"instrument{suffix}")
        if instrument is None:
            return None
        rows = bool(suffix)
        limited = bool(self.text(f"price{suffix}")) if rows else self.text("type") == "limit"
        return Leg(
            instrument_id=instrument.instrument_id,
            side=SIDES.get(self.text(f"side{suffix}"), Side.BUY),
            qty=self._qty(f"qty{suffix}", instrument),
            limit_ticks=self._price(f"price{suffix}", instrument) if limited else None,
            time_in_force=TimeInForce.GTC if self.text("tif") == "gtc" else TimeInForce.DAY,
        )

    # A refusal of the desk, at its field

    def refuse(self, refusal: Refusal) -> None:
        instrument = self._instrument("instrument", quiet=True)
        numbers = dict(refusal.numbers)
        line = numbers.pop("line", None)
        row = self.rows[line - 1] if line and line <= len(self.rows) else None
        name = _FIELDS.get((self.kind, refusal.reason.field), refusal.reason.field)
        if name in ("number", "qty", "price", "instrument", "weight") and row is not None:
            name = f"{name}_{row}"
        zone = self.own.venue.traits.time_zone
        text = sentence(refusal.reason, numbers, self.language, instrument, zone)
        self.errors[name if name in self.typed else "form"] = text


_FIELDS: Mapping[tuple[str, str], str] = {
    ("conditional", "conditions"): "number",
    ("conditional", "time"): "from_date",
    ("rebalance", "number"): "weight",
    ("rebalance", "lines"): "weight",
    ("basket", "lines"): "qty",
    ("fixed_amount", "number"): "every",
    ("twap", "number"): "slices",
    ("pov", "number"): "slices",
    ("twap", "time"): "start",
    ("pov", "time"): "start",
}


def _staged(form: PlanForm) -> Spec | None:
    leg = form.leg()
    return None if leg is None else Staged(leg)


def _conditional(form: PlanForm) -> Spec | None:
    leg = form.leg()
    instrument = form._instrument("instrument", quiet=True)
    lines: list[Condition] = []
    for row in range(1, CONDITION_ROWS + 1):
        chosen = CONDITIONS.get(form.text(f"when_{row}"))
        if chosen is None:
            continue
        kind, sign = chosen
        name = f"number_{row}"
        priced = kind in (ConditionKind.PRICE_AT_LEAST, ConditionKind.PRICE_AT_MOST)
        number = form._price(name, instrument) if priced else form._permille(name)
        lines.append(Condition(kind, sign * (number or 0)))
        form.rows.append(row)
    if form.text("from_date") or form.text("from_time"):
        moment = form._moment("from_date", "from_time")
        lines.append(Condition(ConditionKind.TIME_FROM, moment))
    if not lines:
        form._fault("when_1", _NO_CONDITION)
    return None if leg is None else Conditional(tuple(lines), leg)


def _fixed_amount(form: PlanForm) -> Spec | None:
    instrument = form._instrument("instrument")
    amount, every = form._money("amount"), form._whole("every")
    if instrument is None or amount is None or every is None:
        return None
    return FixedAmount(instrument.instrument_id, amount, every)


def _grid(form: PlanForm) -> Spec | None:
    instrument = form._instrument("instrument")
    prices = [form._price(name, instrument) for name in ("lower", "upper", "step")]
    qty = form._qty("qty", instrument)
    if instrument is None or form.errors:
        return None
    lower, upper, step = (one or 0 for one in prices)
    return Grid(instrument.instrument_id, lower, upper, step, qty)


def _lines(form: PlanForm, names: tuple[str, ...], first: str) -> list[int]:
    """The rows in which something stands."""
    rows = [
        row for row in range(1, LINE_ROWS + 1) if any(form.text(f"{name}_{row}") for name in names)
    ]
    if not rows:
        form._fault(f"{first}_1", _NO_LINE)
    form.rows = rows
    return rows


def _basket(form: PlanForm) -> Spec | None:
    rows = _lines(form, ("qty", "price"), "qty")
    legs = [form.leg(f"_{row}") for row in rows]
    return Basket(tuple(leg for leg in legs if leg is not None))


def _rebalance(form: PlanForm) -> Spec | None:
    weights: list[Weight] = []
    for row in _lines(form, ("weight",), "weight"):
        instrument = form._instrument(f"instrument_{row}")
        permille = form._permille(f"weight_{row}")
        if instrument is not None:
            weights.append(Weight(instrument.instrument_id, permille))
    reserve = form._permille("reserve") if form.text("reserve") else 0
    return Rebalance(tuple(weights), reserve)


def _slices(form: PlanForm) -> Spec | None:
    leg, slices = form.leg(), form._whole("slices")
    start, end = form._moment("day", "start"), form._moment("day", "end")
    share = form._permille("share") if form.kind == "pov" else 0
    if leg is None or slices is None:
        return None
    if form.kind == "pov":
        return VolumeSlices(leg, start, end, slices, share)
    return TimeSlices(leg, start, end, slices)


_READERS: Mapping[str, Callable[[PlanForm], Spec | None]] = {
    "staged": _staged,
    "conditional": _conditional,
    "fixed_amount": _fixed_amount,
    "grid": _grid,
    "basket": _basket,
    "rebalance": _rebalance,
    "twap": _slices,
    "pov": _slices,
}
