"""Lists in pages: ``?limit=&after=``, and in the reply the ``next`` to ask for, null at the end.

A cursor names the last item that was told, so nothing is told twice or left out when new items
arrive between two pages.  Its text is nobody's business but ours.
"""

from __future__ import annotations

import base64
import binascii
import operator
from collections.abc import Callable, Iterable
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from web.api.refused import Refused
from web.problems import Fault

LIMIT = 50
LIMIT_MAX = 200
CURSOR_LENGTH = 200

Limit = Annotated[int, Meta(ge=1, le=LIMIT_MAX, description="How many at most.")]
After = Annotated[str, Meta(max_length=CURSOR_LENGTH, description="The `next` of the page before.")]
T = TypeVar("T")
C = TypeVar("C")


class Page(msgspec.Struct, forbid_unknown_fields=True):
    """Which part of a list."""

    limit: Limit = LIMIT
    after: After = ""


def cursor(place: object) -> str:
    """The text of a place: whole numbers and texts, alone or in a tuple."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def place_of(after: str, shape: type[C]) -> C | None:
    """The place that a cursor names, None for the beginning.  Raises Refused for made-up ones."""
    if not after:
        return None
    try:
        text = base64.b64decode(after + "=" * (-len(after) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(text, type=shape)
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        raise Refused(Fault.BAD_QUERY, field="after") from None


def cut(
    items: Iterable[T],
    page: Page,
    place: Callable[[T], int] | Callable[[T], str],
    *,
    newest_first: bool = True,
) -> tuple[list[T], str | None]:
    """One page of a list whose places fall (``newest_first``) or rise, and its ``next``."""
    every = list(items)
    if page.after and every:
        last: Any = place_of(page.after, type(place(every[0])))
        after = operator.lt if newest_first else operator.gt
        every = [one for one in every if after(place(one), last)]
    elif page.after:
        place_of(page.after, object)
    found = every[: page.limit]
    return found, cursor(place(found[-1])) if len(every) > len(found) else None


def found_page(
    found: list[T], page: Page, place: Callable[[T], object]
) -> tuple[list[T], str | None]:
    """The same of a list that was read from its place on with one item more than the page has."""
    kept = found[: page.limit]
    return kept, cursor(place(kept[-1])) if len(found) > len(kept) else None
