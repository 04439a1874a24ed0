"""The tool that says which rules hold for an instrument today, and where they are written."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from matching.board_rules import BoardRules
from matching.fees import Fee
from matching.instrument import Instrument
from matching.units import decimal_text
from web.broker import wire
from web.i18n import Language
from web.mcp.market_tools import side_name
from web.mcp.tool import Asking, Money, Price, Quantity, Spoken, Symbol, Tool, ToolRefusal, Words
from web.words import FEES, KINDS, worded

Percent = Annotated[str, Meta(description="Decimal, in percent.")]
_PERCENT_OF_PPB = 7  # one percent is 10^7 parts in a billion
_PERCENT_OF_PPM = 4
_PPM_DECIMALS = 6


class _Rules(Struct, forbid_unknown_fields=True):
    symbol: Symbol
    language: Spoken = None


class FeeRule(Struct):
    code: str
    name: Words
    side: Annotated[str, Meta(description="buy, sell or both.")]
    role: Annotated[str, Meta(description="taker or maker: of each fill alone; empty: any.")]
    rate_percent: Percent
    per_unit: Money
    least: Money
    most: Money | None
    most_percent: Annotated[Percent | None, Meta(description="Of the order's value.")]


class KindRule(Struct):
    kind: str
    name: Words
    times_in_force: list[str]


class Source(Struct):
    rule: str
    written_in: str
    in_force_since: str


class Rules(Struct):
    symbol: str
    currency: str
    session_date: str | None
    price_step: Price
    lot: Quantity
    least_quantity: Quantity
    most_quantity: Quantity
    odd_rest_may_be_sold: bool
    lowest_price: Price | None
    highest_price: Price | None
    bought_sellable_after_sessions: Annotated[
        int, Meta(description="0: at once; 1: from the next session (T+1).")
    ]
    proceeds_usable_after_sessions: int
    proceeds_withdrawable_after_sessions: int
    short_sales: bool
    amounts_of_money: Annotated[bool, Meta(description="Orders may name money, not a quantity.")]
    stops_kept_by_platform: bool
    kinds: list[KindRule]
    fees: list[FeeRule]
    sources: list[Source]


async def market_rules(asking: Asking, given: _Rules) -> Rules:
    """The dated rules of one instrument on the venue's running session."""
    one, venue_id = asking.instrument(given.symbol), asking.program.venue.venue_id
    found = asking.core.venues.rules(venue_id, one.instrument_id)
    if found is None:
        raise ToolRefusal(
            "rules_not_known", "No record says which rules hold for this instrument today."
        )
    quote = asking.core.venues.quote(venue_id, one.instrument_id)
    session = asking.core.venues.clock(venue_id).session
    spoken = asking.language(given.language)
    return Rules(
        symbol=one.symbol,
        currency=one.currency.code,
        session_date=session.isoformat() if session else None,
        price_step=wire.price(one, 1),
        lot=wire.qty(one, found.lot),
        least_quantity=wire.qty(one, found.lots.min_qty),
        most_quantity=wire.qty(one, found.max_qty),
        odd_rest_may_be_sold=found.lots.odd_lot_sell,
        lowest_price=wire.price_or_none(one, quote.lower_ticks if quote else None),
        highest_price=wire.price_or_none(one, quote.upper_ticks if quote else None),
        bought_sellable_after_sessions=found.settlement.buys_sessions,
        proceeds_usable_after_sessions=found.settlement.cash_usable_sessions,
        proceeds_withdrawable_after_sessions=found.settlement.cash_withdrawable_sessions,
        short_sales=found.short is not None,
        amounts_of_money=found.orders.money,
        stops_kept_by_platform=found.orders.platform_stops,
        kinds=_kinds(found, spoken),
        fees=[_fee(one, fee, spoken) for fee in found.fees.fees if not fee.included],
        sources=[
            Source(rule, written, found.dates[rule].isoformat())
            for rule, written in found.sources.items()
        ],
    )


def _kinds(found: BoardRules, spoken: Language) -> list[KindRule]:
    return [
        KindRule(kind.value, worded(KINDS, kind.value, spoken), [time.value for time in times])
        for kind, times in found.orders.kinds.items()
    ]


def _fee(one: Instrument, fee: Fee, spoken: Language) -> FeeRule:
    # Per base unit in millionths of a minor unit: here per written share or coin.
    per_unit = fee.per_unit_ppm * 10**one.qty_decimals
    most, most_ppm = fee.max_minor, fee.max_ppm
    return FeeRule(
        code=fee.code,
        name=worded(FEES, fee.code, spoken),
        side="both" if fee.side is None else side_name(fee.side),
        role=fee.role.value if fee.role else "",
        rate_percent=_plain(fee.rate_ppb, _PERCENT_OF_PPB),
        per_unit=_plain(per_unit, one.currency.decimals + _PPM_DECIMALS),
        least=wire.money(one.currency, fee.min_minor),
        most=None if most is None else wire.money(one.currency, most),
        most_percent=None if most_ppm is None else _plain(most_ppm, _PERCENT_OF_PPM),
    )


def _plain(value: int, decimals: int) -> str:
    """Without needless zeros at the end."""
    text = decimal_text(value, decimals)
    return text.rstrip("0").rstrip(".") if "." in text else text


TOOLS = (
    Tool("market_rules", "Market rules", "Which rules hold for an instrument today: lots, price "
         "limits, settlement, kinds of orders, fees, with the source of each rule.",
         _Rules, Rules, market_rules),
)  # fmt: skip
