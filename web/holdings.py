"""What happened to holdings without an order, and what is coming, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matching.corporate_actions import CASH_DECIMALS
from matching.instrument import Instrument
from matching.units import decimal_text
from simtrade.portfolio.corporate import ActivityView, ComingView, RightView
from web import formats
from web.borrowing import HAPPENED as BORROWING
from web.borrowing import borrowed, is_owed
from web.i18n import N_, Language, translate

_HAPPENED: Mapping[str, str] = {
    "split": N_("Split: {old} shares became {new}."),
    "dividend_paid": N_("The dividend was paid: {paid}."),
    "dividend_tax": N_("Tax on earlier dividends, due because these shares were sold: {tax}."),
    "bonus_listed": N_("{qty} bonus shares can be traded now."),
    "subscribed": N_("You subscribed for {qty} new shares at {price}: {paid}."),
    "rights_listed": N_("{qty} subscribed shares can be traded now."),
    "delisted": N_("The security left the market. For {qty} shares you were paid {paid}."),
    "renamed": N_("The security goes on under a new code: {code}."),
}
_CASH = N_("Dividend of {per_share} a share on {qty} shares held the day before: {gross}.")
_TAX = N_("Tax withheld: {tax}.")
_BONUS = N_("{new} bonus shares for every {old}: {bonus} shares.")
_FRACTION = N_("A fraction of a share was paid in cash: {paid}.")
_RIGHTS = N_("The right to buy {new} shares for every {old} at {price}: {rights} shares.")
_PRICE = N_("The price begins the day without it, so nothing is won or lost.")
_LAPSED = N_("The right to {qty} shares lapsed: nobody is subscribed for.")
_USED = N_("The time for subscribing is over; your right was used.")

_COMES: Mapping[str, str] = {
    "dividend_paid": N_("The dividend will be paid: {paid}."),
    "bonus_listed": N_("{qty} bonus shares will be listed and can be sold from then on."),
    "rights_listed": N_("{qty} subscribed shares will be listed and can be sold from then on."),
    "suspension": N_("Trading will be suspended. The last price stays until it resumes."),
    "delisting": N_("Last day of trading: after it the security leaves the market."),
    "code": N_("From this day on the security has a new code: {code}."),
}
_WILL_PAY = N_("Whoever holds shares the day before gets a dividend of {per_share} a share.")
_WILL_BONUS = N_("Whoever holds shares the day before gets {new} bonus shares for every {old}.")
_WILL_RIGHTS = N_(
    "Whoever holds shares the day before may buy {new} new shares for every {old} at {price}."
)
_RIGHT = N_(
    "You may buy {qty} new shares at {price}, {cost} in all, until the end of {day}. "
    "If you do nothing, the right lapses."
)


def _words(body: Mapping[str, Any], instrument: Instrument) -> dict[str, str]:
    """Every figure of an event that a sentence may name."""
    currency, found = instrument.currency, {}
    for name, key in (("paid", "paid_minor"), ("tax", "tax_minor"), ("gross", "cash_minor")):
        if key in body:
            found[name] = formats.money(body[key], currency)
    for name, key in (("qty", "qty"), ("old", "old_qty"), ("new", "new_qty")):
        if key in body:
            found[name] = formats.quantity(body[key], instrument)
    if "price_ticks" in body:
        found["price"] = formats.price(body["price_ticks"], instrument)
    if body.get("new_id"):
        found["code"] = str(body["new_id"]).partition(":")[2]
    return found


def _per_share(cash_micro: int, instrument: Instrument) -> str:
    """Cash a share with as many decimals as it has, at least those of money."""
    whole, _, fraction = decimal_text(cash_micro, CASH_DECIMALS).partition(".")
    kept = fraction.rstrip("0").ljust(instrument.currency.decimals, "0")
    return f"{formats.SYMBOLS[instrument.currency.code]}{whole}.{kept}"


def _said(parts: list[tuple[str, dict[str, str]]], language: Language) -> str:
    told = [translate(text, language).format(**words) for text, words in parts]
    return ("" if language == "zh" else " ").join(told)


def happened(view: ActivityView, language: Language) -> str:
    """One activity as one to three sentences."""
    body, instrument = view.body, view.instrument
    if instrument is None or view.kind in BORROWING or is_owed(view):
        return borrowed(view, language)
    words = _words(body, instrument)
    if view.kind == "rights_closed":
        return _said([(_LAPSED if body["qty"] else _USED, words)], language)
    if view.kind != "ex_date":
        parts = [(_HAPPENED[view.kind], words)]
        if view.kind == "dividend_paid" and body["tax_minor"]:
            parts.append((_TAX, words))
        if view.kind == "split" and body["paid_minor"]:
            parts.append((_FRACTION, words))
        return _said(parts, language)
    parts = []
    if body["cash_micro"]:
        parts.append((_CASH, words | {"per_share": _per_share(body["cash_micro"], instrument)}))
    if body["tax_minor"]:
        parts.append((_TAX, words))
    if body["bonus_new"]:
        bonus = formats.quantity(body["bonus_qty"], instrument)
        parts.append((_BONUS, {**_ratio(body, "bonus"), "bonus": bonus}))
    if body["paid_minor"]:
        parts.append((_FRACTION, words))
    if body["rights_new"]:
        rights = formats.quantity(body["rights_qty"], instrument)
        price = formats.price(body["rights_ticks"], instrument)
        parts.append((_RIGHTS, {**_ratio(body, "rights"), "price": price, "rights": rights}))
    return _said([*parts, (_PRICE, {})], language)


def _ratio(body: Mapping[str, Any], name: str) -> dict[str, str]:
    return {"new": str(body[f"{name}_new"]), "old": str(body[f"{name}_old"])}


def comes(view: ComingView, language: Language) -> str:
    """What will happen on a day."""
    body, instrument = view.body, view.instrument
    if view.kind != "ex_date":
        return _said([(_COMES[view.kind], _words(body, instrument))], language)
    parts: list[tuple[str, dict[str, str]]] = []
    if body["cash_micro"]:
        parts.append((_WILL_PAY, {"per_share": _per_share(body["cash_micro"], instrument)}))
    if body["bonus_new"]:
        parts.append((_WILL_BONUS, _ratio(body, "bonus")))
    if body["rights_new"]:
        price = formats.price(body["rights_ticks"], instrument)
        parts.append((_WILL_RIGHTS, {**_ratio(body, "rights"), "price": price}))
    return _said(parts, language)


def may_subscribe(view: RightView, language: Language) -> str:
    """What an open right allows, until when, and what happens without an answer."""
    words = {
        "qty": formats.quantity(view.qty, view.instrument),
        "price": formats.price(view.price_ticks, view.instrument),
        "cost": formats.money(view.cost_minor, view.instrument.currency),
        "day": formats.day(view.deadline, language),
    }
    return _said([(_RIGHT, words)], language)
