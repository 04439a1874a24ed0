"""The fold: figures, minutes, and that a restored state goes on as the one that was stored."""

from __future__ import annotations

import pytest

from feeds.feed import LastPrice
from feeds.live.events import Kept, stamped
from feeds.live.state import LiveState, Minute
from matching.market import DataKind, SessionClose, Silence, Snapshot
from matching.units import NS_PER_MINUTE, NS_PER_SECOND, AtNs, PriceTicks, Qty
from tests.feeds.live.made import DAY, KEY, START_NS, display, market, opening, trade

NOW = AtNs(0)


def fold(
    events: list[Kept], state: LiveState | None = None, step_ns: int = NS_PER_SECOND
) -> LiveState:
    state = state or LiveState()
    start = state.at_ns or START_NS
    for number, event in enumerate(events, 1):
        state.take(stamped(event, start + number * step_ns, state.seq + 1))
    return state


def picture(last: int, volume: int) -> Snapshot:
    price = PriceTicks(last)
    return Snapshot(NOW, NOW, 0, KEY, (), (), 5, price, price, price, Qty(volume), last * volume, 0)


def test_figures_of_a_session() -> None:
    state = fold(opening())
    assert state.last(KEY) == LastPrice(10_000, 10_000, 10_000, 10_000, 0)
    fold([trade(10_010, 5), trade(9_990, 7), trade(10_000, 1)], state)
    assert state.last(KEY) == LastPrice(10_000, 10_000, 10_010, 9_990, 13)
    assert state.last("COIN:NOBODY") is None
    close = SessionClose(NOW, 0, DAY, ())
    fold([close, *opening(10_050)], state)
    assert state.last(KEY) == LastPrice(10_050, 10_050, 10_050, 10_050, 0)


def test_the_largest_trades_still_fit_a_file() -> None:
    state = fold([*opening(), *[trade((1 << 31) - 1, 10**15) for _ in range(5_000)]])
    again, _ = LiveState.decode(state.encode(), state.at_ns, DataKind.DEPTH)
    assert again.last(KEY) == state.last(KEY)


def test_minutes() -> None:
    half = NS_PER_MINUTE // 2
    events: list[Kept] = [trade(100, 1), trade(103, 2), trade(99, 4), trade(101, 8)]
    state = fold(events, step_ns=half)
    assert state.over[KEY] == (
        Minute(START_NS, 100, 100, 100, 100, 1),
        Minute(START_NS + 2 * half, 103, 103, 99, 99, 6),
    )
    assert state.figures[KEY].minute == Minute(START_NS + 4 * half, 101, 101, 101, 101, 8)


def test_totals_of_pictures_become_volume_of_minutes() -> None:
    state = fold([*opening(), picture(100, 5_000), picture(101, 5_300), picture(101, 5_300)])
    assert state.last(KEY) == LastPrice(101, 10_000, 101, 101, 5_300)
    minute = state.figures[KEY].minute
    assert minute is not None
    # What was traded before the first picture is in no minute of ours.
    assert (minute.open_ticks, minute.close_ticks, minute.volume) == (100, 101, 300)


def test_warm_is_what_a_venue_needs_in_order() -> None:
    state = fold([*opening(), display(1, 2), trade(2, 5), display(3, 4), trade(4, 1), trade(4, 2)])
    kinds = [type(one).__name__ for one in state.warm()]
    assert kinds == ["SessionOpen", "PhaseChange", "Depth", "Trade", "Trade"]
    fold([Silence(NOW, 0, KEY)], state)
    assert [type(one).__name__ for one in state.warm()][-1] == "Silence"
    fold([display(5, 6)], state)
    assert [type(one).__name__ for one in state.warm()] == ["SessionOpen", "PhaseChange", "Depth"]
    fold(opening(), state)
    assert [type(one).__name__ for one in state.warm()] == ["SessionOpen", "PhaseChange"]


@pytest.mark.parametrize("cut", [0, 1, 2, 57, 200, 400])
def test_a_stored_state_goes_on_as_if_nothing_had_happened(cut: int) -> None:
    events = [*opening(), *market(3, 400)]
    whole = fold(events)
    first = fold(events[:cut])
    again, ended = LiveState.decode(first.encode(), first.at_ns or START_NS, DataKind.DEPTH)
    fold(events[cut:], again)
    assert list(again.warm()) == list(whole.warm())
    assert again.figures == whole.figures
    assert (again.seq, again.opened) == (whole.seq, whole.opened)
    together = {key: (*ended.get(key, ()), *again.over.get(key, ())) for key in whole.over}
    assert together == whole.over


def test_without_displays_the_last_print_is_all_that_is_known_of_now() -> None:
    state = LiveState(DataKind.TRADES)
    fold([*opening(), trade(2, 5), trade(3, 6)], state)
    assert [one.seq for one in state.warm()] == [1, 2, 4]
    assert state.copy().prints_max == 1


def test_a_copy_is_independent() -> None:
    state = fold([*opening(), display(1, 2)])
    again = state.copy()
    fold([trade(2, 5), display(7, 8)], again)
    assert state.displays[KEY].bids[0].price_ticks == 1
    assert state.last(KEY) == LastPrice(10_000, 10_000, 10_000, 10_000, 0)
