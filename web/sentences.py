"""Why something was refused, in words a newcomer understands, in both languages.

A sentence is a fixed text per reason plus one short remark per number that came with it, so a
number that the desk adds later never breaks a page.
"""

from __future__ import annotations

from collections.abc import Mapping

from matching.instrument import Instrument
from matching.reasons import Reason
from matching.units import CURRENCIES, Currency
from simtrade.people.model import PersonReason
from web import formats
from web.i18n import N_, Language, translate
from web.words import KINDS, TIMES_IN_FORCE, worded

REASONS: Mapping[str, str] = {
    "key_reused": N_("This form was already used for another order. Please start a fresh one."),
    "key_invalid": N_("This form cannot be used. Please reload the page."),
    "venue_unknown": N_("This market does not exist any more."),
    "account_unknown": N_("This account does not exist or is not yours."),
    "instrument_unknown": N_("This market does not trade that security."),
    "order_unknown": N_("There is no such order in this account."),
    "order_not_open": N_("This order is no longer open: it was already filled or cancelled."),
    "change_on_its_way": N_(
        "A change of this order is still on its way to the exchange. Try again in a moment."
    ),
    "replace_changes_nothing": N_("Nothing to change: price and quantity are the same as before."),
    "replace_not_possible": N_(
        "This kind of order cannot be changed that way. Cancel it and place a new one."
    ),
    "group_qty_fixed": N_(
        "The quantity of linked orders cannot be changed. Cancel them and place new ones."
    ),
    "kind_not_offered": N_("This market does not offer that kind of order."),
    "time_not_offered": N_("This market does not offer that validity for this kind of order."),
    "amount_not_offered": N_("This market trades quantities only, not amounts of money."),
    "amount_too_small": N_("That amount of money does not buy the smallest quantity."),
    "trigger_not_possible": N_("A stop cannot be combined with this kind of order."),
    "trail_not_positive": N_("The trailing distance must be greater than zero."),
    "trail_too_far": N_("The trailing distance is larger than the price."),
    "stop_not_positive": N_("The stop price must be greater than zero."),
    "stop_too_large": N_("That stop price is too high to be real."),
    "stop_wrong_side": N_(
        "This stop would be met at once: a buy stop lies above the market, a sell stop below it."
    ),
    "good_till_not_possible": N_("A date only goes with an order that is valid until a date."),
    "good_till_missing": N_("Say until which date the order is valid."),
    "good_till_past": N_("That date is over already."),
    "group_legs_wrong": N_(
        "These orders do not fit together: a pair needs a limit and a stop, an exit a limit or a "
        "stop of its own."
    ),
    "legs_crossed": N_("The limit and the stop of the pair are on the wrong sides of each other."),
    "leg_too_short": N_("The exit would end before it could work: let it be valid longer."),
    "stop_loss_wrong_side": N_(
        "The stop-loss must be on the losing side of the entry: below it after a purchase, above "
        "it after a sale."
    ),
    "take_profit_wrong_side": N_(
        "The take-profit must be on the winning side of the entry: above it after a purchase, "
        "below it after a sale."
    ),
    "qty_not_positive": N_("Enter a quantity of at least 1."),
    "qty_too_large": N_("That quantity is too large."),
    "rules_not_known": N_("We do not know the rules of this market on that day."),
    "qty_too_small": N_("That quantity is too small for this market."),
    "qty_not_in_lots": N_("You can only buy whole lots here."),
    "qty_below_filled": N_("Part of the order is already filled; the total cannot go below that."),
    "price_missing": N_("A limit order needs a price."),
    "price_not_positive": N_("The price must be greater than zero."),
    "price_too_large": N_("That price is too high to be real."),
    "price_not_on_tick": N_("Prices here move in larger steps."),
    "price_above_cage": N_(
        "That is too far above the market: while it trades, a buyer may only go a little higher."
    ),
    "price_below_cage": N_(
        "That is too far below the market: while it trades, a seller may only go a little lower."
    ),
    "price_far_from_nominal": N_(
        "That price is so far from the last one that the exchange takes it for a slip."
    ),
    "price_above_limit": N_("The price is above today's upper limit."),
    "price_below_limit": N_("The price is below today's lower limit."),
    "market_closed": N_("The market is closed right now. Try again when it opens."),
    "auction_over": N_("That auction is over for today. Choose another way for the order to last."),
    "fixed_price_hours": N_(
        "Orders at the closing price are taken while the market trades, in the closing auction and "
        "after it until the day ends; not before the open and not in the lunch break."
    ),
    "immediate_in_auction": N_(
        "A call auction is running: nothing trades at once now. Let the order stay for today "
        "instead, or wait for continuous trading."
    ),
    "market_order_in_auction": N_(
        "A call auction is running: it takes limit orders only. Name a price, or wait for "
        "continuous trading."
    ),
    "cancel_locked": N_(
        "In these last minutes of the auction no order can be cancelled or changed, so that its "
        "price can be relied on."
    ),
    "instrument_halted": N_("Trading in this security is halted. Try again when it resumes."),
    "instrument_suspended": N_("This security is suspended for the whole day."),
    "instrument_not_listed": N_("This security is not listed on this date yet."),
    "no_price_yet": N_("There is no price yet today. Try again in a moment."),
    "venue_ended": N_("The recording has ended; nothing can trade here any more."),
    "venue_name_too_long": N_("That name is too long for a market."),
    "venue_name_not_allowed": N_("That name has characters that cannot be shown."),
    "branch_shared": N_("Only a replay of your own can go another way."),
    "branch_too_long": N_(
        "Too much was done in this market to do it again ({max_commands} steps at most)."
    ),
    "tape_unknown": N_("That recording is not here any more."),
    "short_not_allowed": N_("Nothing is lent here, so this cannot be sold short."),
    "short_not_plain": N_(
        "Selling short takes a plain market or limit order, without stop, exits or a second order."
    ),
    "short_price_too_low": N_(
        "Short sales may not push the price down: name a limit, and not a lower one than this."
    ),
    "margin_not_on": N_(
        "Selling short needs a margin account. Switch margin on first, and read what it can cost."
    ),
    "margin_not_offered": N_("This market lends neither money nor shares."),
    "margin_not_confirmed": N_("Please confirm that you have read what borrowing can cost you."),
    "margin_entry_too_small": N_("Margin needs more equity than this account has."),
    "margin_in_use": N_(
        "Margin stays on while money or shares are borrowed, or open orders would need them."
    ),
    "short_beside_long": N_(
        "You hold this security or are about to buy it. Sell what you hold, or cancel that order, "
        "before you sell short."
    ),
    "short_none_to_borrow": N_("There are not that many shares to borrow."),
    "cover_too_large": N_("That is more than you owe. Buy back first, then buy with a new order."),
    "cover_not_yet": N_(
        "What was sold short today can be bought back from the next trading day on."
    ),
    "margin_equity_too_small": N_("Borrowing needs more equity than this account has now."),
    "margin_too_small": N_("There is not enough free margin for this order."),
    "too_many_venues": N_("You have too many practice markets already. Go on with one of them."),
    "too_many_open_orders": N_("You have too many open orders. Cancel one first."),
    "not_enough_cash": N_("You do not have enough available cash for this order."),
    "not_enough_to_sell": N_("You cannot sell more than you can sell now."),
    "not_settled_yet": N_(
        "Shares bought today can be sold from the next trading day on (the T+1 rule)."
    ),
    "odd_lot_split": N_("A rest below one lot can only be sold whole, in one order."),
    "self_trade": N_("This order would trade with your own open order. Cancel that one first."),
    "plan_unknown": N_("There is no such plan at work in this account."),
    "plan_over": N_("This plan is not in a state in which that can be done."),
    "too_many_plans": N_("You have too many plans at work. Stop one first."),
    "plan_empty": N_("The plan has no lines: nothing would ever happen."),
    "plan_too_long": N_("The plan has too many lines."),
    "plan_instrument_twice": N_("The same security is named twice."),
    "plan_number_outside": N_("That number is outside what is possible here."),
    "plan_condition_never": N_("This condition can never be met."),
    "plan_contradicts": N_("These lines contradict each other: they can never hold together."),
    "plan_amount_not_positive": N_("The amount must be greater than zero."),
    "plan_bounds_crossed": N_("The lower price must be below the upper price."),
    "plan_step_not_positive": N_("The step must be greater than zero."),
    "plan_step_too_wide": N_("The step is wider than the grid: there would be one price only."),
    "plan_too_many_levels": N_("The step is too small: the grid would have too many prices."),
    "plan_outside_grid": N_("The price is outside the grid now."),
    "plan_weights_above_all": N_("The weights and the cash reserve add up to more than 100%."),
    "plan_window_empty": N_("The end must come after the start."),
    "plan_window_too_long": N_("Start and end must be on the same day."),
    "plan_time_past": N_("That time has already passed."),
    "plan_window_closed": N_("The market does not trade between these times of that day."),
    "plan_beyond_tape": N_("The recording ends before the plan could do anything."),
    "plan_end_beyond_tape": N_("The recording ends before that time."),
    "plan_expired": N_("The plan would be over before it begins."),
    "plan_limit_too_small": N_("A limit must leave room for at least one step."),
    "plan_limit_steps": N_("The plan has placed as many orders as it may."),
    "plan_limit_price": N_("The price is outside the plan's price limits."),
    "plan_limit_qty": N_("The order would go beyond the plan's largest quantity."),
    "plan_limit_money": N_("The order would go beyond the plan's largest amount."),
    "rights_not_open": N_("There is nothing to subscribe for, or its last day is over."),
    "rights_qty_too_large": N_("Your rights do not allow that many shares."),
    "too_many_awake": N_(
        "Too many of your practice markets are running. Pause one of them, or wait a minute after "
        "you closed its page."
    ),
    "clock_not_yours": N_("Only the owner of a practice market can move its clock."),
    "clock_is_live": N_("This market happens now: its clock cannot be stopped or moved."),
    "market_not_heard": N_(
        "The live market cannot be heard at the moment, so nothing can be ordered. Try again soon."
    ),
    "speed_not_offered": N_("That speed is not offered."),
    "seek_backwards": N_("Time only moves forward here. Open a new practice to start earlier."),
    "seek_outside_tape": N_("The recording does not reach that date."),
    "inbox_full": N_("The exchange is very busy. Please try again in a moment."),
}

