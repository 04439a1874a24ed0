"""Two languages: which one a request gets, and its catalogue.

Message ids are the English sentences.  The Chinese catalogue is read from its .po file once per
process, in memory: no compiled file exists.
"""

from __future__ import annotations

import io
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Literal, get_args

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
HTML_LANG = {"zh": "zh-CN", "en": "en"}
CATALOGUE = Path(__file__).parent / "locale" / "zh" / "LC_MESSAGES" / "messages.po"


def N_(message: str) -> str:  # noqa: N802  gettext's own name for "marked, translated later"
    """Mark a message for the catalogue; it is translated where it is shown."""
    return message


@cache
def translations(language: Language) -> NullTranslations:
    """The catalogue of a language; English needs none."""
    if language == "en":
        return NullTranslations()
    with CATALOGUE.open("rb") as source:
        catalogue = read_po(source, locale="zh", domain="messages")
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def translate(message: str, language: Language) -> str:
    """One message in one language."""
    return translations(language).gettext(message)


def as_language(text: str | None) -> Language | None:
    """``zh-Hans-CN`` is ``zh``; None for languages that are not spoken here."""
    head = (text or "").strip().lower().replace("_", "-").split("-")[0]
    return head if head in LANGUAGES else None


def negotiate(accept_language: str) -> Language | None:
    """The best language of an ``Accept-Language`` header, None when none fits."""
    wanted: list[tuple[float, int, Language]] = []
    for place, part in enumerate(accept_language[:500].split(",")):
        name, _, weight = part.partition(";q=")
        language = as_language(name)
        try:
            quality = float(weight or 1)
        except ValueError:
            continue
        if language and quality > 0:
            wanted.append((-quality, place, language))
    return min(wanted)[2] if wanted else None
