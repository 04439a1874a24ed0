"""Tables as CSV that spreadsheets open without running anything in them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

from web.i18n import Language

Rows = Iterable[tuple[object, ...]]
CSV_TYPE = "text/csv; charset=utf-8"
# Spreadsheets take a file without this mark for one in the machine's old code page.
_MARK = "\ufeff"
# What a spreadsheet takes for the beginning of a formula, in its full-width forms too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"-[0-9]+(\.[0-9]+)?")


def cell(value: object) -> str:
    """A cell's text; one that could be read as a formula gets an apostrophe in front."""
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def csv_bytes(rows: Rows, spoken: Language) -> bytes:
    """The file: a header line first, UTF-8, in Chinese with the mark that spreadsheets ask for."""
    text = io.StringIO(_MARK if spoken == "zh" else "")
    text.seek(0, io.SEEK_END)
    csv.writer(text).writerows([cell(one) for one in row] for row in rows)
    return text.getvalue().encode()
