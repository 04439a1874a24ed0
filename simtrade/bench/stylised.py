"""``simtrade bench stylised``: the invented market's stylised facts beside those of a recording.

The recording is a tape of orders (everything is measured) or of the market's trades (what trades
tell).  Of orders the generator has a *twin*: the same prices, range and volume, in the same
part of a session, order by order.  Beside it stand some of the floor's own companies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import typer

from feeds.calendar import Int64s
from feeds.generator.agents import agents_file
from feeds.generator.calendar import SECOND_STARTS_NS, TRADING_SECONDS
from feeds.generator.days import DayBar
from feeds.generator.order_flow import Plan, run_flow
from feeds.generator.second_market import SecondMarket
from feeds.order_day import OrderDay
from feeds.order_tape import STREET, OrderTape, StreetKind
from feeds.street_check import NOBODY
from matching.market import Phase
from matching.orders import Side
from matching.units import NS_PER_SECOND
from simtrade.bench.stylised_facts import KIND, PRICE, QTY, SIDE, TIME, Facts, facts_of
from simtrade.bench.stylised_picture import picture as draw
from simtrade.bench.tapes import recorded_street
from simtrade.commands.output import Advance, AsJson, progress, table, tell
from simtrade.mistakes import Mistake

MARK = "<!-- Below this line: simtrade bench stylised --page -->\n"
# A session of a busy company has about sixty thousand.
_MOST_ROWS = 400_000
_FLOOR_EVERY = 5  # companies of the floor that are measured
_FLOOR_SESSION = 3


class Recorded(NamedTuple):
    """A recording's rows and the moments of its continuous trading."""

    name: str
    street: Int64s
    from_ns: int
    to_ns: int


@dataclass(frozen=True, slots=True)
class Stylised:
    """``twin`` is the median over ``seeds``, with the least and the greatest of each figure;
    None where the recording has no orders to be a twin of."""

    tape: str
    seeds: int
    recorded: Facts
    twin: Facts | None
    least: dict[str, float]
    greatest: dict[str, float]
    floor: Facts

    def as_json(self) -> dict[str, object]:
        return {
            "tape": self.tape,
            "seeds": self.seeds,
            "recorded": self.recorded.as_json(),
            "twin": None if self.twin is None else self.twin.as_json(),
            "twin_least": self.least,
            "twin_greatest": self.greatest,
            "floor": self.floor.as_json(),
        }


def of_orders(tape: OrderTape) -> Recorded:
    """A tape of orders; Mistake when it ends before anything trades."""
    parts = [one for one in OrderDay(tape).phases if one.phase is Phase.CONTINUOUS]
    if not parts:
        raise Mistake(f"{tape.tape_id} has no continuous trading.")
    return Recorded(tape.tape_id, tape.street, parts[0].at_ns, parts[-1].ends_ns)


def run(recorded: Recorded, seeds: int, advance: Advance) -> Stylised:
    """Measure the recording, its twin for ``seeds`` seeds, and the floor."""
    of_floor = range(0, len(SecondMarket(1).shares), _FLOOR_EVERY)
    steps = 1 + seeds + len(of_floor)
    known = facts_of(recorded.street, recorded.from_ns, recorded.to_ns)
    advance(1, steps)
    twins: list[Facts] = []
    if (recorded.street[KIND] == StreetKind.ORDER).any():
        for seed in range(seeds):
            twins.append(twin_facts(recorded, seed))
            advance(2 + seed, steps)
    floor = []
    for number, index in enumerate(of_floor):
        floor.append(company_facts(1, index, _FLOOR_SESSION))
        advance(2 + seeds + number, steps)
    names = median(twins).figures if twins else {}
    spans = {name: [one.figures[name] for one in twins] for name in names}
    whole = {name: [v for v in one if v is not None] for name, one in spans.items()}
    return Stylised(
        recorded.name,
        seeds,
        known,
        median(twins) if twins else None,
        {name: min(values) for name, values in whole.items() if values},
        {name: max(values) for name, values in whole.items() if values},
        median(floor),
    )


