"""``lesson.toml``: what a lesson says of itself.  Every wrong key is reported, not the first."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta

from lessons.model import HEADER_FILE, Fault, Level, Problem, RiskLevel

# Far more than any header needs, and too little to keep the reader busy.
HEADER_BYTES_MAX = 4096

Slug = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*\Z", max_length=60)]
Line = Annotated[str, Meta(pattern=r"^[^\s\x00-\x1f][^\x00-\x1f]*\Z", max_length=100)]


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The keys of the file, all of them required; ``minutes`` is the time to read it once."""

    id: Slug
    version: Annotated[int, Meta(ge=1, le=9999)]
    level: Level
    minutes: Annotated[int, Meta(ge=1, le=60)]
    risk_level: RiskLevel
    concepts: Annotated[tuple[Slug, ...], Meta(min_length=1, max_length=12)]
    prerequisites: Annotated[tuple[Slug, ...], Meta(max_length=12)]
    licence: Line
    authors: Annotated[tuple[Line, ...], Meta(min_length=1, max_length=12)]


class HeaderResult(NamedTuple):
    """``header`` is None exactly when there are problems."""

    header: Header | None
    problems: list[Problem]


def read_header(folder: str, text: str) -> HeaderResult:
    """The header of the lesson in ``folder``, or everything that is wrong with it."""
    file = f"{folder}/{HEADER_FILE}"
    if len(text.encode("utf-8", "replace")) > HEADER_BYTES_MAX:
        return HeaderResult(None, [Problem(file, 0, Fault.TOO_LONG, str(HEADER_BYTES_MAX))])
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        return HeaderResult(None, [_unreadable(file, error)])
    problems: list[Problem] = []
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(Header):
        if field.name not in table:
            problems.append(Problem(file, 0, Fault.KEY_MISSING, field.name))
            continue
        try:
            found[field.name] = msgspec.convert(table[field.name], field.type, strict=True)
        except msgspec.ValidationError as error:
            where = _line_of(text, field.name)
            problems.append(Problem(file, where, Fault.VALUE_WRONG, f"{field.name}: {error}"))
    problems.extend(_unknown(file, text, table))
    if found.get("id", folder) != folder:
        problems.append(Problem(file, _line_of(text, "id"), Fault.ID_NOT_FOLDER, folder))
    if problems:
        return HeaderResult(None, sorted(problems, key=lambda one: one.line))
    return HeaderResult(Header(**found), [])


def _unreadable(file: str, error: Exception) -> Problem:
    where = re.search(r"\(at line (\d+), column \d+\)", str(error))
    detail = "nested too deeply" if isinstance(error, RecursionError) else str(error)
    return Problem(file, int(where[1]) if where else 0, Fault.HEADER_UNREADABLE, detail)


def _unknown(file: str, text: str, table: Mapping[str, object]) -> list[Problem]:
    known = Header.__struct_fields__
    return [
        Problem(file, _line_of(text, key), Fault.KEY_UNKNOWN, key)
        for key in table
        if key not in known
    ]


def _line_of(text: str, key: str) -> int:
    """The line that sets a key or opens its table; 0 when it is written in an unusual way."""
    start = re.compile(rf"\s*(?:\[+\s*)?[\"']?{re.escape(key)}[\"']?\s*[\].=]")
    numbered = enumerate(text.splitlines(), 1)
    return next((number for number, line in numbered if start.match(line)), 0)
