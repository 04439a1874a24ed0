"""``simtrade lesson``: is everything right with the lessons in a folder?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simtrade.commands.output import AsJson, complain, table, tell
from simtrade.mistakes import Mistake

if TYPE_CHECKING:
    from lessons.catalogue import Entry
    from lessons.model import Problem

application = typer.Typer(help="Lessons.", no_args_is_help=True)

SENTENCES: Mapping[str, str] = {
    "header_missing": "Every lesson needs this file.",
    "header_unreadable": "This is not TOML: {detail}.",
    "key_unknown": "There is no key {detail!r}.",
    "key_missing": "The key {detail!r} is missing.",
    "value_wrong": "This value cannot be used: {detail}.",
    "id_not_folder": "The id must be the name of the folder, {detail!r}.",
    "language_missing": "Every lesson needs this language.",
    "file_unknown": "A lesson folder holds lesson.toml and one Markdown file per language only.",
    "file_not_readable": "This file cannot be read: {detail}.",
    "not_utf8": "The text is not UTF-8.",
    "too_long": "The text is longer than {detail} bytes.",
    "control_character": "The text holds the invisible character {detail}.",
    "title_missing": "A text begins with its title: a heading with one #.",
    "body_missing": "Below the title there is no paragraph.",
    "heading_level": "Headings go from # (once) to ### without leaving one out; this is {detail}.",
    "headings_differ": "The headings are not the same in number and rank as in {detail}.",
    "raw_html": "HTML is not shown: {detail}",
    "image": "Lessons have no images: {detail}",
    "link_unsafe": "Links are /paths of this site, https, http or mailto; this is {detail!r}.",
    "table_too_wide": "A table has at most 4 columns, this one has {detail}.",
    "block_unknown": "A block begins with '::: term NAME' or '::: quiz NAME'; this is {detail!r}.",
    "block_unclosed": "The block {detail!r} is never closed with :::.",
    "too_deep": "Lists and quotes are nested more than {detail} deep.",
    "quiz_name_twice": "There are two quizzes with the name {detail!r}.",
    "quiz_nested": "A quiz stands by itself, not in a list, a quote or another block: {detail}.",
    "quiz_parts": "A quiz is a question and then one list of choices; this is something else.",
    "quiz_choices": "A quiz has {detail} choices.",
    "quiz_choice_mark": "A choice begins with [ ] or, when it is right, with [x].",
    "quiz_reason_missing": "Below each choice stands, indented, why it is right or not.",
    "quiz_right": "One choice is right, or more in '::: quiz NAME several'; here {detail} are.",
    "quizzes_differ": "The quizzes are not the same, choice by choice, as in {detail}.",
    "lesson_unknown": "There is no lesson {detail!r} to link to.",
    "prerequisite_unknown": "There is no lesson {detail!r} to read first.",
    "prerequisite_cycle": "These lessons wait for each other: {detail}.",
}


@application.callback()
def _several() -> None:
    """One command is not yet a group of its own without this."""


@application.command("check")
def check(
    path: Annotated[
        Path | None,
        typer.Argument(
            help="A lesson's folder, or a folder of lessons; default: the shipped ones."
        ),
    ] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="The shipped lessons too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Report everything that is wrong with lessons at once; exit 1 when there is something."""
    from lessons.catalogue import SHIPPED, lesson_folders
    from lessons.catalogue import check as look

    shipped = lesson_folders(SHIPPED)
    chosen = [] if path is None else _given(path)
    beside = shipped
    if path is None or everything:
        names = {one.name for one in chosen}
        chosen = [*(one for one in shipped if one.name not in names), *chosen]
        beside = []
    entries = look(chosen, beside)
    for entry in entries:
        for problem in entry.problems:
            complain(_sentence(problem))
    result = {"lessons": [_summary(one) for one in entries]}
    rows = [(one.name, " ".join(one.languages), str(len(one.problems))) for one in entries]
    tell(result, table(("lesson", "languages", "problems"), rows), as_json=as_json)
    if any(one.problems for one in entries):
        raise typer.Exit(1)


def _given(path: Path) -> list[Path]:
    from lessons.catalogue import lesson_folders

    if not path.is_dir():
        raise Mistake(f"There is no folder {path}.")
    folders = lesson_folders(path)
    if not folders:
        raise Mistake(f"There is no lesson in {path}.")
    return folders


def _sentence(problem: Problem) -> str:
    where = f"{problem.file}:{problem.line}" if problem.line else problem.file
    return f"{where}: {SENTENCES[problem.fault].format(detail=problem.detail)}"


def _summary(entry: Entry) -> dict[str, object]:
    """Tasks are blocks that the format does not have, so none can be found."""
    return {
        "id": entry.name,
        "languages": entry.languages,
        "quizzes": len(entry.lesson.quizzes) if entry.lesson else 0,
        "tasks": 0,
        "problems": [
            {
                "file": one.file,
                "line": one.line,
                "code": one.fault.value,
                "text": SENTENCES[one.fault].format(detail=one.detail),
            }
            for one in entry.problems
        ],
    }
