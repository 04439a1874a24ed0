"""A tape as CSV for other programs: prices and quantities written out, days and clocks local."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from feeds.order_store import ORDER_FILES
from feeds.tape import TapeError, TapeKind
from feeds.tape_files import MANIFEST, InstrumentEntry, Manifest
from feeds.tape_store import BARS


def export_tape(root: Path, manifest: Manifest, folder: Path) -> dict[str, int]:
    """Write each table of a tape below ``root`` as ``<table>.csv`` into a new folder, with the
    manifest, which names source and licence; rows by file.  Memory does not grow with the tape.
    TapeError when the folder exists."""
    if folder.exists():
        raise TapeError(f"{folder} exists already")
    source = root / manifest.tape_id
    draft = folder.with_name(f".{folder.name}.draft")
    draft.mkdir(parents=True)
    try:
        written: dict[str, int] = {}
        for name, paths in _tables(manifest).items():
            frame = pl.scan_parquet([source / path for path in paths])
            file = draft / f"{name}.csv"
            _readable(frame, manifest).sink_csv(file)
            written[file.name] = int(frame.select(pl.len()).collect().item())
        shutil.copyfile(source / MANIFEST, draft / MANIFEST)
        draft.rename(folder)
    except pl.exceptions.PolarsError as error:
        raise TapeError(str(error)) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return written


def _tables(manifest: Manifest) -> Mapping[str, Sequence[str]]:
    """The files of each table, in order."""
    match manifest.kind:
        case TapeKind.STREET_ORDERS:
            return {Path(file).stem: [file] for file in ORDER_FILES}
        case TapeKind.MARKET:
            tables: dict[str, list[str]] = {}
            for part in manifest.parts:
                tables.setdefault(part.table, []).append(part.file)
            return tables
        case _:
            return {Path(BARS).stem: [BARS]}


def _readable(frame: pl.LazyFrame, manifest: Manifest) -> pl.LazyFrame:
    """The columns in their order; an index became a symbol, ticks a price."""
    columns = frame.collect_schema().names()
    if "instrument" not in columns:
        frame = frame.with_columns(instrument=pl.lit(0, pl.Int64))
    # A left join keeps the rows in their order.
    joined = frame.join(
        _scales(manifest.instruments), on="instrument", how="left", maintain_order="left"
    )
    return joined.select(list(_written(columns, manifest)))


def _scales(instruments: Sequence[InstrumentEntry]) -> pl.LazyFrame:
    return pl.LazyFrame(
        {
            "instrument": list(range(len(instruments))),
            "symbol": [one.symbol for one in instruments],
            "tick": [one.tick for one in instruments],
            "price_decimals": [one.price_decimals for one in instruments],
            "qty_decimals": [one.qty_decimals for one in instruments],
        }
    )


def _written(columns: Sequence[str], manifest: Manifest) -> Iterator[pl.Expr]:
    yield pl.col("symbol")
    for name in columns:
        if name == "instrument":
            continue
        if name in ("time", "at_ns"):
            yield from _moment(name, manifest)
        elif "_ticks" in name:
            scaled = pl.col(name) * pl.col("tick")
            yield _decimal(scaled, pl.col("price_decimals")).alias(name.replace("_ticks", ""))
        elif "qty" in name or name == "volume":
            yield _decimal(pl.col(name), pl.col("qty_decimals")).alias(name)
        else:
            yield pl.col(name)


def _moment(name: str, manifest: Manifest) -> Iterator[pl.Expr]:
    """The local day of a daily bar; else the local wall clock, and the exact nanoseconds UTC."""
    if manifest.kind is TapeKind.DAILY_BARS:
        yield pl.col(name).cast(pl.Int32).cast(pl.Date).alias("date")
        return
    local = pl.col(name).cast(pl.Datetime("ns", "UTC")).dt.convert_time_zone(manifest.time_zone)
    yield local.dt.strftime("%Y-%m-%d %H:%M:%S%.f").alias("local_time")
    yield pl.col(name).alias("time_ns")


def _decimal(value: pl.Expr, decimals: pl.Expr) -> pl.Expr:
    """``value`` x 10^-decimals as text, exactly."""
    digits = value.abs().cast(pl.String).str.zfill(decimals + 1)
    whole = digits.str.head(digits.str.len_bytes().cast(pl.Int64) - decimals)
    point = pl.when(decimals > 0).then(pl.lit(".")).otherwise(pl.lit(""))
    sign = pl.when(value < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    return pl.concat_str([sign, whole, point, digits.str.tail(decimals)])
