"""Finding an instrument by what a person types: its code, its name, or how the name is said."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from matching.instrument import Instrument

_REMEMBERED = 20_000

Readings = tuple[
    tuple[str, ...], ...
]  # of each character, every way to say it; a run of other letters is one


@lru_cache(maxsize=_REMEMBERED)
def _readings(name: str) -> Readings:
    """What one may type for each part of a name."""
    from pypinyin import Style, pinyin  # reading its dictionary takes a tenth of a second

    said = pinyin(name, style=Style.NORMAL, heteronym=True)
    lowered = (tuple("".join(one.casefold().split()) for one in each) for each in said)
    return tuple(each for each in lowered if all(each))


def sounds_like(name: str, text: str) -> bool:
    """Whether ``text`` says a run of the name's characters: each by its first letters, at least one
    of them, as in ``gzmt``, ``guizhou`` or ``guizmt`` for 贵州茅台."""
    readings = _readings(name)
    return any(_says(readings[start:], text) for start in range(len(readings)))


def _says(readings: Readings, text: str) -> bool:
    reached = {0}
    for each in readings:
        reached = {
            place + length
            for place in sorted(reached)
            for said in each
            for length in range(1, len(said) + 1)
            if text.startswith(said[:length], place)
        }
        if len(text) in reached:
            return True
    return False


def find(instruments: Sequence[Instrument], text: str, limit: int) -> tuple[Instrument, ...]:
    """The instruments that are meant, likeliest first, at most ``limit``; all for an empty text."""
    wanted = "".join(text.casefold().split())
    if not wanted:
        return tuple(instruments[:limit])
    ranked = [(_rank(one, wanted), place) for place, one in enumerate(instruments)]
    found = sorted((rank, place) for rank, place in ranked if rank is not None)
    return tuple(instruments[place] for _, place in found[:limit])


def _rank(instrument: Instrument, wanted: str) -> int | None:
    """How likely it is meant, 0 first; None: it is not."""
    symbol = instrument.symbol.casefold()
    names = ["".join(name.casefold().split()) for name in (instrument.name_en, instrument.name_zh)]
    if symbol == wanted:
        return 0
    if symbol.startswith(wanted):
        return 1
    readings = _readings(instrument.name_zh)
    if any(name.startswith(wanted) for name in names) or _says(readings, wanted):
        return 2
    if wanted in symbol or any(wanted in name for name in names):
        return 3
    return 4 if sounds_like(instrument.name_zh, wanted) else None
