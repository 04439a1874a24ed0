"""Lines of a plain text file of ASCII, as recordings of machines are; anything else is none."""

from __future__ import annotations

from collections.abc import Iterator

from feeds.imports.opening import Part
from feeds.imports.report import FileFault, StopImportError

MOST_LINE_BYTES = 1 << 16


def plain_lines(part: Part, most_bytes: int = MOST_LINE_BYTES) -> Iterator[tuple[int, str]]:
    """Number from 1 and text of each line, without its end; empty ones are left out.

    StopImportError for a line that is no ASCII or too long, and for a web page.
    """
    number = 0
    while line := part.stream.readline(most_bytes + 1):
        number += 1
        if len(line) > most_bytes:
            said = f"more than {most_bytes} bytes"
            raise StopImportError(part.name, number, FileFault.LINE_TOO_LONG, said)
        if not line.isascii() or b"\0" in line:
            said = line.decode("ascii", errors="replace")
            raise StopImportError(part.name, number, FileFault.NOT_TEXT, said)
        text = line.decode("ascii").strip()
        if number == 1 and text[:9].lower().startswith(("<!doctype", "<html", "<?xml", "<head")):
            raise StopImportError(part.name, number, FileFault.WEB_PAGE, text)
        if text:
            yield number, text
