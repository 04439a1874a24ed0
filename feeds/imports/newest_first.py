"""Files whose newest line comes first, turned round."""

from __future__ import annotations

import io
from collections.abc import Sequence

from feeds.imports.csv_time import NS_PER_DAY, read_moment
from feeds.imports.opening import Part
from feeds.imports.report import FileFault, StopImportError

MOST_BYTES = 32 << 20  # the whole file has to be in memory


def is_newest_first(times: Sequence[str], symbols: Sequence[str] = ()) -> bool:
    """Whether the first times of a file fall; of one symbol where there are several."""
    falls = rises = 0
    newest: dict[str, int] = {}
    for place, text in enumerate(times):
        moment = read_moment(text)
        if moment is not None:
            symbol = symbols[place] if place < len(symbols) else ""
            at = moment.day * NS_PER_DAY + moment.ns
            falls += at < newest.get(symbol, at)
            rises += at > newest.get(symbol, at)
            newest[symbol] = at
    return falls > rises


def turned_round(part: Part) -> Part:
    """The part with its first line first and the others in reverse.  StopImportError when it is
    too large for that."""
    data = part.stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        said = f"its newest line comes first, and it has more than {MOST_BYTES >> 20} MiB: sort it"
        raise StopImportError(part.name, 0, FileFault.TOO_MANY_BYTES, said)
    head, _, rest = data.partition(b"\n")
    lines = rest.removesuffix(b"\n").split(b"\n")
    turned = b"\n".join((head, *reversed(lines))) + b"\n"
    return Part(part.name, io.BufferedReader(io.BytesIO(turned)), len(lines) + 1)
