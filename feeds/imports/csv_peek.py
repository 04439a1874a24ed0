"""A first look at a table, to tell what nobody has said: which rows, how long its bars are."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

from feeds.imports.csv_table import DELIMITERS
from feeds.imports.csv_time import NS_PER_DAY, read_moment
from feeds.imports.importer import Job
from feeds.imports.opening import Part
from feeds.imports.text_blocks import GB_18030, UTF_8
from feeds.tape import BAR_MINUTES
from matching.units import NS_PER_MINUTE

_PEEKED_BYTES = 1 << 16
_MOST_LINE = 4_096


@dataclass(frozen=True, slots=True)
class Peek:
    """The header's words in lower case, and the cells of the first lines."""

    words: list[str] = field(default_factory=list)
    lines: list[list[str]] = field(default_factory=list)

    def column(self, word: str) -> list[str]:
        """The first cells below a word; empty when there is none."""
        if word.lower() not in self.words:
            return []
        where = self.words.index(word.lower())
        return [line[where] for line in self.lines if len(line) > where]


def peek(job: Job, path: Path) -> Peek:
    """The first lines of a file; whatever is wrong with them is for the import to say."""
    with job.parts(path) as parts:
        part = next(parts, None)
        return Peek() if part is None else peek_part(part)


def peek_part(part: Part) -> Peek:
    """The first lines of a part, which is read to their end."""
    data = part.stream.read(_PEEKED_BYTES)
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")[:500]
    texts = [_text(line)[:_MOST_LINE] for line in lines if line.strip()]
    if not texts:
        return Peek()
    delimiter = max(DELIMITERS, key=texts[0].count)
    try:
        rows = [next(csv.reader((text.strip("\r"),), delimiter=delimiter), []) for text in texts]
    except csv.Error:
        return Peek()
    return Peek([word.strip().lower() for word in rows[0]], rows[1:])


def bar_minutes(times: list[str], symbols: list[str]) -> int:
    """How long bars with these first times are: the shortest step between bars of one symbol; 1
    when that is no usual length."""
    steps: list[int] = []
    before: dict[str, int] = {}
    for place, text in enumerate(times):
        moment = read_moment(text)
        if moment is None:
            continue
        at = moment.day * NS_PER_DAY + moment.ns
        symbol = symbols[place] if place < len(symbols) else ""
        if at > before.get(symbol, at):
            steps.append(at - before[symbol])
        before[symbol] = at
    minutes, rest = divmod(min(steps, default=NS_PER_MINUTE), NS_PER_MINUTE)
    return minutes if minutes in BAR_MINUTES and not rest else 1


def _text(line: bytes) -> str:
    for encoding in (UTF_8, GB_18030):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("ascii", "replace")
