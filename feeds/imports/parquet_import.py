"""The format parquet: bars or ticks in Parquet files, with the same map as text has."""

from __future__ import annotations

from collections.abc import Iterator

from feeds.imports.csv_import import import_table
from feeds.imports.csv_peek import peek_part
from feeds.imports.importer import Job, Made
from feeds.imports.opening import Part
from feeds.imports.parquet import parquet_part


def import_parquet(job: Job) -> tuple[Made, ...]:
    """Import a file, or all Parquet files of a folder, as one tape."""
    paths = job.files("*.parquet")
    if not paths:
        return ()
    seen = peek_part(parquet_part(paths[0], job.limits))

    def parts() -> Iterator[Part]:
        for done, path in enumerate(paths):
            job.report.progress(done, len(paths))
            yield parquet_part(path, job.limits)

    return import_table(job, parts(), seen)
