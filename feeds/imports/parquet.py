"""Parquet files as the text that the reader of tables takes: columns of any kind, exactly.

A float becomes its shortest decimal, which is what somebody once wrote; a moment its ISO form.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from feeds.imports.opening import Limits, Part, checked_file
from feeds.imports.report import FileFault, StopImportError

ROWS_AT_ONCE = 50_000
_MARK = b"PAR1"
_ERRORS = (pl.exceptions.PolarsError, OSError, pl.exceptions.PanicException)


class ParquetText(io.RawIOBase):
    """A Parquet file as comma-separated text with a header.  StopImportError when it is damaged or
    says more than the limits allow."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._path = path
        self._limits = limits
        self._told = 0
        self._ready = memoryview(b"")
        self._pieces = self._text()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._ready:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._ready = memoryview(piece)
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        self._told += count
        if self._told > self._limits.most_bytes:
            said = f"more than {self._limits.most_bytes >> 20} MiB"
            raise StopImportError(self._path.name, 0, FileFault.TOO_MANY_BYTES, said)
        return count

    def _text(self) -> Iterator[bytes]:
        name = self._path.name
        try:
            table = pl.scan_parquet(self._path, glob=False)
            columns = [_as_text(word, kind) for word, kind in table.collect_schema().items()]
            plain = table.select(one for one in columns if one is not None)
            begin = 0
            while True:
                frame = plain.slice(begin, ROWS_AT_ONCE).collect()
                if begin and not frame.height:
                    return
                text = frame.write_csv(include_header=not begin, float_scientific=False)
                yield text.encode()
                begin += ROWS_AT_ONCE
        except _ERRORS as error:
            raise StopImportError(name, 0, FileFault.DAMAGED_FILE, str(error)) from error


def parquet_part(path: Path, limits: Limits) -> Part:
    """The text of a Parquet file; the row after the header is line 2."""
    checked_file(path)
    with path.open("rb") as file:
        if file.read(4) != _MARK:
            raise StopImportError(path.name, 0, FileFault.NOT_THIS_FORMAT, "not a Parquet file")
    return Part(path.name, io.BufferedReader(ParquetText(path, limits), 1 << 16))


def _as_text(word: str, kind: pl.DataType) -> pl.Expr | None:
    """A column whose text is exact; None for one that no cell can hold."""
    if isinstance(kind, pl.Datetime):
        moment = pl.col(word)
        if kind.time_zone is not None:
            return moment.dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%dT%H:%M:%S%.9fZ")
        return moment.dt.strftime("%Y-%m-%dT%H:%M:%S%.9f")
    if isinstance(kind, (pl.List, pl.Array, pl.Struct, pl.Binary, pl.Object)):
        return None
    # A cell of 64 bits would show digits that nobody has written.
    return pl.col(word).cast(pl.String) if isinstance(kind, pl.Float32) else pl.col(word)
