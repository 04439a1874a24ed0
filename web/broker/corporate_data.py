"""``/v1/corporate-actions``: what companies do to their shares, as far as the market knows by now.

An action is told once it has happened, or once it was announced.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from starlette.routing import BaseRoute, Route

from feeds.tape_actions import ActionKind, TapeAction
from matching.corporate_actions import CASH_DECIMALS
from matching.instrument import Instrument, InstrumentId
from matching.market import Split
from simtrade.venues.history import History, Place
from simtrade.venues.timeframe import local_day
from web.broker.data_questions import Question, data, wrong
from web.broker.page_tokens import Mark

_MOST = 1_000
# What a client asks for: under which name it is answered.
_TYPES = {
    "forward_split": "forward_splits",
    "reverse_split": "reverse_splits",
    "unit_split": "unit_splits",
    "stock_dividend": "stock_dividends",
    "cash_dividend": "cash_dividends",
    "spin_off": "spin_offs",
    "cash_merger": "cash_mergers",
    "stock_merger": "stock_mergers",
    "stock_and_cash_merger": "stock_and_cash_mergers",
    "redemption": "redemptions",
    "name_change": "name_changes",
    "worthless_removal": "worthless_removals",
    "rights_distribution": "rights_distributions",
}

Members = dict[str, Any]


class Action(NamedTuple):
    """``day`` is the one that ``start`` and ``end`` choose by."""

    day: date
    group: str
    instrument: Instrument
    members: Members


def actions(history: History, instruments: tuple[Instrument, ...]) -> list[Action]:
    """Everything known at the history's moment, oldest first."""
    by_id = {one.instrument_id: one for one in instruments}
    told = history.feed.actions(history.at_ns)
    bonus = {
        (one.instrument_id, one.session)
        for one in told
        if one.kind is ActionKind.EX and one.bonus_new
    }
    found: list[Action] = []
    for one in instruments:
        for split in history.feed.splits(one.instrument_id, history.at_ns):
            day = local_day(split.at_ns, history.time_zone)
            # A bonus issue is a split of the chart, but told as what it is.
            if split.instrument_id == one.instrument_id and (one.instrument_id, day) not in bonus:
                found.append(_split(one, split, day))
    for action in told:
        instrument = by_id.get(action.instrument_id)
        if instrument is not None:
            found += _told(instrument, action, by_id)
    return sorted(found, key=lambda one: (one.day, one.group, one.instrument.symbol))


def _split(one: Instrument, split: Split, day: date) -> Action:
    rates = {"new_rate": split.new_shares, "old_rate": split.old_shares}
    if split.new_shares >= split.old_shares:
        return _made(day, "forward_splits", one, {"symbol": one.symbol, "cusip": "", **rates})
    names = {"symbol": one.symbol, "old_cusip": "", "new_cusip": ""}
    return _made(day, "reverse_splits", one, {**names, **rates})


def _told(
    one: Instrument, action: TapeAction, by_id: dict[InstrumentId, Instrument]
) -> Iterator[Action]:
    day, plain = action.session, {"symbol": one.symbol, "cusip": ""}
    match action.kind:
        case ActionKind.EX:
            yield from _of_ex_date(one, action)
        case ActionKind.DELISTING if action.cash_ticks:
            rate = float(one.price_text(action.cash_ticks))
            yield _made(day, "redemptions", one, {**plain, "rate": rate}, ex_date=False)
        case ActionKind.DELISTING:
            yield _made(day, "worthless_removals", one, plain, ex_date=False)
        case ActionKind.CODE:
            new = by_id.get(action.new_id) if action.new_id is not None else None
            names = {
                "old_symbol": one.symbol, "old_cusip": "",
                "new_symbol": new.symbol if new else "", "new_cusip": "",
            }  # fmt: skip
            yield _made(day, "name_changes", one, names, ex_date=False)
        case ActionKind.SUSPENSION:
            return


def _of_ex_date(one: Instrument, action: TapeAction) -> Iterator[Action]:
    day, plain = action.session, {"symbol": one.symbol, "cusip": ""}
    if action.cash_micro:
        rate = float(Decimal(action.cash_micro).scaleb(-CASH_DECIMALS))
        paid = {"rate": rate, "special": False, "foreign": False}
        yield _made(day, "cash_dividends", one, {**plain, **paid}, pays=action.pay_session)
    if action.bonus_new:
        rate = action.bonus_new / action.bonus_old
        members = {**plain, "rate": rate}
        yield _made(day, "stock_dividends", one, members, pays=action.bonus_session)
    if action.rights_new:
        members = {
            "source_symbol": one.symbol, "source_cusip": "",
            "new_symbol": one.symbol, "new_cusip": "",
            "rate": action.rights_new / action.rights_old,
        }  # fmt: skip
        if action.rights_deadline is not None:
            members["expiration_date"] = action.rights_deadline.isoformat()
        yield _made(day, "rights_distributions", one, members, pays=action.rights_session)


def _made(
    day: date,
    group: str,
    one: Instrument,
    members: Members,
    *,
    ex_date: bool = True,
    pays: date | None = None,
) -> Action:
    name = f"simtrade {group} {one.instrument_id} {day}"
    days = {"process_date": day.isoformat()}
    if ex_date:
        days |= {"ex_date": day.isoformat(), "payable_date": (pays or day).isoformat()}
    return Action(day, group, one, {"id": str(uuid5(NAMESPACE_URL, name)), **members, **days})


def _answer(question: Question) -> Members:
    query, history = question.query, question.history
    kinds = query.words("types")
    if any(kind not in _TYPES for kind in kinds):
        raise wrong(f"invalid types: {', '.join(_TYPES)} are known")
    today = history.session or local_day(history.at_ns, history.time_zone)
    start = query.day("start", history.time_zone) or today
    end = query.day("end", history.time_zone) or max(start, today)
    if end < start:
        raise wrong("end should not be before start")
    symbols, ids = query.words("symbols"), query.words("ids")
    if query.text("cusips", 10_000) is not None:
        raise wrong("cusips are not known here: ask by symbols")
    known = set(question.program.instruments(symbols))
    groups = {_TYPES[kind] for kind in kinds}
    found = [
        one
        for one in actions(history, question.program.venue.instruments)
        if (one.members["id"] in ids if ids else start <= one.day <= end)
        and (not symbols or one.instrument in known)
        and (not kinds or one.group in groups)
    ]
    if query.choice("sort", ("asc", "desc"), "asc") == "desc":
        found.reverse()
    return _page(question, found)


def _page(question: Question, found: list[Action]) -> Members:
    limit, mark = question.limit(_MOST, 100), question.mark()
    first = mark.place.seq if mark is not None and mark.place is not None else 0
    stop = first + limit
    groups: dict[str, list[Members]] = {}
    for one in found[first:stop]:
        groups.setdefault(one.group, []).append(one.members)
    token = question.token(Mark("", Place(0, stop))) if stop < len(found) else None
    return {"corporate_actions": groups, "next_page_token": token}


ROUTES: list[BaseRoute] = [Route("/v1/corporate-actions", data(_answer))]
