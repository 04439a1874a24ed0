"""The records: their sizes are a promise about memory, their checksum one about the cache."""

from __future__ import annotations

import pytest

from matching import kernel_layout
from matching.kernel_layout import FILL, LEVEL, MESSAGE, ORDER, fingerprint, inlined

STEP = 3


def test_a_resting_order_takes_few_bytes() -> None:
    # Its record, its share of the id table (at most 8 bytes), and few levels for many orders.
    assert ORDER.itemsize == 40
    assert LEVEL.itemsize == 24
    assert ORDER.itemsize + 2 * 4 + LEVEL.itemsize // 2 <= 64


def test_messages_and_fills_are_packed() -> None:
    assert MESSAGE.itemsize == 32
    assert FILL.itemsize == 64


def test_the_fingerprint_follows_every_inlined_function(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, count = fingerprint(), len(kernel_layout._helpers)
    assert fingerprint() == before

    @inlined
    def more(x: int) -> int:
        return x + 1

    try:
        assert fingerprint() != before
        first = fingerprint()
        del kernel_layout._helpers[count:]

        @inlined
        def other(x: int) -> int:
            return x + 2

        assert fingerprint() not in (before, first)

        monkeypatch.setitem(globals(), "STEP", 4)
        del kernel_layout._helpers[count:]

        @inlined
        def named(x: int) -> int:
            return x + STEP

        first = fingerprint()
        monkeypatch.setitem(globals(), "STEP", 5)
        assert fingerprint() != first
    finally:
        del kernel_layout._helpers[count:]
