"""The format csv: bars or ticks as text with a header, with a map of the columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from feeds.imports.bar_import import BarImport, hours_of
from feeds.imports.csv_bars import CsvBars
from feeds.imports.csv_peek import Peek, bar_minutes, peek
from feeds.imports.csv_spec import DATE, SYMBOL, TIME, TableSpec
from feeds.imports.csv_ticks import CsvTicks, TickImport
from feeds.imports.csv_time import EPOCHS, pattern_of
from feeds.imports.csv_values import DEFAULT_NAMES, NO_USE, Field, OffTick
from feeds.imports.importer import Job, Made, Wanted, WantedError
from feeds.imports.instruments import Instruments, instruments_of
from feeds.imports.naming import source_and_licence, tape_name
from feeds.imports.newest_first import is_newest_first, turned_round
from feeds.imports.opening import Part
from feeds.imports.report import FileFault, StopImportError
from feeds.imports.tick_words import tick_field, tick_fields
from feeds.tape import BAR_MINUTES, TapeKind

TICKS = "ticks"
KINDS = (TapeKind.DAILY_BARS.value, TapeKind.MINUTE_BARS.value, TICKS)
_BAR_FIELDS = (Field.OPEN, Field.HIGH, Field.LOW, Field.CLOSE)
_LABELS = ("start", "end")


def import_csv(job: Job) -> tuple[Made, ...]:
    """Import a file, or all files of an archive, as one tape."""
    paths = job.files("*.csv*")
    seen = peek(job, paths[0]) if paths else Peek()
    return import_table(job, _in_order(job, paths, seen), seen)


def _in_order(job: Job, paths: Sequence[Path], seen: Peek) -> Iterator[Part]:
    """The files, turned round when their newest line comes first."""
    named = dict(job.wanted.columns)
    words = {tick_field(word) or "": word for word in reversed(seen.words)}
    times = seen.column(
        named.get(DATE) or words.get(DATE) or named.get(TIME) or words.get(TIME, "")
    )
    turn = is_newest_first(times, seen.column(named.get(SYMBOL) or words.get(SYMBOL, "")))
    for part in job.all_parts(paths):
        yield turned_round(part) if turn else part


def import_table(job: Job, parts: Iterable[Part], seen: Peek) -> tuple[Made, ...]:
    """Import parts of one layout as one tape."""
    instruments = instruments_of(job.wanted, "XNAS")
    if job.wanted.kind not in ("", *KINDS):
        raise WantedError(
            f"There is no kind {job.wanted.kind!r}; the kinds are {', '.join(KINDS)}."
        )
    if job.wanted.kind == TICKS or (not job.wanted.kind and _shows_ticks(job.wanted, seen)):
        return TickImport(job, tick_plan(job, seen, instruments), instruments).read(parts)
    return BarImport(job, bar_plan(job, seen, instruments), instruments).read(parts)


def _shows_ticks(wanted: Wanted, seen: Peek) -> bool:
    """Whether the columns are rather those of ticks than of bars."""
    bars = {DEFAULT_NAMES[word].value for word in seen.words if word in DEFAULT_NAMES}
    if {one.value for one in _BAR_FIELDS} <= bars | {*wanted.columns}:
        return False
    return bool(tick_fields([*_tick_words(wanted, seen).values(), *wanted.columns]))


def _tick_words(wanted: Wanted, seen: Peek) -> dict[str, str]:
    """The fields of the header's words that nobody has mapped."""
    mapped = {word.lower() for word in wanted.columns.values()}
    found = ((word, tick_field(word)) for word in seen.words if word not in mapped)
    return {word: name for word, name in found if name}


def tick_plan(job: Job, seen: Peek, instruments: Instruments) -> CsvTicks:
    """How to read ticks: what was not said is told from the first lines and the path."""
    wanted = job.wanted
    check_wanted(wanted)
    names = {_level_one(name): word for name, word in wanted.columns.items()}
    known = _tick_words(wanted, seen)
    present = [*known.values(), *names]
    fields = tick_fields(present, wanted.levels)
    if not fields:
        said = "ticks have price and qty, or bid and bid_qty, ask and ask_qty"
        raise StopImportError(wanted.path.name, 1, FileFault.MISSING_COLUMN, said)
    stem = job.words().removesuffix(".csv")
    source, licence = source_and_licence(job)
    market = wanted.market or ("CN" if wanted.currency == "CNY" else "XNAS")
    hours = hours_of(market, wanted.zone)
    spec = TableSpec(
        fields=fields,
        zone=wanted.zone or hours.time_zone,
        resolve=instruments.resolve,
        known=known,
        names=names,
        ignored=NO_USE,
        only_symbol=wanted.symbol or (None if SYMBOL in present else stem.upper()),
        time_format=wanted.time_format,
        off_tick=OffTick.ROUND_HALF_UP if wanted.round_prices else OffTick.REFUSE,
        price_digits=price_digits(wanted),
        qty_multiplier=wanted.qty_multiplier,
    )
    return CsvTicks(tape_name(wanted.name, stem), source, licence, hours, spec)


