"""The tables of docs/market-rules.md: every dated record of every market, and the hours of its
boards, so that the page cannot say anything else than what is in force."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from feeds.schedule import DatedHours, schedule_of
from matching.rulebook import DatedRule
from simtrade.venues.rules import market_book

MARK = "<!-- Below this line: simtrade rules page -->\n"

NAMES = {
    "SIMA": "The floor's invented market",
    "XSHG": "Shanghai",
    "XSHE": "Shenzhen",
    "BJSE": "Beijing",
    "XHKG": "Hong Kong",
    "US": "United States (XNYS, XNAS)",
    "COIN": "Coins",
}


def tables() -> str:
    """Markdown: per market one table of rules and one of hours."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    common: set[DatedRuleKey] = set()
    for market, name in NAMES.items():
        yield f"## {name}\n"
        rules = [one for one in market_book(market).rules if _key(one) not in common]
        if market in ("XSHG", "XSHE", "BJSE"):
            yield "With the records of the floor above, which the mainland's exchanges share.\n"
        if market == "SIMA":
            common |= {_key(one) for one in rules if one.kind != "auction"}
        yield from _rules(rules)
        yield from _hours(schedule_of(market).records)


DatedRuleKey = tuple[str, str, str, str, str]


def _key(rule: DatedRule) -> DatedRuleKey:
    return (rule.key, rule.board, rule.status, rule.variety, f"{rule.valid_from} {rule.source}")


def _rules(rules: Iterable[DatedRule]) -> Iterator[str]:
    """Records that differ in their board alone are one line."""
    yield "| rule | for | from | to | figures | source |"
    yield "|---|---|---|---|---|---|"
    lines: dict[tuple[str, ...], list[str]] = {}
    for rule in sorted(rules, key=lambda one: (one.key, one.valid_from, one.status, one.board)):
        until = "never in force" if rule.pending else str(rule.valid_to or "")
        days = (str(rule.valid_from), until)
        line = (rule.key, _condition(rule), *days, _figures(rule), rule.source)
        lines.setdefault(line, []).append("every board" if rule.board == "*" else rule.board)
    for (key, condition, *rest), boards in lines.items():
        yield "| " + " | ".join((key, ", ".join(boards) + condition, *rest)) + " |"
    yield ""


def _condition(rule: DatedRule) -> str:
    variety = f"; {rule.variety}" if rule.variety else ""
    if rule.days:
        return f"{variety}; first {rule.days} days" if rule.days > 1 else f"{variety}; first day"
    return variety + (f"; {rule.status}" if rule.status else "")


_SCALES = {"permille": 10, "ppm": 10_000, "ppb": 10_000_000}  # units of one percent


def _figures(rule: DatedRule) -> str:
    found = [_figure(name, value) for name, value in rule.values.items() if name != "code"]
    return ", ".join(found) or "none"


def _figure(name: str, value: object) -> str:
    """``rate_ppm`` 250 as "rate 0.025 %"; a fee by the unit stays in its own unit."""
    word, _, unit = name.rpartition("_")
    scale = _SCALES.get(unit) if not name.startswith("per_unit") else None
    if isinstance(value, tuple):
        return f"{name} {' '.join(f'{one:_}' for one in value) or 'none'}"
    if isinstance(value, bool):
        return f"{name} {'yes' if value else 'no'}"
    if isinstance(value, int):
        return f"{word} {value / scale:g} %".strip() if scale else f"{name} {value:_}"
    return f"{name} {value}"


def _hours(records: Iterable[DatedHours]) -> Iterator[str]:
    yield "| boards | from | to | phases of a day | source |"
    yield "|---|---|---|---|---|"
    for one in sorted(records, key=lambda one: (one.boards, one.valid_from)):
        boards = ", ".join(one.boards) or "every other board"
        steps = ", ".join(f"{_clock(s.second)} {s.phase}" for s in one.hours.steps)
        yield f"| {boards} | {one.valid_from} | {one.valid_to or ''} | {steps} | {one.source} |"
    yield ""


def _clock(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}"
