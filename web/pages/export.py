"""An account as files: plain decimal numbers and codes for programs, beside them words in the
person's language."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from matching.instrument import Instrument
from matching.orders import Side
from matching.units import decimal_text
from web import formats
from web.core import Portfolio
from web.explain import RULE_NAMES
from web.holdings import happened
from web.i18n import N_, Language, translate
from web.order_words import STATES, kind_words
from web.pages.common import OwnAccount, core_of, current_account, language, require_user
from web.words import CAUSES, worded

Rows = Iterable[tuple[object, ...]]
EXPORT_LIMIT = 10_000
# Spreadsheets take a file without this mark for one in the machine's old code page.
_MARK = "\ufeff"

_SUMMARY: Mapping[str, str] = {
    "currency": N_("Currency"),
    "equity": N_("Total"),
    "cash": N_("Available"),
    "hold": N_("On hold"),
    "receivable": N_("Owed to you"),
    "start": N_("Cash at the start"),
    "realised": N_("Realised"),
    "unrealised": N_("Unrealised"),
    "fees": N_("Fees paid"),
    "twin": N_("Without any trade"),
    "spread": N_("Spread paid"),
}
_SIDES: Mapping[Side, str] = {Side.BUY: N_("Buy"), Side.SELL: N_("Sell")}


@dataclass(frozen=True, slots=True)
class Export:
    """One account's files in one language."""

    books: Portfolio
    own: OwnAccount
    spoken: Language

    def _amount(self, minor: int) -> str:
        return decimal_text(minor, self.own.currency.decimals)

    def _moment(self, at_ns: int) -> str:
        return formats.wall(at_ns, self.own.venue.traits.time_zone).isoformat()

    def _name(self, instrument: Instrument) -> str:
        chinese = instrument.name_zh if self.spoken == "zh" else ""
        return chinese or instrument.name_en

    def _say(self, message: str) -> str:
        return translate(message, self.spoken)

    def summary(self) -> Rows:
        view = self.books.summary(self.own.account_id)
        text: str
        for name, words in _SUMMARY.items():
            if name == "currency":
                text = self.own.currency.code
            elif name == "spread":
                halves = view.spread_half_minor
                text = decimal_text(5 * halves, self.own.currency.decimals + 1)
            else:
                text = self._amount(getattr(view, f"{name}_minor"))
            yield (name, text, self._say(words))

    def positions(self) -> Rows:
        yield ("instrument", "quantity", "can_sell", "cost", "last", "value", "profit", "name")
        for one in self.books.summary(self.own.account_id).positions:
            yield (
                one.instrument.instrument_id,
                one.instrument.qty_text(one.qty),
                one.instrument.qty_text(one.available),
                self._amount(one.cost_minor),
                one.instrument.price_text(one.last_ticks),
                self._amount(one.value_minor),
                self._amount(one.profit_minor),
                self._name(one.instrument),
            )

    def orders(self) -> Rows:
        yield (
            "order", "placed", "instrument", "side", "kind", "quantity", "filled", "limit", "state",
            "cause", "name", "side_words", "kind_words", "state_words", "cause_words",
        )  # fmt: skip
        for one in self.books.orders(self.own.account_id, open_only=False, limit=EXPORT_LIMIT):
            limit = "" if one.limit_ticks is None else one.instrument.price_text(one.limit_ticks)
            yield (
                one.order_id,
                self._moment(one.placed_at_ns),
                one.instrument.instrument_id,
                one.side.name.lower(),
                one.kind.value,
                one.instrument.qty_text(one.qty),
                one.instrument.qty_text(one.filled),
                limit,
                one.state.value,
                one.cause,
                self._name(one.instrument),
                self._say(_SIDES[one.side]),
                kind_words(one, self.spoken),
                worded(STATES, one.state.value, self.spoken),
                worded(CAUSES, one.cause, self.spoken),
            )

    def fills(self) -> Rows:
        yield (
            "order", "fill", "time", "instrument", "side", "quantity", "price", "value", "fees",
            "rule", "name", "side_words", "rule_words",
        )  # fmt: skip
        for one in self.books.fills(self.own.account_id, limit=EXPORT_LIMIT):
            rule = str(one.receipt.get("rule", ""))
            yield (
                one.order_id,
                one.number,
                self._moment(one.at_ns),
                one.instrument.instrument_id,
                one.side.name.lower(),
                one.instrument.qty_text(one.qty),
                one.instrument.price_text(one.price_ticks),
                self._amount(one.notional_minor),
                self._amount(sum(fee.amount_minor for fee in one.fees)),
                rule,
                self._name(one.instrument),
                self._say(_SIDES[one.side]),
                worded(RULE_NAMES, rule, self.spoken),
            )

    def activities(self) -> Rows:
        yield ("number", "time", "kind", "instrument", "figures", "name", "words")
        for one in self.books.activities(self.own.account_id, limit=EXPORT_LIMIT):
            figures = sorted(one.body.items())
            yield (
                one.number,
                self._moment(one.at_ns),
                one.kind,
                one.instrument.instrument_id if one.instrument else "",
                " ".join(f"{name}={value}" for name, value in figures if name != "rule"),
                self._name(one.instrument) if one.instrument else "",
                happened(one, self.spoken),
            )


EXPORTS: Mapping[str, Callable[[Export], Rows]] = {
    "summary": Export.summary,
    "positions": Export.positions,
    "orders": Export.orders,
    "fills": Export.fills,
    "activities": Export.activities,
}


async def export(request: Request) -> Response:
    """``GET /portfolio/{kind}.csv``: one header line, codes first, words of the person's language
    in the last columns, UTF-8."""
    require_user(request)
    own, kind = current_account(request), request.path_params["kind"]
    if own is None or kind not in EXPORTS:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    spoken = language(request)
    text = io.StringIO(_MARK if spoken == "zh" else "")
    text.seek(0, io.SEEK_END)
    csv.writer(text).writerows(EXPORTS[kind](Export(core_of(request).portfolio, own, spoken)))
    name = f"simtrade-{kind}-{own.account_id}.csv"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return Response(text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)
