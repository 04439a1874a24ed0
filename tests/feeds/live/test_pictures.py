from __future__ import annotations

import pytest

from feeds.live.heard import Fault, Reference
from feeds.live.markets import mainland_share
from feeds.live.pictures import Picture, lot_of, optional_price, told, turnover_of
from feeds.live.wire import UnreadableError
from matching.market import Snapshot
from matching.units import AtNs, Qty

SHARE, FUND = mainland_share("sh688150"), mainland_share("sz162411")


def picture(volume: int, amount: str, **changes: str) -> Picture:
    texts = {"last": "10.00", "high": "10.20", "low": "9.80", "previous_close": "9.90"} | changes
    return Picture(AtNs(1), volume=Qty(volume), amount=amount, **texts)


def test_zero_and_a_dash_are_no_price() -> None:
    for text in ("", "-", "0", "0.000", "0.00"):
        assert optional_price(SHARE, text) is None
    assert optional_price(SHARE, "10.50") == 1050


def test_turnover_counts_ticks() -> None:
    assert turnover_of(SHARE, "1000.50") == 100_050
    assert turnover_of(FUND, "65623147.285") == 65_623_147_285
    assert turnover_of(SHARE, "0.005") == 1  # half up


def test_hands_or_shares_by_what_was_paid() -> None:
    assert lot_of(SHARE, picture(1_000, "1000000")) == 100
    assert lot_of(SHARE, picture(100_000, "1000000")) == 1
    assert lot_of(SHARE, picture(0, "0")) == 100
    with pytest.raises(UnreadableError) as caught:
        lot_of(SHARE, picture(10, "1000000"))
    assert caught.value.fault is Fault.DISAGREES


def test_what_is_told() -> None:
    shown = picture(100, "1000")
    shown.bids, shown.asks = [("9.99", Qty(5)), ("0", Qty(7))], [("10.01", Qty(0))]
    reference, found = told(SHARE, shown, 9, 5)
    assert reference == Reference(AtNs(1), SHARE.instrument_id, 990)  # type: ignore[arg-type]
    assert isinstance(found, Snapshot)
    assert (found.bids, found.asks, found.heard_ns) == (((999, 5),), (), 9)
    with pytest.raises(UnreadableError):
        list(told(SHARE, picture(100, "1000", last="11.00"), 9, 5))
