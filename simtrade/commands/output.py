"""What all commands share: settings, results for people and programs, mistakes, progress."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from simtrade.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="Print one line of JSON for programs.")]

Advance = Callable[[int, int], None]

TAPES = "tapes"  # folder of the tapes below the data folder
SHOWN_PROBLEMS = 20


def load_settings() -> Settings:
    """The settings of this process's environment.  Raises SettingsError."""
    from simtrade.settings import Settings

    return Settings.load(os.environ)


def tell(result: Mapping[str, object], text: str, *, as_json: bool) -> None:
    """Print the result as JSON or the text for people."""
    print(json.dumps(result, ensure_ascii=False) if as_json else text)


def complain(sentence: str) -> None:
    """Print what went wrong, to the error stream."""
    print(sentence, file=sys.stderr)


def complain_of(problems: Sequence[str], count: int) -> None:
    """Print the first of ``count`` problems, to the error stream."""
    for problem in problems[:SHOWN_PROBLEMS]:
        complain(problem)
    if count > SHOWN_PROBLEMS:
        complain(f"... and {count - SHOWN_PROBLEMS} more.")


def table(title: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Columns as wide as their widest cell."""
    lines = [title, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(title))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


@contextmanager
def progress(label: str) -> Iterator[Advance]:
    """A bar on the error stream while a person watches; call it with (done, total)."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
