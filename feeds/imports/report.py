"""What an import found wrong: every problem counted, the first kept, and an end to patience."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

# Problems beyond this many are counted, not kept.
MOST_KEPT = 10_000
MOST_TEXT = 80

# Codes of lines that are findings of the summary under another name.
_FINDINGS = {
    "duplicate_time": "duplicates",
    "repeated": "duplicates",
    "time_runs_back": "out_of_order",
}

Progress = Callable[[int, int], None]


class FileFault(StrEnum):
    """Why nothing of a file can be used."""

    MISSING_FILE = "missing_file"
    SYMLINK = "symlink"
    NOT_A_FILE = "not_a_file"
    EMPTY_FILE = "empty_file"
    DAMAGED_FILE = "damaged_file"
    BOMB = "bomb"
    TOO_MANY_BYTES = "too_many_bytes"
    TOO_MANY_FILES = "too_many_files"
    UNSAFE_MEMBER = "unsafe_member"
    NOT_TEXT = "not_text"
    MIXED_ENCODINGS = "mixed_encodings"
    WEB_PAGE = "web_page"
    LINE_TOO_LONG = "line_too_long"
    NOT_THIS_FORMAT = "not_this_format"
    MISSING_COLUMN = "missing_column"
    NO_ROWS = "no_rows"
    TOO_MANY_REFUSED = "too_many_refused"
    CONTRADICTION = "contradiction"


class Problem(NamedTuple):
    """``line`` counts from 1, 0 stands for the whole file; ``text`` is the offending part."""

    file: str
    line: int
    code: StrEnum
    text: str

    @property
    def sentence(self) -> str:
        where = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{where}: {self.code.value}: {self.text}" if self.text else f"{where}: {self.code}"


class StopImportError(Exception):
    """The import can't go on; nothing of it is kept."""

    def __init__(self, file: str, line: int, code: StrEnum, text: str) -> None:
        self.problem = Problem(file, line, code, printable(text))
        super().__init__(self.problem.sentence)


def printable(text: str) -> str:
    """The beginning of a text, without what would disturb a terminal."""
    shown = text.strip()[:MOST_TEXT]
    return "".join(one if one.isprintable() else "\ufffd" for one in shown)


class Report:
    """Collects the problems of one import.

    ``most_refused`` lines may be refused, the next one stops the import.  ``counted`` are findings
    by name (``out_of_order``, ``duplicates``, ``crossed``, ``rounded``): a refused line counts
    under its code, or the finding that its code means; importers add what costs no line.
    """

    def __init__(self, most_refused: int = 10_000, progress: Progress | None = None) -> None:
        self.most_refused = most_refused
        self.problems: list[Problem] = []
        self.problem_count = 0
        self.refused = 0
        self.counted: Counter[str] = Counter()
        self._progress = progress

    def complain(self, file: str, line: int, code: StrEnum, text: str = "") -> None:
        """Tell of something that costs no line: an unknown column, a doubtful value."""
        self.problem_count += 1
        if len(self.problems) < MOST_KEPT:
            self.problems.append(Problem(file, line, code, printable(text)))

    def refuse(self, file: str, line: int, code: StrEnum, text: str = "") -> None:
        """Tell of a line that is left out.  StopImportError when there are too many."""
        self.refused += 1
        self.complain(file, line, code, text)
        self.counted[_FINDINGS.get(code.value, code.value)] += 1
        if self.refused > self.most_refused:
            said = f"more than {self.most_refused} lines are refused"
            raise StopImportError(file, line, FileFault.TOO_MANY_REFUSED, said)

    def count(self, name: str, found: int = 1) -> None:
        self.counted[name] += found

    def progress(self, done: int, total: int) -> None:
        if self._progress is not None:
            self._progress(done, total)
