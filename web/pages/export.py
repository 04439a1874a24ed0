"""An account as files: plain decimal numbers and codes for programs, beside them words in the
person's language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

import msgspec
from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from matching.instrument import Instrument
from matching.orders import OrderId, Side
from matching.units import decimal_text
from simtrade.portfolio.views import FillView, OrderView
from web import formats
from web.csv_files import CSV_TYPE, Rows, csv_bytes
from web.explain import RULE_NAMES
from web.holdings import happened
from web.i18n import N_, Language, translate
from web.order_words import STATES, kind_words
from web.pages.common import OwnAccount, core_of, current_account, language, require_user
from web.pages.plan_words import PlanWords
from web.pages.services import CoreOfPages
from web.words import CAUSES, worded

EXPORT_LIMIT = 10_000  # of activities and plans; orders and fills have none
_AT_ONCE = 1_000

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
    "loan": N_("Borrowed"),
    "seq": N_("Entries of the journal counted"),
}
_SIDES: Mapping[Side, str] = {Side.BUY: N_("Buy"), Side.SELL: N_("Sell")}


@dataclass(frozen=True, slots=True)
class Export:
    """One account's files in one language."""

    core: CoreOfPages
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
        view = self.core.portfolio.summary(self.own.account_id)
        text: str
        for name, words in _SUMMARY.items():
            if name == "currency":
                text = self.own.currency.code
            elif name == "seq":
                text = str(view.seq)
            elif name == "spread":
                halves = view.spread_half_minor
                text = decimal_text(5 * halves, self.own.currency.decimals + 1)
            else:
                text = self._amount(getattr(view, f"{name}_minor"))
            yield (name, text, self._say(words))

    def positions(self) -> Rows:
        yield ("instrument", "quantity", "can_sell", "cost", "last", "value", "profit", "name")
        for one in self.core.portfolio.summary(self.own.account_id).positions:
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
            "time_in_force", "good_till", "trigger", "stop", "group", "short",
        )  # fmt: skip
        for one in self._every_order():
            limit = "" if one.limit_ticks is None else one.instrument.price_text(one.limit_ticks)
            stop = "" if one.stop_ticks is None else one.instrument.price_text(one.stop_ticks)
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
                one.time_in_force.value,
                "" if one.good_till is None else one.good_till.isoformat(),
                "" if one.trigger is None else one.trigger.kind.value,
                stop,
                "" if one.group is None else one.group.value,
                int(one.short),
            )

    def fills(self) -> Rows:
        yield (
            "order", "fill", "time", "instrument", "side", "quantity", "price", "value", "fees",
            "rule", "name", "side_words", "rule_words",
        )  # fmt: skip
        for one in self._every_fill():
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
        for one in self.core.portfolio.activities(self.own.account_id, limit=EXPORT_LIMIT):
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

    def equity(self) -> Rows:
        yield ("time", "equity", "twin")
        for one in self.core.portfolio.equity(self.own.account_id).points:
            equity, twin = self._amount(one.equity_minor), self._amount(one.twin_minor)
            yield (self._moment(one.at_ns), equity, twin)

    def plans(self) -> Rows:
        yield ("plan", "armed", "ended", "kind", "state", "cause", "orders", "terms", "words")
        words = PlanWords(self.own, self.spoken)
        for one in self.core.plans.plans(self.own.account_id, limit=EXPORT_LIMIT):
            yield (
                one.plan_id,
                self._moment(one.armed_at_ns),
                "" if one.ended_at_ns is None else self._moment(one.ended_at_ns),
                one.terms.kind,
                one.state.value,
                one.cause,
                one.progress.placed,
                msgspec.json.encode(one.terms).decode(),
                words.summary(one.terms.spec),
            )

    def _every_order(self) -> Iterator[OrderView]:
        last: OrderId | None = None
        while found := self.core.portfolio.orders(
            self.own.account_id, open_only=False, limit=_AT_ONCE, after=last
        ):
            yield from found
            last = found[-1].order_id

    def _every_fill(self) -> Iterator[FillView]:
        last: tuple[int, int] | None = None
        while found := self.core.portfolio.fills(self.own.account_id, limit=_AT_ONCE, after=last):
            yield from found
            last = found[-1].order_id, found[-1].number


EXPORTS: Mapping[str, Callable[[Export], Rows]] = {
    "summary": Export.summary,
    "positions": Export.positions,
    "orders": Export.orders,
    "fills": Export.fills,
    "activities": Export.activities,
    "equity": Export.equity,
    "plans": Export.plans,
}


async def export(request: Request) -> Response:
    """``GET /portfolio/{kind}.csv``: one header line, codes first, words of the person's language
    in the last columns, UTF-8."""
    require_user(request)
    own, kind = current_account(request), request.path_params["kind"]
    if own is None or kind not in EXPORTS:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return await file_of(request, own, kind)


async def file_of(request: Request, own: OwnAccount, kind: str) -> Response:
    """One file of an account that the asker may see."""
    spoken = language(request)
    rows = EXPORTS[kind](Export(core_of(request), own, spoken))
    text = await to_thread.run_sync(csv_bytes, rows, spoken)
    return download(text, f"simtrade-{kind}-{own.account_id}.csv", CSV_TYPE)


def download(body: bytes, name: str, media_type: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return Response(body, media_type=media_type, headers=headers)
