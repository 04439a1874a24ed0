"""The shipped rule books against a table for traders, tests/scenarios/market_rules.txt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from matching.exchange import Exchange
from matching.instrument import Instrument, InstrumentId
from matching.market import DataKind, Depth, Level, Phase, PhaseChange, SessionOpen
from matching.orders import (
    AccountId,
    FillProfile,
    OrderId,
    OrderKind,
    PlaceOrder,
    ReplaceOrder,
    Side,
    TimeInForce,
)
from matching.reasons import Reason
from matching.terms import ListingTerms
from matching.units import CURRENCIES, AtNs, PriceTicks, Qty
from simtrade.venues.rules import rule_books

TABLE = Path(__file__).parents[2] / "scenarios" / "market_rules.txt"
ROWS = [
    line.strip()
    for line in TABLE.read_text(encoding="utf-8").splitlines()
    if line.strip() and not line.startswith("#")
]


def terms_of(text: str) -> ListingTerms:
    found: dict[str, object] = {}
    for word in text.split(",") if text != "-" else ():
        name, _, value = word.partition("=")
        match name:
            case "st":
                found["risk_warned"] = True
            case "listing" | "delisting":
                found[f"{name}_day"] = int(value)
            case "relisting":
                found["relisting_day"] = True
            case "suspended":
                found["suspended"] = True
            case "variety":
                found["variety"] = value
            case "lot":
                found["board_lot"] = int(value)
            case _:
                raise AssertionError(word)
    return ListingTerms(**found)  # type: ignore[arg-type]


def opened(listed: str, market: str) -> tuple[Exchange, Instrument]:
    """An exchange with one instrument, at the moment that a row describes."""
    code, board, day, terms = listed.split()
    last, *state = market.split()
    one = Instrument(
        InstrumentId(f"{code}:1"), "1", "One", "一", CURRENCIES["CNY"], code, board,
        price_decimals=len(last.partition(".")[2]), qty_decimals=8 if code == "COIN" else 0,
    )  # fmt: skip
    exchange = Exchange([one], rule_books([one]), DataKind.DEPTH)
    reference = price(one, last)
    exchange.on_market(
        SessionOpen(
            AtNs(1), 1, date.fromisoformat(day), ((one.instrument_id, reference),),
            ((one.instrument_id, terms_of(terms)),),
        )
    )  # fmt: skip
    if not state:
        exchange.on_market(PhaseChange(AtNs(2), 2, Phase.PRE_OPEN))
    elif state[0] == "quote":
        exchange.on_market(PhaseChange(AtNs(2), 2, Phase.CONTINUOUS))
        bids, asks = (
            (Level(price(one, side), Qty(10**6)),) if side else () for side in state[1].split("/")
        )
        exchange.on_market(Depth(AtNs(3), AtNs(3), 3, one.instrument_id, bids, asks, 5))
    else:
        exchange.phase = Phase(state[0])
    return exchange, one


def price(one: Instrument, text: str) -> PriceTicks:
    found = one.price_from_text(text)
    assert isinstance(found, int), text
    return found


def order_of(one: Instrument, text: str) -> PlaceOrder:
    side, qty, *limit = text.split()
    base = one.qty_from_text(qty)
    assert isinstance(base, int), qty
    market = limit[0] == "market"
    return PlaceOrder(
        OrderId(1), AccountId(1), one.instrument_id, Side[side.upper()],
        OrderKind.MARKET if market else OrderKind.LIMIT, base,
        None if market else price(one, limit[1]), TimeInForce.DAY, FillProfile.STANDARD, AtNs(4),
    )  # fmt: skip


def written(one: Instrument, numbers: Mapping[str, int]) -> str:
    words = []
    for name, number in numbers.items():
        word, _, unit = name.rpartition("_")
        text = one.price_text(number) if unit == "ticks" else str(number)
        if unit == "day":
            text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
        words.append(f"{word or name} {text}")
    return " ".join(words)


@pytest.mark.parametrize("row", ROWS)
def test_a_row_of_the_table(row: str) -> None:
    listed, market, order, outcome = (part.strip() for part in row.split("|"))
    exchange, one = opened(listed, market)
    refused = exchange.check_place(order_of(one, order))
    if refused is None:
        assert outcome == "ok"
        return
    assert f"{refused.reason.code} {written(one, refused.numbers)}".strip() == outcome
    if refused.reason is not Reason.INSTRUMENT_SUSPENDED:
        assert refused.rule, "every rule that refuses is cited"


def test_a_replace_is_held_to_the_same_rules() -> None:
    exchange, one = opened("XSHG main 2026-01-05 -", "10.00 quote 10.00/10.02")
    exchange.place(exchange.working_of(order_of(one, "buy 100 @ 9.90")))
    for limit, qty, reason in (
        ("10.22", 100, None),
        ("10.23", 100, Reason.PRICE_ABOVE_CAGE),
        ("11.01", 100, Reason.PRICE_ABOVE_LIMIT),
        ("9.90", 101, Reason.QTY_NOT_IN_LOTS),
        ("9.90", 1_000_100, Reason.QTY_TOO_LARGE),
    ):
        command = ReplaceOrder(OrderId(1), AccountId(1), Qty(qty), price(one, limit), AtNs(5), 2)
        found = exchange.check_replace(command)
        assert (found and found.reason) is reason, limit
