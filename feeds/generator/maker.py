"""What a version of the invented market has to say: its companies, their days, their sessions.

Old versions stay: a venue that was opened on one keeps its prices for ever.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from feeds.generator.auctions import DayParts
from feeds.generator.days import DayBar
from feeds.generator.kernel import SessionRecord
from matching.auction import Crossing
from matching.instrument import Instrument
from matching.terms import ListingTerms


class Pause(NamedTuple):
    """A halt in nanoseconds since local midnight."""

    from_ns: int
    to_ns: int


class Maker(Protocol):
    """A pure source: every answer is a function of the arguments.  Instruments are counted from 0,
    sessions from the feed's first one; those before it are history and have negative numbers."""

    @property
    def source(self) -> str:
        """One line for ``FeedTraits.source``."""

    @property
    def instruments(self) -> tuple[Instrument, ...]: ...

    @property
    def last(self) -> int | None:
        """The last session; None for a market that never ends."""

    def first(self, instrument: int) -> int:
        """The first session that the instrument is listed in."""

    def seed(self, instrument: int, session: int) -> int:
        """64 bits, different for each session of each instrument."""

    def bar(self, instrument: int, session: int) -> DayBar:
        """The daily bar; the session is not before the first."""

    def band(self, instrument: int, session: int) -> tuple[int, int]:
        """Lowest and highest price in ticks that anybody may ask for."""

    def terms(self, instrument: int, session: int) -> ListingTerms:
        """What the day's rules depend on."""

    def pauses(self, instrument: int, session: int) -> tuple[Pause, ...]:
        """When the instrument is halted, in order."""

    def parts(self, instrument: int, session: int) -> DayParts:
        """How the day's volume and its end are shared out."""

    def closing(self, instrument: int, session: int, qty: int) -> Crossing:
        """The result of the closing auction, in which ``qty`` trades at the bar's close."""

    def record(self, instrument: int, session: int, bar: DayBar, parts: DayParts) -> SessionRecord:
        """Continuous trading, which meets ``bar``: the day's without the auctions."""
