"""What the words of the vocabulary are called: states, causes, fees, phases, kinds of order.

A word without a name here is a test's failure, never a bare code on a screen.
"""

from __future__ import annotations

from collections.abc import Mapping

from web.i18n import N_, Language, translate

CAUSES: Mapping[str, str] = {
    "": "",
    "by_owner": N_("cancelled by you"),
    "ioc_remainder": N_("only what was available at once was filled, the rest was cancelled"),
    "fok_not_fillable": N_("it could not be filled completely at once"),
    "day_over": N_("the trading day ended"),
    "self_trade": N_("it would have traded with your own order"),
    "market_remainder": N_("nobody offered more, the rest was cancelled"),
    "corporate_action": N_("a share split or dividend changed the price"),
    "not_listed": N_("the security left the market"),
    "auction_over": N_("the auction it was for is over"),
    "beyond_close": N_("its limit was worse than the closing price, which made it void"),
    "good_till_over": N_("its last day ended"),
    "no_quote": N_("there was no price on display to take"),
    "other_filled": N_("the other order of the pair was filled"),
    "entry_ended": N_("its entry ended without being filled"),
    "exit_filled": N_("an exit began to fill, so the rest of the entry ended"),
    "not_enough_cash": N_("there was not enough cash left for it"),
    "margin_call": N_("taken back because a margin call was not met"),
}

WAITING: Mapping[str, str] = {
    "": "",
    "next_quote": N_("waiting for the next quote"),
    "next_bar": N_("waiting for the next price"),
    "queue": N_("waiting in line at its price"),
    "price": N_("waiting until the price gets there"),
    "market_open": N_("waiting for the market to open"),
    "opening_auction": N_("waits for the opening auction"),
    "closing_auction": N_("waits for the closing auction"),
    "closing_price": N_("waits for the closing price"),
    "fresh_quote": N_("waiting for a fresh quote"),
    "on_its_way": N_("on its way to the exchange"),
    "cancel_on_its_way": N_("its cancellation is on its way; a fill before it arrives stands"),
    "change_on_its_way": N_("its change is on its way; until it arrives the old terms hold"),
    "sealed_up": N_("waiting at the upper limit: nobody sells"),
    "sealed_down": N_("waiting at the lower limit: nobody buys"),
    "trigger": N_("waiting for a trade at its stop price"),
    "entry": N_("waiting for its entry to fill"),
    "settlement": N_("waiting until the purchase can be sold"),
}

FEES: Mapping[str, str] = {
    "commission": N_("Commission"),
    "stamp_duty": N_("Stamp duty"),
    "transfer_fee": N_("Transfer fee"),
    "handling_fee": N_("Exchange handling fee"),
    "exchange_fee": N_("Exchange handling fee"),
    "regulatory_fee": N_("Regulatory fee"),
    "supervision_fee": N_("Regulatory fee"),
    "management_fee": N_("Regulatory fee"),
    "sec_fee": N_("SEC fee"),
    "sfc_levy": N_("SFC transaction levy"),
    "afrc_levy": N_("AFRC transaction levy"),
    "trading_fee": N_("Exchange trading fee"),
    "settlement_fee": N_("Settlement fee"),
    "taker_fee": N_("Taker fee"),
    "maker_fee": N_("Maker fee"),
    "taf": N_("Trading activity fee"),
    "finra_taf": N_("Trading activity fee"),
}

PROFILES: Mapping[str, str] = {
    "beginner": N_("Beginner"),
    "standard": N_("Standard"),
    "strict": N_("Strict"),
}

DATA_KINDS: Mapping[str, str] = {
    "bars": N_("prices by the bar"),
    "trades": N_("trades without quotes"),
    "quotes": N_("the best quote"),
    "snapshots": N_("a snapshot every few seconds"),
    "depth": N_("the displayed book"),
    "orders": N_("every single order"),
}

SCOPES: Mapping[str, str] = {
    "account": N_("everyone meets the same market alone"),
    "pool": N_("all members share one market"),
    "exchange": N_("members share one market and trade with each other"),
}

_REALISM = N_("How real: {data} · {profile} profile · {scope}.")


def realism(profile: str, data: str, scope: str, language: Language) -> str:
    """The line that belongs to every result: what it was made with."""
    return translate(_REALISM, language).format(
        data=worded(DATA_KINDS, data, language),
        profile=worded(PROFILES, profile, language),
        scope=worded(SCOPES, scope, language),
    )


PHASES: Mapping[str, str] = {
    "pre_open": N_("Before the open"),
    "opening_auction": N_("Opening auction"),
    "opening_locked": N_("Opening auction"),
    "opened": N_("Opening price made"),
    "continuous": N_("Market open"),
    "lunch": N_("Lunch break"),
    "closing_auction": N_("Closing auction"),
    "closing_locked": N_("Closing auction"),
    "after_hours": N_("After hours"),
    "closed": N_("Market closed"),
    "halted": N_("Trading halted"),
    "paused": N_("Paused"),
    "ended": N_("Recording ended"),
}

TIMES_IN_FORCE: Mapping[str, str] = {
    "day": N_("Today only"),
    "gtc": N_("Until I cancel it"),
    "gtd": N_("Until a date"),
    "ioc": N_("At once, cancel the rest"),
    "fok": N_("All at once or nothing"),
    "at_open": N_("Only in the opening auction"),
    "at_close": N_("Only in the closing auction"),
}

KINDS: Mapping[str, str] = {
    "market": N_("Market"),
    "limit": N_("Limit"),
    "best_five": N_("Best five levels"),
    "opposite_best": N_("Best opposite price"),
    "own_best": N_("Best price of my side"),
    "enhanced_limit": N_("Enhanced limit"),
    "special_limit": N_("Special limit"),
    "fixed_price": N_("After hours at the close"),
}


def worded(table: Mapping[str, str], code: str, language: Language) -> str:
    """The text of a code; an unknown code is shown as it is rather than hidden."""
    message = table.get(code, code)
    return translate(message, language) if message else ""
