"""A plan as a program writes it.  It is read by the form that people fill in, so that both meet
the same checks and the same sentences; only the names of the members differ."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from msgspec import Meta, Struct

from web.api.shapes import Name
from web.i18n import Language
from web.pages.common import OwnAccount
from web.pages.plan_forms import CONDITION_ROWS, LINE_ROWS, PlanForm
from web.problems import FieldError

_Text = Annotated[str, Meta(max_length=40)]
# A whole number may be written as a JSON number; anything else is a text, so that it stays exact.
Figure = _Text | Annotated[int, Meta(ge=0, le=10**12)]
Day = Annotated[str, Meta(max_length=10, description="An ISO date.")]
Time = Annotated[str, Meta(max_length=5, description="On the market's wall clock, like 10:30.")]
TradeSide = Literal["buy", "sell"]
_KEPT = Literal["day", "gtc"]


class OrderOfPlan(Struct, forbid_unknown_fields=True):
    """One order as the plan will send it; without ``price`` a market order."""

    instrument: Name
    side: TradeSide
    qty: Figure
    price: Figure | None = None
    tif: _KEPT = "day"


class LineOfBasket(Struct, forbid_unknown_fields=True):
    """One order of a basket; without ``price`` a market order."""

    instrument: Name
    side: TradeSide
    qty: Figure
    price: Figure | None = None


class When(Struct, forbid_unknown_fields=True):
    """``number`` is a price for at_most and at_least, else a percentage."""

    when: Literal["at_most", "at_least", "drop", "rebound", "up", "down", "profit", "loss"]
    number: Figure


class Moment(Struct, forbid_unknown_fields=True):
    """A moment on the market's wall clock."""

    date: Day
    time: Time


class WeightOfPlan(Struct, forbid_unknown_fields=True):
    """A share of the account's value in percent."""

    instrument: Name
    weight: Figure


class LimitsOfPlan(Struct, forbid_unknown_fields=True):
    """What the plan may never go beyond; what is left out has no limit."""

    max_money: Figure | None = None
    max_qty: Figure | None = None
    max_steps: Figure | None = None
    lowest: Figure | None = None
    highest: Figure | None = None


class _Wish(Struct, forbid_unknown_fields=True, kw_only=True):
    limits: LimitsOfPlan | None = None
    expires: Day | None = None


class StagedWish(_Wish, tag_field="kind", tag="staged"):
    """One order for the beginning of the next session."""

    order: OrderOfPlan


class ConditionalWish(_Wish, tag_field="kind", tag="conditional"):
    """One order as soon as all conditions hold at the same price, not before ``not_before``."""

    order: OrderOfPlan
    conditions: Annotated[list[When], Meta(max_length=CONDITION_ROWS)] = []
    not_before: Moment | None = None


class FixedAmountWish(_Wish, tag_field="kind", tag="fixed_amount"):
    """Buy for ``amount`` every so many sessions, in whole lots; the rest is carried."""

    instrument: Name
    amount: Figure
    every: Figure = 1


class GridWish(_Wish, tag_field="kind", tag="grid"):
    """Buys a step below and sells a step above, between two prices."""

    instrument: Name
    lower: Figure
    upper: Figure
    step: Figure
    qty: Figure


class BasketWish(_Wish, tag_field="kind", tag="basket"):
    """Several orders at once."""

    lines: Annotated[list[LineOfBasket], Meta(max_length=LINE_ROWS)]
    tif: _KEPT = "day"


class RebalanceWish(_Wish, tag_field="kind", tag="rebalance"):
    """Sell and buy until each holding has its share; ``reserve`` percent stay cash."""

    lines: Annotated[list[WeightOfPlan], Meta(max_length=LINE_ROWS)]
    reserve: Figure | None = None


class TwapWish(_Wish, tag_field="kind", tag="twap"):
    """One order in equal parts between two times of a day."""

    order: OrderOfPlan
    day: Day
    start: Time
    end: Time
    slices: Figure


class PovWish(_Wish, tag_field="kind", tag="pov"):
    """One order that keeps to ``share`` percent of what is traded between two times of a day."""

    order: OrderOfPlan
    day: Day
    start: Time
    end: Time
    slices: Figure
    share: Figure


PlanWish = (
    StagedWish
    | ConditionalWish
    | FixedAmountWish
    | GridWish
    | BasketWish
    | RebalanceWish
    | TwapWish
    | PovWish
)


def form_of(wish: PlanWish, own: OwnAccount, language: Language) -> PlanForm:
    """The form as a person would have filled it in."""
    kind = str(wish.__struct_config__.tag)
    typed = {name: str(value) for name, value in _typed(wish)}
    return PlanForm.of(kind, own, typed, language)


def _typed(wish: PlanWish) -> Iterator[tuple[str, object]]:
    """The fields of the form in which something stands."""
    for name in wish.__struct_fields__:
        value = getattr(wish, name)
        if isinstance(value, OrderOfPlan):
            yield "type", "market" if value.price is None else "limit"
            yield from _members(value)
        elif isinstance(value, LimitsOfPlan):
            yield from _members(value)
        elif isinstance(value, Moment):
            yield from (("from_date", value.date), ("from_time", value.time))
        elif isinstance(value, list):
            for row, line in enumerate(value, start=1):
                yield from ((f"{one}_{row}", text) for one, text in _members(line))
        elif value is not None:
            yield name, value


def _members(value: Struct) -> Iterator[tuple[str, object]]:
    for name in value.__struct_fields__:
        if getattr(value, name) is not None:
            yield name, getattr(value, name)


_ROW = re.compile(r"(?P<name>[a-z]+)_(?P<row>[1-9])")
_LIMITS = frozenset(LimitsOfPlan.__struct_fields__)
_ORDER = frozenset(OrderOfPlan.__struct_fields__)
_MOMENT = {"from_date": "not_before.date", "from_time": "not_before.time"}


def member_of(wish: PlanWish, field: str) -> str:
    """The path of the member that a field of the form stands for; empty for the whole plan."""
    row = _ROW.fullmatch(field)
    if field == "form":
        return ""
    if row is not None:
        lines = "conditions" if isinstance(wish, ConditionalWish) else "lines"
        return f"{lines}.{int(row['row']) - 1}.{row['name']}"
    if field in _MOMENT:
        return _MOMENT[field]
    if field in _LIMITS:
        return f"limits.{field}"
    return f"order.{field}" if hasattr(wish, "order") and field in _ORDER else field


def faults(wish: PlanWish, errors: Mapping[str, str]) -> tuple[FieldError, ...]:
    """Every wrong member with its sentence."""
    return tuple(FieldError(member_of(wish, name), text) for name, text in errors.items())
