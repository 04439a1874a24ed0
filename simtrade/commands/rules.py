"""``simtrade rules``: what a market's exchange allows on a day, and who says so."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer

from simtrade.commands.output import AsJson, table, tell
from simtrade.mistakes import Mistake

application = typer.Typer(help="The dated rules of the markets.", no_args_is_help=True)


@application.command("show")
def show(
    market: Annotated[str, typer.Argument(help="XSHG, XSHE, BJSE, XHKG, XNYS, XNAS, COIN, SIMA.")],
    on: Annotated[datetime, typer.Option("--date", formats=["%Y-%m-%d"], help="The session.")],
    board: Annotated[str, typer.Option(help="main, star, chinext, fund ...")] = "main",
    as_json: AsJson = False,
) -> None:
    """Every rule in force for an ordinary listing of a board, and the phases of the day."""
    from matching.rulebook import RulesUnknownError
    from simtrade.venues.rules import market_book

    day = on.date()
    try:
        rules = market_book(market).on(board, day)
    except RulesUnknownError as missing:
        raise Mistake(f"{missing}.") from missing
    found = [
        {"rule": kind, "since": rules.dates[kind].isoformat(), "source": source}
        for kind, source in rules.sources.items()
    ]
    phases = _phases(market, board, day)
    result = {
        "market": market,
        "board": board,
        "date": day.isoformat(),
        "rules": found,
        "phases": [{"at": at, "phase": phase} for at, phase in phases],
    }
    rows = [(one["rule"], one["since"], one["source"]) for one in found]
    text = table(("rule", "since", "source"), rows)
    hours = table(("from", "phase"), phases) if phases else "No trading on that day."
    tell(result, f"{text}\n\n{hours}", as_json=as_json)


def _phases(market: str, board: str, day: date) -> list[tuple[str, str]]:
    """The market's own clock at each change of phase; nothing on a day without trading."""
    from feeds.schedule import ScheduleUnknownError, schedule_of
    from feeds.trading_days import DaysUnknownError

    try:
        hours = schedule_of(market).hours(board, day)
    except (ScheduleUnknownError, DaysUnknownError):
        return []
    return [
        (f"{step.second // 3600:02}:{step.second // 60 % 60:02}", step.phase.value)
        for step in hours.steps
    ]


@application.command("page")
def page(as_json: AsJson = False) -> None:
    """The tables of docs/market-rules.md, made from the records."""
    from simtrade.venues.rules_page import tables

    page_text = tables()
    tell({"page": page_text}, page_text.removesuffix("\n"), as_json=as_json)
