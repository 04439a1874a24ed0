from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.bar_replay import BarFeed
from feeds.reconstruct import MinutePath, minute_path
from feeds.tape import Tape

Bar = tuple[int, int, int, int, int]


@st.composite
def bars(draw: st.DrawFn) -> Bar:
    low = draw(st.integers(1, 10**6))
    high = low + draw(st.one_of(st.integers(0, 5), st.integers(0, 10**6)))
    price = st.integers(low, high)
    volume = draw(st.one_of(st.integers(0, 1000), st.integers(0, 10**15)))
    return draw(price), high, low, draw(price), volume


def check(path: MinutePath, bar: Bar) -> None:
    assert path.open_ticks[0] == bar[0]
    assert path.high_ticks.max() == bar[1]
    assert path.low_ticks.min() == bar[2]
    assert path.close_ticks[-1] == bar[3]
    assert path.volume.sum() == bar[4]
    assert (path.volume >= 0).all()
    assert (path.open_ticks[1:] == path.close_ticks[:-1]).all()
    assert (path.low_ticks <= np.minimum(path.open_ticks, path.close_ticks)).all()
    assert (path.high_ticks >= np.maximum(path.open_ticks, path.close_ticks)).all()


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 2**64 - 1), bars(), st.sampled_from([4, 5, 60, 240, 390, 1440]))
def test_a_path_meets_its_bar_exactly(seed: int, bar: Bar, minutes: int) -> None:
    check(minute_path(seed, bar, minutes), bar)


def test_every_shipped_bar_is_met_exactly(us_tape: Tape, us_feed: BarFeed) -> None:
    met = 0
    for index, columns in enumerate(us_tape.columns):
        rows = np.stack(columns.all()[1:], axis=1).tolist()
        for session, row in zip(us_feed.store.days[index].session.tolist(), rows, strict=True):
            minutes = us_feed.store.minutes(index, session)
            path = MinutePath(*minutes[1:6])
            assert len(path.volume) == 390
            check(path, (row[0], row[1], row[2], row[3], row[4]))
            met += 1
    assert met == 12_154


def test_known_values_do_not_change() -> None:
    """A path is part of recorded results: another one would change old replays."""
    path = minute_path(1, (1000, 1100, 990, 1050, 1_000_000), 8)
    assert path.close_ticks.tolist() == KNOWN_CLOSES
    assert path.volume.tolist() == KNOWN_VOLUMES


KNOWN_CLOSES = [1037, 1069, 1100, 1073, 1044, 1012, 990, 1050]
KNOWN_VOLUMES = [181341, 276990, 51876, 126270, 34014, 96243, 80093, 153173]


def test_extremes_lean_to_the_colour_of_the_bar() -> None:
    up = down = 0
    for seed in range(400):
        rising = minute_path(seed, (100, 200, 50, 150, 1000), 390)
        falling = minute_path(seed, (150, 200, 50, 100, 1000), 390)
        up += int(rising.low_ticks.argmin() < rising.high_ticks.argmax())
        down += int(falling.high_ticks.argmax() < falling.low_ticks.argmin())
    assert 220 < up < 330
    assert 220 < down < 330


def test_volume_is_larger_at_the_edges() -> None:
    total = np.zeros(390, np.int64)
    for seed in range(50):
        total += minute_path(seed, (100, 200, 50, 150, 10**7), 390).volume
    assert total[:30].sum() > 2 * total[180:210].sum()
    assert total[-30:].sum() > 2 * total[180:210].sum()


def test_neighbouring_seeds_give_other_paths() -> None:
    bar = (1000, 1200, 900, 1100, 10**6)
    paths = {minute_path(seed, bar, 390).close_ticks.tobytes() for seed in range(100)}
    assert len(paths) == 100