REMARKS: Mapping[str, str] = {
    "lot": N_("One lot is {value} shares."),
    "below_qty": N_("Nearest below: {value}."),
    "above_qty": N_("Nearest above: {value}."),
    "min_qty": N_("At least {value}."),
    "odd_qty": N_("The rest is {value}."),
    "below_ticks": N_("Nearest price below: {value}."),
    "above_ticks": N_("Nearest price above: {value}."),
    "most_ticks": N_("At most {value} now."),
    "least_ticks": N_("At least {value} now."),
    "benchmark_ticks": N_("It is measured from {value}."),
    "nominal_ticks": N_("The last price is {value}."),
    "first_day": N_("They are known since {value}."),
    "lower_ticks": N_("Lowest price today: {value}."),
    "upper_ticks": N_("Highest price today: {value}."),
    "limit_ticks": N_("Its price is {value}."),
    "last_ticks": N_("The last price is {value}."),
    "least_minor": N_("It takes at least {value}."),
    "entry_ticks": N_("The entry would be at about {value}."),
    "needed_minor": N_("It needs {value}."),
    "available_minor": N_("You have {value}."),
    "available": N_("You can sell {value} now."),
    "unsettled": N_("{value} were bought today."),
    "sellable_day": N_("They can be sold from {value}."),
    "filled": N_("{value} are already filled."),
    "max_qty": N_("At most {value}."),
    "max_orders": N_("At most {value} orders can be open."),
    "max_venues": N_("At most {value} are possible."),
    "max_letters": N_("At most {value} characters."),
    "max_awake": N_("At most {value} can run at the same time."),
    "max_plans": N_("At most {value} can be at work."),
    "max_lines": N_("At most {value} lines."),
    "max_levels": N_("At most {value} prices."),
    "max_steps": N_("At most {value} orders."),
    "line": N_("It is line {value}."),
    "price_ticks": N_("The price is {value}."),
    "limit_qty": N_("At most {value}."),
    "limit_minor": N_("At most {value}."),
    "tape_day": N_("Its last day is {value}."),
    "tape_end_ns": N_("It ends at {value} that day."),
    "until_ns": N_("It is possible again at {value}."),
    "equity_minor": N_("Equity now: {value}."),
    "owed": N_("You owe {value}."),
    "today": N_("{value} were sold short today."),
}
# Nothing bought today is no news: the word "today" would only mislead; nothing is below a lot.
SILENT_ZEROS = ("unsettled", "below_qty", "below_ticks")
_OFFERED = N_("Offered here: {offered}.")
COUNTS = (
    "max_orders",
    "max_venues",
    "max_plans",
    "max_awake",
    "max_letters",
    "max_lines",
    "max_levels",
    "max_steps",
    "line",
)  # of things, not of shares

