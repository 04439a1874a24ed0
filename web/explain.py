"""The receipt of a fill in plain words: why this price, why now, why this much."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from matching.events import AuctionPlace, FillRule
from matching.instrument import Instrument
from matching.orders import FillProfile, Side
from matching.units import QUEUE_SCALE, divide_up
from simtrade.portfolio.views import FillView
from web import formats
from web.i18n import N_, Language, translate
from web.words import realism, worded

NS_PER_MS = 1_000_000
_MARGIN_CALL = N_(
    "A margin call placed this order: your equity was too low and was not brought back in time."
)

RULES: Mapping[str, str] = {
    "taker": N_(
        "You took what was on offer: the price you see is the best one displayed at that moment."
    ),
    "queue": N_("Your order waited in line at its price, and a trade reached your place."),
    "through": N_(
        "Somebody traded at a price beyond yours, so everyone waiting at your price was served."
    ),
    "crossed": N_("The other side came to your price, so the two met."),
    "member": N_(
        "Another member of this market took the other side, at a price no worse for you than the "
        "market's own quote."
    ),
    "interval_queue": N_(
        "This market is seen every few seconds. The trades since the last look used up the line "
        "before your order and then reached it."
    ),
    "interval_through": N_(
        "This market is seen every few seconds. Since the last look trades went beyond your price, "
        "so everyone waiting at your price was served."
    ),
    "print_taker": N_(
        "This data has trades, not quotes. Your order was filled at the first trade after it "
        "arrived, never at one already seen."
    ),
    "bar_open": N_(
        "This data has prices, not quotes. Your order was filled at the first price after it "
        "arrived, never at one already seen."
    ),
    "bar_range": N_(
        "The price moved beyond your limit after your order arrived, so it was filled at your "
        "limit."
    ),
    "auction": N_(
        "In a call auction all orders meet at once at one price, the one at which the most can "
        "trade. Yours was good enough for that price."
    ),
    "member_auction": N_(
        "In a call auction all orders meet at once at one price. Another member of this market "
        "took the other side; where the market itself has no trade in an auction, the price comes "
        "from the members' own orders."
    ),
    "reopening": N_(
        "Trading in this security had been paused because its price ran away. What came meanwhile "
        "met at once at one price, the first after the pause, and yours was good enough for it."
    ),
    "bar_stop": N_(
        "The price came to your stop, and the order was filled from there like every order that "
        "takes: the stop starts it, it does not promise the price."
    ),
    "after_hours": N_(
        "Your order was for the closing price and got it when the day ended. How much trades after "
        "hours is not in the data: a share of the last volume before the close is assumed."
    ),
}
RULE_NAMES: Mapping[str, str] = {
    "taker": N_("Took the displayed quote"),
    "queue": N_("Your turn in the queue"),
    "through": N_("Traded through your price"),
    "crossed": N_("The other side came to you"),
    "member": N_("Met another member"),
    "interval_queue": N_("Your turn between two looks at the market"),
    "interval_through": N_("Traded through your price between two looks"),
    "print_taker": N_("First trade after your order"),
    "bar_open": N_("First price after your order"),
    "bar_range": N_("Price moved beyond your limit"),
    "auction": N_("Filled in the auction"),
    "member_auction": N_("Met another member in the auction"),
    "reopening": N_("Filled in the auction after a pause"),
    "bar_stop": N_("Your stop was reached"),
    "after_hours": N_("Filled at the closing price"),
}

_BEST = N_("Best buyers then: {bid} ({bid_qty}); best sellers: {ask} ({ask_qty}).")
_BEST_BUY = N_("Best buyers then: {bid} ({bid_qty}); nobody was selling.")
_BEST_SELL = N_("Best sellers then: {ask} ({ask_qty}); nobody was buying.")
_SPREAD_BUY = N_(
    "Half the assumed gap between buyers and sellers, {half}, is part of the price: buying costs "
    "a little more than the last price."
)
_SPREAD_SELL = N_(
    "Half the assumed gap between buyers and sellers, {half}, is part of the price: selling brings "
    "a little less than the last price."
)
_IMPACT = N_("An order of this size would have moved the price by about {impact}.")
_REFERENCE = N_("The price without any cost would have been {reference}.")
_ENTRY = N_(
    "When the order arrived, {entry} shares stood before it; just before the fill, {before}."
)
_CONSUMED = N_("You had already taken {taken} from this price, so that part was gone for you.")
_BUDGET = N_("At most {budget} could be filled by this event; you got {qty}.")
_BAR = N_("In that minute the price went from {low} to {high} with {volume} shares traded.")
_LATENCY = N_("It was on its way to the exchange for {ms} milliseconds.")
_PAIR = N_("The two of you have met {times} times in this security today.")
_INTERVAL = N_(
    "Since the last look {volume} shares were traded at an average of {average}, between {low} and "
    "{high}."
)
_AUCTION = N_("Altogether {qty} shares were traded in it, and nothing was left over.")
_AUCTION_BUYS = N_(
    "Altogether {qty} shares were traded in it; buyers wanted {left} more than there were."
)
_AUCTION_SELLS = N_(
    "Altogether {qty} shares were traded in it; sellers had {left} more than were wanted."
)
_AUCTION_BAR = N_(
    "The data does not say how much this auction traded: a share of the volume just before it, "
    "{volume} shares, is assumed."
)
_AUCTION_STRICT = N_("With the Strict profile nobody gets more than a quarter of an auction.")
_PLACES: Mapping[str, str] = {
    "any_price": N_("Your order named no price of its own, so it took the auction's."),
    "better": N_(
        "Your limit was better than that price. Such orders are filled first, and they get the "
        "auction's price instead of their limit."
    ),
    "lighter": N_(
        "Your limit was exactly that price, and your side had no more than the other: everybody "
        "at it was served."
    ),
    "heavier": N_(
        "Your limit was exactly that price, and your side had more than the other: you got the "
        "part that this side got on average, {part}."
    ),
    "unknown": N_("Your limit was exactly that price; which side had more, the data does not say."),
}
_AUCTION_FIRST = N_("That first trade was {qty} shares; what was left over, the data does not say.")
_IN_AUCTIONS = (FillRule.AUCTION, FillRule.MEMBER_AUCTION, FillRule.REOPENING)
_REACHED = N_("With the Beginner profile reaching the auction's price is enough.")
_DATED = N_("Rules of that day; the newest of them has been in force since {day}.")


def _whole(milli: object) -> int:
    return divide_up(milli, QUEUE_SCALE) if isinstance(milli, int) else 0


def _number(receipt: Mapping[str, object], name: str) -> int | None:
    value = receipt.get(name)
    return value if isinstance(value, int) else None


def _quote(receipt: Mapping[str, object], instrument: Instrument) -> tuple[str, dict[str, str]]:
    """The sentence about the displayed quote and its words; an empty sentence without quotes."""
    bid, ask = _number(receipt, "bid_ticks"), _number(receipt, "ask_ticks")
    words = {
        "bid": formats.price(bid, instrument),
        "ask": formats.price(ask, instrument),
        "bid_qty": formats.quantity(_number(receipt, "bid_qty") or 0, instrument),
        "ask_qty": formats.quantity(_number(receipt, "ask_qty") or 0, instrument),
    }
    if bid is not None and ask is not None:
        return _BEST, words
    if bid is not None:
        return _BEST_BUY, words
    return (_BEST_SELL, words) if ask is not None else ("", words)


def _day(receipt: Mapping[str, object], language: Language) -> str:
    value = receipt.get("rule_date")
    if isinstance(value, str):
        value = date.fromisoformat(value[:10])
    return formats.day(value, language) if isinstance(value, date) else "–"


def explain(fill: FillView, language: Language) -> tuple[str, ...]:
    """The reasons behind a fill as short sentences, most important first."""
    receipt, instrument = fill.receipt, fill.instrument
    found: list[tuple[str, dict[str, str]]] = []
    rule = str(receipt.get("rule", ""))
    if receipt.get("placed_by") == "margin_call":
        found.append((_MARGIN_CALL, {}))
    if rule in RULES:
        found.append((RULES[rule], {}))
    quote, words = _quote(receipt, instrument)
    if quote:
        found.append((quote, words))
    half = _number(receipt, "half_spread_ticks")
    if half:
        spread = _SPREAD_BUY if fill.side is Side.BUY else _SPREAD_SELL
        found.append((spread, {"half": formats.price(half, instrument)}))
    impact = _number(receipt, "impact_ticks")
    if impact:
        found.append((_IMPACT, {"impact": formats.price(impact, instrument)}))
    reference = _number(receipt, "reference_ticks")
    if reference is not None:
        halves = 2 * reference + (_number(receipt, "reference_half") or 0)
        if halves != 2 * fill.price_ticks:
            found.append((_REFERENCE, {"reference": formats.half_price(halves, instrument)}))
    found.extend(_auction(fill))
    found.extend(_queue(fill))
    low, high = _number(receipt, "bar_low_ticks"), _number(receipt, "bar_high_ticks")
    if low is not None and high is not None:
        words = {
            "low": formats.price(low, instrument),
            "high": formats.price(high, instrument),
            "volume": formats.quantity(_number(receipt, "bar_volume") or 0, instrument),
        }
        average = _number(receipt, "interval_average_milli")
        if average is not None:
            words["average"] = formats.average_price(average, instrument)
        found.append((_BAR if average is None else _INTERVAL, words))
    latency = _number(receipt, "latency_ns")
    if latency:
        found.append((_LATENCY, {"ms": formats.grouped(divide_up(latency, NS_PER_MS))}))
    times = _number(receipt, "pair_trades")
    if times is not None and times > 1:
        found.append((_PAIR, {"times": formats.grouped(times)}))
    found.append((_DATED, {"day": _day(receipt, language)}))
    told = tuple(translate(text, language).format(**words) for text, words in found)
    profile = str(receipt.get("profile", ""))
    return (*told, realism(profile, fill.data.value, fill.scope.value, language))


def _auction(fill: FillView) -> list[tuple[str, dict[str, str]]]:
    """Where the order stood in the auction, what everybody traded, and which side had more."""
    receipt = fill.receipt
    if receipt.get("rule") not in _IN_AUCTIONS:
        return []
    traded = _number(receipt, "auction_qty")
    left = _number(receipt, "unmatched_qty") or 0
    found = _place(receipt, traded or 0, left)
    if traded is None:
        volume = formats.quantity(_number(receipt, "bar_volume") or 0, fill.instrument)
        return [*found, (_AUCTION_BAR, {"volume": volume})]
    words = {
        "qty": formats.quantity(traded, fill.instrument),
        "left": formats.quantity(left, fill.instrument),
    }
    side = _number(receipt, "unmatched_side")
    if receipt.get("rule") == FillRule.REOPENING:
        found.append((_AUCTION_FIRST, words))
        return found
    more = _AUCTION if side is None else _AUCTION_BUYS if side == Side.BUY else _AUCTION_SELLS
    found.append((more, words))
    if receipt.get("profile") == FillProfile.STRICT:
        found.append((_AUCTION_STRICT, {}))
    return found


def _place(
    receipt: Mapping[str, object], traded: int, left: int
) -> list[tuple[str, dict[str, str]]]:
    """Why the order was served at the auction's price; nothing on receipts that do not say it."""
    place = str(receipt.get("auction_place") or "")
    if place not in _PLACES:
        return []
    beginner = receipt.get("profile") == FillProfile.BEGINNER
    if beginner and place == AuctionPlace.HEAVIER:
        return [(_REACHED, {})]
    part = formats.percent(formats.permyriad(traded, traded + left), signed=False)
    found = [(_PLACES[place], {"part": part})]
    return [*found, (_REACHED, {})] if beginner and place == AuctionPlace.UNKNOWN else found


def _queue(fill: FillView) -> list[tuple[str, dict[str, str]]]:
    """What the queue and the volume allowed."""
    receipt, instrument = fill.receipt, fill.instrument
    found: list[tuple[str, dict[str, str]]] = []
    if _number(receipt, "ahead_at_entry_milli") is not None:
        entry = formats.quantity(_whole(receipt["ahead_at_entry_milli"]), instrument)
        before = formats.quantity(_whole(receipt.get("ahead_before_milli")), instrument)
        found.append((_ENTRY, {"entry": entry, "before": before}))
    taken = _whole(receipt.get("consumed_before_milli"))
    if taken:
        found.append((_CONSUMED, {"taken": formats.quantity(taken, instrument)}))
    budget = _number(receipt, "budget_qty")
    if budget is not None:
        words = {
            "budget": formats.quantity(budget, instrument),
            "qty": formats.quantity(fill.qty, instrument),
        }
        found.append((_BUDGET, words))
    return found


def headline(fill: FillView, language: Language) -> str:
    """The rule in a few words."""
    return worded(RULE_NAMES, str(fill.receipt.get("rule", "")), language)