def twin_facts(recorded: Recorded, seed: int) -> Facts:
    """Facts of a generated session with the recording's prices, range and pace of volume."""
    seconds = min((recorded.to_ns - recorded.from_ns) // NS_PER_SECOND, TRADING_SECONDS)
    bar = _bar(recorded, seconds)
    market = SecondMarket(seed)
    plan = market.plan(0, 0, bar)._replace(
        band=(bar.low_ticks * 9 // 10, bar.high_ticks * 11 // 10)
    )
    return _facts(seed, bar, plan, seconds)


def company_facts(seed: int, index: int, session: int) -> Facts:
    """Facts of a session of a company of the floor, without its auctions."""
    market = SecondMarket(seed)
    session = max(session, market.first(index))
    bar, parts = market.bar(index, session), market.parts(index, session)
    traded = bar.volume - parts.opening_qty - parts.closing_qty
    bar = bar._replace(close_ticks=parts.last_ticks, volume=traded)
    return _facts(
        market.seed(index, session), bar, market.plan(index, session, bar), TRADING_SECONDS
    )


def _facts(seed: int, bar: DayBar, plan: Plan, seconds: int) -> Facts:
    _, told = run_flow(seed, bar, Side.BUY, plan, agents_file().agents, _MOST_ROWS)
    street = np.zeros((len(STREET), len(told)), np.int64)
    street[0], street[KIND:] = np.arange(len(told)), told[:, 1:].T
    # With its lunch: times of the day, from the first second of trading on.
    starts = SECOND_STARTS_NS - SECOND_STARTS_NS[0]
    street[TIME] = starts[told[:, 0] // 1000] + told[:, 0] % 1000 * 1_000_000
    return facts_of(street, 0, int(starts[seconds - 1]) + NS_PER_SECOND)


def _bar(recorded: Recorded, seconds: int) -> DayBar:
    """The recording's prices; its volume as that of a whole session of which it is a part."""
    street = recorded.street
    trades = (street[KIND] == StreetKind.TRADE) & (street[SIDE] != NOBODY)
    trades &= (street[TIME] >= recorded.from_ns) & (street[TIME] < recorded.to_ns)
    if not trades.any():
        raise Mistake(f"{recorded.name} has no trades of takers.")
    prices = street[PRICE, trades]
    spans = np.array(agents_file().arrivals.by_ten_minutes, np.int64)
    lively = spans[np.minimum(np.arange(TRADING_SECONDS) // 600, len(spans) - 1)]
    volume = int(street[QTY, trades].sum()) * int(lively.sum()) // int(lively[:seconds].sum())
    low, high = int(prices.min()), int(prices.max())
    return DayBar(int(prices[0]), int(prices[0]), high, low, int(prices[-1]), volume)


def median(found: Sequence[Facts]) -> Facts:
    """The median of each figure and of each point of each curve."""
    figures: dict[str, float | None] = {}
    for name in found[0].figures:
        values = [one.figures.get(name) for one in found]
        known = [value for value in values if value is not None]
        figures[name] = float(np.median(known)) if known else None
    curves = {}
    for name, points in found[0].curves.items():
        lags = [lag for lag, _ in points]
        drawn = [dict(one.curves[name]) for one in found]
        curves[name] = tuple(
            (lag, float(np.median([one[lag] for one in drawn if lag in one]))) for lag in lags
        )
    return Facts(figures, curves)


def stylised(
    *,
    tape: Annotated[str, typer.Option(help="A tape of orders, or one of trades.")],
    symbol: Annotated[str, typer.Option(help="Which instrument of a tape of trades.")] = "",
    seeds: Annotated[int, typer.Option(min=1, max=100, help="Twins to generate.")] = 5,
    picture: Annotated[Path | None, typer.Option(help="Draw the curves into an SVG file.")] = None,
    page: Annotated[
        Path | None, typer.Option(help="Write the table below the line of this page.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the stylised facts of a recording beside those of the generated market."""
    found = recorded_street(tape, symbol)
    recorded = of_orders(found) if isinstance(found, OrderTape) else Recorded(*found)
    with progress(f"Measuring {recorded.name}") as advance:
        result = run(recorded, seeds, advance)
    if picture is not None:
        picture.write_text(draw(columns(result)), encoding="utf-8")
    if page is not None:
        _write(page, result)
    tell(result.as_json(), _text(result), as_json=as_json)


def columns(result: Stylised) -> dict[str, Facts]:
    """The measured markets by what they are called."""
    twin = {} if result.twin is None else {"twin": result.twin}
    return {"recorded": result.recorded, **twin, "floor": result.floor}


def rows(result: Stylised) -> list[tuple[str, ...]]:
    """One row of text for each figure of the recording."""
    found = []
    for name in result.recorded.figures:
        cells = [_cell(one.figures.get(name)) for one in columns(result).values()]
        if name in result.least:
            span = f"{_cell(result.least[name])} to {_cell(result.greatest[name])}"
            cells.insert(2, span)
        found.append((name, *cells))
    return found


def _title(result: Stylised) -> tuple[str, ...]:
    twin = () if result.twin is None else ("twin, median", f"{result.seeds} seeds")
    return ("", "recorded", *twin, "floor, median")


def _cell(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}"


def _text(result: Stylised) -> str:
    return f"{result.tape}\n\n{table(_title(result), rows(result))}"


def _write(page: Path, result: Stylised) -> None:
    text = page.read_text(encoding="utf-8")
    head, mark, _ = text.partition(MARK)
    if not mark:
        raise Mistake(f"{page} has no line {MARK.strip()!r}.")
    title = _title(result)
    lines = [("figure", *title[1:]), tuple("---" for _ in title), *rows(result)]
    body = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    page.write_text(f"{head}{mark}\n{body}\n", encoding="utf-8")
