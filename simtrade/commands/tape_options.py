"""The options of ``simtrade tape import``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

FormatName = Annotated[str, typer.Argument(metavar="FORMAT", help="One of those above.")]
Where = Annotated[Path, typer.Argument(help="The file or folder.")]
Name = Annotated[str, typer.Option(help="Name of the tape; default: from the path.")]
Kind = Annotated[str, typer.Option(help="What the rows are; default: told from the columns.")]
Market = Annotated[
    str, typer.Option(help="Market of the instruments; CN: each Chinese one by its code.")
]
Board = Annotated[str, typer.Option(help="Board of the instruments.")]
CurrencyCode = Annotated[str, typer.Option(help="USD, CNY or HKD; default: the market's.")]
Decimals = Annotated[
    int | None, typer.Option(min=0, max=8, help="Decimals of a price; the tick is the last.")
]
Tick = Annotated[str, typer.Option(help="The step of prices, as 0.25.")]
Symbol = Annotated[
    str, typer.Option(help="The one instrument; default: from the file or its path.")
]
Session = Annotated[
    str, typer.Option(help="The day, as 2023-02-07; default: from SOURCE.md or the path.")
]
Status = Annotated[
    str, typer.Option(help="What a stock was: st, relisting, listing:N (its N-th day) ...")
]
Source = Annotated[str, typer.Option(help="Where the data comes from.")]
Licence = Annotated[str, typer.Option(help="What you may do with it.")]
Columns = Annotated[
    str,
    typer.Option(
        "--map", help="Columns by their words: time=DateTime,price=Px; without a header by number."
    ),
]
Interval = Annotated[str, typer.Option(help="Length of a bar: 1m, 5m, 15m ... 60m or 1d.")]
Label = Annotated[str, typer.Option(help="Whether a bar's time is its start or its end.")]
Zone = Annotated[str, typer.Option(help="Time zone of the written times; default: the market's.")]
TimeFormat = Annotated[
    str, typer.Option(help="As %d.%m.%Y %H:%M, or unix, unix_ms, unix_us, unix_ns.")
]
PriceDivisor = Annotated[int, typer.Option(help="The file has prices times this: 1, 10, 100 ...")]
QtyMultiplier = Annotated[int, typer.Option(help="The file counts in lots of this: hands are 100.")]
Levels = Annotated[int, typer.Option(min=0, max=10, help="Levels of a display; default: all.")]
RoundPrices = Annotated[
    bool, typer.Option(help="Move prices between ticks half up, not refuse them.")
]
InstrumentFile = Annotated[
    Path | None, typer.Option(help="A TOML or CSV file: names, board, tick, lot, risk ...")
]
Actions = Annotated[
    Path | None, typer.Option(help="A CSV file of dividends, splits, suspensions ...")
]
Listings = Annotated[
    Path | None, typer.Option(help="A CSV file of dated states: st, listing, board, lot ...")
]
MostRefused = Annotated[int | None, typer.Option(min=0, help="Stop after this many refused lines.")]
