"""What a tape is called and where it comes from, when nobody says it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from feeds.imports.importer import Job, WantedError

NOTES = "SOURCE.md"
_NAME_AT_MOST = 40
_MOST_NOTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Notes:
    """A SOURCE.md: its first line, and what its lines ``word: ...`` say."""

    title: str = ""
    said: Mapping[str, str] | None = None

    def of(self, word: str) -> str:
        return (self.said or {}).get(word, "")


def notes_of(path: Path) -> Notes:
    """The notes in a folder, or beside a file; empty when there are none."""
    folder = path if path.is_dir() else path.parent
    file = folder / NOTES
    if not file.is_file() or file.stat().st_size > _MOST_NOTES:
        return Notes()
    text = file.read_text("utf-8", errors="replace")
    said = dict(re.findall(r"^(\w+): *(.+)$", text, re.MULTILINE))
    return Notes(text.partition("\n")[0], said)


def tape_name(given: str, words: str) -> str:
    """A tape's name as given, or made from the words of a path.  WantedError for no name."""
    name = given or re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")[:_NAME_AT_MOST]
    if not re.fullmatch(r"[a-z0-9][a-z0-9_]{0,39}", name):
        raise WantedError("The name of a tape is 1 to 40 of a-z, 0-9 and _; give one with --name.")
    return name


def source_and_licence(job: Job) -> tuple[str, str]:
    """Where the data comes from and what may be done with it: as said, else as noted in a SOURCE.md
    (``Repository:`` and ``Licence:``), else the path's name and ``not stated``."""
    notes = notes_of(job.wanted.path)
    source = job.wanted.source or notes.of("Repository") or job.wanted.path.resolve().name
    return source.strip(), (job.wanted.licence or notes.of("Licence") or "not stated").strip()
