"""Five years of real daily bars keep within the limits that our books give for each day.

The shared data is no part of the project: without it the test says so and does nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matching.terms import ListingTerms
from simtrade.venues.rules import market_book

SHARED = Path(__file__).parents[4] / "shared" / "data" / "ashare_daily_csi300_baostock"
FIRST_DAY = date(2020, 1, 2)  # of the data: a share that begins later was listed then
RELISTED = ("sz.000792", date(2021, 8, 10))


@dataclass(frozen=True)
class Bar:
    code: str
    day: date
    number: int  # of the row among the share's own, from 1
    low: int
    high: int
    reference: int
    risk_warned: bool
    listed_within: bool  # the share was listed within the data

    @property
    def place(self) -> tuple[str, str]:
        """Market and board, by the exchange's ranges of codes."""
        exchange, symbol = self.code.split(".")
        if exchange == "sh":
            return "XSHG", "star" if symbol.startswith("688") else "main"
        return "XSHE", "chinext" if symbol.startswith("30") else "main"

    @property
    def terms(self) -> ListingTerms:
        return ListingTerms(
            risk_warned=self.risk_warned,
            listing_day=self.number if self.listed_within else 0,
            relisting_day=(self.code, self.day) == RELISTED,
        )

    def within(self, terms: ListingTerms) -> bool:
        market, board = self.place
        band = market_book(market).on(board, self.day, terms).band(self.reference)
        return band is None or (band[0] <= self.low and self.high <= band[1])


def ticks(column: str) -> pl.Expr:
    """Prices are written with four decimals, of which the last two are zero."""
    return (pl.col(column).cast(pl.Decimal(18, 4)) * 100).cast(pl.Int64).alias(column)


def bars() -> Iterator[Bar]:
    frame = (
        pl.read_csv(SHARED / "daily_shared.csv.zst", infer_schema=False)
        .filter(pl.col("tradestatus") == "1")
        .with_columns(ticks("low"), ticks("high"), ticks("preclose"), pl.col("date").str.to_date())
        .sort("code", "date")
        .with_columns(
            pl.int_range(1, pl.len() + 1).over("code").alias("number"),
            (pl.col("date").first().over("code") > FIRST_DAY).alias("late"),
        )
    )
    for row in frame.iter_rows(named=True):
        yield Bar(
            row["code"], row["date"], row["number"], row["low"], row["high"], row["preclose"],
            row["isST"] == "1", row["late"],
        )  # fmt: skip


def test_every_day_keeps_within_its_limits(capsys: pytest.CaptureFixture[str]) -> None:
    if not SHARED.exists():
        pytest.skip(f"{SHARED.name} of the shared data is absent")
    rows, exceptions = 0, []
    for bar in bars():
        rows += 1
        assert bar.within(bar.terms), bar
        if not bar.within(ListingTerms(risk_warned=bar.risk_warned)):
            exceptions.append(bar)
    assert rows > 78_000
    assert all(one.terms.relisting_day or 0 < one.terms.listing_day <= 5 for one in exceptions)
    assert exceptions, "new listings must have gone beyond an ordinary day's limits"
    with capsys.disabled():
        lines = [f"{rows} days of real shares are within their limits; outside an ordinary day's:"]
        for one in exceptions:
            why = "relisted" if one.terms.relisting_day else f"listing day {one.number}"
            lines.append(f"  {one.code} {one.day} {why}: {one.low}..{one.high} of {one.reference}")
        sys.stdout.write("\n" + "\n".join(lines) + "\n")
