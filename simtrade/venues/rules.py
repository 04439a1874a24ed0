"""Rule books from their files."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from matching.instrument import Instrument
from matching.rulebook import DatedRule, RuleBook, RuleBooks, RulesUnknownError
from matching.terms import Status

_FOLDER = Path(__file__).with_name("rulebooks")

BOOKS = {
    "SIMA": "sima",
    "XSHG": "xshg",
    "XSHE": "xshe",
    "BJSE": "bjse",
    "XHKG": "xhkg",
    "US": "us",
    "XNYS": "us",
    "XNAS": "us",
    "COIN": "coin",
}  # market of an instrument: its file


class _Record(msgspec.Struct, frozen=True):
    kind: str
    source: str
    valid_from: date = msgspec.field(name="from")
    valid_to: date | None = msgspec.field(name="to", default=None)
    board: str | list[str] = "*"
    status: Status = Status.NORMAL
    days: int = 0
    variety: str | list[str] = ""
    pending: bool = False


_WORDS = frozenset(one.encode_name for one in msgspec.structs.fields(_Record))


@cache
def rule_book(name: str) -> RuleBook:
    """The rule book in ``rulebooks/NAME.toml``, after those it includes; every value that is no
    word of a record is one of its figures.  A list of boards or varieties is one record each."""
    return RuleBook(str(_read(name)["market"]), tuple(_records(name)))


def rule_books(instruments: Iterable[Instrument]) -> RuleBooks:
    """The books of the markets of some instruments; a market that has none knows no rules."""
    markets = sorted({one.market for one in instruments})
    return RuleBooks({market: market_book(market) for market in markets})


def rules_missing(instruments: Iterable[Instrument], session: date) -> RulesUnknownError | None:
    """Why nothing could trade on a day: the first instrument's missing rule when all lack one."""
    found: RulesUnknownError | None = None
    for one in instruments:
        try:
            market_book(one.market).on(one.board, session)
        except RulesUnknownError as missing:
            found = found or missing
        else:
            return None
    return found


def market_book(market: str) -> RuleBook:
    return rule_book(BOOKS[market]) if market in BOOKS else RuleBook(market, ())


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def _records(name: str) -> Iterator[DatedRule]:
    data = _read(name)
    for other in data.get("include", ()):
        yield from _records(other)
    for row in data.get("rule", ()):
        yield from _rules(row)


def _rules(row: dict[str, Any]) -> Iterator[DatedRule]:
    record = msgspec.convert(row, _Record)
    values = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in row.items()
        if key not in _WORDS
    }
    for board in _each(record.board):
        for variety in _each(record.variety):
            yield DatedRule(
                kind=record.kind,
                board=board,
                valid_from=record.valid_from,
                valid_to=record.valid_to,
                source=record.source,
                values=values,
                status=record.status,
                days=record.days,
                variety=variety,
                pending=record.pending,
            )


def _each(one_or_more: str | list[str]) -> list[str]:
    return [one_or_more] if isinstance(one_or_more, str) else one_or_more
