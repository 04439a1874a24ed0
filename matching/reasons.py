"""Why something was refused: one name per reason, in order of precedence.

The first reason that applies is the one reported.  ``field`` names the input the person has to
change, ``transient`` says whether the same request can succeed later without any change.
Sentences for people are written in web/.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum


def day_figure(day: date) -> int:
    """A day among the numbers of a refusal: 20260706."""
    return day.year * 10_000 + day.month * 100 + day.day


class Reason(Enum):
    """(code, field at fault, transient)"""

    # The request itself
    KEY_INVALID = ("key_invalid", "key", False)
    KEY_REUSED = ("key_reused", "key", False)
    VENUE_UNKNOWN = ("venue_unknown", "venue", False)
    VENUE_NAME_TOO_LONG = ("venue_name_too_long", "name", False)
    VENUE_NAME_NOT_ALLOWED = ("venue_name_not_allowed", "name", False)
    BRANCH_SHARED = ("branch_shared", "account", False)
    BRANCH_TOO_LONG = ("branch_too_long", "account", False)
    TAPE_UNKNOWN = ("tape_unknown", "tape", False)
    ACCOUNT_UNKNOWN = ("account_unknown", "account", False)
    INSTRUMENT_UNKNOWN = ("instrument_unknown", "instrument", False)
    ORDER_UNKNOWN = ("order_unknown", "order", False)
    ORDER_NOT_OPEN = ("order_not_open", "order", False)
    CHANGE_ON_ITS_WAY = ("change_on_its_way", "order", True)
    REPLACE_CHANGES_NOTHING = ("replace_changes_nothing", "order", False)
    RULES_NOT_KNOWN = ("rules_not_known", "date", False)
    REPLACE_NOT_POSSIBLE = ("replace_not_possible", "order", False)
    GROUP_QTY_FIXED = ("group_qty_fixed", "qty", False)
    KIND_NOT_OFFERED = ("kind_not_offered", "kind", False)
    TIME_NOT_OFFERED = ("time_not_offered", "tif", False)
    AMOUNT_NOT_OFFERED = ("amount_not_offered", "amount", False)
    # Numbers
    AMOUNT_TOO_SMALL = ("amount_too_small", "amount", False)
    QTY_NOT_POSITIVE = ("qty_not_positive", "qty", False)
    QTY_TOO_LARGE = ("qty_too_large", "qty", False)
    QTY_TOO_SMALL = ("qty_too_small", "qty", False)
    QTY_NOT_IN_LOTS = ("qty_not_in_lots", "qty", False)
    QTY_BELOW_FILLED = ("qty_below_filled", "qty", False)
    PRICE_MISSING = ("price_missing", "price", False)
    PRICE_NOT_POSITIVE = ("price_not_positive", "price", False)
    PRICE_TOO_LARGE = ("price_too_large", "price", False)
    PRICE_NOT_ON_TICK = ("price_not_on_tick", "price", False)
    PRICE_ABOVE_LIMIT = ("price_above_limit", "price", False)
    PRICE_BELOW_LIMIT = ("price_below_limit", "price", False)
    PRICE_ABOVE_CAGE = ("price_above_cage", "price", True)
    PRICE_BELOW_CAGE = ("price_below_cage", "price", True)
    PRICE_FAR_FROM_NOMINAL = ("price_far_from_nominal", "price", True)
    TRIGGER_NOT_POSSIBLE = ("trigger_not_possible", "stop", False)
    TRAIL_NOT_POSITIVE = ("trail_not_positive", "trail", False)
    TRAIL_TOO_FAR = ("trail_too_far", "trail", False)
    STOP_NOT_POSITIVE = ("stop_not_positive", "stop", False)
    STOP_TOO_LARGE = ("stop_too_large", "stop", False)
    STOP_WRONG_SIDE = ("stop_wrong_side", "stop", False)
    GOOD_TILL_NOT_POSSIBLE = ("good_till_not_possible", "good_till", False)
    GOOD_TILL_MISSING = ("good_till_missing", "good_till", False)
    GOOD_TILL_PAST = ("good_till_past", "good_till", False)
    GROUP_LEGS_WRONG = ("group_legs_wrong", "group", False)
    LEGS_CROSSED = ("legs_crossed", "stop", False)
    LEG_TOO_SHORT = ("leg_too_short", "exit_tif", False)
    STOP_LOSS_WRONG_SIDE = ("stop_loss_wrong_side", "stop_loss", False)
    TAKE_PROFIT_WRONG_SIDE = ("take_profit_wrong_side", "take_profit", False)
    # The state of the market
    MARKET_CLOSED = ("market_closed", "", True)
    AUCTION_OVER = ("auction_over", "tif", True)
    FIXED_PRICE_HOURS = ("fixed_price_hours", "kind", True)
    IMMEDIATE_IN_AUCTION = ("immediate_in_auction", "tif", True)
    MARKET_ORDER_IN_AUCTION = ("market_order_in_auction", "kind", True)
    CANCEL_LOCKED = ("cancel_locked", "order", True)
    INSTRUMENT_HALTED = ("instrument_halted", "instrument", True)
    INSTRUMENT_SUSPENDED = ("instrument_suspended", "instrument", False)
    INSTRUMENT_NOT_LISTED = ("instrument_not_listed", "instrument", True)
    NO_PRICE_YET = ("no_price_yet", "instrument", True)
    VENUE_ENDED = ("venue_ended", "", False)
    # Selling what was borrowed, and borrowed money
    SHORT_NOT_ALLOWED = ("short_not_allowed", "side", False)
    SHORT_NOT_PLAIN = ("short_not_plain", "kind", False)
    SHORT_PRICE_TOO_LOW = ("short_price_too_low", "price", True)
    MARGIN_NOT_ON = ("margin_not_on", "side", False)
    MARGIN_NOT_OFFERED = ("margin_not_offered", "", False)
    MARGIN_NOT_CONFIRMED = ("margin_not_confirmed", "understood", False)
    MARGIN_ENTRY_TOO_SMALL = ("margin_entry_too_small", "", False)
    MARGIN_IN_USE = ("margin_in_use", "", False)
    SHORT_BESIDE_LONG = ("short_beside_long", "side", False)
    SHORT_NONE_TO_BORROW = ("short_none_to_borrow", "qty", True)
    COVER_TOO_LARGE = ("cover_too_large", "qty", False)
    COVER_NOT_YET = ("cover_not_yet", "qty", True)
    MARGIN_EQUITY_TOO_SMALL = ("margin_equity_too_small", "qty", False)
    MARGIN_TOO_SMALL = ("margin_too_small", "qty", False)
    # The account
    TOO_MANY_VENUES = ("too_many_venues", "", False)
    TOO_MANY_OPEN_ORDERS = ("too_many_open_orders", "", False)
    NOT_ENOUGH_CASH = ("not_enough_cash", "qty", False)
    NOT_ENOUGH_TO_SELL = ("not_enough_to_sell", "qty", False)
    NOT_SETTLED_YET = ("not_settled_yet", "qty", True)
    ODD_LOT_SPLIT = ("odd_lot_split", "qty", False)
    SELF_TRADE = ("self_trade", "price", False)
    # Plans
    PLAN_UNKNOWN = ("plan_unknown", "plan", False)
    PLAN_OVER = ("plan_over", "plan", False)
    TOO_MANY_PLANS = ("too_many_plans", "", False)
    PLAN_EMPTY = ("plan_empty", "lines", False)
    PLAN_TOO_LONG = ("plan_too_long", "lines", False)
    PLAN_INSTRUMENT_TWICE = ("plan_instrument_twice", "lines", False)
    PLAN_NUMBER_OUTSIDE = ("plan_number_outside", "number", False)
    PLAN_CONDITION_NEVER = ("plan_condition_never", "conditions", False)
    PLAN_CONTRADICTS = ("plan_contradicts", "conditions", False)
    PLAN_AMOUNT_NOT_POSITIVE = ("plan_amount_not_positive", "amount", False)
    PLAN_BOUNDS_CROSSED = ("plan_bounds_crossed", "lower", False)
    PLAN_STEP_NOT_POSITIVE = ("plan_step_not_positive", "step", False)
    PLAN_STEP_TOO_WIDE = ("plan_step_too_wide", "step", False)
    PLAN_TOO_MANY_LEVELS = ("plan_too_many_levels", "step", False)
    PLAN_OUTSIDE_GRID = ("plan_outside_grid", "lower", True)
    PLAN_WEIGHTS_ABOVE_ALL = ("plan_weights_above_all", "lines", False)
    PLAN_WINDOW_EMPTY = ("plan_window_empty", "end", False)
    PLAN_WINDOW_TOO_LONG = ("plan_window_too_long", "end", False)
    PLAN_TIME_PAST = ("plan_time_past", "time", False)
    PLAN_WINDOW_CLOSED = ("plan_window_closed", "day", False)
    PLAN_BEYOND_TAPE = ("plan_beyond_tape", "day", False)
    PLAN_END_BEYOND_TAPE = ("plan_end_beyond_tape", "end", False)
    PLAN_EXPIRED = ("plan_expired", "expires", False)
    PLAN_LIMIT_TOO_SMALL = ("plan_limit_too_small", "limits", False)
    PLAN_LIMIT_STEPS = ("plan_limit_steps", "limits", False)
    PLAN_LIMIT_PRICE = ("plan_limit_price", "limits", True)
    PLAN_LIMIT_QTY = ("plan_limit_qty", "limits", False)
    PLAN_LIMIT_MONEY = ("plan_limit_money", "limits", False)
    RIGHTS_NOT_OPEN = ("rights_not_open", "instrument", False)
    RIGHTS_QTY_TOO_LARGE = ("rights_qty_too_large", "qty", False)
    # The clock of a venue
    TOO_MANY_AWAKE = ("too_many_awake", "", True)
    CLOCK_NOT_YOURS = ("clock_not_yours", "", False)
    SPEED_NOT_OFFERED = ("speed_not_offered", "speed", False)
    SEEK_BACKWARDS = ("seek_backwards", "date", False)
    SEEK_OUTSIDE_TAPE = ("seek_outside_tape", "date", False)
    CLOCK_IS_LIVE = ("clock_is_live", "", False)
    # The service
    MARKET_NOT_HEARD = ("market_not_heard", "", True)
    INBOX_FULL = ("inbox_full", "", True)

    def __init__(self, code: str, field: str, transient: bool) -> None:
        self.code = code
        self.field = field
        self.transient = transient

    @classmethod
    def of(cls, code: str) -> Reason:
        """The reason with that code; KeyError when there is none."""
        return _BY_CODE[code]


_BY_CODE = {reason.code: reason for reason in Reason}


@dataclass(frozen=True, slots=True)
class Refused:
    """Why an order is not taken; ``numbers`` are what the sentence needs."""

    reason: Reason
    numbers: Mapping[str, int] = field(default_factory=dict)
    rule: str = ""