def _level_one(name: str) -> str:
    """``bid`` and ``ask_qty`` are those of the first level."""
    return tick_field(name) or name if name.startswith(("bid", "ask")) else name


def bar_plan(job: Job, seen: Peek, instruments: Instruments) -> CsvBars:
    """How to read bars: what was not said is told from the first lines and the path."""
    wanted = job.wanted
    check_wanted(wanted)
    names = dict(wanted.columns)
    words = {
        name.value: word for word, name in reversed(DEFAULT_NAMES.items()) if word in seen.words
    }
    date, time = (names.get(one) or words.get(one, "") for one in (DATE, TIME))
    cells = seen.column(date) or seen.column(time)
    kind, minutes = _kind(wanted, seen, cells, bool(time and date))
    stem = job.words().removesuffix(".csv")
    symbol = names.get(SYMBOL) or words.get(SYMBOL, "")
    source, licence = source_and_licence(job)
    market = wanted.market or ("CN" if wanted.currency == "CNY" else "XNAS")
    return CsvBars(
        name=tape_name(wanted.name, stem),
        kind=kind,
        source=source,
        licence=licence,
        hours=hours_of(market, wanted.zone),
        resolve=instruments.resolve,
        only_symbol=wanted.symbol or (None if symbol else stem.upper()),
        names=names,
        minute_label=wanted.label or "start",
        minutes=minutes or (bar_minutes(cells, seen.column(symbol)) if not time or not date else 1),
        off_tick=OffTick.ROUND_HALF_UP if wanted.round_prices else OffTick.REFUSE,
        zone=wanted.zone,
        time_format=wanted.time_format,
        price_digits=price_digits(wanted),
        qty_multiplier=wanted.qty_multiplier,
    )


def _kind(wanted: Wanted, seen: Peek, cells: list[str], timed: bool) -> tuple[TapeKind, int]:  # noqa: FBT001
    """Daily or minute bars, and the minutes of a bar (0: not said)."""
    timed = timed or any(
        ":" in cell for cell in (cells or [c for line in seen.lines for c in line])
    )
    minutes = 0
    if wanted.interval == "1d":
        timed = False
    elif wanted.interval:
        digits = wanted.interval.removesuffix("m")
        minutes = int(digits) if digits.isdigit() else 0
        if minutes not in BAR_MINUTES or not wanted.interval.endswith("m"):
            known = ", ".join(f"{one}m" for one in BAR_MINUTES)
            raise WantedError(
                f"There is no interval {wanted.interval!r}; the intervals are {known} and 1d."
            )
        timed = True
    return TapeKind(wanted.kind or KINDS[timed]), minutes


def check_wanted(wanted: Wanted) -> None:
    """WantedError for an option that no table can have."""
    if wanted.label and wanted.label not in _LABELS:
        raise WantedError(f"There is no label {wanted.label!r}; a bar's time is its start or end.")
    if (
        wanted.time_format
        and wanted.time_format not in EPOCHS
        and not pattern_of(wanted.time_format)
    ):
        known = ", ".join(EPOCHS)
        raise WantedError(
            f"The time format {wanted.time_format!r} is not made of %Y %m %d %H %M %S %f; "
            f"or it is one of {known}."
        )
    if wanted.zone:
        try:
            ZoneInfo(wanted.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise WantedError(f"There is no time zone {wanted.zone!r}.") from None
    if wanted.qty_multiplier < 1:
        raise WantedError("The multiplier of quantities is 1 or more.")
    price_digits(wanted)


def price_digits(wanted: Wanted) -> int:
    """By how many powers of ten the file's prices are too large."""
    text = str(wanted.price_divisor)
    if wanted.price_divisor < 1 or text.strip("0") != "1":
        raise WantedError("The divisor of prices is 1, 10, 100 and so on.")
    return len(text) - 1
