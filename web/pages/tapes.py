"""What the operator has: every tape with its licence and the days it tells of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from feeds.coverage import Coverage
from simtrade.people.authorize import Action, authorize
from simtrade.venues.tape_cards import TapeCard
from web.i18n import N_
from web.pages.common import core_of
from web.preferences import user_of
from web.render import render

KINDS: Mapping[str, str] = {
    "daily_bars": N_("Daily bars"),
    "minute_bars": N_("Bars inside the day"),
    "street_orders": N_("Order by order"),
    "market": N_("Trades and quotes"),
}
# What went wrong on a live feed, in words; /metrics has every count.
COUNTED: Mapping[str, str] = {
    "losses": N_("Lines lost"),
    "gaps": N_("Gaps in books"),
    "trades_lost": N_("Trades lost"),
    "unreadable": N_("Messages not understood"),
    "crossed": N_("Crossed books"),
    "old": N_("Too old to be used"),
    "dropped": N_("Not recorded"),
}
WIDTH, HEIGHT = 480, 48
MOST_COLUMNS = 120
MISSING_SHOWN = 12
INSTRUMENTS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the chart: some days in a row, as high as they have rows."""

    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True)
class TapeShown:
    """A card with its picture; ``missing`` are the first trading days without rows."""

    card: TapeCard
    kind: str
    columns: tuple[Column, ...]
    gaps: tuple[Column, ...]
    first: date | None
    last: date | None
    missing: tuple[date, ...]
    instruments_left_out: int


async def tapes_page(request: Request) -> Response:
    """``GET /operator/tapes``: for staff; others learn nothing of it."""
    if not authorize(user_of(request), Action.SEE_TAPES, None):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    cards = await run_in_threadpool(core_of(request).venues.tape_cards)
    shown = [_shown(one) for one in cards]
    return render(
        request,
        "tapes.html",
        tapes=shown,
        width=WIDTH,
        height=HEIGHT,
        most=INSTRUMENTS_SHOWN,
        feeds=core_of(request).live.status(),
        heard={
            one.name: core_of(request).live.heard(one.name)
            for one in core_of(request).live.status()
        },
        counted=COUNTED,
    )


def _shown(card: TapeCard) -> TapeShown:
    days = card.coverage.days
    return TapeShown(
        card=card,
        kind=KINDS[card.manifest.kind.value],
        columns=columns(card.coverage),
        gaps=gaps(card.coverage),
        first=days[0][0] if days else None,
        last=days[-1][0] if days else None,
        missing=(card.coverage.missing or ())[:MISSING_SHOWN],
        instruments_left_out=max(0, len(card.manifest.instruments) - INSTRUMENTS_SHOWN),
    )


def _bins(found: Coverage) -> tuple[date, int, int]:
    """First day, days in a column, number of columns."""
    first, last = found.days[0][0], found.days[-1][0]
    span = (last - first).days + 1
    size = -(-span // MOST_COLUMNS)
    return first, size, -(-span // size)


def columns(found: Coverage) -> tuple[Column, ...]:
    """Rows over time, from the first day to the last; the highest column fills the picture."""
    if not found.days:
        return ()
    first, size, count = _bins(found)
    rows = [0] * count
    for day, number in found.days:
        rows[(day - first).days // size] += number
    most = max(rows)
    width = WIDTH / count
    return tuple(
        Column(
            f"{place * width:.2f}",
            f"{HEIGHT * (1 - number / most):.2f}",
            f"{max(width - 0.5, 0.5):.2f}",
            f"{HEIGHT * number / most:.2f}",
        )
        for place, number in enumerate(rows)
        if number
    )


def gaps(found: Coverage) -> tuple[Column, ...]:
    """Marks below the columns in whose days a trading day is missing."""
    if not found.days or not found.missing:
        return ()
    first, size, count = _bins(found)
    width = WIDTH / count
    places = sorted({(day - first) // timedelta(days=size) for day in found.missing})
    return tuple(
        Column(f"{place * width:.2f}", f"{HEIGHT + 2}", f"{max(width - 0.5, 1):.2f}", "4")
        for place in places
    )
