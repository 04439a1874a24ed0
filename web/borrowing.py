"""What borrowed money and shares did to an account, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matching.corporate_actions import CASH_DECIMALS
from matching.orders import Side
from matching.reasons import Reason
from matching.units import decimal_text
from simtrade.portfolio.corporate import ActivityView
from web import formats
from web.i18n import N_, Language, translate
from web.sentences import sentence

HAPPENED: Mapping[str, str] = {
    "borrow_fee": N_(
        "Fee for {qty} borrowed shares worth {value}, days: {days}. You paid {amount}."
    ),
    "loan_interest": N_("Interest on a loan of {loan}, days: {days}. You paid {amount}."),
    "margin_on": N_("Margin was switched on: this account may borrow money and shares."),
    "margin_off": N_("Margin was switched off."),
    "margin_call": N_(
        "Margin call: your equity of {equity} is below the {needed} that has to be there. Bring it "
        "to {restore}; further trading days left: {sessions}. Buy back or sell. After that "
        "positions are closed for you."
    ),
    "margin_call_stands": N_(
        "The margin call stands: equity {equity}, needed {restore}. Further trading days left: "
        "{sessions}."
    ),
    "margin_call_over": N_(
        "The margin call was not met in time. When trading begins, positions are closed at the "
        "market until {restore} is there."
    ),
    "margin_call_met": N_("The margin call is met: your equity is {equity}."),
    "margin_closing": "",  # worded by what was done
}
_CLOSED_SHORT = N_(
    "Placed by the margin call: {qty} borrowed shares are bought back at the market."
)
_CLOSED_LONG = N_("Placed by the margin call: {qty} shares are sold at the market.")
_NOT_CLOSED = N_("The margin call tried to close {qty} shares and could not: {why}")

_OWED: Mapping[str, str] = {
    "split": N_("Split: {old} borrowed shares became {new}."),
    "delisted": N_("The security left the market. For {qty} borrowed shares you paid {paid}."),
    "renamed": N_("What you have borrowed goes on under a new code: {code}."),
}
_CASH = N_("Dividend of {per_share} a share on {qty} borrowed shares: you paid {gross}.")
_BONUS = N_("{new} bonus shares for every {old}: you owe {bonus} more.")
_PAID = N_("What the lender would have got besides was paid in cash: {paid}.")
_LENDER = N_("Whoever has borrowed shares owes what their lender would have got.")


def is_owed(view: ActivityView) -> bool:
    """Whether a corporate action reached borrowed shares."""
    return any(view.body.get(name, 0) < 0 for name in ("qty", "old_qty"))


def borrowed(view: ActivityView, language: Language) -> str:
    """One activity of a borrower as one to three sentences."""
    if view.kind == "margin_closing":
        return _closing(view, language)
    words = _words(view)
    if view.kind in HAPPENED:
        return translate(HAPPENED[view.kind], language).format(**words)
    body, parts = view.body, list[str]()
    if view.kind in _OWED:
        parts.append(_OWED[view.kind])
    else:
        parts += [_CASH] if body["cash_micro"] else []
        parts += [_BONUS] if body["bonus_new"] else []
    if view.kind != "delisted" and body.get("paid_minor"):
        parts.append(_PAID)
    if view.kind == "ex_date":
        parts.append(_LENDER)
    told = [translate(text, language).format(**words) for text in parts]
    return ("" if language == "zh" else " ").join(told)


def _words(view: ActivityView) -> dict[str, str]:
    """Every figure that a sentence may name; what is owed without its sign."""
    body, found = view.body, dict[str, str]()
    for key, value in body.items():
        name, _, unit = key.rpartition("_")
        if unit == "minor":
            owed = key in ("cash_minor", "paid_minor")
            found[name] = formats.money(abs(value) if owed else value, view.currency)
    found["gross"] = found.get("cash", "")
    for key in ("days", "sessions"):
        if key in body:
            found[key] = str(body[key])
    if view.instrument is not None:
        found |= _shares(view, body)
    return found


def _shares(view: ActivityView, body: Mapping[str, Any]) -> dict[str, str]:
    instrument, found = view.instrument, dict[str, str]()
    assert instrument is not None
    for name, key in (("qty", "qty"), ("old", "old_qty"), ("new", "new_qty")):
        if key in body:
            found[name] = formats.quantity(abs(body[key]), instrument)
    if "bonus_qty" in body:
        found["bonus"] = formats.quantity(abs(body["bonus_qty"]), instrument)
        found["new"], found["old"] = str(body["bonus_new"]), str(body["bonus_old"])
    if "cash_micro" in body:
        whole, _, fraction = decimal_text(body["cash_micro"], CASH_DECIMALS).partition(".")
        kept = fraction.rstrip("0").ljust(instrument.currency.decimals, "0")
        found["per_share"] = f"{formats.SYMBOLS[instrument.currency.code]}{whole}.{kept}"
    if body.get("new_id"):
        found["code"] = str(body["new_id"]).partition(":")[2]
    return found


def _closing(view: ActivityView, language: Language) -> str:
    body, words = view.body, _words(view)
    if body["reason"]:
        words["why"] = sentence(Reason.of(body["reason"]), {}, language, view.instrument)
        return translate(_NOT_CLOSED, language).format(**words)
    text = _CLOSED_SHORT if body["side"] == Side.BUY else _CLOSED_LONG
    return translate(text, language).format(**words)
