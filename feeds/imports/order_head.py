"""What importers of order-by-order recordings know of a tape before its rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from feeds.calendar import Int64s
from feeds.imports.importer import Job, WantedError
from feeds.imports.naming import source_and_licence, tape_name
from feeds.order_tape import SNAPSHOTS, STREET, OrderTape
from feeds.order_writer import blank
from feeds.schedule import schedule_of
from feeds.tape import TapeId
from matching.instrument import Instrument

BATCH_ROWS = 1 << 16


def order_head(job: Job, instrument: Instrument, session: date, words: str = "") -> OrderTape:
    """The facts of a tape that is going to be written; its previous close is not known yet.

    WantedError when the market does not trade on that day.
    """
    try:
        hours = schedule_of(instrument.market).hours(instrument.board, session)
    except LookupError as error:
        raise WantedError(f"{error}.") from error
    source, licence = source_and_licence(job)
    return OrderTape(
        tape_id=TapeId(""),
        name=tape_name(job.wanted.name, words or job.words()),
        source=source,
        licence=licence,
        origin="",
        hours=hours,
        instrument=instrument,
        session=session,
        reference_ticks=0,
        street=blank(STREET),
        snapshots=blank(SNAPSHOTS),
        status=job.wanted.status,
    )


def street_of(rows: Sequence[tuple[int, ...]], first_place: int) -> Int64s:
    """Rows without their places as a STREET table whose places count from ``first_place``."""
    table = np.array(rows, np.int64).reshape(-1, len(STREET) - 1).T
    places = np.arange(first_place, first_place + len(rows), dtype=np.int64)
    return np.concatenate((places[None, :], table))
