from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from feeds.calendar import CHINA_HOURS, time_of, utc_ns
from feeds.market_manifest import (
    QUARTER_NS,
    Content,
    content_id,
    header_faults,
    header_of,
    manifest_of,
    sessions_of,
)
from feeds.records import Table
from feeds.schedule import schedule_of
from feeds.tape import TapeSplit
from feeds.tape_actions import ActionKind, TapeAction
from feeds.tape_listings import ListingStatus, TapeListing
from matching.instrument import InstrumentId
from tests.feeds.market_samples import START_NS, header
from tests.feeds.samples import SHANGHAI, at, instrument

A = instrument("A").instrument_id
CONTENT = Content(
    instrument_rows=[2, 3],
    spans=[(START_NS, START_NS + 5)] * 2,
    counts=dict.fromkeys(Table, 0) | {Table.TRADES: 5},
    digests={Table.TRADES: "0" * 64},
    quarters=frozenset({START_NS // QUARTER_NS}),
    parts=(),
)


def test_a_header_comes_back_from_its_manifest() -> None:
    told = header(
        splits=(TapeSplit(A, date(2023, 11, 15), 2, 1),),
        listings=(TapeListing(A, date(2023, 11, 15), status=ListingStatus.ST),),
        first_references={A: 99},
        origin="somewhere",
    )
    assert header_of(manifest_of(told, CONTENT, {})) == told


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"name": "A b"}, "tape name"),
        ({"levels": 11}, "11 levels"),
        ({"instruments": (instrument("A"),) * 2}, "twice"),
        ({"first_references": {A: 0}}, "first reference"),
        ({"first_references": {InstrumentId("X:Y"): 5}}, "first reference"),
        ({"splits": (TapeSplit(InstrumentId("X:Y"), date(2023, 1, 1), 2, 1),)}, "unknown"),
        ({"splits": (TapeSplit(A, date(2023, 1, 1), 0, 1),)}, "between 1 and 1000"),
        ({"listings": (TapeListing(InstrumentId("X:Y"), date(2023, 1, 1)),)}, "listing of"),
        ({"actions": (TapeAction(InstrumentId("X:Y"), date(2023, 1, 1), ActionKind.DELISTING),)},
         "delisting of"),
    ],
)  # fmt: skip
def test_a_bad_header_has_its_fault(changes: dict[str, object], fault: str) -> None:
    assert not list(header_faults(header(), CONTENT))
    assert any(fault in found for found in header_faults(header(**changes), CONTENT))


def test_a_tape_has_rows() -> None:
    nothing = replace(CONTENT, counts=dict.fromkeys(Table, 0))
    assert list(header_faults(header(), nothing)) == ["a tape needs a row"]


def test_the_days_of_a_market_with_a_schedule_have_their_own_hours() -> None:
    share = replace(instrument("600519"), market="XSHG")
    told = header(hours=CHINA_HOURS, instruments=(share,))
    friday, saturday = (at(SHANGHAI, 2026, 1, day, 10) for day in (9, 10))
    quarters = frozenset({friday // QUARTER_NS, saturday // QUARTER_NS})
    (found,) = sessions_of(told, quarters)
    assert found.day == date(2026, 1, 9)
    expected = schedule_of("XSHG").hours("main", found.day)
    assert found.phases == tuple((step.second, step.phase) for step in expected.steps)


def test_the_days_of_another_market_have_the_hours_of_the_header() -> None:
    midnight = utc_ns(time_of(START_NS, "Asia/Shanghai").replace(hour=0))
    quarters = frozenset({(midnight - 1) // QUARTER_NS, midnight // QUARTER_NS})
    told = header(hours=CHINA_HOURS)
    assert [(one.day.day, one.phases) for one in sessions_of(told, quarters)] == [
        (14, ()),
        (15, ()),
    ]


def test_the_id_covers_what_the_manifest_says() -> None:
    manifest = manifest_of(header(), CONTENT, {})
    assert manifest.tape_id == content_id(manifest)
    other = manifest_of(header(), replace(CONTENT, digests={Table.TRADES: "1" * 64}), {})
    assert other.tape_id != manifest.tape_id
