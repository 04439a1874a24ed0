"""Where a rule is written, in the language of the reader."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from web.i18n import N_, Language, translate

_CHINESE = Path(__file__).parent / "locale" / "zh" / "citations.toml"
_UNCONFIRMED = N_("no document confirms it")
_UNKNOWN = N_("{market}, {board}: no rule of the kind “{kind}” is in force on {day}")
_DATED = re.compile(r"(?P<source>.*) \[(?P<day>[0-9-]{10})\]", re.DOTALL)
_MISSING = re.compile(
    r"(?P<market>\S+) (?P<board>\S+): no (?P<kind>\S+) rule in force on (?P<day>\S+)"
)
_MARK = re.compile(r"mem\b")
_WORD_MARK = re.compile(r"\bmem\b")


@cache
def chinese_sources() -> Mapping[str, str]:
    """The sources of the rule books in Chinese, by what stands in the rule book."""
    found: dict[str, str] = tomllib.loads(_CHINESE.read_text(encoding="utf-8"))
    return found


def cited(rule: str, language: Language) -> str:
    """The source of a rule for readers, with the day since which it holds: "mem" in a rule book
    marks what no document confirms.  A source without a translation is shown as it is."""
    missing = _MISSING.fullmatch(rule)
    if missing is not None:
        return translate(_UNKNOWN, language).format(**missing.groupdict())
    dated = _DATED.fullmatch(rule)
    source, day = (dated["source"], f" [{dated['day']}]") if dated else (rule, "")
    mark = translate(_UNCONFIRMED, language)
    if language == "zh" and source in chinese_sources():
        return _MARK.sub(mark, chinese_sources()[source]) + day
    return _WORD_MARK.sub(mark, source) + day
