"""What a person may call his practice market."""

from __future__ import annotations

import unicodedata

from matching.reasons import Reason

NAME_MAX = 40  # characters


def tidy_venue_name(text: str) -> str:
    """The name as it is kept: NFKC, no blanks around it, one blank between words."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def venue_name_fault(name: str) -> Reason | None:
    """Why a tidy name cannot be used: too long, or with characters that are drawn as nothing or
    turn the text around them."""
    if len(name) > NAME_MAX:
        return Reason.VENUE_NAME_TOO_LONG
    if any(unicodedata.category(letter)[0] == "C" for letter in name):
        return Reason.VENUE_NAME_NOT_ALLOWED
    return None