PEOPLE: Mapping[str, str] = {
    "name_empty": N_("Choose a name."),
    "name_too_short": N_("That name is too short."),
    "name_too_long": N_("That name is too long."),
    "name_not_allowed": N_("That name cannot be used. Letters, digits and - _ . are fine."),
    "name_taken": N_("Somebody already has that name. Try another one."),
    "password_too_short": N_("Use a longer password."),
    "password_too_long": N_("That password is too long."),
    "password_too_common": N_(
        "That password is too easy to guess. A few words together work well."
    ),
    "login_failed": N_("Name or password is not right."),
    "already_signed_up": N_("You already have a name here."),
    "too_many_tries": N_("Too many tries. Wait a few minutes, then try again."),
    "busy": N_("We are very busy. Please try again in a moment."),
}


def _value(
    name: str, number: int, instrument: Instrument | None, currency: Currency, time_zone: str | None
) -> str:
    if name.endswith("_ns"):
        return formats.time_of_day(number, time_zone) if time_zone else ""
    if name.endswith("_minor"):
        return formats.money(number, currency)
    if name.endswith("_ticks"):
        return formats.price(number, instrument) if instrument else ""
    if name.endswith("_day"):
        return f"{number // 10_000}-{number // 100 % 100:02}-{number % 100:02}"
    if instrument and name not in COUNTS:
        return formats.quantity(number, instrument)
    return formats.grouped(number)


