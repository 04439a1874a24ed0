"""Rule books from their files."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path

import msgspec

from matching.rulebook import DatedRule, RuleBook

_FOLDER = Path(__file__).with_name("rulebooks")


class _Record(msgspec.Struct, frozen=True):
    kind: str
    source: str
    valid_from: date = msgspec.field(name="from")
    valid_to: date | None = msgspec.field(name="to", default=None)
    board: str = "*"


_WORDS = ("kind", "source", "from", "to", "board")


@cache
def rule_book(name: str) -> RuleBook:
    """The rule book in ``rulebooks/NAME.toml``; every value that is no word of a record is one of
    its figures."""
    data = tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    rules = []
    for row in data["rule"]:
        record = msgspec.convert(row, _Record)
        values = {key: value for key, value in row.items() if key not in _WORDS}
        rules.append(
            DatedRule(
                kind=record.kind,
                board=record.board,
                valid_from=record.valid_from,
                valid_to=record.valid_to,
                source=record.source,
                values=values,
            )
        )
    return RuleBook(str(data["market"]), rules)
