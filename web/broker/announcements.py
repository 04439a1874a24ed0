"""``/v2/corporate_actions/announcements``: dividends, splits and takeovers of the venue's shares.

Only what has happened or been announced by the venue's own time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from uuid import NAMESPACE_OID, uuid5

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from feeds.tape_actions import ActionKind, TapeAction
from matching.instrument import Instrument
from matching.market import Split
from matching.units import decimal_text
from web.broker import wire
from web.broker.errors import bad_field, not_found
from web.broker.identity import Program, client_of, core_of
from web.broker.queries import Query
from web.broker.replies import tagged

TYPES = ("dividend", "merger", "spinoff", "split")
_DATES = ("declaration_date", "ex_date", "record_date", "payable_date")
DAYS_MAX = 90
_LATE = timedelta(days=15)

Announcement = dict[str, str | None]


async def index(request: Request) -> Response:
    """``GET /v2/corporate_actions/announcements?ca_types=&since=&until=&symbol=&date_type=``."""
    program, query = client_of(request), Query(request)
    zone = program.venue.traits.time_zone
    types = tuple(one.lower() for one in query.words("ca_types"))
    if not types or not set(types) <= set(TYPES):
        raise bad_field(f"invalid ca_types: some of {', '.join(TYPES)} are expected")
    since, until = query.day("since", zone), query.day("until", zone)
    if since is None or until is None:
        raise bad_field("since and until are required")
    if not since <= until <= since + timedelta(days=DAYS_MAX):
        raise bad_field(f"until must be 0 to {DAYS_MAX} days after since")
    date_type = query.choice("date_type", _DATES, "ex_date")
    symbol = query.text("symbol")
    query.text("cusip")
    found = [
        one
        for one in _all(request, program)
        if one["ca_type"] in types
        and symbol in (None, one["initiating_symbol"])
        and _within(one[date_type], since, until)
    ]
    return tagged(request, sorted(found, key=lambda one: (one[date_type] or "", one["id"] or "")))


async def one(request: Request) -> Response:
    """``GET /v2/corporate_actions/announcements/{id}``."""
    wanted = request.path_params["announcement_id"]
    for found in _all(request, client_of(request)):
        if wanted in (found["id"], found["corporate_action_id"]):
            return tagged(request, found)
    raise not_found("announcement not found")


def _within(day: str | None, since: date, until: date) -> bool:
    return day is not None and since.isoformat() <= day <= until.isoformat()


def _all(request: Request, program: Program) -> Iterator[Announcement]:
    venues, venue_id = core_of(request).venues, program.venue.venue_id
    known = {one.instrument_id: one for one in program.venue.instruments}
    actions = venues.actions(venue_id)
    bonuses = [one for one in actions if one.bonus_new]
    for action in actions:
        yield from of_action(known[action.instrument_id], action)
    for instrument in program.venue.instruments:
        for split in venues.splits(venue_id, instrument.instrument_id):
            day = wire.local_day(split.at_ns, program.venue.traits.time_zone)
            if not any(_is_of(day, instrument, one) for one in bonuses):
                yield of_split(instrument, split, day)


def _is_of(day: date, instrument: Instrument, bonus: TapeAction) -> bool:
    """Whether a change of shares comes from a bonus issue: on its day, or on the next session."""
    late = day - bonus.session
    return bonus.instrument_id == instrument.instrument_id and timedelta(0) <= late <= _LATE


def of_action(instrument: Instrument, action: TapeAction) -> Iterator[Announcement]:
    """Cash and free shares of an ex-date, and the end of a company that is paid for; subscription
    rights, suspensions and new codes have no type here."""
    days: dict[str, date | None] = {
        "declaration_date": action.announced,
        "ex_date": action.session,
    }
    match action.kind:
        case ActionKind.EX if action.cash_micro or action.bonus_new:
            if action.cash_micro:
                pays = action.pay_session or action.session
                cash = decimal_text(action.cash_micro, 6)
                yield _value(instrument, "dividend", "cash", {**days, "payable_date": pays}, cash)
            if action.bonus_new:
                listed = action.bonus_session or action.session
                rates = (action.bonus_old, action.bonus_old + action.bonus_new)
                payable = {**days, "payable_date": listed}
                yield _value(instrument, "dividend", "stock", payable, rates=rates)
        case ActionKind.DELISTING if action.cash_ticks is not None:
            payable = {**days, "payable_date": action.session}
            cash = instrument.price_text(action.cash_ticks)
            yield _value(instrument, "merger", "merger_completion", payable, cash)


def of_split(instrument: Instrument, split: Split, day: date) -> Announcement:
    kind = "stock_split" if split.new_shares > split.old_shares else "reverse_split"
    days = {"ex_date": day, "payable_date": day}
    return _value(instrument, "split", kind, days, rates=(split.old_shares, split.new_shares))


def _value(
    instrument: Instrument,
    ca_type: str,
    sub_type: str,
    days: Mapping[str, date | None],
    cash: str = "0",
    rates: tuple[int, int] = (1, 1),
) -> Announcement:
    name = f"{instrument.instrument_id} {ca_type} {sub_type} {days['ex_date']}"
    found = {name: days.get(name) for name in _DATES}
    return {
        "id": str(uuid5(NAMESPACE_OID, name)),
        "corporate_action_id": name.replace(" ", "_"),
        "ca_type": ca_type,
        "ca_sub_type": sub_type,
        "initiating_symbol": instrument.symbol,
        "initiating_original_cusip": "",
        "target_symbol": instrument.symbol,
        "target_original_cusip": "",
        "cash": cash,
        "old_rate": str(rates[0]),
        "new_rate": str(rates[1]),
        **{name: None if day is None else day.isoformat() for name, day in found.items()},
    }


ROUTES: list[BaseRoute] = [
    Route("/v2/corporate_actions/announcements", index),
    Route("/v2/corporate_actions/announcements/{announcement_id}", one),
]
