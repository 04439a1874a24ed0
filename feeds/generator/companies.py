"""The companies of market 2: those of version 1 and some whose shares have other rules.

Any likeness to a real company is unintended.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from feeds.generator.calendar import session_date
from feeds.generator.days import HISTORY
from feeds.generator.market import BOARD, COMPANIES, LIMIT_PERMILLE, MARKET, Company
from matching.instrument import Instrument, InstrumentId
from matching.terms import ORDINARY, ListingTerms
from matching.units import CURRENCIES

STAR, CHINEXT = "star", "chinext"
_YOUNG_PERMILLE = 200
_WARNED_PERMILLE = 50
# The main board's ST shares have the ordinary limit from then on (SSE and SZSE rules of 2026).
_WARNED_UNTIL = date(2026, 7, 6)
# Trading days without a limit after a listing.
FREE_DAYS = 5


class Share(NamedTuple):
    """A company with its listing: ``first`` is the session in which it is listed."""

    symbol: str
    company: Company
    board: str = BOARD
    warned: bool = False
    first: int = -HISTORY

    def permille(self, session: int) -> int:
        """The daily limit; 0 on the days without one."""
        if self.first > -HISTORY and session < self.first + FREE_DAYS:
            return 0
        if self.board != BOARD:
            return _YOUNG_PERMILLE
        if self.warned and session_date(session) < _WARNED_UNTIL:
            return _WARNED_PERMILLE
        return LIMIT_PERMILLE

    def terms(self, session: int) -> ListingTerms:
        """What the day's rules depend on."""
        day = session - self.first + 1 if self.first > -HISTORY else 0
        if not self.warned and not 0 < day <= FREE_DAYS:
            return ORDINARY
        return ListingTerms(risk_warned=self.warned, listing_day=day if day <= FREE_DAYS else 0)

    def instrument(self) -> Instrument:
        """Identity and scales: yuan, ticks of 0.01."""
        return Instrument(
            instrument_id=InstrumentId(f"{MARKET}:{self.symbol}"),
            symbol=self.symbol,
            name_en=self.company.name_en,
            name_zh=self.company.name_zh,
            currency=CURRENCIES["CNY"],
            market=MARKET,
            board=self.board,
            risk_level=self.company.risk_level,
        )


SHARES = (
    *(Share(str(609_001 + index), company) for index, company in enumerate(COMPANIES)),
    Share("609021", Company("ST Qiaolin Paper", "ST樵林", 318, 90, 26_000, 66_000, 5), warned=True),
    Share(
        "687001", Company("Zhuoying Robotics", "灼影机器人", 7_425, 150, 42_000, 18_000, 5), STAR
    ),
    Share(
        "307001",
        Company("Fuguang New Energy", "浮光新能", 3_968, 145, 40_000, 44_000, 5),
        CHINEXT,
    ),
    # These two are listed while the market is watched: in its second session, in its 41st.
    Share(
        "687002",
        Company("Cengyun Materials", "层云新材", 2_650, 140, 44_000, 26_000, 5),
        STAR,
        first=1,
    ),
    Share("609022", Company("Luming Home", "鹿鸣家居", 1_186, 100, 30_000, 52_000, 4), first=40),
)
