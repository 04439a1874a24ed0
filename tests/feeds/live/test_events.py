from __future__ import annotations

from datetime import date

import msgspec
import pytest

from feeds.live.events import Entry, Kept, decode_entries, encode_entries, is_kept, stamped
from feeds.live.heard import Fault
from matching.market import (
    BarOpen,
    Halt,
    Phase,
    PhaseChange,
    SessionClose,
    SessionOpen,
    Silence,
    Snapshot,
)
from matching.units import AtNs, PriceTicks, Qty
from tests.feeds.live.made import KEY, display, market, trade

NOW = AtNs(5)
ALL: list[Kept] = [
    display(9_999, 10_001),
    trade(10_001, 5),
    trade(10_001, 5, None),
    Snapshot(NOW, NOW, 1, KEY, (), (), 5, None, PriceTicks(3), None, Qty(7), 1 << 60, 0),
    Halt(NOW, 1, KEY, halted=True),
    Silence(NOW, 1, KEY),
    SessionOpen(NOW, 1, date(2026, 1, 5), ((KEY, PriceTicks(9)),)),
    PhaseChange(NOW, 1, Phase.CONTINUOUS, AtNs(9)),
    SessionClose(NOW, 1, date(2026, 1, 5), ((KEY, PriceTicks(9)),)),
]


def test_every_kind_comes_back_as_it_was() -> None:
    entries = [Entry(7, one) for one in (*ALL, *market(1, 200))]
    again = decode_entries(encode_entries(entries))
    assert again == entries
    assert [type(one.event) for one in again] == [type(one.event) for one in entries]
    assert all(is_kept(one) for one in ALL)
    assert not is_kept(BarOpen(NOW, NOW, 1, KEY, PriceTicks(1), Qty(1)))


def test_a_stamp_is_the_moment_of_hearing() -> None:
    for one in ALL:
        found = stamped(one, 99, 3)
        assert (found.at_ns, found.seq) == (99, 3)
        assert getattr(found, "heard_ns", 99) == 99


def test_other_bytes_are_refused() -> None:
    for content in (b"", b"\x91\x01", Fault.SHAPE.encode()):
        with pytest.raises((msgspec.MsgspecError, KeyError)):
            decode_entries(content)
