"""Plans and their steps in plain sentences, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from matching.instrument import Instrument, InstrumentId
from matching.orders import Side, TimeInForce
from matching.reasons import Reason
from matching.units import divide_half_up
from simtrade.desk.state import FillRecord
from simtrade.plans.model import (
    Basket,
    Because,
    Condition,
    Conditional,
    ConditionKind,
    FixedAmount,
    Grid,
    Leg,
    Plan,
    Rebalance,
    Spec,
    Staged,
    Step,
    Terms,
    TimeSlices,
    VolumeSlices,
)
from simtrade.plans.outcome import Outcome, Traded
from web import formats
from web.i18n import N_, Language, translate
from web.pages.common import OwnAccount
from web.sentences import sentence

KINDS: Mapping[str, str] = {
    "staged": N_("Order for the next open"),
    "conditional": N_("Order on a condition"),
    "grid": N_("Grid"),
    "fixed_amount": N_("Fixed amount"),
    "basket": N_("Basket"),
    "rebalance": N_("Rebalance to weights"),
    "twap": N_("Slices over time (TWAP)"),
    "pov": N_("Share of the volume (POV)"),
}
ABOUT: Mapping[str, str] = {
    "staged": N_("One order that is sent when the market next begins to take orders."),
    "conditional": N_("One order that is sent when the price, the time or a change is reached."),
    "grid": N_("Buys a step below and sells a step above, again and again, between two prices."),
    "fixed_amount": N_("Buys for the same amount every so many sessions, in whole lots."),
    "basket": N_("Several orders that are sent at the same moment."),
    "rebalance": N_("Sells and buys until each holding has its share of the account."),
    "twap": N_("One large order in equal parts between two times of a day."),
    "pov": N_("One large order that keeps to a share of what the market trades."),
}
STATES: Mapping[str, str] = {
    "armed": N_("At work"),
    "paused": N_("On pause"),
    "done": N_("Finished"),
    "stopped": N_("Stopped"),
    "expired": N_("Expired"),
    "failed": N_("Given up"),
}
CONDITION_CHOICES: Mapping[str, str] = {
    "at_most": N_("the price is at or below"),
    "at_least": N_("the price is at or above"),
    "drop": N_("it falls from the day's high by (%)"),
    "rebound": N_("it rises from the day's low by (%)"),
    "up": N_("it is up on the day by (%)"),
    "down": N_("it is down on the day by (%)"),
    "profit": N_("my position gains (%)"),
    "loss": N_("my position loses (%)"),
}
_CONDITIONS: Mapping[tuple[ConditionKind, bool], str] = {
    (ConditionKind.PRICE_AT_MOST, True): N_("the price is at or below {price}"),
    (ConditionKind.PRICE_AT_LEAST, True): N_("the price is at or above {price}"),
    (ConditionKind.DROP_FROM_HIGH, True): N_("it falls {percent} from the day's high"),
    (ConditionKind.REBOUND_FROM_LOW, True): N_("it rises {percent} from the day's low"),
    (ConditionKind.CHANGE, True): N_("it is up {percent} on the day"),
    (ConditionKind.CHANGE, False): N_("it is down {percent} on the day"),
    (ConditionKind.POSITION_PROFIT, True): N_("my position gains {percent}"),
    (ConditionKind.POSITION_PROFIT, False): N_("my position loses {percent}"),
    (ConditionKind.TIME_FROM, True): N_("it is {time} or later"),
}
STEPS: Mapping[str, str] = {
    "armed": N_("Set to work"),
    "placed": N_("Order sent"),
    "refused": N_("Order refused"),
    "waited": N_("Nothing sent this time"),
    "cancelled": N_("Order taken back"),
    "paused": N_("Put on pause"),
    "resumed": N_("Resumed"),
    "stopped": N_("Stopped"),
    "expired": N_("Expired"),
    "done": N_("Finished"),
    "failed": N_("Given up"),
}
BECAUSE: Mapping[str, str] = {
    "owner": N_("You asked for it."),
    "session": N_("A session began."),
    "conditions": N_("All conditions were met."),
    "time": N_("Its time had come."),
    "filled": N_("An order of the plan was filled."),
    "ended": N_("An order of the plan was cancelled by hand, so the plan waits for you."),
    "limit": N_("The plan has placed as many orders as it may."),
    "expiry": N_("Its last session was over."),
    "corporate": N_("A split, a dividend or the like changed what its numbers mean."),
    "complete": N_("Everything it had to do is done."),
    "refusal": N_("It cannot go on without the order that was refused."),
}
NUMBERS: Mapping[str, str] = {
    "budget_minor": N_("There was {value} to spend, too little for one lot."),
    "sessions_left": N_("Sessions left until it buys: {value}."),
    "due_qty": N_("Quantity due by then: {value}."),
    "traded_qty": N_("Traded in all: {value}."),
}
_ORDER_LIMIT = N_("{side} {qty} {symbol} at {price}")
_ORDER_MARKET = N_("{side} {qty} {symbol} at the market price")
_SIDES = {Side.BUY: N_("Buy"), Side.SELL: N_("Sell")}
_UNTIL_CANCELLED = N_("valid until it is cancelled")
_WHEN = N_("When {conditions}: {order}.")
_AND = N_(" and ")
_GRID = N_("{symbol}: {qty} at a time, every {step} from {lower} to {upper}.")
_AMOUNT = N_("{symbol}: buy for {money} every session.")
_AMOUNT_N = N_("{symbol}: buy for {money} every {count} sessions.")
_NEXT_OPEN = N_("At the next open: {order}.")
_TOGETHER = N_("Together: {orders}.")
_WEIGHT = N_("{symbol} {percent}")
_WEIGHTS = N_("{weights}; {reserve} stays cash.")
_TWAP = N_("{order}, in {count} parts between {start} and {end}.")
_POV = N_("{order}, {percent} of the volume between {start} and {end}.")
_SEEN = N_("Seen: {price}; the condition is met from {bound}.")
_PRICE = N_("The price was {price}.")
LIMITS: Mapping[str, str] = {
    "max_money_minor": N_("Never more than {value} in it."),
    "max_qty": N_("Never more than {value} shares."),
    "max_steps": N_("Never more than {value} orders."),
    "lowest_ticks": N_("Nothing below {value}."),
    "highest_ticks": N_("Nothing above {value}."),
}
_BOUGHT = N_("Bought {qty} {symbol} for {money}, {price} on average.")
_SOLD = N_("Sold {qty} {symbol} for {money}, {price} on average.")
_FEES = N_("Fees: {money}.")
_NOTHING = N_("Nothing was traded.")
_STILL = N_("Orders of it that still wait in the market: {count}.")
_REFUSED = N_("Refused was: {order}.")
_YESTERDAY = N_("the last finished session")
_SESSIONS = N_("the last {count} finished sessions")
_EXPIRES = N_("Last day: {day}.")
_NO_EXPIRY = N_("Works until it is stopped or done.")


def permille_text(permille: int) -> str:
    return formats.percent(abs(permille) * 10, signed=False)


class PlanWords:
    """The words of one account's plans in one language."""

    def __init__(self, own: OwnAccount, language: Language) -> None:
        self._own = own
        self._language = language

    def _say(self, message: str, **words: str) -> str:
        return translate(message, self._language).format(**words)

    def instrument(self, instrument_id: str) -> Instrument | None:
        return self._own.instrument(InstrumentId(instrument_id))

    def symbol(self, instrument_id: str) -> str:
        found = self.instrument(instrument_id)
        return found.symbol if found else instrument_id

    def moment(self, at_ns: int) -> str:
        return formats.moment_seconds(at_ns, self._own.venue.traits.time_zone, self._language)

    def price(self, ticks: int, instrument_id: str) -> str:
        found = self.instrument(instrument_id)
        return formats.price(ticks, found) if found else str(ticks)

    # Terms

    def order(self, leg: Leg) -> str:
        found = self.instrument(leg.instrument_id)
        words = {
            "side": translate(_SIDES[leg.side], self._language),
            "qty": formats.quantity(leg.qty, found) if found else str(leg.qty),
            "symbol": self.symbol(leg.instrument_id),
        }
        if leg.limit_ticks is None:
            return self._say(_ORDER_MARKET, **words)
        price = self.price(leg.limit_ticks, leg.instrument_id)
        text = self._say(_ORDER_LIMIT, price=price, **words)
        if leg.time_in_force is TimeInForce.GTC:
            text += f" ({translate(_UNTIL_CANCELLED, self._language)})"
        return text

    def condition(self, condition: Condition, instrument_id: str) -> str:
        words = {"price": "", "percent": "", "time": ""}
        match condition.kind:
            case ConditionKind.PRICE_AT_LEAST | ConditionKind.PRICE_AT_MOST:
                words["price"] = self.price(condition.number, instrument_id)
            case ConditionKind.TIME_FROM:
                words["time"] = self.moment(condition.number)
            case _:
                words["percent"] = permille_text(condition.number)
        return self._say(_CONDITIONS[condition.kind, condition.number > 0], **words)

    def summary(self, spec: Spec) -> str:
        """What the plan does, in one sentence."""
        match spec:
            case Staged(leg):
                return self._say(_NEXT_OPEN, order=self.order(leg))
            case Conditional(conditions, leg):
                lines = [self.condition(one, leg.instrument_id) for one in conditions]
                between = translate(_AND, self._language)
                return self._say(_WHEN, conditions=between.join(lines), order=self.order(leg))
            case Basket(legs):
                orders = [self.order(leg) for leg in legs]
                return self._say(_TOGETHER, orders=self._list(orders))
            case Rebalance(weights, reserve):
                shares = [self._weight(w.instrument_id, w.permille) for w in weights]
                kept = permille_text(reserve)
                return self._say(_WEIGHTS, weights=self._list(shares), reserve=kept)
            case _:
                return self._numbers(spec)

    def _list(self, parts: list[str]) -> str:
        return ("；" if self._language == "zh" else "; ").join(parts)

    def _weight(self, instrument_id: str, permille: int) -> str:
        symbol = self.symbol(instrument_id)
        return self._say(_WEIGHT, symbol=symbol, percent=permille_text(permille))

    def _numbers(self, spec: Grid | FixedAmount | TimeSlices | VolumeSlices) -> str:
        match spec:
            case Grid(name, lower, upper, step, qty):
                found = self.instrument(name)
                return self._say(
                    _GRID,
                    symbol=self.symbol(name),
                    qty=formats.quantity(qty, found) if found else str(qty),
                    step=self.price(step, name),
                    lower=self.price(lower, name),
                    upper=self.price(upper, name),
                )
            case FixedAmount(name, amount, every):
                money = formats.money(amount, self._own.currency)
                message = _AMOUNT if every == 1 else _AMOUNT_N
                return self._say(message, symbol=self.symbol(name), money=money, count=str(every))
            case _:
                words = {
                    "order": self.order(spec.leg),
                    "start": self.moment(spec.start_ns),
                    "end": self.moment(spec.end_ns),
                }
                if isinstance(spec, TimeSlices):
                    return self._say(_TWAP, count=str(spec.slices), **words)
                return self._say(_POV, percent=permille_text(spec.share_permille), **words)

    def limits(self, terms: Terms) -> list[str]:
        """Each limit as a sentence, and the last day."""
        spec, found = terms.spec, []
        name = getattr(spec, "instrument_id", None)
        if name is None and isinstance(spec, Staged | Conditional | TimeSlices | VolumeSlices):
            name = spec.leg.instrument_id
        for limit, message in LIMITS.items():
            number = getattr(terms.limits, limit)
            if number is not None:
                found.append(self._say(message, value=self._value(limit, number, name)))
        if terms.expires is None:
            found.append(translate(_NO_EXPIRY, self._language))
        else:
            found.append(self._say(_EXPIRES, day=formats.day(terms.expires, self._language)))
        return found

    def _value(self, name: str, number: int, instrument_id: str | None) -> str:
        if name.endswith("_minor"):
            return formats.money(number, self._own.currency)
        if name.endswith("_ticks") and instrument_id is not None:
            return self.price(number, instrument_id)
        return formats.grouped(number)

    # Steps

    def step(self, step: Step) -> list[str]:
        """The receipt of a step in short sentences, most important first."""
        texts: list[str] = []
        name = step.leg.instrument_id if step.leg else None
        if step.leg is not None:
            texts.append(self.order(step.leg) + ("。" if self._language == "zh" else "."))
        if step.reason:
            instrument = self.instrument(name) if name else None
            reason = Reason.of(step.reason)
            texts.append(sentence(reason, step.numbers, self._language, instrument))
        texts.append(translate(BECAUSE[step.because.value], self._language))
        if name is not None:
            for seen in step.seen:
                priced = seen.bound <= 2**40
                bound = self.price(seen.bound, name) if priced else self.moment(seen.bound)
                price = self.price(seen.price_ticks, name)
                texts.append(self._say(_SEEN, price=price, bound=bound))
            if step.price_ticks is not None:
                texts.append(self._say(_PRICE, price=self.price(step.price_ticks, name)))
        if not step.reason:
            for code, number in step.numbers.items():
                if code in NUMBERS:
                    texts.append(self._say(NUMBERS[code], value=self._value(code, number, name)))
        return texts

    def outcome(self, plan: Plan, outcome: Outcome) -> list[str]:
        """What came of it: what was traded and paid, what is still open, and why it ended."""
        texts = [self._traded(one) for one in outcome.traded]
        if texts:
            fees = formats.money(outcome.fees_minor, self._own.currency)
            texts.append(self._say(_FEES, money=fees))
        else:
            texts.append(translate(_NOTHING, self._language))
        if outcome.open_orders:
            texts.append(self._say(_STILL, count=formats.grouped(outcome.open_orders)))
        return texts + self.ending(plan, outcome.refused)

    def ending(self, plan: Plan, refused: Step | None = None) -> list[str]:
        """Why a plan is over; nothing while it lives."""
        if not plan.cause:
            return []
        texts = [translate(BECAUSE[plan.cause], self._language)]
        if plan.cause == Because.REFUSAL.value and refused is not None and refused.leg is not None:
            found = self.instrument(refused.leg.instrument_id)
            reason = Reason.of(refused.reason)
            texts.append(self._say(_REFUSED, order=self.order(refused.leg)))
            texts.append(sentence(reason, refused.numbers, self._language, found))
        return texts

    def _traded(self, one: Traded) -> str:
        found = self.instrument(one.instrument_id)
        milli = divide_half_up(1000 * one.ticks, one.qty)
        return self._say(
            _BOUGHT if one.side is Side.BUY else _SOLD,
            qty=formats.quantity(one.qty, found) if found else str(one.qty),
            symbol=self.symbol(one.instrument_id),
            money=formats.money(one.minor, self._own.currency),
            price=formats.average_price(milli, found) if found else "–",
        )

    def fill(self, fill: FillRecord) -> str:
        """A fill of a trial, like an order that was done."""
        leg = Leg(fill.instrument_id, Side(fill.side), fill.qty, fill.price_ticks)
        return self.order(leg)

    # Names

    def kind(self, code: str) -> str:
        return translate(KINDS[code], self._language)

    def about(self, code: str) -> str:
        return translate(ABOUT[code], self._language)

    def state(self, code: str) -> str:
        return translate(STATES[code], self._language)

    def step_name(self, code: str) -> str:
        return translate(STEPS[code], self._language)

    def sessions(self, count: int) -> str:
        if count == 1:
            return translate(_YESTERDAY, self._language)
        return self._say(_SESSIONS, count=str(count))

    def choice(self, code: str) -> str:
        return translate(CONDITION_CHOICES[code], self._language)