def _offered(numbers: Mapping[str, int], language: Language) -> list[str]:
    """What there is instead, as one sentence; nothing when nothing was named."""
    found = []
    for prefix, table in (("kind_", KINDS), ("time_", TIMES_IN_FORCE)):
        codes = [name.removeprefix(prefix) for name in numbers if name.startswith(prefix)]
        found += [worded(table, code, language) for code in codes]
    if not found:
        return []
    listed = ("、" if language == "zh" else ", ").join(found)
    return [translate(_OFFERED, language).format(offered=listed)]


def sentence(
    reason: Reason | PersonReason,
    numbers: Mapping[str, int],
    language: Language,
    instrument: Instrument | None = None,
    time_zone: str | None = None,
) -> str:
    """Why something was refused, and by which numbers, as one or two sentences.

    Prices are only spoken of when ``instrument`` gives their scale, times when ``time_zone`` says
    whose clock they are read on.
    """
    currency = instrument.currency if instrument else CURRENCIES["USD"]
    parts = [translate((REASONS if isinstance(reason, Reason) else PEOPLE)[reason.code], language)]
    parts += _offered(numbers, language)
    for name, number in numbers.items():
        remark = None if name in SILENT_ZEROS and not number else REMARKS.get(name)
        shown = _value(name, number, instrument, currency, time_zone) if remark else ""
        if remark and shown:
            parts.append(translate(remark, language).format(value=shown))
    return ("" if language == "zh" else " ").join(parts)
