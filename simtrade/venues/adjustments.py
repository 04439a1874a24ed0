"""What splits and dividends make of earlier prices, as far as they had happened at a moment."""

from __future__ import annotations

from bisect import bisect_left
from datetime import date
from enum import Flag, auto
from fractions import Fraction
from typing import NamedTuple
from zoneinfo import ZoneInfo

from feeds.feed import Bars, Feed
from feeds.tape_actions import ActionKind, TapeAction
from matching.corporate_actions import CASH_DECIMALS
from matching.instrument import Instrument
from matching.units import AtNs
from simtrade.venues.bar_rows import Change
from simtrade.venues.timeframe import midnight_ns

# Factors stay so small that columns of prices do not overflow.
_FINEST = 1_000_000


class Adjustment(Flag):
    RAW = 0
    SPLITS = auto()
    DIVIDENDS = auto()  # cash, and what the right to buy shares was worth


class Known(NamedTuple):
    """``today`` is the day of the newest session that had opened at ``at_ns``, None: there is
    none."""

    at_ns: AtNs
    today: date | None


def changes(
    feed: Feed, instrument: Instrument, days: Bars, known: Known, wanted: Adjustment
) -> list[Change]:
    """In the order in which they apply.  ``days`` are the instrument's daily bars as traded.

    An action that is announced only has not happened: its day must have come.
    """
    at_ns, today = known
    found: list[Change] = []
    if Adjustment.DIVIDENDS in wanted and today is not None:
        for action in feed.actions(at_ns):
            ours = action.instrument_id == instrument.instrument_id
            if ours and action.kind is ActionKind.EX and action.session <= today:
                found += _of_ex_date(feed, instrument, days, action)
    if Adjustment.SPLITS in wanted:
        for split in feed.splits(instrument.instrument_id, at_ns):
            ratio = Fraction(split.new_shares, split.old_shares)
            found.append(Change(split.at_ns, 1 / ratio, ratio))
    return sorted(found, key=lambda one: one.at_ns)


def _of_ex_date(feed: Feed, instrument: Instrument, days: Bars, action: TapeAction) -> list[Change]:
    """What the cash and the rights were worth of the last close before."""
    at_ns = midnight_ns(action.session, ZoneInfo(feed.traits.time_zone))
    before = bisect_left(days.start_ns, at_ns) - 1
    if before < 0:
        return []
    close = Fraction(int(days.close_ticks[before]))
    terms = action.terms
    per_tick = Fraction(instrument.tick, 10**instrument.price_decimals)
    cash = Fraction(terms.cash_micro, 10**CASH_DECIMALS) / per_tick
    bonus = Fraction(terms.bonus_new, terms.bonus_old)
    rights = Fraction(terms.rights_new, terms.rights_old)
    without = (close - cash + terms.rights_ticks * rights) / (1 + bonus + rights)
    factor = without * (1 + bonus) / close  # the free shares are a split of their own
    if factor <= 0 or factor == 1:
        return []
    return [Change(at_ns, factor.limit_denominator(_FINEST), Fraction(1))]
