"""Citations in both languages: no source without Chinese, no number that is not in the source."""

from __future__ import annotations

import re
from datetime import date

import pytest

from matching.rulebook import RulesUnknownError
from simtrade.venues.rules import BOOKS, market_book
from web.citations import chinese_sources, cited

SOURCES = sorted({rule.source for market in BOOKS for rule in market_book(market).rules})
NUMBER = re.compile(r"[0-9](?:[0-9,.:-]*[0-9])?")


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_of_a_rule_has_chinese(source: str) -> None:
    chinese = chinese_sources().get(source)
    assert chinese, f"web/locale/zh/citations.toml lacks {source!r}"
    assert re.search(r"[\u4e00-\u9fff]", chinese)
    assert set(NUMBER.findall(chinese)) <= set(NUMBER.findall(source))
    assert ("mem" in re.findall(r"mem", chinese)) == bool(re.search(r"\bmem\b", source))


def test_a_citation_keeps_its_day_and_loses_its_marks() -> None:
    source = "SSE and SZSE: convertibles may be sold on the day they were bought (mem) [2006-07-01]"
    assert cited(source, "en") == (
        "SSE and SZSE: convertibles may be sold on the day they were bought "
        "(no document confirms it) [2006-07-01]"
    )
    assert cited(source, "zh") == "沪深交易所：可转债当日买入当日可卖（暂无文件佐证） [2006-07-01]"
    assert cited("memorandum", "en") == cited("memorandum", "zh") == "memorandum"
    assert cited("mem of another day", "zh") == "暂无文件佐证 of another day"


def test_a_rule_that_nobody_knows_is_told_in_words() -> None:
    told = str(RulesUnknownError("US", "lot", "main", date(1950, 1, 3), None))
    assert cited(told, "en") == "US, main: no rule of the kind “lot” is in force on 1950-01-03"
    assert cited(told, "zh") == "US，main：1950-01-03 没有生效的“lot”规则"
