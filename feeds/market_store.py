"""Market tapes on disk: opened by their manifest, read part by part, each part checked then."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from feeds.market_manifest import (
    QUARTER_NS,
    Content,
    content_id,
    header_faults,
    header_of,
    manifest_of,
)
from feeds.record_checks import Continuity, content_faults
from feeds.records import Records, Table, column_names, dtype_of, matrix, records_of
from feeds.tape import TapeError, TapeKind
from feeds.tape_files import (
    MANIFEST,
    Manifest,
    PartEntry,
    TapeProblem,
    file_entry,
    file_problems,
    manifest_bytes,
    read_manifest,
)


def open_market_tape(root: Path, tape_id: str) -> MarketTape:
    """A tape by its id.  TapeError when there is none or its manifest is not the one of that id;
    damaged rows are found when they are read, all of them by ``market_problems``."""
    folder = root / tape_id
    manifest = read_manifest(folder)
    if manifest.kind is not TapeKind.MARKET:
        raise TapeError(f"{tape_id}: not a market tape")
    if content_id(manifest) != manifest.tape_id or manifest.tape_id != tape_id:
        raise TapeError(f"{MANIFEST}: the content has another id")
    return MarketTape(folder, manifest)


class MarketTape:
    """An opened tape; holds no rows.  Safe for concurrent readers."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self.header = header_of(manifest)

    def parts(self, table: Table, first_ns: int = 0, last_ns: int = 1 << 62) -> list[PartEntry]:
        """Parts of a table that may have rows of [first_ns, last_ns]."""
        return [
            part
            for part in self.manifest.parts
            if part.table == table and part.first_ns <= last_ns and part.last_ns >= first_ns
        ]

    def read(self, part: PartEntry) -> Records:
        """The rows of a part.  TapeError when they are not as the manifest says."""
        path = self.folder / part.file
        entry = self.manifest.files.get(part.file)
        try:
            if entry is None or file_entry(path) != entry:
                raise TapeError(f"{part.file}: size or SHA-256 differs from the manifest")
            frame = pl.read_parquet(path)
        except (OSError, pl.exceptions.PolarsError) as error:
            raise TapeError(f"{part.file}: {error}") from error
        dtype = dtype_of(Table(part.table), self.manifest.levels)
        if tuple(frame.columns) != column_names(dtype) or set(frame.dtypes) != {pl.Int64()}:
            raise TapeError(f"{part.file}: unexpected columns")
        return records_of(frame.to_numpy(), dtype)

    def rows(self, table: Table, first_ns: int = 0, last_ns: int = 1 << 62) -> Iterator[Records]:
        """All rows of a table with first_ns <= at_ns <= last_ns, part by part as they came."""
        for part in self.parts(table, first_ns, last_ns):
            records = self.read(part)
            at_ns = records["at_ns"]
            yield records[(at_ns >= first_ns) & (at_ns <= last_ns)]


def market_problems(folder: Path, manifest: Manifest) -> list[TapeProblem]:
    """Everything that differs between a market tape's folder and what it says of itself."""
    if content_id(manifest) != manifest.tape_id or folder.name != manifest.tape_id:
        return [TapeProblem(MANIFEST, "the content has another id")]
    if (folder / MANIFEST).read_bytes() != manifest_bytes(manifest):
        return [TapeProblem(MANIFEST, "not as it was written")]
    problems = file_problems(folder, manifest, tuple(part.file for part in manifest.parts))
    if problems:
        return problems
    try:
        content = _content(MarketTape(folder, manifest))
    except TapeError as error:
        return [TapeProblem(MANIFEST, str(error))]
    header = header_of(manifest)
    problems = [TapeProblem(MANIFEST, fault) for fault in header_faults(header, content)]
    made = manifest_of(header, content, manifest.files)
    # Its days were found when it was written; the calendar may have learnt of others since.
    if {**_facts(made), "sessions": manifest.sessions} != _facts(manifest):
        problems.append(TapeProblem(MANIFEST, "counts, span or units are not those of the rows"))
    return problems


def _facts(manifest: Manifest) -> dict[str, object]:
    return {
        name: getattr(manifest, name) for name in manifest.__struct_fields__ if name != "tape_id"
    }


def _content(tape: MarketTape) -> Content:
    """The content of the rows themselves; TapeError for rows that make no tape."""
    count = len(tape.header.instruments)
    rows, first, last = (np.full(count, value, np.int64) for value in (0, 1 << 62, 0))
    counts = dict.fromkeys(Table, 0)
    digests: dict[Table, str] = {}
    quarters: set[int] = set()
    parts: list[PartEntry] = []
    for table in Table:
        digest, order = hashlib.sha256(), Continuity(numbered=False)
        for part in tape.parts(table):
            records = tape.read(part)
            faults = content_faults(table, records, count)
            order.check(records, faults, count)
            if faults.any() or not len(records):
                raise TapeError(f"{part.file}: rows that no tape has")
            digest.update(matrix(records).data)
            at_ns, index = records["at_ns"], records["instrument"]
            counts[table] += len(records)
            rows += np.bincount(index, minlength=count)
            np.minimum.at(first, index, at_ns)
            np.maximum.at(last, index, at_ns)
            quarters.update(np.unique(at_ns // QUARTER_NS).tolist())
            span = int(at_ns.min()), int(at_ns.max())
            parts.append(PartEntry(part.file, table, len(records), *span))
        digests[table] = digest.hexdigest()
    whole = (min(part.first_ns for part in parts), max(part.last_ns for part in parts))
    spans = zip(first.tolist(), last.tolist(), rows.tolist(), strict=True)
    return Content(
        instrument_rows=rows.tolist(),
        spans=[(begin, end) if some else whole for begin, end, some in spans],
        counts=counts,
        digests=digests,
        quarters=frozenset(quarters),
        parts=tuple(parts),
    )
