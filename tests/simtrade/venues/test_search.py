"""What a person types finds what he means: codes, names, and how a Chinese name is said."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.instrument import Instrument, InstrumentId
from matching.units import CURRENCIES
from simtrade.venues.search import find, sounds_like

NAMES = {
    "600519": ("Kweichow Moutai", "贵州茅台"),
    "600000": ("SPD Bank", "浦发银行"),
    "600132": ("Chongqing Brewery", "重庆啤酒"),
    "601519": ("Great Wisdom", "大智慧"),
    "000027": ("Shenzhen Energy", "深圳能源"),
    "600900": ("Yangtze Power", "长江电力"),
    "900901": ("INESA B", "云赛B股"),
}
MARKET = tuple(
    Instrument(
        InstrumentId(f"XTST:{code}"), code, english, chinese, CURRENCIES["CNY"], "sima", "main"
    )
    for code, (english, chinese) in NAMES.items()
)


def codes(text: str, limit: int = 20) -> list[str]:
    return [one.symbol for one in find(MARKET, text, limit)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("600519", "600519"),
        (" 600 519 ", "600519"),
        ("6005", "600519"),
        ("gzmt", "600519"),
        ("GZMT", "600519"),
        ("guizhou", "600519"),
        ("guizmt", "600519"),
        ("茅台", "600519"),
        ("maotai", "600519"),
        ("mt", "600519"),
        ("kweichow", "600519"),
        ("spd b", "600000"),
        ("pfyh", "600000"),
        ("yinhang", "600000"),
        ("cqpj", "600132"),
        ("cjdl", "600900"),
        ("ysb", "900901"),
    ],
)
def test_the_likeliest_comes_first(text: str, first: str) -> None:
    assert codes(text)[:1] == [first]


def test_a_code_goes_before_what_only_holds_it() -> None:
    assert codes("519") == ["600519", "601519"]
    assert codes("6015") == ["601519"]
    assert codes("9009") == ["900901"]
    assert codes("900") == ["900901", "600900"]


@pytest.mark.parametrize(
    "text", ["zzz", "gzmtx", "茅台酒", "1", "guizhoumaotaii", "%", "\x00", "🙂"]
)
def test_what_is_meant_by_nobody_is_not_found(text: str) -> None:
    assert codes(text) == ([] if text != "1" else ["600519", "600132", "601519", "900901"])


def test_nothing_typed_is_everything_up_to_the_limit() -> None:
    assert codes("") == list(NAMES)
    assert codes("  ", 3) == list(NAMES)[:3]
    assert codes("6", 2) == ["600519", "600000"]


SAID = ("gui", "zhou", "mao", "tai")


def naive(text: str) -> bool:
    """Every way to cut each syllable of a run short, written out."""
    runs = [SAID[start:end] for start in range(4) for end in range(start + 1, 5)]
    ways = (product(*([one[:n] for n in range(1, len(one) + 1)] for one in run)) for run in runs)
    return text in {"".join(way) for each in ways for way in each}


@given(
    st.lists(
        st.sampled_from(["g", "gu", "gui", "z", "zh", "zhou", "m", "mao", "t", "ta", "x"]),
        min_size=1,
        max_size=5,
    )
)
def test_initials_and_syllables_may_be_mixed(parts: list[str]) -> None:
    text = "".join(parts)
    assert sounds_like("贵州茅台", text) == naive(text)


@given(st.text(max_size=64))
def test_no_text_breaks_it(text: str) -> None:
    assert len(codes(text, 3)) <= 3
