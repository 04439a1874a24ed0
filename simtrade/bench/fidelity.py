"""``simtrade bench fidelity``: how true our fills are, measured on a recorded day of single orders.

Passive orders are put into the day at random.  What each would really have got follows from the
exact queue.  Then the exchange itself is shown the same day as lesser data, and three simple models
beside it.  Market orders that follow each other need a market that answers them: a generated one,
lived through with them and without.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from feeds.order_feed import OrderFeed
from feeds.order_tape import OrderTape
from feeds.tape import TapeError
from matching.market import DataKind
from matching.orders import FillProfile
from simtrade.bench.fidelity_figures import Figures, figures
from simtrade.bench.fidelity_picture import picture as draw
from simtrade.bench.market_orders import MarketFigures, measure
from simtrade.bench.naive_fills import Naive, NaiveFills
from simtrade.bench.paper_fills import Paper, paper_fills
from simtrade.bench.passive_probes import CASES, Case, Probe, choose
from simtrade.bench.tapes import order_tape
from simtrade.bench.true_fills import Got, true_fills
from simtrade.commands.output import Advance, AsJson, progress, table, tell
from simtrade.mistakes import Mistake

KINDS = (
    DataKind.ORDERS,
    DataKind.DEPTH,
    DataKind.QUOTES,
    DataKind.SNAPSHOTS,
    DataKind.TRADES,
    DataKind.BARS,
)
PROFILES = (FillProfile.STANDARD, FillProfile.STRICT)
EPISODES = 400
_STEPS = len(KINDS) + 3  # the truth, the simple models, the market orders
_PER_STEP = 1_000


@dataclass(frozen=True, slots=True)
class Sample:
    """The orders of one case with what they would really have got."""

    case: Case
    probes: list[Probe]
    true: list[Got]

    @property
    def true_share(self) -> float:
        """Percent of the wanted shares."""
        return 100 * sum(one.qty for one in self.true) / sum(one.qty for one in self.probes)


@dataclass(frozen=True, slots=True)
class Fidelity:
    """Everything that was measured; ``true`` is the true share of each case in percent."""

    tape: str
    seed: int
    true: dict[str, float]
    passive: list[Figures]
    market: list[MarketFigures]

    @property
    def holds(self) -> bool:
        verdicts = [one.holds for one in self.passive] + [one.holds for one in self.market]
        return False not in verdicts

    def as_json(self) -> dict[str, object]:
        return {
            "tape": self.tape,
            "seed": self.seed,
            "true": self.true,
            "passive": [one.as_json() for one in self.passive],
            "market_orders": [one.as_json() for one in self.market],
            "holds": self.holds,
        }


def run(tape: OrderTape, count: int, seed: int, advance: Advance) -> Fidelity:
    """Measure with ``count`` passive orders of each case; TapeError for a day that has no place
    for them."""
    steps = _Steps(advance)
    day = OrderFeed(tape).day
    samples: list[Sample] = []
    for case in CASES:
        probes = choose(day, case, count, seed)
        if not probes:
            raise TapeError(f"{tape.tape_id}: no continuous trading of {case.seconds} seconds")
        samples.append(Sample(case, probes, true_fills(day, probes)))
    steps.next()
    passive: list[Figures] = []
    for kind in KINDS:
        passive += _exchange(OrderFeed(tape, kind), samples, steps)
        steps.next()
    naive = NaiveFills(day)
    for model in Naive:
        for one in samples:
            got = naive.fills(model, one.probes)
            passive.append(figures(model.value, "", one.case, one.probes, one.true, got))
    steps.next()
    market = measure(seed, EPISODES, steps.within)
    steps.next()
    true = {f"{one.case.qty}/{one.case.seconds}": round(one.true_share, 1) for one in samples}
    return Fidelity(tape.tape_id, seed, true, passive, market)


def _exchange(feed: OrderFeed, samples: list[Sample], steps: _Steps) -> list[Figures]:
    """All cases and profiles in one pass: accounts do not know of each other."""
    groups = [(one, profile) for one in samples for profile in PROFILES]
    orders: list[Paper] = [(probe, profile) for one, profile in groups for probe in one.probes]
    told = len(feed.timeline.at_ns)
    got = paper_fills(feed, orders, lambda done: steps.within(done, told))
    found: list[Figures] = []
    start = 0
    for one, profile in groups:
        part = got[start : start + len(one.probes)]
        start += len(one.probes)
        model = feed.kind.value
        found.append(figures(model, profile.value, one.case, one.probes, one.true, part))
    return found


class _Steps:
    """Progress over steps that take about as long as each other."""

    def __init__(self, advance: Advance) -> None:
        self._advance = advance
        self._done = 0

    def next(self) -> None:
        self._done += 1
        self.within(0, 1)

    def within(self, done: int, whole: int) -> None:
        part = _PER_STEP * done // max(1, whole)
        self._advance(self._done * _PER_STEP + part, _STEPS * _PER_STEP)


def fidelity(
    *,
    tape: Annotated[str, typer.Option(help="A tape of orders, as `tape list` shows it.")],
    orders: Annotated[int, typer.Option(min=1, max=100_000, help="Orders of each case.")] = 2_000,
    seed: Annotated[int, typer.Option(help="Draws moments, sides and places.")] = 1,
    picture: Annotated[Path | None, typer.Option(help="Draw the biases into an SVG file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure fills against the exact queue of a recorded day; exit 1 when a target is missed."""
    recorded = order_tape(tape)
    try:
        with progress(f"Measuring on {recorded.tape_id}") as advance:
            result = run(recorded, orders, seed, advance)
    except TapeError as error:
        raise Mistake(f"{error}.") from error
    if picture is not None:
        picture.write_text(draw(result.passive), encoding="utf-8")
    tell(result.as_json(), _text(result), as_json=as_json)
    if not result.holds:
        raise typer.Exit(1)


_VERDICTS = {True: "holds", False: "DOES NOT HOLD", None: ""}


def _text(result: Fidelity) -> str:
    parts = [f"{result.tape}, seed {result.seed}"]
    title = (
        "shown",
        "profile",
        "filled %",
        "bias pp",
        "false %",
        "missed %",
        "error",
        "later s",
        "",
    )
    for case, true in result.true.items():
        qty, seconds = case.split("/")
        rows = [
            (
                one.model,
                one.profile,
                f"{one.filled:.2f}",
                f"{one.bias:+.2f}",
                f"{one.false:.2f}",
                f"{one.missed:.2f}",
                f"{one.error_shares:.1f}",
                "" if one.later_seconds is None else f"{one.later_seconds:+.2f}",
                _VERDICTS[one.holds],
            )
            for one in result.passive
            if f"{one.qty}/{one.seconds}" == case
        ]
        orders = next(one.orders for one in result.passive if f"{one.qty}/{one.seconds}" == case)
        head = f"{orders:,} orders of {qty} shares for {seconds} s, truly filled {true:.1f} %"
        parts.append(f"{head}\n{table(title, rows)}")
    paid = [
        (
            one.model,
            f"5 x {one.qty}",
            str(one.apart),
            f"{one.error_ticks:+.3f}",
            _VERDICTS[one.holds],
        )
        for one in result.market
    ]
    market = table(("market orders", "shares", "events apart", "error ticks", ""), paid)
    verdict = "Every target holds." if result.holds else "A TARGET DOES NOT HOLD."
    return "\n\n".join([*parts, market, verdict])
